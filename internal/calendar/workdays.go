package calendar

import (
	"slices"
	"time"
)

// Workdays counts the working days of Vietnamese offices: Monday to Friday
// without the holidays of the Labour Code 2019, art. 112, and the days off that
// make up for a holiday on a weekend (art. 111). Its zero value knows the law
// and no decision of a year; those are given as Off and Work. It knows the
// holidays from 1900 to 2199.
type Workdays struct {
	Off  []Date // further days off, such as a Monday that a Saturday makes up for
	Work []Date // days worked though they would be off, such as that Saturday
}

// IsHoliday tells whether d is a public holiday by law, or a weekday off in
// its place.
func IsHoliday(d Date) bool { return slices.Contains(holidays(d.Year()), d) }

// AddWorkingDays counts with the zero Workdays.
func AddWorkingDays(d Date, n int) Date { return Workdays{}.Add(d, n) }

// IsWorking tells whether offices work on d.
func (w Workdays) IsWorking(d Date) bool {
	return w.working(d, holidays(d.Year()))
}

// Add gives the n-th working day after d, or before it if n is negative; the
// day d itself is not counted. With n = 0 it is d. Empty if d is none.
func (w Workdays) Add(d Date, n int) Date {
	if _, ok := d.utc(); !ok {
		return ""
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	year, off := d.Year(), holidays(d.Year())
	for n > 0 {
		if d = d.AddDays(step); d.Year() != year {
			year, off = d.Year(), holidays(d.Year())
		}
		if w.working(d, off) {
			n--
		}
	}
	return d
}

func (w Workdays) working(d Date, holidays []Date) bool {
	if slices.Contains(w.Work, d) {
		return true
	}
	return !isWeekend(d) && !slices.Contains(holidays, d) && !slices.Contains(w.Off, d)
}

// holidays gives the public holidays of a Gregorian year and the weekdays off
// for those that fall on a weekend. No holiday is so late in a year that its
// substitute lies in the next.
func holidays(year int) []Date {
	days := publicHolidays(year)
	for _, d := range slices.Clone(days) {
		if !isWeekend(d) {
			continue
		}
		instead := d.AddDays(1)
		for isWeekend(instead) || slices.Contains(days, instead) {
			instead = instead.AddDays(1)
		}
		days = append(days, instead)
	}
	return days
}

// publicHolidays are the days that the law names, in order; none outside the
// years for which the lunar calendar is exact.
func publicHolidays(year int) []Date {
	if year < firstLunarYear || year > lastLunarYear {
		return nil
	}
	days := slices.Concat(
		[]Date{day(year, time.January, 1)},
		tetDays(year),
		[]Date{hungKings(year), day(year, time.April, 30), day(year, time.May, 1)},
		nationalDays(year),
	)
	slices.Sort(days)
	return days
}

// isPublicHoliday leaves out the days off in a holiday's place.
func isPublicHoliday(d Date) bool { return slices.Contains(publicHolidays(d.Year()), d) }

// Tet is the first day of the lunar year that begins in the Gregorian year,
// from 1900 to 2199; empty where the calendar is too far off to tell.
func Tet(year int) Date { return lunarDay(year, day(year, time.January, 19), 1, 1) }

// tetDays are the last day of the old year and the first four of the new one.
// The law leaves the choice of the five days to each year's decision, which is
// given in Workdays where it differs.
func tetDays(year int) []Date {
	tet := Tet(year)
	return []Date{tet.AddDays(-1), tet, tet.AddDays(1), tet.AddDays(2), tet.AddDays(3)}
}

// hungKings is the 10th of the third lunar month.
func hungKings(year int) Date { return lunarDay(year, day(year, time.March, 25), 10, 3) }

// nationalDays are 2 September and a day beside it, by each year's decision;
// without one, the day that makes the longest row of free days.
func nationalDays(year int) []Date {
	second := day(year, time.September, 2)
	switch second.Weekday() {
	case time.Sunday, time.Monday, time.Thursday:
		return []Date{second, second.AddDays(1)}
	default:
		return []Date{second.AddDays(-1), second}
	}
}

// lunarDay looks from the day start on for a day of the lunar calendar, which
// lies less than 45 days away.
func lunarDay(year int, start Date, lunarDay, lunarMonth int) Date {
	for i := range 45 {
		d := start.AddDays(i)
		if dd, mm, yy, leap := Lunar(d); dd == lunarDay && mm == lunarMonth && yy == year && !leap {
			return d
		}
	}
	return ""
}

func day(year int, month time.Month, d int) Date {
	return Date(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

func isWeekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}
