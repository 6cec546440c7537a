package registration

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
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
}

// Residents makes or finds who filled in a form; resident.Service is one.
type Residents interface {
	// EnsurePublic finds the resident of the unit with this contact and folded
	// name, else makes one. Without an address it makes one per form, so that the
	// same form finds it again.
	EnsurePublic(ctx context.Context, in Visitor) (resident.Resident, error)
}

// Visitor is who fills in a form, as Residents takes it.
type Visitor struct {
	Unit, Village, Locale, Name, Email string
	// Form is the form's id.
	Form     string
	Purposes []resident.Purpose
}

// Contacts knows addresses; contact.Service is one.
type Contacts interface {
	MarkVerified(ctx context.Context, id string) error
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Registrations Store
	Rolls         Rolls
	Events        Events
	People        People
	Residents     Residents
	Contacts      Contacts
	Keys          *secret.Keys
	Now           func() calendar.Instant
	IDs           id.Source
}
