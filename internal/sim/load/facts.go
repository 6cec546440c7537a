package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// The commune that the load is of, by the state's code.
const communeCode = "24829"

// writers lay facts side by side, so that their writes share commits.
const writers = 64

// perEvent is how many people register for one event.
const perEvent = 1000

// The Sunday that everybody is reminded of: 29 November 2026, 7:00 in Da Lat.
// Its reminder is due the evening before, and the facts are of that morning.
var (
	firstHour  = calendar.Local("2026-11-29T07:00")
	lastHour   = calendar.Local("2026-11-29T11:00")
	factsAt    = time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	remindedAt = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
)

// facts lays what rows are derived from. The first of each kind is made by the
// services as staff would, and the others are written as its likes.
type facts struct {
	app  *app.App
	now  *app.HandClock
	done func(n int)
	// people are all that are laid.
	people int
	// purposes are what everybody agrees to.
	purposes []resident.Purpose

	organizer, approver actor.Actor
	resident            resident.Resident
	registration        registration.Registration
}

func newFacts(a *app.App, clock *app.HandClock, done func(n int), purposes ...resident.Purpose) *facts {
	home := unit.StateID(communeCode)
	by := func(name string, role actor.Role) actor.Actor {
		return actor.Staff(name, []actor.Grant{{Role: role, Unit: home}}, actor.AllScopes)
	}
	return &facts{
		app: a, now: clock, done: done, purposes: purposes,
		organizer: by("organizer", actor.Organizer), approver: by("approver", actor.Approver),
	}
}

// lay makes as many people, each registered for one event with a contact of
// their own, and returns the events. Nothing is planned yet.
func (f *facts) lay(ctx context.Context, people int) ([]event.Event, error) {
	f.people = people
	var events []event.Event
	for from := 0; from < people; from += perEvent {
		e, err := f.event(ctx, len(events))
		if err != nil {
			return nil, err
		}
		events = append(events, e)
		if from == 0 {
			if err := f.first(ctx, e); err != nil {
				return nil, err
			}
		}
		if err := f.crowd(ctx, e, max(from, 1), min(from+perEvent, people)); err != nil {
			return nil, fmt.Errorf("lay facts: %w", err)
		}
		f.done(min(perEvent, people-from))
	}
	return events, nil
}

func (f *facts) event(ctx context.Context, n int) (event.Event, error) {
	events := f.app.Services.Events
	e, err := events.Create(ctx, f.organizer, "", event.Input{
		Unit: unit.StateID(communeCode), Type: event.Volunteer, Title: fmt.Sprintf("Làm đường thôn %d", n+1),
		Place:      event.Place{Name: "Nhà văn hóa thôn"},
		LocalStart: firstHour, LocalEnd: lastHour,
		Slots: []event.Slot{{ID: "all", Name: "Tham gia"}}, NoticeDays: 0,
	})
	for _, step := range []struct {
		by  actor.Actor
		act event.Act
	}{{f.organizer, event.Submit}, {f.approver, event.Approve}, {f.organizer, event.Publish}} {
		if err == nil {
			e, err = events.Do(ctx, step.by, e.ID, 0, step.act, "")
		}
	}
	if err != nil {
		return e, fmt.Errorf("publish an event: %w", err)
	}
	return e, nil
}

// first makes the first resident and the first registration.
func (f *facts) first(ctx context.Context, e event.Event) error {
	d := resident.Draft{
		Unit: e.Unit, Name: "Nguyễn Thị Mẫu", Locale: "vi",
		Contacts: []resident.ContactInput{{Kind: contact.Email, Value: address(0)}},
	}
	for _, p := range f.purposes {
		t, err := resident.TextFor(p, "vi")
		if err != nil {
			return err
		}
		d.Consents = append(d.Consents, resident.Choice{Purpose: p, Given: true, Text: t.ID, Source: "paper"})
	}
	var err error
	if f.resident, err = f.app.Services.Residents.Create(ctx, f.organizer, d); err != nil {
		return fmt.Errorf("make a resident: %w", err)
	}
	f.registration, err = f.app.Services.Registrations.Enter(ctx, f.organizer, registration.Entry{
		Event: e.ID, Resident: f.resident.ID, Slot: e.Slots[0].ID, Party: 2,
	})
	if err != nil {
		return fmt.Errorf("register a resident: %w", err)
	}
	return nil
}

// address of the n-th resident.
func address(n int) string { return fmt.Sprintf("nguoi.dan.%07d@example.org", n) }

// crowd makes the people from one number up to another, registered for an event.
func (f *facts) crowd(ctx context.Context, e event.Event, from, to int) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(writers)
	for n := from; n < to; n++ {
		g.Go(func() error { return f.person(ctx, e, n) })
	}
	return g.Wait()
}

// came is when the n-th person signed up: one after another until factsAt, a
// second each. Ids carry it, and their order is that of signing up.
func (f *facts) came(n int) time.Time { return factsAt.Add(time.Duration(n-f.people) * time.Second) }

func (f *facts) person(ctx context.Context, e event.Event, n int) error {
	c, err := f.app.Services.Contacts.Ensure(ctx, contact.Email, address(n))
	if err != nil {
		return err
	}
	who := f.resident
	who.ID, who.Outbox, who.Dirty = id.Random().New(f.came(n).UnixMilli()), nil, false
	who.Contact, who.Contacts = c.ID, []string{c.ID}
	r := f.registration
	r.ID, r.Event, r.Part, r.Resident = registration.IDOf(e.ID, who.ID), e.ID, e.Part, who.ID
	r.Outbox, r.Dirty = nil, false // the event is dirty, and with it all who come
	r.LinkHash, r.ConfirmHash = id.Hash("own", r.ID), id.Hash("confirm", r.ID)
	st := f.app.Store()
	return errors.Join(st.Residents.Create(ctx, &who), st.Registrations.Create(ctx, &r))
}
