package event_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

func instant(ms int64) calendar.Instant { return calendar.Instant(ms) }

func good() event.Input {
	return event.Input{
		Unit: "u", Type: event.Volunteer, Title: "Chủ nhật xanh", Place: event.Place{Name: "Nhà văn hóa thôn 1"},
		LocalStart: "2026-11-29T07:00", LocalEnd: "2026-11-29T11:00", Zone: "Asia/Ho_Chi_Minh",
	}
}

func TestInput_Check(t *testing.T) {
	t.Parallel()
	in := good()
	in.Title = "  Chu\u0309 \u202enha\u0323\u0302t\u200b  xanh "
	in.Slots = []event.Slot{{}, {ID: "s1"}, {Capacity: 5}}
	got, times, err := in.Check()
	if err != nil {
		t.Fatal(err)
	}
	if got.Title != "Chủ nhật xanh" {
		t.Errorf("title %q is not cleaned", got.Title)
	}
	want := []event.Slot{{ID: "s2"}, {ID: "s1"}, {ID: "s3", Capacity: 5}}
	if d := cmp.Diff(want, got.Slots); d != "" {
		t.Error(d)
	}
	if times.End.Sub(times.Start).Hours() != 4 || times.Start.Time().Hour() != 0 {
		t.Errorf("times %v to %v", times.Start.Time(), times.End.Time())
	}
}

func TestInput_Check_Refused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		spoil func(*event.Input)
		want  string
	}{
		"no title":    {func(in *event.Input) { in.Title = " \u200b " }, "title=required"},
		"short title": {func(in *event.Input) { in.Title = "ab" }, "title=text.too_short"},
		"long title":  {func(in *event.Input) { in.Title = strings.Repeat("a", 201) }, "title=text.too_long"},
		"two lines":   {func(in *event.Input) { in.Title = "one\ntwo" }, "title=text.one_line"},
		"type":        {func(in *event.Input) { in.Type = "party" }, "type=event.type"},
		"ends before": {func(in *event.Input) { in.LocalEnd = "2026-11-29T06:59" }, "local_end=event.end_before_start"},
		"ends at once": {func(in *event.Input) { in.LocalEnd = in.LocalStart },
			"local_end=event.end_before_start"},
		"a day and more": {func(in *event.Input) { in.LocalEnd = "2026-11-30T07:01" }, "local_end=event.too_long"},
		"no start":       {func(in *event.Input) { in.LocalStart = "" }, "local_start=required"},
		"no time":        {func(in *event.Input) { in.LocalStart = "2026-02-30T07:00" }, "local_start=calendar.local"},
		"zone":           {func(in *event.Input) { in.Zone = "Mars/Olympus" }, "zone=calendar.zone"},
		"gap": {func(in *event.Input) {
			in.Zone, in.LocalStart, in.LocalEnd = "Europe/Warsaw", "2026-03-29T02:30", "2026-03-29T11:00"
		}, "local_start=calendar.gap"},
		"link":     {func(in *event.Input) { in.Place.Link = "javascript:alert(1)" }, "place.link=event.link"},
		"capacity": {func(in *event.Input) { in.Slots = []event.Slot{{Capacity: -1}} }, "slots.0.capacity=number.range"},
		"places": {func(in *event.Input) { in.Slots = []event.Slot{{Capacity: 3000}, {Capacity: 2001}} },
			"slots=event.too_many_places"},
		"slots":      {func(in *event.Input) { in.Slots = make([]event.Slot, 51) }, "slots=list.too_long"},
		"same slots": {func(in *event.Input) { in.Slots = []event.Slot{{ID: "a"}, {ID: "a"}} }, "slots.1.id=list.twice"},
		"co-unit":    {func(in *event.Input) { in.CoUnits = []string{"u"} }, "co_units.0=list.twice"},
		"notice":     {func(in *event.Input) { in.NoticeDays = -1 }, "notice_days=number.range"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := good()
			c.spoil(&in)
			_, _, err := in.Check()
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want+")") {
				t.Errorf("Check = %v, want %s alone", err, c.want)
			}
		})
	}
}

func TestInput_Check_GapNamesTheRemedy(t *testing.T) {
	t.Parallel()
	in := good()
	in.Zone, in.LocalStart, in.LocalEnd = "Europe/Warsaw", "2026-03-29T02:30", "2026-03-29T11:00"
	_, _, err := in.Check()
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) != 1 {
		t.Fatalf("Check = %v", err)
	}
	want := map[string]any{"earlier": "2026-03-29T01:59", "later": "2026-03-29T03:00"}
	if d := cmp.Diff(want, f.Fields[0].Args); d != "" {
		t.Error(d)
	}
}

func TestEvent_Move(t *testing.T) {
	t.Parallel()
	in, times, err := good().Check()
	if err != nil {
		t.Fatal(err)
	}
	e := event.Event{State: event.Postponed, PublishedAt: 1, ApprovedAt: 1, Place: in.Place, Zone: in.Zone}
	if _, err := e.Move(e.Input(), event.Times{}, "b", 5); err != nil || e.Revision != 0 {
		t.Errorf("a move to where it is: %v, revision %d", err, e.Revision)
	}
	fields, err := e.Move(in, times, "b", 5)
	if err != nil || len(fields) == 0 {
		t.Fatal(fields, err)
	}
	if e.State != event.Postponed || e.Revision != 1 || e.StartAt != times.Start || e.LastEditedBy != "b" || e.FirstEditAt != 5 {
		t.Errorf("moved to %+v", e)
	}
	village := e.Input()
	village.Village = "v"
	if _, err := e.Move(village, times, "b", 6); err != nil || e.Revision != 1 || e.Village != "v" {
		t.Errorf("a village is no news: %v, revision %d", err, e.Revision)
	}
}
