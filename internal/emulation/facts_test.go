package emulation_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

// start is Sunday 29 November 2026, 7:00 in Vietnam.
var start = calendar.FromTime(time.Date(2026, time.November, 29, 0, 0, 0, 0, time.UTC))

func anEvent(id string) event.Event {
	return event.Event{
		Head: record.Head{ID: id}, Unit: "commune", Scope: []string{"commune", "province"}, Type: event.Dialogue,
		Zone: "Asia/Ho_Chi_Minh", StartAt: start, EndAt: start.Add(4 * time.Hour),
		NoticeDays: 7, ApprovedAt: start.Add(-20 * 24 * time.Hour), State: event.Approved,
	}
}

func TestFactsOf(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	report := &event.Report{Households: 40, Villages: 3}
	base := emulation.Fact{Unit: "commune", Event: "e", Scope: []string{"commune", "province"}, Year: 2026, Month: 11, At: 99, EventType: "dialogue"}
	with := func(kind emulation.FactKind, n int, change func(*emulation.Fact)) emulation.Fact {
		f := base
		f.Kind, f.N = kind, n
		if change != nil {
			change(&f)
		}
		return f
	}
	plan := with(emulation.Planned, 0, nil)
	tests := []struct {
		name   string
		change func(*event.Event)
		result *survey.Histogram
		want   []emulation.Fact
	}{
		{"draft", func(e *event.Event) { e.ApprovedAt, e.State = 0, event.Draft }, nil, nil},
		{"approved", func(*event.Event) {}, nil, []emulation.Fact{plan}},
		{"cancelled", func(e *event.Event) { e.State, e.CancelCount = event.Cancelled, 1 }, nil,
			[]emulation.Fact{plan, with(emulation.Cancelled, 0, nil)}},
		{"restored", func(e *event.Event) { e.CancelCount = 1 }, nil,
			[]emulation.Fact{plan, with(emulation.Cancelled, 0, nil), with(emulation.Restored, 0, nil)}},
		{"cancelled again", func(e *event.Event) { e.State, e.CancelCount = event.Cancelled, 2 }, nil,
			[]emulation.Fact{plan, with(emulation.Cancelled, 0, nil), with(emulation.Restored, 0, nil), with(emulation.Cancelled, 1, nil)}},
		{"reported in time", func(e *event.Event) {
			e.State, e.Report, e.ReportedAt = event.Reported, report, e.EndAt.Add(5*day)
			// The evening of the 22nd is seven days before by the calendar, though less by the clock.
			e.Notices = []event.Notice{{At: start.Add(-7*day + 12*time.Hour)}, {At: start.Add(-time.Hour)}}
		}, nil, []emulation.Fact{plan, with(emulation.Reported, 0, func(f *emulation.Fact) {
			f.People, f.Households, f.Villages, f.NoticeRequired, f.NoticeGiven, f.ReportOnTime = 61, 40, 3, 7, 7, true
		})}},
		{"reported late, told too late", func(e *event.Event) {
			e.State, e.Report, e.ReportedAt = event.Reported, report, e.EndAt.Add(5*day)+1
			e.Notices = []event.Notice{{At: start}}
		}, nil, []emulation.Fact{plan, with(emulation.Reported, 0, func(f *emulation.Fact) {
			f.People, f.Households, f.Villages, f.NoticeRequired, f.NoticeGiven = 61, 40, 3, 7, -1
		})}},
		{"surveyed", func(*event.Event) {}, &survey.Histogram{Answers: 2, Counts: [][]int{{0, 0, 0, 1, 1}}},
			[]emulation.Fact{plan, with(emulation.Surveyed, 0, func(f *emulation.Fact) {
				f.Answers, f.Histogram = 2, [][]int{{0, 0, 0, 1, 1}}
			})}},
	}
	for _, tt := range tests {
		e := anEvent("e")
		tt.change(&e)
		got := emulation.FactsOf(e, attendance.Totals{People: 61}, tt.result, 5, 99)
		if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(emulation.Fact{}, "ID")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestFactsOf_IDs: a fact keeps its id however often it is derived, and no two share one.
func TestFactsOf_IDs(t *testing.T) {
	t.Parallel()
	e := anEvent("e")
	e.State, e.CancelCount = event.Cancelled, 3
	first := emulation.FactsOf(e, attendance.Totals{}, nil, 5, 1)
	again := emulation.FactsOf(e, attendance.Totals{}, nil, 5, 2)
	seen := map[string]bool{}
	for i, f := range first {
		if f.ID != again[i].ID || seen[f.ID] {
			t.Errorf("fact %d has id %s, then %s", i, f.ID, again[i].ID)
		}
		seen[f.ID] = true
	}
	for _, f := range emulation.FactsOf(anEvent("other"), attendance.Totals{}, nil, 5, 1) {
		if seen[f.ID] {
			t.Errorf("another event's fact has the id %s too", f.ID)
		}
	}
}
