package event

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Units finds units, and tells which have a new name; unit.Store is one.
type Units interface {
	Get(ctx context.Context, id string) (unit.Unit, error)
	Dirty(ctx context.Context, limit int) ([]unit.Unit, error)
	Clean(ctx context.Context, id string, planVer int64) (bool, error)
}

// Reminders gives events their rules; reminder.Service is one. Both methods
// may be called again without harm.
type Reminders interface {
	// EnsureDefault gives an event its default rules, unless they were made before.
	EnsureDefault(ctx context.Context, e Event) error
	// CopyRules gives the event to the rules that from has.
	CopyRules(ctx context.Context, from, to Event) error
}

// Seats keeps the roll of an event in step with its slots; registration.Service is one.
type Seats interface {
	// Prepare notes durably that the slots of an event are about to change, so
	// that a job does what Sync did not come to do.
	Prepare(ctx context.Context, event string) error
	// Sync brings the roll to the slots of the event, and promotes who fits.
	Sync(ctx context.Context, e Event) error
}

// Door closes the count of an event; attendance.Service is one.
type Door interface {
	// Finish marks whoever was not counted as not recorded. It may be called again.
	Finish(ctx context.Context, e Event) error
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Events    Store
	Units     Units
	Reminders Reminders
	Seats     Seats
	Door      Door
	Now       func() calendar.Instant
	IDs       id.Source
}
