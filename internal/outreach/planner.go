package outreach

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// How much the planner takes at once.
const (
	planEvents     = 32
	planRecipients = 500
)

// Planner turns facts into rows. It keeps nothing between calls but whose turn it
// is: whatever it did not finish is still dirty.
type Planner struct {
	stores        Stores
	now           func() notifications.Millis
	events        *turns[event.Event, string]
	registrations *turns[registration.Registration, registration.DirtyKey]
}

// NewPlanner returns a planner on domain time.
func NewPlanner(s Stores, now func() notifications.Millis) *Planner {
	return &Planner{
		stores: s.withChannels(), now: now,
		events:        newTurns(func(e event.Event) string { return e.ID }, strings.Compare),
		registrations: newTurns(keyOfDirty, registration.DirtyKey.Compare),
	}
}

// Planned counts what a pass did.
type Planned struct {
	Events, Inserted, Changed int
	// Kept counts facts that stay dirty, because somebody else was at their rows.
	Kept int
}

// add sums two passes.
func (p *Planned) add(q Planned) {
	p.Events += q.Events
	p.Inserted += q.Inserted
	p.Changed += q.Changed
	p.Kept += q.Kept
}

// DirtyParts returns the parts that have something to plan, in order.
func (p *Planner) DirtyParts(ctx context.Context) ([]int, error) {
	events, err := p.stores.Events.DirtyParts(ctx)
	if err != nil {
		return nil, err
	}
	registrations, err := p.stores.Registrations.DirtyParts(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Compact(slices.Sorted(slices.Values(append(events, registrations...)))), nil
}

func keyOfDirty(r registration.Registration) registration.DirtyKey {
	return registration.DirtyKey{Event: r.Event, ID: r.ID}
}

// Plan works through the dirty facts of one part once, as many as it takes at
// once. An event that fails keeps no registrations of others from their turn.
// Its writes wait for no disk: what a power cut takes back is dirty again, since
// that was cleared after it, and whoever hands a row over waits before.
func (p *Planner) Plan(ctx context.Context, part int) (Planned, error) {
	ctx = record.Soon(ctx)
	whole := make(map[string]bool, planEvents)
	total, failed := p.planWhole(ctx, part, whole)
	if errors.Is(failed, record.ErrAway) {
		return total, failed
	}
	dirty, err := p.registrations.take(part, planRecipients, func(after registration.DirtyKey, limit int) ([]registration.Registration, error) {
		return p.stores.Registrations.Dirty(ctx, part, after, limit)
	})
	if err != nil {
		return total, errors.Join(failed, err)
	}
	taken := len(dirty)
	for len(dirty) > 0 {
		same := sameEvent(dirty)
		p.registrations.begun(part, dirty[same-1])
		if !whole[dirty[0].Event] {
			done, err := p.planRegistrations(ctx, dirty[:same])
			total.add(done)
			if err != nil {
				return total, errors.Join(failed, err)
			}
		}
		dirty = dirty[same:]
	}
	p.registrations.done(part, taken, planRecipients)
	return total, failed
}

// planWhole plans dirty events whole, and notes which.
func (p *Planner) planWhole(ctx context.Context, part int, whole map[string]bool) (Planned, error) {
	var total Planned
	events, err := p.events.take(part, planEvents, func(after string, limit int) ([]event.Event, error) {
		return p.stores.Events.Dirty(ctx, part, after, limit)
	})
	if err != nil {
		return total, err
	}
	for _, e := range events {
		whole[e.ID] = true
		p.events.begun(part, e)
		done, err := p.planEvent(ctx, e.ID, e.PlanVer)
		total.add(done)
		if err != nil {
			return total, err
		}
	}
	p.events.done(part, len(events), planEvents)
	return total, nil
}

// sameEvent counts the leading registrations of one event.
func sameEvent(regs []registration.Registration) int {
	n := 1
	for n < len(regs) && regs[n].Event == regs[0].Event {
		n++
	}
	return n
}

// planEvent plans everybody whom the event may concern: those registered, those
// to whom it is announced, and those who have a row from before.
func (p *Planner) planEvent(ctx context.Context, eventID string, seen int64) (Planned, error) {
	total := Planned{Events: 1}
	met := make(map[string]bool)
	kept := false
	req := page.Request{Limit: planRecipients}
	for {
		list, err := p.stores.Registrations.Page(ctx, registration.Filter{Event: eventID}, req)
		if err != nil {
			return total, err
		}
		done, err := p.planRegistrations(ctx, list.Items)
		total.add(done)
		if err != nil {
			return total, err
		}
		kept = kept || done.Kept > 0
		for _, r := range list.Items {
			met[RecipientOf(r.Resident)] = true
		}
		if list.Next == nil {
			break
		}
		req.After = list.Next
	}
	done, err := p.planStrangers(ctx, eventID, met)
	total.add(done)
	if err != nil || kept || done.Kept > 0 {
		return total, err
	}
	_, err = p.stores.Events.Clean(ctx, eventID, seen)
	return total, err
}

// planRegistrations plans the holders of registrations of one event and cleans
// those that were dirty and that nothing keeps so.
func (p *Planner) planRegistrations(ctx context.Context, regs []registration.Registration) (Planned, error) {
	if len(regs) == 0 {
		return Planned{}, nil
	}
	recipients := make([]string, 0, len(regs))
	for _, r := range regs {
		if r.Resident != "" {
			recipients = append(recipients, RecipientOf(r.Resident))
		}
	}
	d, err := p.planPage(ctx, regs[0].Event, recipients, regs)
	if err != nil {
		return d.done, err
	}
	var clean []registration.Seen
	for _, r := range regs {
		if r.Dirty && !d.keep[RecipientOf(r.Resident)] {
			clean = append(clean, registration.Seen{ID: r.ID, PlanVer: r.PlanVer})
		}
	}
	if len(clean) > 0 {
		_, err = p.stores.Registrations.Clean(ctx, partOf(regs[0].Event), clean)
	}
	return d.done, err
}

// planPage reads the rows of the recipients first and the facts after, so that
// a compare-and-set that holds was made from facts as new as anybody's. Where
// nobody has a row yet, the registrations as listed will do: all it can write
// is new rows, and whoever was there first keeps those.
func (p *Planner) planPage(ctx context.Context, eventID string, recipients []string, listed []registration.Registration) (*draft, error) {
	d := newDraft(p.now())
	if len(recipients) == 0 {
		return d, nil
	}
	part := partOf(eventID)
	rows, err := p.stores.Ledger.BySubject(ctx, part, eventID, recipients)
	if err != nil {
		return d, err
	}
	facts, err := p.stores.facts(ctx, eventID)
	if errors.Is(err, record.ErrAbsent) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	reminders, err := p.stores.reminders(ctx, facts.Event)
	if err != nil {
		return d, err
	}
	if len(rows) > 0 {
		listed = nil
	}
	people, err := p.stores.persons(ctx, facts, recipients, listed)
	if err != nil {
		return d, err
	}
	if err := p.single(ctx, people); err != nil {
		return d, err
	}
	by := rowsOf(rows)
	rules := Rules(reminders, facts.Channels)
	for _, person := range people {
		person.Rows = by[person.Recipient]
		d.plan(facts, person, rules)
	}
	return d, p.write(ctx, d)
}

// write inserts and changes what a draft holds. What somebody else did first
// keeps its recipient dirty: the next pass reads it.
func (p *Planner) write(ctx context.Context, d *draft) error {
	if len(d.inserts) > 0 {
		d.inDueOrder()
		fresh, err := p.stores.Ledger.Insert(ctx, d.inserts)
		if err != nil {
			return err
		}
		for i, ok := range fresh {
			if ok {
				d.done.Inserted++
			} else {
				d.keepDirty(d.inserts[i].Recipient)
			}
		}
	}
	if len(d.changes) > 0 {
		applied, err := p.stores.Ledger.Change(ctx, d.changes)
		if err != nil {
			return err
		}
		for i, ok := range applied {
			if ok {
				d.done.Changed++
			} else {
				d.keepDirty(d.changes[i].Row.Recipient)
			}
		}
	}
	return nil
}
