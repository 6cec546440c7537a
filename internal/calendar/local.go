package calendar

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

const (
	localLayout = "2006-01-02T15:04"
	clockLayout = "15:04"
)

// The refusals of this package's parsers.
var (
	ErrLocal = fault.New(fault.Invalid, "calendar.local")
	ErrDate  = fault.New(fault.Invalid, "calendar.date")
	ErrClock = fault.New(fault.Invalid, "calendar.clock")
)

// Local is a wall time without a zone, "2006-01-02T15:04". Locals sort as
// strings; the empty one is none.
type Local string

// Date is a day without a zone, "2006-01-02". Dates sort as strings; the empty
// one is none.
type Date string

// ParseLocal reads "2006-01-02T15:04" and nothing else (years 1 to 9999).
func ParseLocal(s string) (Local, error) {
	if _, err := strict(localLayout, s); err != nil {
		return "", ErrLocal
	}
	return Local(s), nil
}

// ParseDate reads "2006-01-02" and nothing else (years 1 to 9999).
func ParseDate(s string) (Date, error) {
	if _, err := strict(time.DateOnly, s); err != nil {
		return "", ErrDate
	}
	return Date(s), nil
}

// ParseClock reads "15:04" and nothing else, and gives it back.
func ParseClock(s string) (string, error) {
	if _, err := time.Parse(clockLayout, s); err != nil || len(s) != len(clockLayout) {
		return "", ErrClock
	}
	return s, nil
}

// Date is the day of the wall time, empty if l is none.
func (l Local) Date() Date {
	t, err := strict(localLayout, string(l))
	if err != nil {
		return ""
	}
	return Date(t.Format(time.DateOnly))
}

// Clock is the wall time's "15:04", empty if l is none.
func (l Local) Clock() string {
	t, err := strict(localLayout, string(l))
	if err != nil {
		return ""
	}
	return t.Format(clockLayout)
}

// Weekday is the day of the week of the wall time, Sunday if l is none.
func (l Local) Weekday() time.Weekday { return l.Date().Weekday() }

// Add moves the hands of the clock by d, as if there were no zone: for a length
// of real time resolve first. Empty if l is none or the year leaves 1 to 9999.
func (l Local) Add(d time.Duration) Local {
	t, err := strict(localLayout, string(l))
	if err != nil {
		return ""
	}
	moved, err := ParseLocal(t.Add(d).Format(localLayout))
	if err != nil {
		return ""
	}
	return moved
}

// DaysBefore is the time clock ("15:04") on the day that lies days before l's;
// empty if l or clock is none.
func DaysBefore(l Local, days int, clock string) Local {
	d := l.Date()
	if d == "" {
		return ""
	}
	return d.AddDays(-days).At(clock)
}

// At is the wall time of that clock ("15:04") on the day, empty if either is
// none.
func (d Date) At(clock string) Local {
	l, err := ParseLocal(string(d) + "T" + clock)
	if err != nil {
		return ""
	}
	return l
}

// AddDays moves the day by n, which may be negative; empty if d is none or
// the year leaves 1 to 9999.
func (d Date) AddDays(n int) Date {
	t, ok := d.utc()
	if !ok {
		return ""
	}
	moved, err := ParseDate(t.AddDate(0, 0, n).Format(time.DateOnly))
	if err != nil {
		return ""
	}
	return moved
}

// DaysSince is the number of days from other to d, 0 if either is none.
func (d Date) DaysSince(other Date) int {
	t, ok := d.utc()
	u, okOther := other.utc()
	if !ok || !okOther {
		return 0
	}
	return int(t.Sub(u) / (24 * time.Hour))
}

// Weekday is the day of the week, Sunday if d is none.
func (d Date) Weekday() time.Weekday {
	t, ok := d.utc()
	if !ok {
		return time.Sunday
	}
	return t.Weekday()
}

// Year is the year, 0 if d is none.
func (d Date) Year() int {
	t, ok := d.utc()
	if !ok {
		return 0
	}
	return t.Year()
}

// Month is the month, 0 if d is none.
func (d Date) Month() time.Month {
	t, ok := d.utc()
	if !ok {
		return 0
	}
	return t.Month()
}

// NextSunday is the first Sunday on the day or after it, empty if d is none.
func (d Date) NextSunday() Date { return d.AddDays((7 - int(d.Weekday())) % 7) }

func (d Date) utc() (time.Time, bool) {
	t, err := strict(time.DateOnly, string(d))
	return t, err == nil
}

// strict refuses what time.Parse lets pass besides the layout's own form: the
// year 0 and numbers of other lengths.
func strict(layout, s string) (time.Time, error) {
	t, err := time.Parse(layout, s)
	if err == nil && (len(s) != len(layout) || t.Year() < 1) {
		err = ErrLocal
	}
	return t, err
}
