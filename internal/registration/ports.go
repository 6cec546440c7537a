package registration

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Events is what registrations need of events; event.Store is one.
type Events interface {
	Get(ctx context.Context, id string) (event.Event, error)
	Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
	Ended(ctx context.Context, state event.State, before calendar.Instant, after *page.Key, limit int) ([]event.Event, error)
}

// People finds residents; resident.Store is one.
type People interface {
	Get(ctx context.Context, id string) (resident.Resident, error)
	ToCheck(ctx context.Context, now calendar.Instant, limit int) ([]resident.Resident, error)
}

// Residents makes or finds who filled in a form; resident.Service is one.
type Residents interface {
	EnsurePublic(ctx context.Context, in resident.PublicInput) (r resident.Resident, known bool, err error)
	Consent(ctx context.Context, a actor.Actor, resident string, choices ...resident.Choice) (resident.Resident, error)
	// Living gives the record that lives on after merges, and changes nothing.
	Living(ctx context.Context, resident string) (resident.Resident, error)
	// FinishMerge gives the record that lives on, with all merges into it finished.
	FinishMerge(ctx context.Context, a actor.Actor, resident string) (resident.Resident, error)
	// ForgetIdle erases a resident that a form made for once, and tells whether it did.
	ForgetIdle(ctx context.Context, a actor.Actor, resident string, live bool) (bool, error)
	// Checked ends the look whether a registration came of a resident's form.
	Checked(ctx context.Context, a actor.Actor, resident string, registered bool) (erased bool, err error)
}

// Contacts knows addresses; contact.Service is one.
type Contacts interface {
	MarkVerified(ctx context.Context, a actor.Actor, id string) (contact.Contact, error)
}

// Log takes note of what no change carries; audit.Service is one.
type Log interface {
	Record(ctx context.Context, entries ...record.Entry) error
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Registrations Store
	Rolls         Rolls
	Forms         Forms
	Events        Events
	People        People
	Residents     Residents
	Contacts      Contacts
	// Log takes note of who reads person data.
	Log  Log
	Keys *secret.Keys
	Now  func() calendar.Instant
	IDs  id.Source
}
