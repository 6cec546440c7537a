package demo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
)

// Whenever in the week a demo begins, its residents register after that, most of
// them before the start, and it is told how many when they have.
func TestShow_Begun(t *testing.T) {
	t.Parallel()
	const residents = 40
	midnight := time.Date(2026, 11, 30, 0, 0, 0, 0, demo.Zone())
	for minute := 0; minute < 7*24*60; minute += 10 {
		now := midnight.Add(time.Duration(minute) * time.Minute)
		arrive, told, start := demo.Show(now, residents)
		last := told[len(told)-1]
		switch {
		case len(arrive) != residents || !slices.IsSortedFunc(arrive, time.Time.Compare):
			t.Errorf("%v: %v", now, arrive)
		case arrive[residents-1].After(now.Add(time.Hour)) && !arrive[residents-1].Before(start):
			t.Errorf("%v: somebody registers at %v, after the start", now, arrive[residents-1])
		case told[0].Before(now) || !slices.IsSortedFunc(told, time.Time.Compare) || !last.After(arrive[residents-1]):
			t.Errorf("%v: told at %v, the last registers at %v", now, told, arrive[residents-1])
		}
	}
}

// Who begins a demo when the hours before the eve are over still sees people come.
func TestShow_BegunLate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 5, 18, 40, 0, 0, demo.Zone())
	arrive, told, _ := demo.Show(now, 40)
	if arrive[0].Before(now) || !arrive[39].Before(now.Add(time.Hour)) || arrive[39].Sub(arrive[0]) < 30*time.Minute {
		t.Errorf("they come from %v to %v", arrive[0], arrive[39])
	}
	if want := now.Add(2 * time.Hour); len(told) != 1 || !told[0].Equal(want) {
		t.Errorf("told at %v, want %v alone", told, want)
	}
}
