package demo

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

// The eight Sundays of a sample: six that were, counted from 0, and two to come.
const (
	sundays  = 8
	lastPast = 5
	next     = 6
)

// lead is how long before the first Sunday the staff begin.
const lead = 24 * 24 * time.Hour

// origin is when a sample was begun; everything in it follows from that.
type origin struct{ at time.Time }

// sunday is the start of the n-th Sunday, 7:00 in Da Lat. The next one begins
// after the origin.
func (o origin) sunday(n int) time.Time {
	local := calendar.InZone(calendar.FromTime(o.at), zone)
	day := local.AddDate(0, 0, (7-int(local.Weekday()))%7)
	start := time.Date(day.Year(), day.Month(), day.Day(), 7, 0, 0, 0, local.Location())
	if !start.After(local) {
		start = start.AddDate(0, 0, 7)
	}
	return start.AddDate(0, 0, 7*(n-next))
}

// beginning is when the staff got their accounts.
func (o origin) beginning() time.Time { return o.sunday(0).Add(-lead) }

// on is a time of day so many days from a Sunday: on(start, -1, 19) is seven
// in the evening before.
func on(sunday time.Time, days, hour int) time.Time {
	d := sunday.AddDate(0, 0, days)
	return time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, d.Location())
}

// ShowAt is when a demo begins that shows a Sunday: in the morning two days
// before the next one.
func ShowAt(now time.Time) time.Time { return on(origin{now}.sunday(next), -2, 8) }

// Zone is where the sample is.
func Zone() *time.Location { return calendar.InZone(0, zone).Location() }
