package reminder

import (
	"context"
	"reflect"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Refusals of the service.
var (
	ErrRole = fault.New(fault.Forbidden, "role_missing")
	// ErrMany: the owner has MaxRules rules already, or MaxEffective would hold.
	ErrMany = fault.New(fault.Conflict, "reminder.too_many").With("max", MaxRules)
	// ErrOverridden: the owner overrides that rule already.
	ErrOverridden = fault.New(fault.Conflict, "reminder.overridden")
	// ErrState: the event is over or cancelled, so that no rule helps any more.
	ErrState = fault.New(fault.Conflict, "reminder.event_over")
	// ErrVersion: the rule has changed since the caller read it.
	ErrVersion = fault.New(fault.PreconditionFailed, "version")
)

// Events is what rules need of events; event.Store is one.
type Events interface {
	Get(ctx context.Context, id string) (event.Event, error)
	Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
}

// Units finds units; unit.Store is one.
type Units interface {
	Get(ctx context.Context, id string) (unit.Unit, error)
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Rules  Store
	Events Events
	Units  Units
	Now    func() calendar.Instant
	IDs    id.Source
}

// Service is what may be done with reminder rules, and by whom: organizers of
// the very unit, or of the event's lead unit, change them; whoever sees the
// unit's events, or the event, reads them. API scopes are those of events.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

// Add gives the event one more rule. newID is the id that it gets, so that a
// replay meets the rule of the first try; "" for a new one.
func (s *Service) Add(ctx context.Context, a actor.Actor, newID, eventID string, in Input) (Rule, error) {
	return s.add(ctx, a, newID, in, func() (owner, error) { return s.planned(ctx, a, eventID) })
}

// AddToUnit gives the unit one more rule, for the events that it or a unit
// below it leads; newID is as for Add. Events that are planned already follow.
func (s *Service) AddToUnit(ctx context.Context, a actor.Actor, newID, unitID string, in Input) (Rule, error) {
	return s.add(ctx, a, newID, in, func() (owner, error) { return s.led(ctx, a, unitID) })
}

func (s *Service) add(ctx context.Context, a actor.Actor, newID string, in Input, find func() (owner, error)) (Rule, error) {
	in, err := in.Check()
	if err != nil {
		return Rule{}, err
	}
	o, err := find()
	if err != nil {
		return Rule{}, err
	}
	now := s.p.Now()
	if newID == "" {
		newID = s.p.IDs.New(int64(now))
	}
	if there, err := s.p.Rules.Get(ctx, newID); err == nil && there.Owner == o.id {
		return there, s.touch(ctx, there)
	}
	if in, err = s.fits(ctx, o, in); err != nil {
		return Rule{}, err
	}
	r := o.rule(newID, in)
	r.Touch()
	r.Note(audit.Of(a, now, r.Unit, audit.Thing("reminder", r.ID), "reminder.add"))
	if err := s.p.Rules.Create(ctx, &r); err != nil {
		return Rule{}, err
	}
	return r, s.touch(ctx, r)
}

// Edit replaces what a rule says; what it planned moves. Its type, what it
// overrides and its phase stay. ifMatch is the Ver that the client saw, 0 for any.
func (s *Service) Edit(ctx context.Context, a actor.Actor, rule string, ifMatch int64, in Input) (Rule, error) {
	old, err := s.p.Rules.Get(ctx, rule)
	if err != nil {
		return Rule{}, err
	}
	if in, err = checkEdit(old, in); err != nil {
		return Rule{}, err
	}
	return s.change(ctx, a, rule, "reminder.edit", func(r *Rule) error {
		if ifMatch != 0 && ifMatch != r.Ver {
			return ErrVersion
		}
		if r.Removed {
			return record.ErrAbsent
		}
		if reflect.DeepEqual(r.Input(), in) {
			return record.ErrUnchanged
		}
		in.fill(r)
		return nil
	})
}

// checkEdit keeps what is fixed once a rule is made.
func checkEdit(old Rule, in Input) (Input, error) {
	var c fault.Check
	if in.Type != "" && in.Type != old.Type {
		c.Add("type", "reminder.fixed")
	}
	if in.Overrides != "" && in.Overrides != old.Overrides {
		c.Add("overrides", "reminder.fixed")
	}
	if err := c.Err(); err != nil {
		return in, err
	}
	in.Type, in.Overrides = old.Type, old.Overrides
	if old.Overrides != "" && len(in.Audience) == 0 {
		in.Audience = old.Audience
	}
	in, err := in.Check()
	if err != nil {
		return in, err
	}
	in.checkPhase(&c, old.Phase())
	return in, c.Err()
}

// Remove ends a rule; what it planned is suppressed, and what it overrode holds
// again. It may be called again.
func (s *Service) Remove(ctx context.Context, a actor.Actor, rule string) (Rule, error) {
	return s.change(ctx, a, rule, "reminder.remove", func(r *Rule) error {
		if r.Removed {
			return record.ErrUnchanged
		}
		r.Removed = true
		return nil
	})
}

func (s *Service) change(ctx context.Context, a actor.Actor, rule, act string, change func(*Rule) error) (Rule, error) {
	old, err := s.p.Rules.Get(ctx, rule)
	if err != nil {
		return Rule{}, err
	}
	if err := s.mayChange(ctx, a, old); err != nil {
		return Rule{}, err
	}
	now := s.p.Now()
	r, err := s.p.Rules.Update(ctx, rule, func(r *Rule) error {
		if err := change(r); err != nil {
			return err
		}
		r.Touch()
		r.Note(audit.Of(a, now, r.Unit, audit.Thing("reminder", r.ID), act, "rule"))
		return nil
	})
	if err != nil {
		return Rule{}, err
	}
	return r, s.touch(ctx, r)
}

// touch makes the planner look at the rule's event again, after the rule was
// written. The rule is dirty itself until then, so that a crash in between
// loses nothing; the many events of a unit's rule are left to the planner.
func (s *Service) touch(ctx context.Context, r Rule) error {
	if r.OfUnit() {
		return nil
	}
	_, err := s.p.Events.Update(ctx, r.Owner, func(e *event.Event) error {
		e.Touch()
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.p.Rules.Clean(ctx, r.ID, r.PlanVer)
	return err
}
