package storetest

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testRolls(t *testing.T, set *store.Set) {
	documents[registration.Roll, *registration.Roll]{
		create: set.Rolls.CreateRoll, get: set.Rolls.Roll,
		fix: func(r *registration.Roll) { r.Part = id.Part(r.ID) },
	}.contract(t)
	t.Run("Swap", func(t *testing.T) { testSwapRoll(t, set) })
	t.Run("SwapConcurrently", func(t *testing.T) { testSwapConcurrently(t, set) })
	t.Run("Unsettled", func(t *testing.T) { testUnsettledRolls(t, set) })
	t.Run("Due", func(t *testing.T) { testDueRolls(t, set) })
	t.Run("Delete", func(t *testing.T) {
		r := newRoll()
		must(t, set.Rolls.CreateRoll(t.Context(), &r))
		must(t, set.Rolls.DeleteRoll(t.Context(), r.ID))
		must(t, set.Rolls.DeleteRoll(t.Context(), r.ID))
		_, err := set.Rolls.Roll(t.Context(), r.ID)
		wantErr(t, err, record.ErrAbsent)
	})
}

func newRoll() registration.Roll {
	event := newID()
	return registration.Roll{
		Head: record.Head{ID: event}, Part: id.Part(event), Unit: newID(),
		Slots: []registration.RollSlot{{ID: "s1", Capacity: 50}},
	}
}

func testSwapRoll(t *testing.T, set *store.Set) {
	ctx := t.Context()
	r := newRoll()
	must(t, set.Rolls.CreateRoll(ctx, &r))
	late := r

	const places, bytesEach = 5000, 40
	r.Seats = bytes.Repeat([]byte{0, 1, 0xfe, 0xff}, places*bytesEach/4)
	r.Seq = 7
	must(t, set.Rolls.SwapRoll(ctx, &r))
	if r.Ver != 2 {
		t.Errorf("Ver after SwapRoll = %d, want 2", r.Ver)
	}
	got := get[registration.Roll](t)(set.Rolls.Roll(ctx, r.ID))
	diff(t, "the largest event's seats", got, r)

	late.Seq = 99
	wantErr(t, set.Rolls.SwapRoll(ctx, &late), record.ErrContended)
	diff(t, "after a late swap", get[registration.Roll](t)(set.Rolls.Roll(ctx, r.ID)), r)

	absent := newRoll()
	absent.Ver = 1
	wantErr(t, set.Rolls.SwapRoll(ctx, &absent), record.ErrAbsent)
}

// testSwapConcurrently: of those that read the same version one wins, so that
// no seat is taken twice.
func testSwapConcurrently(t *testing.T, set *store.Set) {
	const workers = 16
	ctx := t.Context()
	r := newRoll()
	must(t, set.Rolls.CreateRoll(ctx, &r))

	var group sync.WaitGroup
	for n := range workers {
		group.Go(func() {
			for {
				mine, err := set.Rolls.Roll(ctx, r.ID)
				if err != nil {
					t.Errorf("Roll: %v", err)
					return
				}
				mine.Seats = append(mine.Seats, byte(n))
				mine.Seq++
				err = set.Rolls.SwapRoll(ctx, &mine)
				if err == nil {
					return
				}
				if !errors.Is(err, record.ErrContended) {
					t.Errorf("SwapRoll: %v", err)
					return
				}
			}
		})
	}
	group.Wait()
	got := get[registration.Roll](t)(set.Rolls.Roll(ctx, r.ID))
	if got.Seq != workers || got.Ver != 1+workers {
		t.Errorf("seq %d, ver %d after %d swaps", got.Seq, got.Ver, workers)
	}
	slices.Sort(got.Seats)
	want := make([]byte, workers)
	for n := range workers {
		want[n] = byte(n)
	}
	diff(t, "every worker once", got.Seats, want)
}

func testUnsettledRolls(t *testing.T, set *store.Set) {
	ctx := t.Context()
	a, b := newRoll(), newRoll()
	for _, r := range []*registration.Roll{&a, &b} {
		r.Unsettled, r.IsUnsettled = []string{newHash()}, true
		must(t, set.Rolls.CreateRoll(ctx, r))
	}
	listed := func(id string) bool {
		return slices.Contains(get[[]string](t)(set.Rolls.UnsettledRolls(ctx, 1000)), id)
	}
	if !listed(a.ID) || !listed(b.ID) {
		t.Error("an unsettled roll is not listed")
	}
	a.Unsettled, a.IsUnsettled = nil, false
	must(t, set.Rolls.SwapRoll(ctx, &a))
	if listed(a.ID) || !listed(b.ID) {
		t.Error("a settled roll is listed, or another one is not")
	}
}

// testDueRolls uses instants long before those of the other cases.
func testDueRolls(t *testing.T, set *store.Set) {
	ctx := t.Context()
	var want []string
	for _, at := range []calendar.Instant{70, 60, 0, 80, 81} {
		r := newRoll()
		r.NextAt = at
		must(t, set.Rolls.CreateRoll(ctx, &r))
		if at > 0 {
			want = append(want, r.ID)
		}
	}
	want[0], want[1] = want[1], want[0]
	diff(t, "up to the instant", get[[]string](t)(set.Rolls.DueRolls(ctx, 80, 1000)), want[:3])
	diff(t, "limited", get[[]string](t)(set.Rolls.DueRolls(ctx, 80, 1)), want[:1])

	first := get[registration.Roll](t)(set.Rolls.Roll(ctx, want[0]))
	first.NextAt = 0
	must(t, set.Rolls.SwapRoll(ctx, &first))
	diff(t, "seen to", get[[]string](t)(set.Rolls.DueRolls(ctx, 80, 1000)), want[1:3])
}
