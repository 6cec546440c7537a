package event

import (
	"cmp"
	"slices"
	"time"
)

// What more than the event has to be known for.
const (
	// DutyReminders: nobody will be reminded.
	DutyReminders DutyKind = "reminders"
	// DutyAttendance: it is over, and nobody was counted.
	DutyAttendance DutyKind = "attendance"
)

// Known is what others know of an event.
type Known struct {
	// Reminders says that at least one rule reminds those who come.
	Reminders bool
	// Counted says that somebody was counted at the door, or on paper.
	Counted bool
	// ReportDays is within how many days after the end a report is on time.
	ReportDays int
}

// DutiesOf says what is missing of the event for somebody who knows more of it,
// the first to be done first.
func (e Event) DutiesOf(k Known) []Duty {
	out := e.Duties()
	due := e.EndAt.Add(time.Duration(k.ReportDays) * 24 * time.Hour)
	for i := range out {
		if out[i].Kind == DutyReport {
			out[i].By = due
		}
	}
	if (e.State == Approved || e.State == Published) && !k.Reminders {
		out = append(out, Duty{DutyReminders, e.StartAt.Add(-24 * time.Hour)})
	}
	if e.State == Done && !k.Counted {
		out = append(out, Duty{DutyAttendance, due})
	}
	slices.SortStableFunc(out, func(a, b Duty) int { return cmp.Compare(a.By, b.By) })
	return out
}
