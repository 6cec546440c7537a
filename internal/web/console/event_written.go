package console

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

var hourFirst = regexp.MustCompile(`^(\d{1,2}) ?(?:[:.hg]|gio)? ?(\d{2})?$`)

// writtenDay is a day as browsers send it, where one has no calendar to choose
// it from and somebody wrote it as 29/11/2026. Anything else stays as it is.
func writtenDay(s string) string {
	if d, err := calendar.ReadDate(s); err == nil {
		return string(d)
	}
	return s
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

// checkWritten notes what is no day or no time of day, each at its own field:
// the event knows both as one.
func (t TypedEvent) checkWritten(c *fault.Check) {
	for _, f := range []struct{ field, day string }{{"day", t.Day}, {"last_day", t.LastDay}} {
		if _, err := calendar.ParseDate(f.day); f.day != "" && err != nil {
			c.Add(f.field, "desk.day")
		}
	}
	for _, f := range []struct{ field, clock string }{{"local_start", t.Start}, {"local_end", t.End}} {
		if _, err := calendar.ParseClock(f.clock); strings.TrimSpace(f.clock) != "" && err != nil {
			c.Add(f.field, "desk.clock")
		}
	}
}
