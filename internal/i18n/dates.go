package i18n

import (
	"fmt"
	"strconv"
	"time"
)

// nearWithin is how far away a day is named without its year: nearer than half
// a year no two days have one name.
const nearWithin = 180 * 24 * time.Hour

// Dates puts times into words as somebody says them at one moment.
type Dates struct {
	p   *Printer
	now time.Time
}

// Near gives dates as they are said at now: the year is left out where it goes
// without saying.
func (p *Printer) Near(now time.Time) Dates { return Dates{p, now} }

// FormatDate gives day and time: "Chủ nhật 29/11, 7 giờ sáng".
func (d Dates) FormatDate(t time.Time) string {
	return d.p.Template("date.day_time").Text(map[string]string{"day": d.FormatDay(t), "time": d.p.FormatClock(t)})
}

// FormatDay gives the day alone: "Sunday 29 November".
func (d Dates) FormatDay(t time.Time) string {
	id := "date.day_near"
	if d.now.IsZero() || t.Sub(d.now).Abs() > nearWithin {
		id = "date.day"
	}
	return d.p.Template(id).Text(map[string]string{
		"weekday": d.p.Template("date.weekday." + strconv.Itoa(int(t.Weekday()))).Text(nil),
		"day":     strconv.Itoa(t.Day()),
		"month":   d.p.Template("date.month." + strconv.Itoa(int(t.Month()))).Text(nil),
		"year":    strconv.Itoa(t.Year()),
	})
}

// FormatRange gives a start and an end, the day once where both are on one.
func (d Dates) FormatRange(start, end time.Time) string {
	sameDay := start.Year() == end.Year() && start.YearDay() == end.YearDay()
	if !sameDay {
		return d.p.Template("date.range_days").Text(map[string]string{
			"start": d.FormatDate(start), "end": d.FormatDate(end),
		})
	}
	return d.p.Template("date.range").Text(map[string]string{
		"day": d.FormatDay(start), "start": d.p.FormatClock(start), "end": d.p.FormatClock(end),
	})
}

// FormatDate gives day with its year and time: "Chủ nhật 29/11/2026, 7 giờ
// sáng". The time is shown on the clocks of t's own location.
func (p *Printer) FormatDate(t time.Time) string { return Dates{p: p}.FormatDate(t) }

// FormatDay gives the day with its year: "Sunday 29 November 2026".
func (p *Printer) FormatDay(t time.Time) string { return Dates{p: p}.FormatDay(t) }

// FormatRange gives a start and an end with their year, the day once where both
// are on one.
func (p *Printer) FormatRange(start, end time.Time) string {
	return Dates{p: p}.FormatRange(start, end)
}

// FormatClock gives the time of day alone: "7 giờ 30 sáng", "19:00".
func (p *Printer) FormatClock(t time.Time) string {
	id := "date.clock." + dayPart(t.Hour())
	if t.Minute() == 0 {
		id += ".sharp"
	}
	return p.Template(id).Text(map[string]string{
		"hour":   strconv.Itoa(t.Hour()),
		"hour12": strconv.Itoa(hour12(t.Hour())),
		"minute": fmt.Sprintf("%02d", t.Minute()),
	})
}

// dayPart names the part of the day that Vietnamese adds to the hour. Midnight
// has its own, since "twelve at night" may be either end of a day.
func dayPart(hour int) string {
	switch {
	case hour == 0:
		return "midnight"
	case hour <= 10:
		return "morning"
	case hour <= 12:
		return "noon"
	case hour <= 18:
		return "afternoon"
	case hour <= 21:
		return "evening"
	}
	return "night"
}

func hour12(hour int) int {
	if hour > 12 {
		return hour - 12
	}
	return hour
}
