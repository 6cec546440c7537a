package attendance

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Events is what counting needs of events; event.Store is one.
type Events interface {
	Get(ctx context.Context, id string) (event.Event, error)
	Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
	Ended(ctx context.Context, state event.State, before calendar.Instant, after *page.Key, limit int) ([]event.Event, error)
}

// Registrations is what counting needs of registrations; registration.Store is one.
type Registrations interface {
	Get(ctx context.Context, id string) (registration.Registration, error)
	Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error)
	Page(ctx context.Context, f registration.Filter, r page.Request) (page.List[registration.Registration], error)
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Entries       Store
	Events        Events
	Registrations Registrations
	Keys          *secret.Keys
	Now           func() calendar.Instant
}

// Scan is one count as a device sends it.
type Scan struct {
	// ID is the device's own: sending it twice counts once.
	ID     string
	Source Source
	Slot   string
	// Village is a unit, or empty.
	Village string
	People  int
	// Code is a check-in code; Registration its id, where it was found by name.
	Code, Registration string
	DeviceAt           calendar.Instant
}

// Counted is what became of a scan, in the order of the scans. The door never
// refuses: Known is false where a code or registration is none of this event,
// and the people are counted all the same.
type Counted struct {
	Entry Entry
	Fresh bool
	Known bool
}

// Service is what may be done at the door, and by whom.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

var errLater = fault.New(fault.Unavailable, "later")

// Count appends entries, at most 500.
func (s *Service) Count(ctx context.Context, a actor.Actor, event string, scans []Scan) ([]Counted, error) {
	return nil, errLater
}

// Undo takes an entry back by a counter-entry with the id undo.
func (s *Service) Undo(ctx context.Context, a actor.Actor, event, entry, undo string) (Entry, error) {
	return Entry{}, errLater
}

// Totals gives the counts of an event to staff of its units and those above.
func (s *Service) Totals(ctx context.Context, a actor.Actor, event string) (Totals, error) {
	return Totals{}, errLater
}

// TotalsOf gives the counts of an event, for jobs.
func (s *Service) TotalsOf(ctx context.Context, e event.Event) (Totals, error) {
	return Totals{}, errLater
}

// Finish marks whoever was not counted as not recorded.
func (s *Service) Finish(ctx context.Context, e event.Event) error { return errLater }

// Dissolve is the job that, 14 days after the report, turns links from person
// to attendance into counts; it returns of how many events.
func (s *Service) Dissolve(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	return 0, errLater
}
