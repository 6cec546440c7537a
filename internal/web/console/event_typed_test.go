package console_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/console"
)

func values(tb testing.TB, form string) url.Values {
	tb.Helper()
	v, err := url.ParseQuery(form)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

const filled = "type=health&title=T&about=A&bring=B&host=H&contact=C&day=2026-12-06&start=07:00&end=11:00&notice_days=3" +
	"&co_unit=youth&slot-0-id=s1&slot-0-name=N&slot-0-capacity=40&slot-1-name=&slot-1-capacity=" +
	"&village=v1&place-v1=P1&village=elsewhere&place-elsewhere=P2&address-elsewhere=AA&link-elsewhere=L&start-elsewhere=13:00&end-elsewhere=15:00" +
	"&from-v1=e1&village=v1&place-v9=not+chosen"

func TestReadEvent(t *testing.T) {
	t.Parallel()
	got, err := console.ReadEvent(values(t, filled)).Programme("u", "form", true)
	if err != nil {
		t.Fatal(err)
	}
	want := event.Programme{
		Form: "form", Submit: true,
		Input: event.Input{
			Unit: "u", CoUnits: []string{"youth"}, Type: event.Health, Title: "T", About: "A", Bring: "B", Host: "H", Contact: "C",
			LocalStart: "2026-12-06T07:00", LocalEnd: "2026-12-06T11:00", NoticeDays: 3,
			Slots: []event.Slot{{ID: "s1", Name: "N", Capacity: 40}},
		},
		Venues: []event.Venue{
			{Village: "v1", Place: event.Place{Name: "P1"}, From: "e1"},
			{Place: event.Place{Name: "P2", Address: "AA", Link: "L"}, Start: "13:00", End: "15:00"},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTypedEvent_Refused(t *testing.T) {
	t.Parallel()
	_, err := console.ReadEvent(values(t, "slot-0-name=&slot-0-capacity=many&notice_days=-1")).Programme("u", "f", false)
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "(venues=desk.no_village, notice_days=desk.number, slots.0.capacity=desk.number)") {
		t.Errorf("got %v", err)
	}
}

// Days and times are taken as people write them where a browser offers nothing to
// choose from, and what is none is refused at its own field.
func TestReadEvent_Written(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]event.Input{
		"day=6/12/2026&start=7h&end=11h30":                       {LocalStart: "2026-12-06T07:00", LocalEnd: "2026-12-06T11:30"},
		"day=06.12.2026&start=7+giờ&end=11:00":                   {LocalStart: "2026-12-06T07:00", LocalEnd: "2026-12-06T11:00"},
		"day=6-12-2026&start=7g30&end=9":                         {LocalStart: "2026-12-06T07:30", LocalEnd: "2026-12-06T09:00"},
		"day=2026-12-06&last_day=7/12/2026&start=20:00&end=1:00": {LocalStart: "2026-12-06T20:00", LocalEnd: "2026-12-07T01:00"},
	} {
		var c fault.Check
		got := console.ReadEvent(values(t, form)).Input(&c, "u")
		if c.Err() != nil || got.LocalStart != want.LocalStart || got.LocalEnd != want.LocalEnd {
			t.Errorf("%s: %q to %q, %v", form, got.LocalStart, got.LocalEnd, c.Err())
		}
	}
	for form, want := range map[string]string{
		"day=hôm+nay&last_day=mai&start=25h&end=x":         "(day=desk.day, last_day=desk.day, local_start=desk.clock, local_end=desk.clock)",
		"day=2026-02-30&start=7h&end=11h":                  "(day=desk.no_day)",
		"day=30/02/2026&last_day=ngày+31+tháng+4+năm+2026": "(day=desk.no_day, last_day=desk.no_day)",
		"day=11/29/2026": "(day=desk.day)",
		"day=6/12/2026&last_day=5/12/2026&start=7h&end=11h":          "(last_day=desk.last_day)",
		"day=6/12/2026&last_day=1/2/2027&start=7h&end=11h&village=v": "",
	} {
		_, err := console.ReadEvent(values(t, "village=v1&"+form)).Programme("u", "f", false)
		if err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", form, err, want)
		}
	}
}

func TestTypedEvent_Anchor(t *testing.T) {
	t.Parallel()
	typed := console.ReadEvent(values(t, filled))
	for field, want := range map[string]string{
		"title": "title", "local_start": "start", "local_end": "end", "day": "day", "last_day": "last_day", "co_units.0": "co_unit", "slots": "slot-0-capacity",
		"slots.0.capacity": "slot-0-capacity", "slots.1.name": "slot-1-name", "venues.0.place.name": "place-v1",
		"venues.1.place.link": "link-elsewhere", "venues.1.local_start": "start-elsewhere", "place.name": "place-v1",
		"venues.7.place.name": "", "slots.x.name": "", "unit": "", "venues.1.zone": "", "slots.9.name": "",
	} {
		if got := typed.Anchor(field); got != want {
			t.Errorf("%s leads to %q, want %q", field, got, want)
		}
	}
}

// FuzzReadEvent: whatever is sent, each village is asked for once, nothing is
// invented, and every refusal of the form leads somewhere or nowhere.
func FuzzReadEvent(f *testing.F) {
	f.Add(filled)
	f.Add("village=&village=elsewhere&slot-0-name=x&slot-0-capacity=99999999999999999999")
	f.Fuzz(func(t *testing.T, form string) {
		v, err := url.ParseQuery(form)
		if err != nil {
			return
		}
		typed := console.ReadEvent(v)
		for i, one := range typed.Venues {
			if !slices.Contains(v["village"], one.Village) ||
				slices.ContainsFunc(typed.Venues[:i], func(o console.TypedVenue) bool { return o.Village == one.Village }) {
				t.Errorf("the village %q of %q", one.Village, form)
			}
		}
		p, err := typed.Programme("u", "f", false)
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", form, err)
		}
		for _, s := range p.Input.Slots {
			if s.Capacity < 0 {
				t.Errorf("%q has %d places", form, s.Capacity)
			}
		}
		for _, field := range []string{"slots.0.name", "venues.0.place.name", form} {
			_ = typed.Anchor(field)
		}
	})
}
