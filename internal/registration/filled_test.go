package registration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// Whoever plans a Sunday knows how many people come, whether places are limited
// or not: those who have a place, by slot, and nobody who gave it up.
func TestService_Filled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	open, limited := b.event(t, 0, 72*hour), b.event(t, 5, 72*hour)
	open = b.edit(t, open, func(e *event.Event) { e.Slots = append(e.Slots, event.Slot{ID: "s2"}) })
	for _, e := range []event.Event{open, limited} {
		in := func(slot, who string, party int) registration.Form {
			f := b.form(e, who, party)
			f.Slot = slot
			return f
		}
		b.register(t, in("s1", "", 3))
		b.register(t, in("s1", "An", 2)) // has not confirmed yet
		gone := b.register(t, in("s1", "", 1))
		if e.ID == open.ID {
			came := b.of(t, b.register(t, in("s2", "", 4)))
			_, err := b.set.Registrations.Update(t.Context(), came.ID, func(r *registration.Registration) error {
				r.State = registration.Attended
				return nil
			})
			must(t, err)
			_, err = b.CancelOwn(t.Context(), gone.Own, b.formID())
			must(t, err)
		}
	}
	draft, purged := b.event(t, 0, 72*hour), b.event(t, 0, 72*hour)
	draft = b.edit(t, draft, func(e *event.Event) { e.PublishedAt = 0 })
	purged = b.edit(t, purged, func(e *event.Event) { e.PurgedAt = b.now })
	none := b.event(t, 0, 72*hour)
	got, err := b.Filled(t.Context(), open, limited, draft, purged, none)
	must(t, err)
	want := map[string][]registration.Place{
		open.ID:    {{Slot: "s1", Taken: 5}, {Slot: "s2", Taken: 4}},
		limited.ID: {{Slot: "s1", Capacity: 5, Taken: 5, Waiting: 1}},
		none.ID:    {{Slot: "s1"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// edit changes a stored event.
func (b *bundle) edit(t *testing.T, e event.Event, change func(*event.Event)) event.Event {
	t.Helper()
	e, err := b.set.Events.Update(t.Context(), e.ID, func(e *event.Event) error { change(e); return nil })
	must(t, err)
	return e
}
