package calendar_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

func TestOccurrences(t *testing.T) {
	t.Parallel()
	weekly := calendar.Recurrence{Every: calendar.EveryWeeks, Start: "2026-02-01"}
	for _, tc := range []struct {
		name   string
		change func(*calendar.Recurrence)
		until  calendar.Date
		want   []calendar.Date
	}{
		{"every Sunday", func(*calendar.Recurrence) {}, "2026-02-22", []calendar.Date{"2026-02-01", "2026-02-08", "2026-02-15", "2026-02-22"}},
		{"every second", func(r *calendar.Recurrence) { r.Interval = 2 }, "2026-02-22", []calendar.Date{"2026-02-01", "2026-02-15"}},
		{"except", func(r *calendar.Recurrence) { r.Except = []calendar.Date{"2026-02-08"} }, "2026-02-15", []calendar.Date{"2026-02-01", "2026-02-15"}},
		{"with an end", func(r *calendar.Recurrence) { r.Until = "2026-02-08" }, "2026-03-01", []calendar.Date{"2026-02-01", "2026-02-08"}},
		{"Wednesdays without Tet", func(r *calendar.Recurrence) { r.Weekday, r.SkipHolidays = time.Wednesday, true }, "2026-02-25", []calendar.Date{"2026-02-04", "2026-02-11", "2026-02-25"}},
		{"first and third", func(r *calendar.Recurrence) { r.Every, r.Nth = calendar.EveryMonth, []int{3, 1} }, "2026-03-31", []calendar.Date{"2026-02-01", "2026-02-15", "2026-03-01", "2026-03-15"}},
		{"last", func(r *calendar.Recurrence) { r.Every, r.Nth = calendar.EveryMonth, []int{calendar.LastOfMonth} }, "2026-04-30", []calendar.Date{"2026-02-22", "2026-03-29", "2026-04-26"}},
		{"last without Hung Kings", func(r *calendar.Recurrence) {
			r.Every, r.Nth, r.SkipHolidays = calendar.EveryMonth, []int{calendar.LastOfMonth}, true
		}, "2026-04-30", []calendar.Date{"2026-02-22", "2026-03-29"}},
		{"before the start", func(r *calendar.Recurrence) { r.Start = "2026-03-01" }, "2026-02-22", nil},
		{"not valid", func(r *calendar.Recurrence) { r.Every = "second" }, "2026-02-22", nil},
		{"no end asked", func(*calendar.Recurrence) {}, "", nil},
	} {
		r := weekly
		tc.change(&r)
		if diff := cmp.Diff(tc.want, calendar.Occurrences(r, "2026-01-01", tc.until)); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
}

// Every window of a series shows the same dates, wherever it begins: dates are
// made 13 weeks ahead again and again, under ids made of them.
func TestOccurrences_WindowsAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := calendar.Date("2026-01-01")
		r := calendar.Recurrence{
			Every:    rapid.SampledFrom([]calendar.Every{calendar.EveryWeeks, calendar.EveryMonth}).Draw(t, "every"),
			Weekday:  time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")),
			Interval: rapid.IntRange(0, 5).Draw(t, "interval"),
			Nth:      []int{rapid.SampledFrom([]int{1, 2, 3, 4, 5, -1}).Draw(t, "nth")},
			Start:    start.AddDays(rapid.IntRange(0, 40).Draw(t, "start")),
		}
		end := start.AddDays(500)
		from := start.AddDays(rapid.IntRange(0, 400).Draw(t, "from"))
		until := from.AddDays(rapid.IntRange(0, 91).Draw(t, "length"))
		var want []calendar.Date
		for _, d := range calendar.Occurrences(r, start, end) {
			if d.Weekday() != r.Weekday || d < r.Start {
				t.Fatalf("%s is a %s", d, d.Weekday())
			}
			if d >= from && d <= until {
				want = append(want, d)
			}
		}
		if diff := cmp.Diff(want, calendar.Occurrences(r, from, until)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestRecurrence_Turn(t *testing.T) {
	t.Parallel()
	r := calendar.Recurrence{
		Every: calendar.EveryWeeks, Weekday: time.Saturday, Start: "2026-10-01",
		Except: []calendar.Date{"2026-10-10"}, Places: []string{"v1", "v2", "v3"},
	}
	for d, want := range map[calendar.Date]string{
		"2026-10-03": "v1", "2026-10-10": "", "2026-10-17": "v2", "2026-10-24": "v3", "2026-10-31": "v1",
		"2026-10-18": "", "2026-09-26": "",
	} {
		if got := r.Turn(d); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
	r.Places = nil
	if got := r.Turn("2026-10-03"); got != "" {
		t.Errorf("no places: %q", got)
	}
}

func TestRecurrence_Validate(t *testing.T) {
	t.Parallel()
	bad := calendar.Recurrence{Every: "day", Weekday: 7, Start: "x", Until: "y", Except: []calendar.Date{"z"}}
	e, ok := errors.AsType[*fault.Error](bad.Validate())
	if !ok {
		t.Fatal("passes")
	}
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"every", "weekday", "start", "until", "except"}, names); diff != "" {
		t.Error(diff)
	}
	for _, r := range []calendar.Recurrence{
		{Every: calendar.EveryMonth, Start: "2026-01-01"},
		{Every: calendar.EveryMonth, Start: "2026-01-01", Nth: []int{0}},
		{Every: calendar.EveryMonth, Start: "2026-01-01", Nth: []int{6}},
		{Every: calendar.EveryWeeks, Start: "2026-01-01", Interval: 53},
		{Every: calendar.EveryWeeks, Start: "2026-01-02", Until: "2026-01-01"},
	} {
		if fault.KindOf(r.Validate()) != fault.Invalid {
			t.Errorf("%+v passes", r)
		}
	}
	if slices.ContainsFunc([]int{1, 5, -1}, func(n int) bool {
		return (calendar.Recurrence{Every: calendar.EveryMonth, Start: "2026-01-01", Nth: []int{n}}).Validate() != nil
	}) {
		t.Error("a good one is refused")
	}
}
