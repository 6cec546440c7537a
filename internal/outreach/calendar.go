package outreach

import (
	"time"

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

// Calendar is the event as an iCalendar object, on the clocks of where it is.
// UID stays with the event and SEQUENCE is its revision and the turns of the
// seat, so that a calendar moves or removes what it has, and takes it up again.
func Calendar(e event.Event, in Invite) []byte {
	cal := ics.NewCalendarFor("Sunday")
	cal.SetMethod(ics.Method(in.Method))
	addZones(cal, []event.Event{e})
	addEntry(cal, e, in)
	return []byte(cal.Serialize())
}

// refreshEvery is how often a calendar that follows a feed is asked to look.
const refreshEvery = "PT6H"

// Feed is many events as one iCalendar object to follow. Each entry is as
// Calendar makes it for the public; what is cancelled says so, and is not just
// gone. The same events give the same bytes.
func Feed(events []event.Event, name string, in func(event.Event) Invite) []byte {
	cal := ics.NewCalendarFor("Sunday")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(name)
	cal.SetRefreshInterval(refreshEvery)
	cal.SetXPublishedTTL(refreshEvery)
	addZones(cal, events)
	for _, e := range events {
		addEntry(cal, e, in(e))
	}
	return []byte(cal.Serialize())
}

// PublicStamp is when what the public sees of an event was last made.
func PublicStamp(e event.Event) calendar.Instant {
	return max(e.LastEditAt, e.PublishedAt, e.CancelledAt)
}

func addEntry(cal *ics.Calendar, e event.Event, in Invite) {
	v := cal.AddEvent(e.ID + "@" + in.Host)
	v.SetSequence(e.Revision + in.Turns)
	v.SetDtStampTime(in.At.Time())
	setTime(v, ics.ComponentPropertyDtStart, e.StartAt, e.Zone)
	setTime(v, ics.ComponentPropertyDtEnd, e.EndAt, e.Zone)
	v.SetSummary(e.Title)
	v.SetLocation(e.Place.Line())
	v.SetURL(in.URL)
	v.SetOrganizer("mailto:" + in.Organizer)
	switch {
	case in.Method == MethodCancel || e.State == event.Cancelled:
		v.SetStatus(ics.ObjectStatusCancelled)
	case e.State == event.Postponed:
		v.SetStatus(ics.ObjectStatusTentative)
	default:
		v.SetStatus(ics.ObjectStatusConfirmed)
	}
}

const localTime = "20060102T150405"

func setTime(v *ics.VEvent, p ics.ComponentProperty, at calendar.Instant, zone string) {
	v.SetProperty(p, calendar.InZone(at, zone).Format(localTime), ics.WithTZID(zone))
}

// addZones says how each zone of the events keeps its clocks while they are on:
// every change of its offset by itself, as far as one is near.
func addZones(cal *ics.Calendar, events []event.Event) {
	first, last := map[string]time.Time{}, map[string]time.Time{}
	var order []string
	for _, e := range events {
		start, end := calendar.InZone(e.StartAt, e.Zone), calendar.InZone(e.EndAt, e.Zone)
		if _, known := first[e.Zone]; !known {
			order = append(order, e.Zone)
			first[e.Zone], last[e.Zone] = start, end
		}
		if start.Before(first[e.Zone]) {
			first[e.Zone] = start
		}
		if end.After(last[e.Zone]) {
			last[e.Zone] = end
		}
	}
	for _, name := range order {
		zone := cal.AddTimezone(name)
		for at := first[name]; ; {
			began, until := at.ZoneBounds()
			zone.Components = append(zone.Components, observance(at, began))
			if until.IsZero() || until.After(last[name]) {
				break
			}
			at = until
		}
	}
}

// observance is the offset that holds at an instant, and since when it does.
func observance(at, began time.Time) ics.Component {
	_, to := at.Zone()
	from, since := to, time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC)
	if !began.IsZero() {
		_, from = began.Add(-time.Second).Zone()
		since = began.UTC().Add(time.Duration(from) * time.Second) // on the clocks of before
	}
	set := func(c *ics.ComponentBase) {
		c.SetProperty(ics.ComponentPropertyDtStart, since.Format(localTime))
		c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), offset(from))
		c.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), offset(to))
	}
	if at.IsDST() {
		d := &ics.Daylight{}
		set(&d.ComponentBase)
		return d
	}
	s := ics.NewStandard()
	set(&s.ComponentBase)
	return s
}

// offset writes seconds east of Greenwich as "+0700".
func offset(seconds int) string {
	return time.Unix(0, 0).In(time.FixedZone("", seconds)).Format("-0700")
}
