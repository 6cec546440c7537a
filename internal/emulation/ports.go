package emulation

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Events finds events whose count facts are to be written; event.Store is one.
type Events interface {
	Uncounted(ctx context.Context, limit int) ([]event.Event, error)
	Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
}

// Attendance counts who came; attendance.Service is one.
type Attendance interface {
	TotalsOf(ctx context.Context, e event.Event) (attendance.Totals, error)
}

// Surveys reads results; survey.Store is one.
type Surveys interface {
	Get(ctx context.Context, event string) (survey.Survey, error)
}

// Units finds units; unit.Store is one.
type Units interface {
	Get(ctx context.Context, id string) (unit.Unit, error)
}

// Ports is what the Service needs. All are required; Now is domain time.
type Ports struct {
	Facts      Store
	Cards      Cards
	Events     Events
	Attendance Attendance
	Surveys    Surveys
	Units      Units
	Now        func() calendar.Instant
}
