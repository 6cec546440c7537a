package event_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// TestCautions has now on Friday 20 November 2026 at 8:00.
func TestCautions(t *testing.T) {
	t.Parallel()
	now, _, err := calendar.Resolve("2026-11-20T08:00", "Asia/Ho_Chi_Minh", calendar.Reject)
	must(t, err)
	other := func(village, start, end string) event.Event {
		in := good()
		in.LocalStart, in.LocalEnd = calendar.Local(start), calendar.Local(end)
		_, times, err := in.Check()
		must(t, err)
		e := event.Event{Village: village, StartAt: times.Start, EndAt: times.End, State: event.Draft}
		e.ID = "other"
		return e
	}
	tests := map[string]struct {
		start, end string
		spoil      func(*event.Input)
		others     []event.Event
		want       []event.Caution
	}{
		"a quiet afternoon": {start: "2027-08-15T14:00", end: "2027-08-15T16:00"},
		"before nine on a Sunday": {start: "2027-08-15T08:59", end: "2027-08-15T11:00",
			want: []event.Caution{{Kind: event.CautionChurch}}},
		"at nine":           {start: "2027-08-15T09:00", end: "2027-08-15T11:00"},
		"early on Saturday": {start: "2027-08-14T07:00", end: "2027-08-14T11:00"},
		"begun, in harvest": {start: "2026-11-20T08:00", end: "2026-11-20T09:00",
			want: []event.Caution{{Kind: event.CautionBegun}, {Kind: event.CautionHarvest}}},
		"over, in harvest": {start: "2026-11-20T07:00", end: "2026-11-20T08:00",
			want: []event.Caution{{Kind: event.CautionOver}, {Kind: event.CautionHarvest}}},
		"two days ahead": {start: "2026-11-22T14:00", end: "2026-11-22T16:00",
			spoil: func(in *event.Input) { in.NoticeDays = 3 },
			want: []event.Caution{
				{Kind: event.CautionNotice, Days: 3, Day: "2026-11-23"}, {Kind: event.CautionHarvest},
			}},
		"three days ahead": {start: "2026-11-23T14:00", end: "2026-11-23T16:00",
			spoil: func(in *event.Input) { in.NoticeDays = 3 },
			want:  []event.Caution{{Kind: event.CautionHarvest}}},
		"a dialogue with a short notice": {start: "2027-08-15T14:00", end: "2027-08-15T16:00",
			spoil: func(in *event.Input) { in.Type, in.NoticeDays = event.Dialogue, 6 },
			want:  []event.Caution{{Kind: event.CautionDialogue, Days: 7}}},
		"a dialogue as the law wants it": {start: "2027-08-15T14:00", end: "2027-08-15T16:00",
			spoil: func(in *event.Input) { in.Type, in.NoticeDays = event.Dialogue, 7 }},
		"National Day": {start: "2027-09-02T14:00", end: "2027-09-02T16:00",
			want: []event.Caution{{Kind: event.CautionHoliday}}},
		"the first of the lunar year": {start: "2027-02-06T14:00", end: "2027-02-06T16:00",
			want: []event.Caution{{Kind: event.CautionHoliday}, {Kind: event.CautionTet}}},
		"a year too many":             {start: "2028-09-12T14:00", end: "2028-09-12T16:00", want: []event.Caution{{Kind: event.CautionFar, Day: "2028-09-12"}}},
		"the kitchen gods":            {start: "2027-01-29T14:00", end: "2027-01-29T16:00", want: []event.Caution{{Kind: event.CautionTet}}},
		"the day before them":         {start: "2027-01-28T14:00", end: "2027-01-28T16:00"},
		"the tenth of the first moon": {start: "2027-02-15T14:00", end: "2027-02-15T16:00", want: []event.Caution{{Kind: event.CautionTet}}},
		"the eleventh":                {start: "2027-02-16T14:00", end: "2027-02-16T16:00"},
		"another one there": {start: "2027-08-15T14:00", end: "2027-08-15T16:00",
			others: []event.Event{other("v1", "2027-08-15T15:59", "2027-08-15T17:00")},
			want:   []event.Caution{{Kind: event.CautionClash, Other: "other"}}},
		"another one after": {start: "2027-08-15T14:00", end: "2027-08-15T16:00",
			others: []event.Event{other("v1", "2027-08-15T16:00", "2027-08-15T17:00"), other("v2", "2027-08-15T14:00", "2027-08-15T17:00")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := good()
			in.Village, in.LocalStart, in.LocalEnd = "v1", calendar.Local(tt.start), calendar.Local(tt.end)
			if tt.spoil != nil {
				tt.spoil(&in)
			}
			in, times, err := in.Check()
			must(t, err)
			if d := cmp.Diff(tt.want, event.Cautions(in, times, now, tt.others)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestCautions_over: what is said not to be published any more is not, and what is
// under way can be.
func TestCautions_over(t *testing.T) {
	t.Parallel()
	in, times, err := good().Check()
	must(t, err)
	for name, tt := range map[string]struct {
		now  calendar.Instant
		want event.CautionKind
	}{
		"at its start":        {times.Start, event.CautionBegun},
		"just before its end": {times.End.Add(-time.Millisecond), event.CautionBegun},
		"at its end":          {times.End, event.CautionOver},
	} {
		e := event.Event{State: event.Approved, StartAt: times.Start, EndAt: times.End}
		err := e.Take(event.Publish, "s1", "", tt.now)
		if over := errors.Is(err, event.ErrOver); over != (tt.want == event.CautionOver) || !over && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := event.Cautions(in, times, tt.now, nil); len(got) == 0 || got[0].Kind != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestTemplateOf: what a form begins with is itself no reason for a caution,
// and would be accepted.
func TestTemplateOf(t *testing.T) {
	t.Parallel()
	for _, typ := range event.Types() {
		tmpl := event.TemplateOf(typ)
		in := good()
		in.Type, in.NoticeDays, in.Slots = typ, tmpl.NoticeDays, []event.Slot{{Capacity: tmpl.Places}}
		in.LocalStart, in.LocalEnd = calendar.Date("2027-08-21").At(tmpl.Start), calendar.Date("2027-08-21").At(tmpl.End)
		in, times, err := in.Check()
		if err != nil || tmpl.Type != typ {
			t.Errorf("%s: %v", typ, err)
		}
		if got := event.Cautions(in, times, times.Start.Add(-100*24*60*60*1e9), nil); got != nil {
			t.Errorf("%s begins with %v", typ, got)
		}
	}
}
