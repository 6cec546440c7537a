package survey

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// Events finds, reads and touches events; event.Store is one.
type Events interface {
	Get(ctx context.Context, id string) (event.Event, error)
	Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
	Ended(ctx context.Context, state event.State, before calendar.Instant, after *page.Key, limit int) ([]event.Event, error)
}

// Ports is what the Service needs. All are required; Now is domain time.
type Ports struct {
	Surveys Store
	Boxes   Box
	Events  Events
	Now     func() calendar.Instant
	IDs     id.Source
}
