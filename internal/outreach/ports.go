package outreach

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Events is what outreach needs of the events' store.
type Events interface {
	Get(ctx context.Context, id string) (event.Event, error)
	Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
	Page(ctx context.Context, f event.Filter, r page.Request) (page.List[event.Event], error)
	DirtyParts(ctx context.Context) ([]int, error)
	Dirty(ctx context.Context, part int, after string, limit int) ([]event.Event, error)
	Clean(ctx context.Context, id string, planVer int64) (bool, error)
}

// Registrations is what outreach needs of the registrations' store.
type Registrations interface {
	Many(ctx context.Context, event string, ids []string) ([]registration.Registration, error)
	Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error)
	Page(ctx context.Context, f registration.Filter, r page.Request) (page.List[registration.Registration], error)
	ByResident(ctx context.Context, resident string, limit int) ([]registration.Registration, error)
	DirtyParts(ctx context.Context) ([]int, error)
	Dirty(ctx context.Context, part int, after registration.DirtyKey, limit int) ([]registration.Registration, error)
	Clean(ctx context.Context, part int, seen []registration.Seen) (int, error)
}

// Rolls reads who has a seat.
type Rolls interface {
	Roll(ctx context.Context, event string) (registration.Roll, error)
}

// Reminders is what outreach needs of the rules' store.
type Reminders interface {
	ByOwners(ctx context.Context, owners []string) ([]reminder.Rule, error)
	Dirty(ctx context.Context, limit int) ([]reminder.Rule, error)
	Clean(ctx context.Context, id string, planVer int64) (bool, error)
}

// Residents is what outreach needs of the residents' store.
type Residents interface {
	Many(ctx context.Context, ids []string) ([]resident.Resident, error)
	NewsReaders(ctx context.Context, f resident.Readers, after string, limit int) ([]resident.Resident, error)
	Dirty(ctx context.Context, limit int) ([]resident.Resident, error)
	Clean(ctx context.Context, id string, planVer int64) (bool, error)
}

// Contacts reads contacts.
type Contacts interface {
	Many(ctx context.Context, ids []string) ([]contact.Contact, error)
}

// Surveys reads the survey of an event.
type Surveys interface {
	Get(ctx context.Context, event string) (survey.Survey, error)
}

// Report reads rows of an event or a person, and takes people out of theirs;
// notifications.Report is one.
type Report interface {
	Rows(ctx context.Context, f notifications.Filter, after string, limit int) ([]notifications.Row, error)
	Erase(ctx context.Context, recipient string, now notifications.Millis) (left int, err error)
}

// Stores is where facts and rows are.
type Stores struct {
	Events        Events
	Registrations Registrations
	Rolls         Rolls
	Reminders     Reminders
	Residents     Residents
	Contacts      Contacts
	Surveys       Surveys
	Ledger        notifications.Ledger
	Units         Units
	Report        Report
	// Merges is asked for residents that were merged only.
	Merges Merges
	// Channels are those that messages go by, DefaultChannels if nil.
	Channels Channels
}

// withChannels gives the stores the channels that they leave out.
func (s Stores) withChannels() Stores {
	if s.Channels == nil {
		s.Channels = DefaultChannels()
	}
	return s
}
