package app_test

import (
	"sync"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// machine is a machine's clocks in the hand.
type machine struct {
	mu      sync.Mutex
	wall    time.Time
	process time.Duration
}

func (m *machine) clock() app.Clock {
	wall := func() time.Time {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.wall
	}
	process := func() time.Duration {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.process
	}
	return app.Clock{Domain: wall, Wall: wall, Process: process}
}

// pass lets time pass; jump is what the wall clock goes on beside.
func (m *machine) pass(d, jump time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.process += d
	m.wall = m.wall.Add(d + jump)
}

// openOn opens the program on the machine, on SQLite in the folder.
func openOn(t *testing.T, m *machine, dir string) *app.App {
	t.Helper()
	c, err := config.Load([]string{"SUNDAY_DATA=" + dir})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{Config: c, Clock: m.clock(), SyncOff: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// halted does one step and tells whether the worker doubts its clock then.
func halted(t *testing.T, a *app.App) bool {
	t.Helper()
	if _, err := a.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a.ClockDoubt() != ""
}

// TestClock_Jump: a clock that jumps holds the worker for three ticks, during
// which its time stands still, and has events planned again afterwards.
func TestClock_Jump(t *testing.T) {
	t.Parallel()
	m := &machine{wall: sunday.AddDate(0, 0, -3)}
	a := openOn(t, m, t.TempDir())
	e := event.Event{State: event.Published, StartAt: 1 << 50, EndAt: 1 << 50, Scope: []string{"u"}}
	e.ID = "01a1dc80-f000-7bf5-9613-98f2840125af"
	if err := a.Store().Events.Create(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if halted(t, a) {
			t.Fatalf("a clock that goes on is doubted: %s", a.ClockDoubt())
		}
		m.pass(time.Second, 0)
	}
	before, err := a.Store().Events.Get(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	m.pass(time.Second, 400*24*time.Hour)
	for tick := range 3 {
		if !halted(t, a) {
			t.Fatalf("tick %d after the jump is believed", tick)
		}
		states, err := a.Jobs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range states {
			if j.LastStart != nil && j.LastStart.After(sunday) {
				t.Errorf("%s ran at %s, a time that nobody believes", j.Name, j.LastStart)
			}
		}
		m.pass(time.Second, 0)
	}
	if halted(t, a) {
		t.Fatal("three ticks agreed, and the clock is doubted")
	}
	if _, err := a.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := a.Store().Events.Get(t.Context(), e.ID)
	if err != nil || after.PlanVer != before.PlanVer+1 {
		t.Errorf("plan_ver went from %d to %d (%v): events are planned again once", before.PlanVer, after.PlanVer, err)
	}
}

// TestClock_Start: a start is held against the last good tick and against the
// beats of other workers.
func TestClock_Start(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		died bool // the worker before gave nothing up
		off  time.Duration
		want string
	}{
		"at once":                          {false, time.Minute, ""},
		"a day off":                        {false, 23 * time.Hour, ""},
		"a week off":                       {false, 7 * 24 * time.Hour, "later"},
		"before the last good tick":        {false, -time.Hour, "earlier"},
		"soon after a worker died":         {true, time.Minute, ""},
		"an hour after a worker died":      {true, time.Hour, "other_worker"},
		"an hour behind a worker's beat":   {true, -time.Hour, "other_worker"},
		"within the slack of another beat": {true, -time.Second, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			m := &machine{wall: sunday}
			a := openOn(t, m, dir)
			for range 2 {
				if halted(t, a) {
					t.Fatal("the first start is doubted")
				}
			}
			if !tt.died {
				if err := a.StopWorker(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			next := &machine{wall: sunday.Add(tt.off)}
			b := openOn(t, next, dir)
			if halted(t, b); string(b.ClockDoubt()) != tt.want {
				t.Fatalf("in doubt %q, want %q", b.ClockDoubt(), tt.want)
			}
			for range 15 { // no beat of another moves: it is dead
				next.pass(time.Second, 0)
				halted(t, b)
			}
			if b.ClockDoubt() != "" {
				t.Errorf("still in doubt %q", b.ClockDoubt())
			}
			leases, err := b.Store().Leases.ListLeases(t.Context(), "clock-")
			if err != nil || len(leases) == 0 {
				t.Errorf("no good tick is kept: %v, %v", leases, err)
			}
		})
	}
}

// TestClock_Others: a worker whose clock differs from a living one's stays
// held, and the living one goes on.
func TestClock_Others(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, wrong := &machine{wall: sunday}, &machine{wall: sunday.Add(-time.Hour)}
	a, b := openOn(t, good, dir), openOn(t, wrong, dir)
	halted(t, a)
	halted(t, a)
	for i := range 60 {
		good.pass(time.Second, 0)
		wrong.pass(time.Second, 0)
		if halted(t, a) || !halted(t, b) {
			t.Fatalf("after %d s the right clock is doubted %q, the wrong one %q", i, a.ClockDoubt(), b.ClockDoubt())
		}
	}
	wrong.pass(0, time.Hour) // set right
	for range 4 {
		good.pass(time.Second, 0)
		wrong.pass(time.Second, 0)
		halted(t, a)
		halted(t, b)
	}
	if b.ClockDoubt() != "" {
		t.Errorf("a clock that was set right is doubted: %s", b.ClockDoubt())
	}
}

// TestClock_StandsAside: what a worker in doubt would send another sends, and they
// share again once it believes its clock.
func TestClock_StandsAside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, jumping := &machine{wall: sunday}, &machine{wall: sunday}
	a, b := openOn(t, good, dir), openOn(t, jumping, dir)
	step := func(wantHalted bool, jump time.Duration) {
		t.Helper()
		good.pass(time.Second, 0)
		jumping.pass(time.Second, jump)
		if got := halted(t, b); got != wantHalted || halted(t, a) {
			t.Fatalf("in doubt: %q and %q", a.ClockDoubt(), b.ClockDoubt())
		}
	}
	shares := func() map[int]int {
		t.Helper()
		rows, err := a.Store().Leases.ListLeases(t.Context(), "part-")
		if err != nil {
			t.Fatal(err)
		}
		by, sizes := map[string]int{}, map[int]int{}
		for _, r := range rows {
			by[r.Owner]++
		}
		for _, n := range by {
			sizes[n]++
		}
		return sizes
	}
	for range 3 {
		step(false, 0)
	}
	if got := shares(); got[32] != 2 {
		t.Fatalf("they do not share: %v", got)
	}
	step(true, time.Hour)
	step(true, -time.Hour)
	if got := shares(); got[64] != 1 {
		t.Errorf("while one is in doubt: %v, want all with the other", got)
	}
	step(true, 0)
	step(true, 0)
	for range 3 {
		step(false, 0)
	}
	if got := shares(); got[32] != 2 {
		t.Errorf("once it is believed: %v, want them shared", got)
	}
}
