package emulation

import (
	"strconv"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

// noNotice is NoticeGiven where nobody was told before the start.
const noNotice = -1

// FactsOf gives every count fact that the event has left behind so far. Facts
// that were written before come again with the same id, and the store leaves
// them as they are. result is nil until the survey closed; reportDays is the
// score table's; now is when the facts are written.
func FactsOf(e event.Event, totals attendance.Totals, result *survey.Histogram, reportDays int, now calendar.Instant) []Fact {
	if e.ApprovedAt == 0 {
		return nil
	}
	facts := []Fact{newFact(e, Planned, 0, now)}
	restored := e.CancelCount
	if e.State == event.Cancelled {
		restored--
	}
	for n := range e.CancelCount {
		facts = append(facts, newFact(e, Cancelled, n, now))
		if n < restored {
			facts = append(facts, newFact(e, Restored, n, now))
		}
	}
	if e.ReportedAt != 0 && e.Report != nil {
		facts = append(facts, reported(e, totals, reportDays, now))
	}
	if result != nil {
		facts = append(facts, surveyed(e, *result, now))
	}
	return facts
}

func newFact(e event.Event, kind FactKind, n int, now calendar.Instant) Fact {
	start := calendar.InZone(e.StartAt, e.Zone)
	return Fact{
		ID:   id.Hash("fact", string(kind), e.ID, strconv.Itoa(n)),
		Kind: kind, Unit: e.Unit, Event: e.ID, Scope: e.Scope,
		Year: start.Year(), Month: int(start.Month()),
		N: n, At: now, EventType: string(e.Type),
	}
}

func reported(e event.Event, totals attendance.Totals, reportDays int, now calendar.Instant) Fact {
	f := newFact(e, Reported, 0, now)
	// Counter-entries without their entry could make less than nobody.
	f.People = max(0, totals.People)
	f.Households, f.Villages = e.Report.Households, e.Report.Villages
	f.NoticeRequired, f.NoticeGiven = e.NoticeDays, noticeGiven(e)
	due := e.EndAt.Add(time.Duration(reportDays) * 24 * time.Hour)
	f.ReportOnTime = e.ReportedAt <= due
	return f
}

func surveyed(e event.Event, h survey.Histogram, now calendar.Instant) Fact {
	f := newFact(e, Surveyed, 0, now)
	f.Answers, f.Histogram = h.Answers, h.Counts
	return f
}

// noticeGiven is the number of days from the day of the first public notice to
// the day of the start, as laws count them: by days of the calendar.
func noticeGiven(e event.Event) int {
	given := noNotice
	start := day(e.StartAt, e.Zone)
	for _, n := range e.Notices {
		if n.At < e.StartAt {
			given = max(given, int(start.Sub(day(n.At, e.Zone))/(24*time.Hour)))
		}
	}
	return given
}

// day is the local date as midnight UTC, so that days are 24 hours apart.
func day(i calendar.Instant, zone string) time.Time {
	t := calendar.InZone(i, zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
