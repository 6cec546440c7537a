package outreach

import (
	"github.com/arran4/golang-ical"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// Methods of calendar parts (RFC 5546).
const (
	MethodPublish = "PUBLISH"
	MethodCancel  = "CANCEL"
)

// Invite is what a calendar part says beside the event.
type Invite struct {
	// Method is MethodPublish or MethodCancel.
	Method string
	// Host makes the UID, Organizer is a bare mail address, URL the public page.
	Host, Organizer, URL string
	// At is when the part was made (RFC 5545, 3.8.7.2), no later than it is sent:
	// of two of one SEQUENCE the later counts (RFC 5546, 2.1.5).
	At calendar.Instant
	// Turns are those of the registration, 0 for the public entry.
	Turns int
}

// Calendar is the event as an iCalendar object. UID stays with the event and
// SEQUENCE is its revision and the turns of the seat, so that a calendar moves
// or removes what it has, and takes it up again.
func Calendar(e event.Event, in Invite) []byte {
	cal := ics.NewCalendarFor("Sunday")
	cal.SetMethod(ics.Method(in.Method))
	v := cal.AddEvent(e.ID + "@" + in.Host)
	v.SetSequence(e.Revision + in.Turns)
	v.SetDtStampTime(in.At.Time())
	v.SetStartAt(e.StartAt.Time())
	v.SetEndAt(e.EndAt.Time())
	v.SetSummary(e.Title)
	v.SetLocation(e.Place.Line())
	v.SetURL(in.URL)
	v.SetOrganizer("mailto:" + in.Organizer)
	switch {
	case in.Method == MethodCancel:
		v.SetStatus(ics.ObjectStatusCancelled)
	case e.State == event.Postponed:
		v.SetStatus(ics.ObjectStatusTentative)
	default:
		v.SetStatus(ics.ObjectStatusConfirmed)
	}
	return []byte(cal.Serialize())
}
