package reminder

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

// Times are what a rule needs to know of an event.
type Times struct {
	Start calendar.Instant
	// LocalStart is the wall time of Start in Zone.
	LocalStart calendar.Local
	Zone       string
}

// Fires gives the moment at which the rule wishes to remind, and until when
// that is still useful: LateMinutes later, at the start at the latest. A rule
// whose wish lies after the start gives an until before it and so never fires.
//
// A time of day that clocks skip is read as the time after the gap (02:30
// becomes 03:30), one that comes twice as its first occurrence; the reading
// says which it was. The zero instants stand for a rule that cannot be read.
func Fires(r Rule, t Times) (wish, until calendar.Instant, reading calendar.Reading) {
	wish, reading = wished(r, t)
	if wish == 0 {
		return 0, 0, calendar.Plain
	}
	until = wish.Add(time.Duration(r.LateMinutes) * time.Minute)
	return wish, min(until, t.Start), reading
}

func wished(r Rule, t Times) (calendar.Instant, calendar.Reading) {
	if r.MinutesBefore > 0 {
		return t.Start.Add(-time.Duration(r.MinutesBefore) * time.Minute), calendar.Plain
	}
	local := calendar.DaysBefore(t.LocalStart, r.DaysBefore, r.At)
	at, reading, err := calendar.Resolve(local, t.Zone, calendar.Later)
	if err == nil && reading == calendar.Overlap {
		at, reading, err = calendar.Resolve(local, t.Zone, calendar.Earlier)
	}
	if err != nil {
		return 0, calendar.Plain
	}
	return at, reading
}
