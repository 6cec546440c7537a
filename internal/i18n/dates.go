package i18n

import (
	"fmt"
	"strconv"
	"time"
)

// FormatDate gives day and time as people say them: "Chủ nhật 29/11/2026, 7 giờ
// sáng". The time is shown on the clocks of t's own location.
func (p *Printer) FormatDate(t time.Time) string {
	return p.Template("date.day_time").Text(map[string]string{"day": p.FormatDay(t), "time": p.FormatClock(t)})
}

// FormatDay gives the day alone: "Sunday 29 November 2026".
func (p *Printer) FormatDay(t time.Time) string {
	return p.Template("date.day").Text(map[string]string{
		"weekday": p.Template("date.weekday." + strconv.Itoa(int(t.Weekday()))).Text(nil),
		"day":     strconv.Itoa(t.Day()),
		"month":   p.Template("date.month." + strconv.Itoa(int(t.Month()))).Text(nil),
		"year":    strconv.Itoa(t.Year()),
	})
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

// FormatRange gives a start and an end, the day once where both are on one.
func (p *Printer) FormatRange(start, end time.Time) string {
	sameDay := start.Year() == end.Year() && start.YearDay() == end.YearDay()
	if !sameDay {
		return p.Template("date.range_days").Text(map[string]string{
			"start": p.FormatDate(start), "end": p.FormatDate(end),
		})
	}
	return p.Template("date.range").Text(map[string]string{
		"day": p.FormatDay(start), "start": p.FormatClock(start), "end": p.FormatClock(end),
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
