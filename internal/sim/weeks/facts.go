package weeks

import (
	"context"
	"errors"
	"slices"
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

// landedAll says that nothing of a gate's is under way any more.
func (w *world) landedAll(g *gatekeeper) {
	for id, f := range w.flight {
		if f.gate == g {
			delete(w.flight, id)
		}
	}
}

// before is what the store said of a row under way in the last five seconds.
func (w *world) before(row string) []oracle.Facts {
	var all []oracle.Facts
	if f := w.flight[row]; f != nil {
		for _, one := range f.snaps {
			if one.at >= w.now-5*second {
				all = append(all, one.facts)
			}
		}
	}
	return all
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
	return FactsOf(ctx, w.truth, r.Occurrence, outreach.ResidentOf(r.Recipient))
}

// FactsOf reads what a store says of one person, by any id, and an event.
func FactsOf(ctx context.Context, set store.Set, eventID, residentID string) (oracle.Facts, error) {
	var f oracle.Facts
	var err error
	if f.Event, err = set.Events.Get(ctx, eventID); err != nil {
		return f, err
	}
	lead, err := set.Units.Get(ctx, f.Event.Unit)
	if err != nil {
		return f, err
	}
	f.Above = lead.Above()
	if f.Reminders, err = set.Rules.ByOwners(ctx, append([]string{eventID}, f.Above...)); err != nil {
		return f, err
	}
	if f.Survey, err = set.Surveys.Get(ctx, eventID); record.IgnoreAbsent(err) != nil {
		return f, err
	}
	return f, addPerson(ctx, set, &f, residentID)
}

// addPerson adds the person and what they hold at the event.
func addPerson(ctx context.Context, set store.Set, f *oracle.Facts, residentID string) (err error) {
	if residentID == "" {
		return nil
	}
	if f.Registration, err = set.Registrations.Get(ctx, registration.IDOf(f.Event.ID, residentID)); record.IgnoreAbsent(err) != nil {
		return err
	}
	for next := residentID; next != ""; next = f.Resident.MergedInto {
		if f.Resident, err = set.Residents.Get(ctx, next); err != nil {
			return record.IgnoreAbsent(err)
		}
	}
	var others []string
	for _, one := range append([]string{f.Resident.ID}, f.Resident.Aliases...) {
		if one != residentID {
			others = append(others, registration.IDOf(f.Event.ID, one))
		}
	}
	if len(others) > 0 {
		slices.Sort(others)
		if f.Others, err = set.Registrations.Many(ctx, f.Event.ID, others); err != nil {
			return err
		}
	}
	for _, one := range f.Resident.Contacts {
		c, err := set.Contacts.Get(ctx, one)
		if record.IgnoreAbsent(err) != nil {
			return err
		}
		if err == nil {
			f.Contacts = append(f.Contacts, c)
		}
	}
	return nil
}

// readers adds the facts of those whom an event may be news to.
func (w *world) readers(ctx context.Context, e *sunday, to []oracle.Facts) ([]oracle.Facts, error) {
	for _, one := range w.plan.people {
		if one.unit != e.unit || one.guest || !one.news {
			continue
		}
		f, err := FactsOf(ctx, w.truth, e.id, one.id)
		if errors.Is(err, record.ErrAbsent) {
			return to, nil // never planned
		}
		if err != nil {
			return nil, err
		}
		to = append(to, f)
	}
	return to, nil
}

// factsAtEnd are the facts of all who registered at an event, or were told of it.
func (w *world) factsAtEnd(ctx context.Context, eventID string, rows []notifications.Row) ([]oracle.Facts, error) {
	var all []oracle.Facts
	met := map[string]bool{}
	add := func(residentID string, reg *registration.Registration) error {
		f, err := FactsOf(ctx, w.truth, eventID, residentID)
		if reg != nil {
			f.Registration = *reg // of somebody erased it names nobody
		}
		met[residentID] = true
		all = append(all, f)
		return err
	}
	req := page.Request{Limit: 100}
	for {
		regs, err := w.truth.Registrations.Page(ctx, registration.Filter{Event: eventID}, req)
		if err != nil {
			return nil, err
		}
		for _, r := range regs.Items {
			if err := add(r.Resident, &r); err != nil {
				return nil, err
			}
		}
		if req.After = regs.Next; req.After == nil {
			break
		}
	}
	for _, r := range rows {
		if who := outreach.ResidentOf(r.Recipient); who != "" && !met[who] {
			if err := add(who, nil); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}
