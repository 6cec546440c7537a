package weeks

import (
	"context"
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// notedEvents notes which event a write concerns, within the call: nobody goes
// on between the two.
type notedEvents struct {
	event.Store

	world *world
}

func (n notedEvents) Create(ctx context.Context, e *event.Event) error {
	n.world.facts.events[e.ID] = true
	return n.Store.Create(ctx, e)
}

func (n notedEvents) Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error) {
	n.world.facts.events[id] = true
	return n.Store.Update(ctx, id, change)
}

// DirtyParts asks while something may be dirty; see still.
func (n notedEvents) DirtyParts(ctx context.Context) ([]int, error) {
	return still(n.world, "Events", func() ([]int, error) { return n.Store.DirtyParts(ctx) })
}

// notedRegistrations notes at whose event somebody is registered otherwise.
type notedRegistrations struct {
	registration.Store

	world *world
}

func (n notedRegistrations) Create(ctx context.Context, r *registration.Registration) error {
	n.world.facts.events[r.Event] = true
	n.world.changed(r.ID)
	return n.Store.Create(ctx, r)
}

func (n notedRegistrations) Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error) {
	return n.Store.Update(ctx, id, func(r *registration.Registration) error {
		n.world.facts.events[r.Event] = true
		was := seatOf(*r)
		err := change(r)
		if err == nil && seatOf(*r) != was {
			n.world.changed(id)
		}
		return err
	})
}

// DirtyParts asks while something may be dirty; see still.
func (n notedRegistrations) DirtyParts(ctx context.Context) ([]int, error) {
	return still(n.world, "Registrations", func() ([]int, error) { return n.Store.DirtyParts(ctx) })
}

// seatOf is what decides of a registration whether there is news of it. That
// somebody came, or did not, is none.
func seatOf(r registration.Registration) string {
	state := r.State
	if state == registration.Attended || state == registration.NotRecorded {
		state = registration.Registered
	}
	return fmt.Sprint(state, r.Confirmed, r.HoldUntil)
}

// changed notes that a person, a contact or a seat is another from now on.
func (w *world) changed(id string) { w.changedAt[id] = notifications.Millis(w.now) }

// notedResidents and notedContacts note when somebody may have another way, or
// another wish, than before.
type notedResidents struct {
	resident.Store

	world *world
}

func (n notedResidents) Update(ctx context.Context, id string, change func(*resident.Resident) error) (resident.Resident, error) {
	n.world.changed(id)
	return n.Store.Update(ctx, id, change)
}

// Dirty asks while something may be dirty; see still.
func (n notedResidents) Dirty(ctx context.Context, limit int) ([]resident.Resident, error) {
	return still(n.world, "Residents", func() ([]resident.Resident, error) { return n.Store.Dirty(ctx, limit) })
}

// notedRules asks while something may be dirty; see still.
type notedRules struct {
	reminder.Store

	world *world
}

func (n notedRules) Dirty(ctx context.Context, limit int) ([]reminder.Rule, error) {
	return still(n.world, "Rules", func() ([]reminder.Rule, error) { return n.Store.Dirty(ctx, limit) })
}

type notedContacts struct {
	contact.Store

	world *world
}

func (n notedContacts) Update(ctx context.Context, id string, change func(*contact.Contact) error) (contact.Contact, error) {
	n.world.changed(id)
	return n.Store.Update(ctx, id, change)
}
