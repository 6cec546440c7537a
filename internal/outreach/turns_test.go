package outreach_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// stuck has the rows of registrations be under way with old facts: they stay
// dirty until that has ended.
func (b *bench) stuck(regs []registration.Registration) {
	b.t.Helper()
	var rows []notifications.Row
	for _, r := range regs {
		k := notifications.Key{Rule: outreach.RuleConfirmation, Occurrence: r.Event, Recipient: outreach.RecipientOf(r.Resident)}
		rows = append(rows, notifications.Row{
			ID: k.ID(), Part: id.Part(r.Event), Key: k, Unit: r.Unit, Lane: notifications.Lane{Class: notifications.Normal, Channel: outreach.Mail},
			State: notifications.Sending, Group: k.ID(), Gen: 1, Batch: "elsewhere",
		})
	}
	_, err := b.set.Ledger.Insert(b.ctx, rows)
	b.must(err)
}

// guestOf registers somebody new at the event.
func (b *bench) guestOf(e event.Event, name string) registration.Registration {
	b.t.Helper()
	who, err := b.set.Residents.Get(b.ctx, b.reg.Resident)
	b.must(err)
	who.Head.ID, who.Ver, who.Part = id.Hash("resident", name), 0, 0
	who.Dirty, who.Reach = false, resident.Own
	b.must(b.set.Residents.Create(b.ctx, &who))
	r := b.reg
	r.ID, r.Event, r.Resident, r.Part, r.Ver = id.Hash(e.ID, who.ID), e.ID, who.ID, id.Part(e.ID), 0
	r.Shown = registration.Shown{}
	b.must(b.set.Registrations.Create(b.ctx, &r))
	return r
}

// confirms reports whether a confirmation is planned for the registration.
func (b *bench) confirms(r registration.Registration) bool {
	b.t.Helper()
	rows, err := b.set.Ledger.BySubject(b.ctx, id.Part(r.Event), r.Event, []string{outreach.RecipientOf(r.Resident)})
	b.must(err)
	return slices.ContainsFunc(rows, func(row notifications.Row) bool {
		return row.Rule == outreach.RuleConfirmation && row.State == notifications.Planned
	})
}

// More events than are planned at once stay dirty: the one behind them has its turn.
func TestPlanner_EventsThatStayDirtyStarveNoOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	part := b.event.Part
	_, err := b.set.Events.Clean(b.ctx, b.event.ID, b.event.PlanVer)
	b.must(err)
	var events []event.Event
	for n := 0; len(events) < 40; n++ {
		e := b.event
		if e.ID = id.Hash("event", fmt.Sprint(n)); id.Part(e.ID) != part {
			continue
		}
		e.Ver = 0
		b.must(b.set.Events.Create(b.ctx, &e))
		events = append(events, e)
	}
	slices.SortFunc(events, func(a, c event.Event) int {
		return registration.DirtyKey{Event: a.ID}.Compare(registration.DirtyKey{Event: c.ID})
	})
	var stuck []registration.Registration
	for _, e := range events[:39] {
		stuck = append(stuck, b.guestOf(e, e.ID))
	}
	b.stuck(stuck)
	last := b.guestOf(events[39], "last")
	// without the registrations, which have a turn of their own
	for _, r := range append(stuck, last) {
		_, err := b.set.Registrations.Clean(b.ctx, part, []registration.Seen{{ID: r.ID, PlanVer: r.PlanVer}})
		b.must(err)
	}
	b.plan()
	b.plan()
	if !b.confirms(last) {
		t.Error("the last event was not planned in two passes")
	}
}

// So it is with registrations of one event, and of the events behind it.
func TestPlanner_RegistrationsThatStayDirtyStarveNoOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.set.Events.Clean(b.ctx, b.event.ID, b.event.PlanVer)
	b.must(err)
	var regs []registration.Registration
	for n := range 501 {
		regs = append(regs, b.guestOf(b.event, fmt.Sprint(n)))
	}
	slices.SortFunc(regs, func(a, c registration.Registration) int {
		return registration.DirtyKey{ID: a.ID}.Compare(registration.DirtyKey{ID: c.ID})
	})
	b.stuck(regs[:500])
	b.plan()
	b.plan()
	if !b.confirms(regs[500]) {
		t.Error("the last registration was not planned in two passes")
	}
}
