package demo_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

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
	units     = 2
	residents = 40
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
	if d.Tour.Coming != events[0].ID && d.Tour.Coming != events[1].ID {
		t.Errorf("the tour leads to %s, which is none of them", d.Tour.Coming)
	}
	page := startPage(t, d)
	for _, says := range []string{"Đang tạo dữ liệu mẫu: 0/2 đơn vị", d.Tour.Password, ">reviewer<", d.Tour.Unit + "/scorecard"} {
		if !strings.Contains(page, says) {
			t.Errorf("the start page says nothing of %q", says)
		}
	}
}

// startPage is what somebody sees first, in Vietnamese.
func startPage(t *testing.T, d *demo.Demo) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- d.App.Serve(ctx) }()
	defer func() {
		stop()
		check(t, <-served)
	}()
	r := must(http.NewRequestWithContext(ctx, http.MethodGet, d.App.BaseURL()+"/?lang=vi", nil))(t)
	answer := must(http.DefaultClient.Do(r))(t)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the start page answers %s", answer.Status)
	}
	return string(must(io.ReadAll(answer.Body))(t))
}

// TestShowAt: the next Sunday is the one that has not begun, at any hour and
// over the end of a year.
func TestShowAt(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"2026-11-24T04:20:00+07:00": "2026-11-27T08:00",
		"2026-11-28T23:50:00+07:00": "2026-11-27T08:00",
		"2026-11-28T23:50:00Z":      "2026-11-27T08:00", // ten minutes before it begins
		"2026-11-29T07:00:00+07:00": "2026-12-04T08:00",
		"2026-12-31T12:00:00+07:00": "2027-01-01T08:00",
	} {
		got := demo.ShowAt(must(time.Parse(time.RFC3339, at))(t)).In(demo.Zone()).Format("2006-01-02T15:04")
		if got != want {
			t.Errorf("ShowAt(%s) = %s, want %s", at, got, want)
		}
	}
}

// TestDemo_DuringASunday: where people are at a Sunday when the demo begins, it
// is lived as far as it is, and left open for whoever tries the demo.
func TestDemo_DuringASunday(t *testing.T) {
	t.Parallel()
	o := optionsOf(t, t.TempDir(), time.Date(2026, 11, 29, 9, 15, 0, 0, demo.Zone()))
	o.Units, o.Residents = 1, 12
	d := must(demo.Open(t.Context(), o))(t)
	t.Cleanup(func() { check(t, d.Close()) })
	check(t, d.Make(t.Context(), func(int) {}))
	e := must(d.App.Store().Events.Get(t.Context(), d.Tour.Past))(t)
	totals := must(d.App.Services.Attendance.TotalsOf(t.Context(), e))(t)
	if e.State != event.Published || totals.People == 0 {
		t.Errorf("the Sunday that goes on is %s, with %d people", e.State, totals.People)
	}
	if e = must(d.App.Store().Events.Get(t.Context(), d.Tour.Coming))(t); e.State != event.Published || e.LocalStart != "2026-12-06T07:00" {
		t.Errorf("the next Sunday is on %s and %s", e.LocalStart, e.State)
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
	// Somebody's first day: an account, and no event yet.
	theirs := t.TempDir()
	a := must(app.Open(t.Context(), app.Options{Config: optionsOf(t, theirs, monday).Config, SyncOff: true}))(t)
	must(a.AddAccount(t.Context(), app.NewAccount{Login: "lan", Name: "Lan", Unit: "24787", Roles: []string{"organizer"}}))(t)
	check(t, a.Close())
	if other, err := demo.Open(t.Context(), optionsOf(t, theirs, monday)); err == nil {
		t.Error("a sample was put beside an account of somebody's own")
		check(t, other.Close())
	}
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
