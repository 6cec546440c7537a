package reminder

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// Times are what a rule needs to know of an event.
type Times struct {
	Start, End calendar.Instant
	// LocalStart and LocalEnd are the wall times of Start and End in Zone.
	LocalStart, LocalEnd calendar.Local
	Zone                 string
	// Published is when residents could first see it, 0 if they cannot yet.
	Published calendar.Instant
}

// TimesOf are the times of an event.
func TimesOf(e event.Event) Times {
	return Times{
		Start: e.StartAt, End: e.EndAt, LocalStart: e.LocalStart, LocalEnd: e.LocalEnd,
		Zone: e.Zone, Published: e.PublishedAt,
	}
}

// Fires gives the moment at which the rule wishes to remind, and until when
// that is still useful: LateMinutes later, at the start at the latest for what
// is said before the event. A rule whose wish lies after the start gives an
// until before it and so never fires. An announcement waits until the event is
// published, a rule for afterwards until the event is over.
//
// A time of day that clocks skip is read as the time after the gap (02:30
// becomes 03:30), one that comes twice as its first occurrence; the reading
// says which it was. The zero instants stand for a rule that cannot be read.
func Fires(r Rule, t Times) (wish, until calendar.Instant, reading calendar.Reading) {
	wish, reading = wished(r, t)
	if wish == 0 {
		return 0, 0, calendar.Plain
	}
	switch r.Phase() {
	case After:
		wish = max(wish, t.End)
	case Announcement:
		wish = max(wish, t.Published)
	}
	until = wish.Add(time.Duration(r.LateMinutes) * time.Minute)
	if r.Phase() != After {
		until = min(until, t.Start)
	}
	return wish, until, reading
}

func wished(r Rule, t Times) (calendar.Instant, calendar.Reading) {
	switch {
	case r.MinutesBefore > 0:
		return t.Start.Add(-time.Duration(r.MinutesBefore) * time.Minute), calendar.Plain
	case r.MinutesAfter > 0:
		return t.End.Add(time.Duration(r.MinutesAfter) * time.Minute), calendar.Plain
	case r.Phase() == After:
		return read(calendar.DaysBefore(t.LocalEnd, -r.DaysAfter, r.At), t.Zone)
	}
	return read(calendar.DaysBefore(t.LocalStart, r.DaysBefore, r.At), t.Zone)
}

func read(local calendar.Local, zone string) (calendar.Instant, calendar.Reading) {
	at, reading, err := calendar.Resolve(local, zone, calendar.Later)
	if err == nil && reading == calendar.Overlap {
		at, reading, err = calendar.Resolve(local, zone, calendar.Earlier)
	}
	if err != nil {
		return 0, calendar.Plain
	}
	return at, reading
}
