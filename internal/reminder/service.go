package reminder

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
)

// Events is what rules need of events; event.Store is one.
type Events interface {
	Get(ctx context.Context, id string) (event.Event, error)
	Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Rules  Store
	Events Events
	Now    func() calendar.Instant
	IDs    id.Source
}

// Input is a rule as an organizer fills it in: either MinutesBefore, or At
// (with DaysBefore). LateMinutes 0 means the default.
type Input struct {
	MinutesBefore int
	DaysBefore    int
	At            string
	LateMinutes   int
	OnUnknown     OnUnknown
	Channels      []string
}

// Service is what may be done with reminder rules, and by whom.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

var errLater = fault.New(fault.Unavailable, "later")

// Add gives the event one more rule. newID as for event.Service.Create.
func (s *Service) Add(ctx context.Context, a actor.Actor, newID, event string, in Input) (Rule, error) {
	return Rule{}, errLater
}

// Edit changes a rule; ifMatch is the Ver that the client saw, 0 for any.
func (s *Service) Edit(ctx context.Context, a actor.Actor, rule string, ifMatch int64, in Input) (Rule, error) {
	return Rule{}, errLater
}

// Remove ends a rule; what it planned is suppressed.
func (s *Service) Remove(ctx context.Context, a actor.Actor, rule string) (Rule, error) {
	return Rule{}, errLater
}

// List gives the rules of an event that are not removed, to staff who see the event.
func (s *Service) List(ctx context.Context, a actor.Actor, event string) ([]Rule, error) {
	return nil, errLater
}
