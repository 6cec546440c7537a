package event_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
)

func TestEvent_Duties(t *testing.T) {
	t.Parallel()
	const day = 24 * 3600_000
	told, filed := instant(100*day-3*day), instant(100*day+4*3600_000+5*day)
	for name, tt := range map[string]struct {
		event event.Event
		want  []event.Duty
	}{
		"draft":     {event.Event{State: event.Draft}, []event.Duty{{Kind: event.DutySubmit, By: told}, {Kind: event.DutyContact, By: told}}},
		"returned":  {event.Event{State: event.Returned, Contact: "x"}, []event.Duty{{Kind: event.DutySubmit, By: told}}},
		"submitted": {event.Event{State: event.Submitted, Contact: "x"}, []event.Duty{{Kind: event.DutyApprove, By: told}}},
		"approved": {event.Event{State: event.Approved, Contact: "x"},
			[]event.Duty{{Kind: event.DutyPublish, By: told}, {Kind: event.DutyNotice, By: told}}},
		"published": {event.Event{State: event.Published}, []event.Duty{{Kind: event.DutyNotice, By: told}, {Kind: event.DutyContact, By: told}}},
		"ready":     {event.Event{State: event.Published, Contact: "x", Notices: []event.Notice{{Kind: event.Poster}}}, nil},
		"done":      {event.Event{State: event.Done}, []event.Duty{{Kind: event.DutyReport, By: filed}}},
		"reported":  {event.Event{State: event.Reported}, nil},
		"cancelled": {event.Event{State: event.Cancelled}, nil},
	} {
		e := tt.event
		e.StartAt, e.EndAt, e.NoticeDays = instant(100*day), instant(100*day+4*3600_000), 3
		if d := cmp.Diff(tt.want, e.Duties()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
