package weeks

import (
	"context"
	"errors"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// flight is a row that is marked and not settled, with what the store said of
// its recipient before each write of a fact since.
type flight struct {
	row   notifications.Row
	gate  *gatekeeper
	snaps []snap
}

type snap struct {
	at    millis
	facts oracle.Facts
}

// flying says that a row was marked.
func (w *world) flying(r notifications.Row, g *gatekeeper) {
	w.rows.event[r.ID] = r.Occurrence
	w.flight[r.ID] = &flight{row: r, gate: g}
}

// noteFacts is called before each call: where a fact is about to be written,
// what it was may be what a message under way says.
func (w *world) noteFacts(call string) {
	if len(w.flight) == 0 || !gate.Writes(call) {
		return
	}
	switch port, _, _ := strings.Cut(call, "."); port {
	case "Events", "Registrations", "Residents", "Contacts", "Rules", "Surveys", "Rolls":
	default:
		return
	}
	for _, f := range w.flight {
		facts, err := w.factsOf(context.Background(), f.row)
		if err != nil {
			w.post.failed = errors.Join(w.post.failed, err)
			return
		}
		f.snaps = append(f.snaps, snap{w.now, facts})
	}
}

// factsOf is what the store says of a row's recipient.
func (w *world) factsOf(ctx context.Context, r notifications.Row) (oracle.Facts, error) {
	return FactsOf(ctx, w.truth, r.Occurrence, registration.IDOf(r.Occurrence, outreach.ResidentOf(r.Recipient)))
}

// FactsOf reads what a store says of one registration of an event.
func FactsOf(ctx context.Context, set store.Set, eventID, registrationID string) (oracle.Facts, error) {
	var f oracle.Facts
	var err error
	if f.Event, err = set.Events.Get(ctx, eventID); err != nil {
		return f, err
	}
	if f.Reminders, err = set.Rules.ByOwner(ctx, eventID); err != nil {
		return f, err
	}
	if f.Survey, err = set.Surveys.Get(ctx, eventID); record.IgnoreAbsent(err) != nil {
		return f, err
	}
	if f.Registration, err = set.Registrations.Get(ctx, registrationID); err != nil {
		return f, record.IgnoreAbsent(err)
	}
	if f.Resident, err = set.Residents.Get(ctx, f.Registration.Resident); err != nil {
		return f, record.IgnoreAbsent(err)
	}
	if f.Resident.Contact != "" {
		f.Contact, err = set.Contacts.Get(ctx, f.Resident.Contact)
	}
	return f, record.IgnoreAbsent(err)
}

// factsAtEnd are the facts of all registrations of an event.
func (w *world) factsAtEnd(ctx context.Context, eventID string) ([]oracle.Facts, error) {
	var all []oracle.Facts
	req := page.Request{Limit: 100}
	for {
		regs, err := w.truth.Registrations.Page(ctx, registration.Filter{Event: eventID}, req)
		if err != nil {
			return nil, err
		}
		for _, r := range regs.Items {
			f, err := FactsOf(ctx, w.truth, eventID, r.ID)
			if err != nil {
				return nil, err
			}
			all = append(all, f)
		}
		if regs.Next == nil {
			return all, nil
		}
		req.After = regs.Next
	}
}
