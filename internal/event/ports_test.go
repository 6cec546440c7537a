package event_test

import (
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
)

// The services that stand behind the ports of events.
var (
	_ event.Reminders = (*reminder.Service)(nil)
	_ event.Seats     = (*registration.Service)(nil)
	_ event.Door      = (*attendance.Service)(nil)
)
