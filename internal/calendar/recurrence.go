package calendar

import (
	"slices"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Every is how a series repeats.
type Every string

// A series repeats every few weeks on one day of the week, or on certain such
// days of each month ("first and third Sunday").
const (
	EveryWeeks Every = "weeks"
	EveryMonth Every = "month"
)

// LastOfMonth in Recurrence.Nth is the last such day of the month.
const LastOfMonth = -1

// maxIntervalWeeks keeps a typing error from making a series that never comes.
const maxIntervalWeeks = 52

// Recurrence says on which dates a series takes place. The zero values of
// Interval (1), Until (none), Except and Places are good.
type Recurrence struct {
	Every        Every        `json:"every"`
	Weekday      time.Weekday `json:"weekday"`                // 0 is Sunday
	Interval     int          `json:"interval,omitempty"`     // weeks, 1 to 52, for EveryWeeks
	Nth          []int        `json:"nth,omitempty"`          // 1 to 5 or LastOfMonth, for EveryMonth
	Start        Date         `json:"start"`                  // the first day that may be one
	Until        Date         `json:"until,omitempty"`        // the last day that may be one
	Except       []Date       `json:"except,omitempty"`       // days left out
	SkipHolidays bool         `json:"skipHolidays,omitempty"` // leave out public holidays and Tet
	Places       []string     `json:"places,omitempty"`       // rota: villages in their turn
}

// Validate gives one Invalid error with every field that is wrong, or nil.
func (r Recurrence) Validate() error {
	var c fault.Check
	switch r.Every {
	case EveryWeeks:
		if r.Interval < 0 || r.Interval > maxIntervalWeeks {
			c.Add("interval", "calendar.interval", "max", maxIntervalWeeks)
		}
	case EveryMonth:
		if len(r.Nth) == 0 || slices.ContainsFunc(r.Nth, badNth) {
			c.Add("nth", "calendar.nth")
		}
	default:
		c.Add("every", "calendar.every")
	}
	if r.Weekday < time.Sunday || r.Weekday > time.Saturday {
		c.Add("weekday", "calendar.weekday")
	}
	if _, err := ParseDate(string(r.Start)); err != nil {
		c.Add("start", ErrDate.Code)
	}
	if _, err := ParseDate(string(r.Until)); r.Until != "" && (err != nil || r.Until < r.Start) {
		c.Add("until", "calendar.until")
	}
	if slices.ContainsFunc(r.Except, func(d Date) bool { _, ok := d.utc(); return !ok }) {
		c.Add("except", ErrDate.Code)
	}
	return c.Err()
}

// Occurrences gives the dates of the series from the day from to the day until,
// both included, in order; none if the rule is not valid.
func Occurrences(r Recurrence, from, until Date) []Date {
	from = max(from, r.Start)
	if r.Until != "" {
		until = min(until, r.Until)
	}
	first, okFrom := from.utc()
	last, okUntil := until.utc()
	if r.Validate() != nil || !okFrom || !okUntil || last.Before(first) {
		return nil
	}
	rule, err := r.rule()
	if err != nil {
		return nil
	}
	var dates []Date
	for _, t := range rule.Between(first, last, true) {
		if d := Date(t.Format(time.DateOnly)); !r.leavesOut(d) {
			dates = append(dates, d)
		}
	}
	return dates
}

// Turn gives the place whose turn in the rota the date d is, empty if d is no
// date of the series or it has no places. Days left out take nobody's turn.
func (r Recurrence) Turn(d Date) string {
	dates := Occurrences(r, r.Start, d)
	if len(r.Places) == 0 || len(dates) == 0 || dates[len(dates)-1] != d {
		return ""
	}
	return r.Places[(len(dates)-1)%len(r.Places)]
}

func (r Recurrence) leavesOut(d Date) bool {
	return slices.Contains(r.Except, d) || r.SkipHolidays && isPublicHoliday(d)
}

// rule stays with dates at midnight UTC: the library reads wall times in zones
// wrongly, which is Resolve's work anyway.
func (r Recurrence) rule() (*rrule.RRule, error) {
	start, _ := r.Start.utc()
	option := rrule.ROption{Dtstart: start, Interval: max(r.Interval, 1), Freq: rrule.WEEKLY}
	days := [...]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}
	weekday := days[r.Weekday]
	if r.Every == EveryMonth {
		option.Freq, option.Interval = rrule.MONTHLY, 1
		for _, n := range r.Nth {
			option.Byweekday = append(option.Byweekday, weekday.Nth(n))
		}
	} else {
		option.Byweekday = []rrule.Weekday{weekday}
	}
	return rrule.NewRRule(option)
}

func badNth(n int) bool { return n != LastOfMonth && (n < 1 || n > 5) }
