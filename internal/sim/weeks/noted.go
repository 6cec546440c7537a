package weeks

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
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

// notedRegistrations notes at whose event somebody is registered otherwise.
type notedRegistrations struct {
	registration.Store

	world *world
}

func (n notedRegistrations) Create(ctx context.Context, r *registration.Registration) error {
	n.world.facts.events[r.Event] = true
	return n.Store.Create(ctx, r)
}

func (n notedRegistrations) Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error) {
	return n.Store.Update(ctx, id, func(r *registration.Registration) error {
		n.world.facts.events[r.Event] = true
		return change(r)
	})
}
