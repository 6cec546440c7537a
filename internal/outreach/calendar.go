package outreach

import (
	"bytes"
	"io"
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
	addZones(cal, []Entry{spanOf(e)})
	cal.AddVEvent(vevent(e, in))
	return serialized(cal)
}

// refreshEvery is how often a calendar that follows a feed is asked to look.
const refreshEvery = "PT6H"

// Entry is an event as it stands in every feed that has it.
type Entry struct {
	zone       string
	start, end time.Time
	text       string
}

// EntryOf writes an event as Calendar does for the public; what is cancelled
// says so, and is not just gone. The same event gives the same bytes.
func EntryOf(e event.Event, in Invite) Entry {
	out := spanOf(e)
	out.text = vevent(e, in).Serialize(lines())
	return out
}

// Feed is many events as one iCalendar object to follow.
func Feed(entries []Entry, name string) []byte {
	cal := ics.NewCalendarFor("Sunday")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(name)
	cal.SetRefreshInterval(refreshEvery)
	cal.SetXPublishedTTL(refreshEvery)
	addZones(cal, entries)
	for _, e := range entries {
		cal.Components = append(cal.Components, written(e.text))
	}
	return serialized(cal)
}

// written is a component that was serialized before.
type written string

var _ ics.Component = written("")

// UnknownPropertiesIANAProperties implements ics.Component.
func (written) UnknownPropertiesIANAProperties() []ics.IANAProperty { return nil }

// SubComponents implements ics.Component.
func (written) SubComponents() []ics.Component { return nil }

// SerializeTo implements ics.Component.
func (w written) SerializeTo(b io.Writer, _ *ics.SerializationConfiguration) error {
	_, err := io.WriteString(b, string(w))
	return err
}

func serialized(cal *ics.Calendar) []byte {
	var b bytes.Buffer
	_ = cal.SerializeTo(&b, lines()) // a buffer takes everything
	return b.Bytes()
}

// lines are as RFC 5545, 3.1 has them, on every system.
func lines() *ics.SerializationConfiguration {
	const octets = 75
	return &ics.SerializationConfiguration{MaxLength: octets, PropertyMaxLength: octets, NewLine: string(ics.WithNewLineWindows)}
}

// PublicStamp is when what the public sees of an event was last made.
func PublicStamp(e event.Event) calendar.Instant {
	return max(e.LastEditAt, e.PublishedAt, e.CancelledAt)
}

func spanOf(e event.Event) Entry {
	return Entry{zone: e.Zone, start: calendar.InZone(e.StartAt, e.Zone), end: calendar.InZone(e.EndAt, e.Zone)}
}

func vevent(e event.Event, in Invite) *ics.VEvent {
	v := ics.NewEvent(e.ID + "@" + in.Host)
	v.SetSequence(e.Revision + in.Turns)
	v.SetDtStampTime(in.At.Time())
	at := spanOf(e)
	setTime(v, ics.ComponentPropertyDtStart, at.start, at.zone)
	setTime(v, ics.ComponentPropertyDtEnd, at.end, at.zone)
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
	return v
}

const localTime = "20060102T150405"

func setTime(v *ics.VEvent, p ics.ComponentProperty, at time.Time, zone string) {
	v.SetProperty(p, at.Format(localTime), ics.WithTZID(zone))
}

// addZones says how each zone of the entries keeps its clocks while they are on:
// every change of its offset by itself, as far as one is near.
func addZones(cal *ics.Calendar, entries []Entry) {
	spans := map[string]Entry{}
	var order []string
	for _, e := range entries {
		all, known := spans[e.zone]
		if !known {
			order = append(order, e.zone)
			all = e
		}
		if e.start.Before(all.start) {
			all.start = e.start
		}
		if e.end.After(all.end) {
			all.end = e.end
		}
		spans[e.zone] = all
	}
	for _, name := range order {
		zone := cal.AddTimezone(name)
		for at := spans[name].start; ; {
			began, until := at.ZoneBounds()
			zone.Components = append(zone.Components, observance(at, began))
			if until.IsZero() || until.After(spans[name].end) {
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
