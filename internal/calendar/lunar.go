package calendar

import (
	"math"
	"time"
)

// The Vietnamese lunisolar calendar is computed for the meridian of UTC+7: a
// month begins on the day of the new moon, the month with the winter solstice
// is the 11th, and of 13 months between two solstices the first in which the
// sun enters no new sign is the leap one. Formulas: J. Meeus, "Astronomical
// Algorithms", in the shortened form published by Ho Ngoc Duc.
const (
	lunarOffsetDays = 7.0 / 24
	synodicMonth    = 29.530588853
	firstNewMoon    = 2415021.076998695 // Julian date of new moon number 0, in 1900
	unixJulianDay   = 2440588

	firstLunarYear, lastLunarYear = 1900, 2199
)

// Lunar gives d in the Vietnamese lunar calendar: day 1 to 30, month 1 to 12,
// the year by the Gregorian number of the year in which it begins, and whether
// the month is a leap one. All is zero if d is none. It is exact from 1900 to
// 2199; farther away a new moon near midnight may be put on the wrong day.
func Lunar(d Date) (day, month, year int, leap bool) {
	t, ok := d.utc()
	if !ok {
		return 0, 0, 0, false
	}
	jd := julianDay(t)
	k := int(math.Floor((float64(jd) - firstNewMoon) / synodicMonth))
	start := newMoonDay(k + 1)
	if start > jd {
		start = newMoonDay(k)
	}
	year = t.Year() + 1
	from, until := month11(year-1), month11(year)
	if from >= start {
		year--
		from, until = month11(year-1), from
	}
	n := (start - from) / 29
	month, leap = monthOf(n, from, until)
	if month > 12 {
		month -= 12
	}
	if month >= 11 && n < 4 {
		year--
	}
	return jd - start + 1, month, year, leap
}

// monthOf names the n-th month after the 11th that began on the day from.
func monthOf(n, from, until int) (month int, leap bool) {
	month = n + 11
	if until-from > 365 {
		at := leapOffset(from)
		if n >= at {
			month = n + 10
			leap = n == at
		}
	}
	return month, leap
}

// leapOffset tells which month after the 11th one (begun on the day from) is
// the first in which the sun enters no new sign.
func leapOffset(from int) int {
	k := int(math.Floor((float64(from)-firstNewMoon)/synodicMonth + 0.5))
	for i := 1; i < 14; i++ {
		if sunSign(newMoonDay(k+i)) == sunSign(newMoonDay(k+i+1)) {
			return i
		}
	}
	return 14
}

// month11 is the Julian day on which the lunar month with the winter solstice
// of the Gregorian year begins.
func month11(year int) int {
	end := julianDay(time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC))
	k := int(math.Floor((float64(end) - 2415021) / synodicMonth))
	start := newMoonDay(k)
	if sunSign(start) >= 9 {
		start = newMoonDay(k - 1)
	}
	return start
}

func julianDay(t time.Time) int {
	return int(math.Floor(float64(t.Unix())/86400)) + unixJulianDay
}
