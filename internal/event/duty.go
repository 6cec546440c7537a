package event

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

// DutyKind is something that is still to be done about an event.
type DutyKind string

// Kinds of duty.
const (
	// DutySubmit, DutyApprove and DutyPublish lead to the page that residents see.
	DutySubmit  DutyKind = "submit"
	DutyApprove DutyKind = "approve"
	DutyPublish DutyKind = "publish"
	// DutyContact: residents have nobody to ask.
	DutyContact DutyKind = "contact"
	// DutyNotice: nobody was told in public yet.
	DutyNotice DutyKind = "notice"
	// DutyReport: it is over, and no report is filed.
	DutyReport DutyKind = "report"
)

// DutyKinds is the closed list.
func DutyKinds() []DutyKind {
	return []DutyKind{DutySubmit, DutyApprove, DutyPublish, DutyContact, DutyNotice, DutyReport}
}

// Duty is derived from an event and never stored.
type Duty struct {
	Kind DutyKind
	// By is until when it is to be done.
	By calendar.Instant
}

// reportWithin is until when a report is on time in the score table of 2026.
const reportWithin = 5 * 24 * time.Hour

// Duties says what is missing of the event, the most pressing first. What leads
// to the public page is due by the day on which people have to be told.
func (e Event) Duties() []Duty {
	told := e.StartAt.Add(-time.Duration(e.NoticeDays) * 24 * time.Hour)
	var out []Duty
	switch e.State {
	case Draft, Returned:
		out = append(out, Duty{DutySubmit, told})
	case Submitted:
		out = append(out, Duty{DutyApprove, told})
	case Approved:
		out = append(out, Duty{DutyPublish, told})
	case Done:
		return []Duty{{DutyReport, e.EndAt.Add(reportWithin)}}
	case Reported, Cancelled:
		return nil
	}
	if len(e.Notices) == 0 && (e.State == Approved || e.State == Published) {
		out = append(out, Duty{DutyNotice, told})
	}
	if e.Contact == "" {
		out = append(out, Duty{DutyContact, told})
	}
	return out
}
