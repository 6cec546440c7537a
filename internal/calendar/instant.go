package calendar

import "time"

// Instant is a moment in UTC milliseconds since 1970.
type Instant int64

// FromTime cuts t to milliseconds.
func FromTime(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time is the moment in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// Add moves the moment by d, cut to milliseconds.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d.Milliseconds()) }

// Sub is the time from j to i.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Millisecond }

// InZone is the moment on the clocks of the zone, in UTC if there is no such
// zone: zones are checked (CheckZone) before they are stored.
func InZone(i Instant, zone string) time.Time {
	loc, err := location(zone)
	if err != nil {
		return i.Time()
	}
	return i.Time().In(loc)
}

// LocalOf is the wall time of the moment in the zone, cut to the minute.
func LocalOf(i Instant, zone string) Local {
	return Local(InZone(i, zone).Format(localLayout))
}

// DateOf is the date of the moment in the zone.
func DateOf(i Instant, zone string) Date {
	return Date(InZone(i, zone).Format(time.DateOnly))
}
