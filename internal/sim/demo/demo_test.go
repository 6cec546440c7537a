package demo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// monday is when most tests begin: of the Sundays to come, people have
// registered for the next one alone.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const (
	units     = 3
	residents = 60
)

func optionsOf(t *testing.T, dir string, at time.Time) demo.Options {
	t.Helper()
	c := must(config.Load([]string{"SUNDAY_DATA=" + dir, "SUNDAY_SECRET=a secret that all demos of the tests share", "SUNDAY_ADDR=127.0.0.1:0"}))(t)
	return demo.Options{
		Config: c, Listeners: must(app.Listen(t.Context(), c))(t), Now: at, Speed: 1, Seed: 1, Units: units, Residents: residents,
	}
}

func mustOpen(t *testing.T, dir string, at time.Time) *demo.Demo {
	t.Helper()
	return must(demo.Open(t.Context(), optionsOf(t, dir, at)))(t)
}

// TestOpen_ListensFirst: what can be looked at at once is the next Sunday of
// every unit, and no week is made yet.
func TestOpen_ListensFirst(t *testing.T) {
	t.Parallel()
	d := mustOpen(t, t.TempDir(), monday)
	t.Cleanup(func() { check(t, d.Close()) })
	if d.Made() != 0 || d.Units != units || len(d.Tour.Tokens) != len(demo.Logins()) {
		t.Errorf("%d of %d units are made, with %d tokens", d.Made(), d.Units, len(d.Tour.Tokens))
	}
	events := eventsOf(t, d)
	if len(events) != units {
		t.Fatalf("%d events are there, want the next Sunday of %d units", len(events), units)
	}
	for _, e := range events {
		if e.State != event.Published || e.LocalStart != "2026-11-29T07:00" || e.ApprovedBy == "" || len(e.Notices) == 0 {
			t.Errorf("%s is %s on %s, approved by %q with %d notices", e.Title, e.State, e.LocalStart, e.ApprovedBy, len(e.Notices))
		}
	}
	if d.Tour.Coming != events[0].ID && d.Tour.Coming != events[1].ID && d.Tour.Coming != events[2].ID {
		t.Errorf("the tour leads to %s, which is none of them", d.Tour.Coming)
	}
}

// TestDemo_GoesOn stops the making in the middle, as Ctrl-C does, and takes the
// folder up again: everything is there once.
func TestDemo_GoesOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := mustOpen(t, dir, monday)
	ctx, stop := context.WithCancel(t.Context())
	err := d.Make(ctx, func(made int) {
		if made == 1 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || d.Made() != 1 {
		t.Fatalf("stopped with %d units made: %v", d.Made(), err)
	}
	check(t, d.Close())

	d = mustOpen(t, dir, monday.Add(2*time.Hour))
	t.Cleanup(func() { check(t, d.Close()) })
	var told []int
	check(t, d.Make(t.Context(), func(made int) { told = append(told, made) }))
	if diff := cmp.Diff([]int{1, units}, told); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if got := countsOf(t, d); got != (counts{Sundays: 8 * units, Residents: residents, Villages: 5 + 4 + 4}) {
		t.Errorf("there are %+v", got)
	}
}

// TestOpen_AtAnyHour: the demo starts in the small hours, late at night, and
// while people are at a Sunday.
func TestOpen_AtAnyHour(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"2026-11-24T04:20:00+07:00": "2026-11-29T07:00",
		"2026-11-28T23:50:00+07:00": "2026-11-29T07:00",
		"2026-11-29T06:59:00+07:00": "2026-11-29T07:00",
		"2026-11-29T09:15:00+07:00": "2026-12-06T07:00",
		"2026-12-31T12:00:00+07:00": "2027-01-03T07:00",
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			o := optionsOf(t, t.TempDir(), must(time.Parse(time.RFC3339, at))(t))
			o.Units, o.Residents = 1, 12
			d := must(demo.Open(t.Context(), o))(t)
			t.Cleanup(func() { check(t, d.Close()) })
			check(t, d.Make(t.Context(), func(int) {}))
			if e := must(d.App.Store().Events.Get(t.Context(), d.Tour.Coming))(t); string(e.LocalStart) != want || e.State != event.Published {
				t.Errorf("the next Sunday is on %s and %s, want %s", e.LocalStart, e.State, want)
			}
			if got := countsOf(t, d); got.Sundays != 8 || got.Residents != 12 {
				t.Errorf("there are %+v", got)
			}
		})
	}
}

// TestOpen_Refused: nothing is put among data of somebody's own, and nothing is
// made of a sample that this demo does not know.
func TestOpen_Refused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := mustOpen(t, dir, monday)
	for _, value := range []string{"made", ""} {
		kept := must(d.App.Store().Settings.Setting(t.Context(), "sample"))(t)
		if !must(d.App.Store().Settings.SetSetting(t.Context(), "sample", kept, value))(t) {
			t.Fatal("the setting is not there")
		}
		if other, err := demo.Open(t.Context(), optionsOf(t, dir, monday)); err == nil {
			t.Errorf("opened with a sample %q", value)
			check(t, other.Close())
		}
	}
	check(t, d.Close())
	o := optionsOf(t, t.TempDir(), monday)
	o.Units = 125
	if _, err := demo.Open(t.Context(), o); err == nil {
		t.Error("125 units were made of 124")
	}
}

type counts struct{ Sundays, Residents, Villages int }

func countsOf(t *testing.T, d *demo.Demo) counts {
	t.Helper()
	got := counts{Sundays: len(eventsOf(t, d))}
	for _, u := range unitsOf(t, d) {
		got.Residents += len(must(d.App.Store().Residents.Page(t.Context(), resident.Filter{Unit: u}, page.Request{Limit: 200}))(t).Items)
		got.Villages += len(must(d.App.Store().Units.Page(t.Context(), unit.Filter{Parent: u}, page.Request{Limit: 200}))(t).Items)
	}
	return got
}

// eventsOf are all events of the province.
func eventsOf(t *testing.T, d *demo.Demo) []event.Event {
	t.Helper()
	return must(d.App.Store().Events.Page(t.Context(), event.Filter{Scope: unit.StateID("68")}, page.Request{Limit: 200}))(t).Items
}

// unitsOf are the ids of the units that have events.
func unitsOf(t *testing.T, d *demo.Demo) []string {
	t.Helper()
	var ids []string
	known := map[string]bool{}
	for _, e := range eventsOf(t, d) {
		if !known[e.Unit] {
			ids = append(ids, e.Unit)
		}
		known[e.Unit] = true
	}
	return ids
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		check(t, err)
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
