package api

import (
	"context"
	"net/http"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/notifications"
)

const (
	scopeHolds = "holds:write"
	maxReason  = 200
)

// Hold stops all messages about a unit's events until it is released.
type Hold struct {
	Unit   string     `json:"unit" doc:"Empty for a hold of the whole system"`
	Reason string     `json:"reason"`
	By     string     `json:"by"`
	At     *time.Time `json:"at,omitempty"`
}

func showHold(h notifications.Hold) Hold {
	return Hold{Unit: h.Unit, Reason: h.Reason, By: h.By, At: millis(h.At)}
}

// Holds are those that concern the caller.
type Holds struct {
	Items []Hold `json:"items" nullable:"false"`
}

type holdNew struct {
	Body struct {
		Unit   string `json:"unit"`
		Reason string `json:"reason" doc:"Why, for colleagues" example:"wrong template"`
	}
}

type byUnit struct {
	Unit string `path:"unit" maxLength:"36" doc:"The unit's id"`
}

func (m *mount) holds() {
	add(m, operation{
		ID: "list-holds", Do: "GET /holds", Says: "List what is on hold", Scope: scopeHolds,
		More: "Those of units that the caller operates, and that of the whole system.",
	}, func(ctx context.Context, act actor.Actor, _ *struct{}) (*plain[Holds], error) {
		return m.listHolds(ctx, act)
	})
	add(m, operation{
		ID: "set-hold", Do: "POST /holds", Says: "Hold all messages about a unit's events", Scope: scopeHolds, Status: http.StatusCreated,
		More: "For operators and administrators of the unit or of one above. One that is there already is kept. " +
			"The whole system is held on the machine, with the command hold.",
	}, func(ctx context.Context, act actor.Actor, in *holdNew) (*plain[Hold], error) {
		return m.setHold(ctx, act, in.Body.Unit, in.Body.Reason)
	})
	add(m, operation{
		ID: "release-hold", Do: "DELETE /holds/{unit}", Says: "Let messages go again", Scope: scopeHolds, Status: http.StatusNoContent,
	}, func(ctx context.Context, act actor.Actor, in *byUnit) (*struct{}, error) {
		return nil, m.releaseHold(ctx, act, in.Unit)
	})
}

func (m *mount) listHolds(ctx context.Context, act actor.Actor) (*plain[Holds], error) {
	all, err := m.Holds.List(ctx)
	if err != nil {
		return nil, err
	}
	out := &plain[Holds]{Body: Holds{Items: []Hold{}}}
	for _, h := range all {
		if h.Unit == "" || m.operates(ctx, act, h.Unit) == nil {
			out.Body.Items = append(out.Body.Items, showHold(h))
		}
	}
	return out, nil
}

func (m *mount) setHold(ctx context.Context, act actor.Actor, unitID, reason string) (*plain[Hold], error) {
	if err := m.operates(ctx, act, unitID); err != nil {
		return nil, err
	}
	var c fault.Check
	reason, err := text.Line(reason, maxReason)
	if err := c.Take("reason", err); err != nil {
		return nil, err
	}
	if reason == "" {
		c.Add("reason", "required")
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	h := notifications.Hold{Unit: unitID, Reason: reason, By: audit.By(act), At: notifications.Millis(m.Now())}
	if err := m.noteHold(ctx, act, unitID, "hold.set"); err != nil {
		return nil, err
	}
	if err := m.Holds.Hold(ctx, h); err != nil {
		return nil, err
	}
	return &plain[Hold]{Body: showHold(h)}, nil
}

func (m *mount) releaseHold(ctx context.Context, act actor.Actor, unitID string) error {
	if err := m.operates(ctx, act, unitID); err != nil {
		return err
	}
	if err := m.noteHold(ctx, act, unitID, "hold.release"); err != nil {
		return err
	}
	was, err := m.Holds.Release(ctx, unitID)
	if err == nil && !was {
		return record.ErrAbsent
	}
	return err
}

func (m *mount) noteHold(ctx context.Context, act actor.Actor, unitID, verb string) error {
	return m.Services.Audit.Record(ctx, audit.Of(act, m.Now(), unitID, audit.Thing("hold", unitID), verb))
}

// operates is nil for operators and administrators of the unit or of one above;
// to anybody else its holds are absent.
func (m *mount) operates(ctx context.Context, act actor.Actor, unitID string) error {
	u, err := m.Services.Units.Get(ctx, actor.System("holds"), unitID)
	if err != nil {
		return err
	}
	for _, role := range []actor.Role{actor.Operator, actor.Admin} {
		if act.HoldsAbove(int64(m.Now()), role, u.Above()...) {
			return nil
		}
	}
	return record.ErrAbsent
}
