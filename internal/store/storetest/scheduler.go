package storetest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

func testLeases(t *testing.T, set *store.Set) {
	t.Run("Swap", func(t *testing.T) { testSwapLeases(t, set) })
	t.Run("OneOwner", func(t *testing.T) { testOneOwner(t, set) })
	t.Run("List", func(t *testing.T) {
		for _, name := range []string{"part:1", "part:10", "part:2", "parts", "job"} {
			swap := scheduler.LeaseSwap{Seen: scheduler.LeaseRow{Name: name}, Next: scheduler.LeaseRow{Name: name, Owner: "w", Fence: 1, Beat: 1}}
			diff(t, name, get[[]bool](t)(set.Leases.SwapLeases(t.Context(), []scheduler.LeaseSwap{swap})), []bool{true})
		}
		var names []string
		for _, l := range get[[]scheduler.LeaseRow](t)(set.Leases.ListLeases(t.Context(), "part:")) {
			names = append(names, l.Name)
		}
		diff(t, "by name", names, []string{"part:1", "part:10", "part:2"})
	})
}

func testSwapLeases(t *testing.T, set *store.Set) {
	ctx := t.Context()
	name := newID()
	swap := func(seen, next scheduler.LeaseRow) bool {
		t.Helper()
		seen.Name, next.Name = name, name
		return get[[]bool](t)(set.Leases.SwapLeases(ctx, []scheduler.LeaseSwap{{Seen: seen, Next: next}}))[0]
	}
	absent := scheduler.LeaseRow{}
	one := scheduler.LeaseRow{Owner: "a", Fence: 1, Beat: 1}
	two := scheduler.LeaseRow{Owner: "a", Fence: 1, Beat: 2}
	given := scheduler.LeaseRow{Fence: 1, Beat: 2}
	steps := []struct {
		name       string
		seen, next scheduler.LeaseRow
		want       bool
	}{
		{"take", absent, one, true},
		{"take again", absent, one, false},
		{"renew", one, two, true},
		{"renew what is old", one, two, false},
		{"wrong owner", scheduler.LeaseRow{Owner: "b", Fence: 1, Beat: 2}, given, false},
		{"wrong fence", scheduler.LeaseRow{Owner: "a", Fence: 2, Beat: 2}, given, false},
		{"give up", two, given, true},
		{"remove what is old", two, absent, false},
		{"remove", given, absent, true},
		{"take what was removed", absent, one, true},
	}
	for _, s := range steps {
		if got := swap(s.seen, s.next); got != s.want {
			t.Errorf("%s: swapped = %v, want %v", s.name, got, s.want)
		}
	}
	one.Name = name
	diff(t, "stored", get[[]scheduler.LeaseRow](t)(set.Leases.ListLeases(ctx, name)), []scheduler.LeaseRow{one})
}

// testOneOwner: of many workers that saw the same row one gets it, each part
// for itself.
func testOneOwner(t *testing.T, set *store.Set) {
	const workers, parts = 8, 16
	prefix := newID()
	var owned atomic.Int32
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			var swaps []scheduler.LeaseSwap
			for p := range parts {
				name := fmt.Sprint(prefix, ":", p)
				swaps = append(swaps, scheduler.LeaseSwap{
					Seen: scheduler.LeaseRow{Name: name},
					Next: scheduler.LeaseRow{Name: name, Owner: fmt.Sprint(w), Fence: 1, Beat: 1},
				})
			}
			did, err := set.Leases.SwapLeases(t.Context(), swaps)
			if err != nil {
				t.Errorf("SwapLeases: %v", err)
			}
			for _, d := range did {
				if d {
					owned.Add(1)
				}
			}
		})
	}
	group.Wait()
	if n := owned.Load(); n != parts {
		t.Errorf("%d leases were taken, want %d", n, parts)
	}
}

func testJobs(t *testing.T, set *store.Set) {
	ctx := t.Context()
	name := newID()
	diff(t, "absent", get[scheduler.JobState](t)(set.Jobs.JobState(ctx, name)), scheduler.JobState{Name: name})

	var first scheduler.JobState
	fill(&first)
	first.Name, first.Gen = name, 1
	seen := scheduler.JobState{Name: name}
	if !get[bool](t)(set.Jobs.SwapJob(ctx, seen, first)) {
		t.Error("the first state was not stored")
	}
	if get[bool](t)(set.Jobs.SwapJob(ctx, seen, first)) {
		t.Error("a state was stored twice")
	}
	diff(t, "every field is stored", get[scheduler.JobState](t)(set.Jobs.JobState(ctx, name)), first)

	next := first
	next.Gen, next.Owner = 2, ""
	if !get[bool](t)(set.Jobs.SwapJob(ctx, first, next)) || get[bool](t)(set.Jobs.SwapJob(ctx, first, next)) {
		t.Error("a state is stored once where Gen is as seen")
	}
	diff(t, "next", get[scheduler.JobState](t)(set.Jobs.JobState(ctx, name)), next)
	all := get[[]scheduler.JobState](t)(set.Jobs.ListJobs(ctx))
	if !slices.IsSortedFunc(all, func(a, b scheduler.JobState) int { return compare(a.Name, b.Name) }) || len(all) == 0 {
		t.Errorf("ListJobs gives %d states, not by name", len(all))
	}
}
