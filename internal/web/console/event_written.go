package console

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

var hourFirst = regexp.MustCompile(`^(\d{1,2}) ?(?:[:.hg]|gio)? ?(\d{2})?$`)

// writtenDay is a day as browsers send it, where one has no calendar to choose
// it from and somebody wrote it as 29/11/2026. Anything else stays as it is, but for
// blanks around it.
func writtenDay(s string) string {
	if d, err := calendar.ReadDate(s); err == nil {
		return string(d)
	}
	return strings.TrimSpace(s)
}

// writtenClock is a time of day as browsers send it, where somebody wrote it as
// 7h, 7h30, 7 giờ or 7:30.
func writtenClock(s string) string {
	if m := hourFirst.FindStringSubmatch(text.Fold(s)); m != nil {
		if clock, err := calendar.ParseClock(fmt.Sprintf("%02s:%02s", m[1], m[2])); err == nil {
			return clock
		}
	}
	return s
}

// dayFault is why a text is no day, "" if it is one or nothing.
func dayFault(s string) string {
	switch _, err := calendar.ParseDate(s); {
	case s == "" || err == nil:
		return ""
	case calendar.NoSuchDay(s):
		return "desk.no_day"
	}
	return "desk.day"
}

// checkWritten notes what is no day or no time of day, and a last day before the
// first, each at its own field: the event knows day and time as one.
func (t TypedEvent) checkWritten(c *fault.Check) {
	for _, f := range []struct{ field, day string }{{"day", t.Day}, {"last_day", t.LastDay}} {
		if code := dayFault(f.day); code != "" {
			c.Add(f.field, code)
		}
	}
	if !c.Has("day") && !c.Has("last_day") && t.LastDay != "" && t.LastDay < t.Day {
		c.Add("last_day", "desk.last_day")
	}
	for _, f := range []struct{ field, clock string }{{"local_start", t.Start}, {"local_end", t.End}} {
		if _, err := calendar.ParseClock(f.clock); strings.TrimSpace(f.clock) != "" && err != nil {
			c.Add(f.field, "desk.clock")
		}
	}
}

// atDay has the event's refusal say at the day, where that is blank, what it says
// at every time that was filled in.
func (t TypedEvent) atDay(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || t.Day != "" {
		return err
	}
	var c fault.Check
	for _, one := range f.Fields {
		clock, timed := t.clockOf(one.Name)
		if timed && !c.Has("day") {
			c.Add("day", "required")
		}
		if !timed || clock == "" {
			c.AddField(one)
		}
	}
	return cmp.Or(c.Err(), err)
}

// clockOf is the time of day that a refused field of the event has; ok is false
// for a field of anything else.
func (t TypedEvent) clockOf(field string) (clock string, ok bool) {
	anchor := t.Anchor(field)
	name, village, own := strings.Cut(anchor, "-")
	if name != "start" && name != "end" {
		return "", false
	}
	clock = map[string]string{"start": t.Start, "end": t.End}[name]
	if i := slices.IndexFunc(t.Venues, func(v TypedVenue) bool { return v.Village == village }); own && i >= 0 {
		clock = cmp.Or(map[string]string{"start": t.Venues[i].Start, "end": t.Venues[i].End}[name], clock)
	}
	return strings.TrimSpace(clock), true
}
