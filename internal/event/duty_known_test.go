package event_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
)

func TestEvent_DutiesOf(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	e := event.Event{StartAt: 1_000_000_000_000, EndAt: 1_000_010_000_000, NoticeDays: 7, Contact: "0263 123 456"}
	told, late := e.StartAt.Add(-7*day), e.EndAt.Add(5*day)
	all := event.Known{Reminders: true, Counted: true, ReportDays: 5}
	for name, tc := range map[string]struct {
		state event.State
		known event.Known
		want  []event.Duty
	}{
		"a plan needs no reminder": {event.Submitted, event.Known{ReportDays: 5}, []event.Duty{{Kind: event.DutyApprove, By: told}}},
		"nobody is reminded": {event.Published, event.Known{ReportDays: 5}, []event.Duty{
			{Kind: event.DutyNotice, By: told}, {Kind: event.DutyReminders, By: e.StartAt.Add(-day)},
		}},
		"reminders are set": {event.Published, all, []event.Duty{{Kind: event.DutyNotice, By: told}}},
		"nobody was counted": {event.Done, event.Known{Reminders: true, ReportDays: 5}, []event.Duty{
			{Kind: event.DutyReport, By: late}, {Kind: event.DutyAttendance, By: late},
		}},
		"all were counted": {event.Done, all, []event.Duty{{Kind: event.DutyReport, By: late}}},
		"reported":         {event.Reported, event.Known{}, nil},
		"cancelled":        {event.Cancelled, event.Known{}, nil},
	} {
		e.State = tc.state
		if diff := cmp.Diff(tc.want, e.DutiesOf(tc.known)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
