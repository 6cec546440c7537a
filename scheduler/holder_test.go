package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

// A lease is what a dispatcher of messages asks for.
var _ interface {
	Part() int
	Fence() int64
	Orphan() bool
	Swept()
	MayBegin() bool
} = (*scheduler.Lease)(nil)

func holder(s *store, c *clock, owner string, parts int) *scheduler.Holder {
	return scheduler.NewHolder(scheduler.HolderOptions{
		Leases: s, Owner: owner, Prefix: "part-", Names: scheduler.PartNames("part-", parts), Process: c.process,
	})
}

func mustStep(t testing.TB, holders ...*scheduler.Holder) {
	t.Helper()
	for _, h := range holders {
		if err := h.Step(t.Context()); err != nil {
			t.Fatalf("Step() = %v", err)
		}
	}
}

// held counts the leases of each holder that may begin work.
func held(holders ...*scheduler.Holder) string {
	text := ""
	for _, h := range holders {
		n := 0
		for _, l := range h.Held() {
			if l.MayBegin() {
				n++
			}
		}
		text += fmt.Sprint(n, " ")
	}
	return text
}

func wantHeld(t *testing.T, want string, holders ...*scheduler.Holder) {
	t.Helper()
	if got := held(holders...); got != want {
		t.Errorf("held = %q, want %q", got, want)
	}
}

func TestHolder_TakesAllAlone(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a := holder(s, c, "a", 64)
	mustStep(t, a)
	wantHeld(t, "64 ", a)
	for i, l := range a.Held() {
		if l.Part() != i || l.Fence() != 1 || l.TakenAt() != c.process() || l.Name() != fmt.Sprintf("part-%02d", i) {
			t.Errorf("lease %d = %s, part %d, fence %d", i, l.Name(), l.Part(), l.Fence())
		}
	}
}

func TestHolder_SharesWithNewcomers(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a, b, d := holder(s, c, "a", 64), holder(s, c, "b", 64), holder(s, c, "d", 64)
	mustStep(t, a)
	mustStep(t, b, a, b)
	wantHeld(t, "32 32 ", a, b)
	mustStep(t, d, a, b, d)
	wantHeld(t, "22 22 20 ", a, b, d)
	if err := d.Release(t.Context()); err != nil {
		t.Errorf("Release() = %v", err)
	}
	if err := d.Release(t.Context()); err != nil {
		t.Errorf("the second Release() = %v", err)
	}
	mustStep(t, a, b)
	wantHeld(t, "32 32 0 ", a, b, d)
}

// TestHolder_TakesFromTheDead waits for a beat to stand still, and no longer.
func TestHolder_TakesFromTheDead(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a, b := holder(s, c, "a", 4), holder(s, c, "b", 4)
	mustStep(t, a, b, a, b)
	wantHeld(t, "2 2 ", a, b)
	for at := time.Second; at < scheduler.FreeAfter; at += time.Second {
		c.pass(time.Second)
		mustStep(t, b) // a is dead
		if want := "2 2 "; at < scheduler.BeginWithin {
			wantHeld(t, want, a, b)
		} else {
			wantHeld(t, "0 2 ", a, b)
		}
	}
	c.pass(time.Second)
	mustStep(t, b)
	wantHeld(t, "0 4 ", a, b)
	for _, l := range b.Held()[:2] {
		if l.Fence() != 2 {
			t.Errorf("the fence of %s is %d, want 2", l.Name(), l.Fence())
		}
	}
	if _, there := s.leases["worker-a"]; there {
		t.Error("the announcement of the dead worker is still there")
	}
}

// TestHolder_TakesFromTheEnded: where the process of an owner is known to be
// over, its leases are taken at once, and it counts no longer as a worker.
func TestHolder_TakesFromTheEnded(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a, other := holder(s, c, "a", 6), holder(s, c, "other", 6)
	over := map[string]bool{}
	asked := 0
	b := scheduler.NewHolder(scheduler.HolderOptions{
		Leases: s, Owner: "b", Prefix: "part-", Names: scheduler.PartNames("part-", 6), Process: c.process,
		Ended: func(owner string) bool { asked++; return over[owner] },
	})
	mustStep(t, a, b, other, a, b, other)
	wantHeld(t, "2 2 2 ", a, b, other)
	over["a"] = true
	asked = 0
	mustStep(t, b)
	if asked != 2 {
		t.Errorf("asked %d times for two others, want once each", asked)
	}
	wantHeld(t, "2 3 2 ", a, b, other) // a is over and does not know
	orphans := 0
	for _, l := range b.Held() {
		if l.Orphan() {
			orphans++
		}
	}
	if orphans != 1 {
		t.Errorf("%d leases are known to be orphans, want the one of the dead", orphans)
	}
	if _, there := s.leases["worker-a"]; there {
		t.Error("the announcement of the dead worker is still there")
	}
}

// TestHolder_SweepsBeforeItShares: what was taken from the dead goes to a newcomer
// only once it is swept, since the newcomer would have to wait for its owner.
func TestHolder_SweepsBeforeItShares(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a := holder(s, c, "a", 4)
	b := scheduler.NewHolder(scheduler.HolderOptions{
		Leases: s, Owner: "b", Prefix: "part-", Names: scheduler.PartNames("part-", 4), Process: c.process,
		Ended: func(owner string) bool { return owner == "a" },
	})
	newcomer := holder(s, c, "newcomer", 4)
	mustStep(t, a, b)
	wantHeld(t, "4 ", b)
	mustStep(t, newcomer, b, newcomer)
	wantHeld(t, "4 0 ", b, newcomer)
	leases := b.Held()
	leases[1].Swept()
	mustStep(t, b, newcomer)
	wantHeld(t, "3 1 ", b, newcomer)
	leases[0].Swept()
	leases[3].Swept()
	mustStep(t, b, newcomer)
	wantHeld(t, "2 2 ", b, newcomer)
	for _, l := range newcomer.Held() {
		if l.Orphan() {
			t.Errorf("%s is taken for that of a dead owner", l.Name())
		}
	}
	if err := b.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustStep(t, newcomer)
	wantHeld(t, "4 ", newcomer)
}

// TestHolder_EndsBeforeItShares: what is under way in a part ends before the part is
// given up, and nothing more is begun in it; who is killed meanwhile is its owner
// still, which a newcomer on its machine knows to be over.
func TestHolder_EndsBeforeItShares(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	busy, over := map[int]bool{2: true, 3: true}, false
	a := scheduler.NewHolder(scheduler.HolderOptions{
		Leases: s, Owner: "a", Prefix: "part-", Names: scheduler.PartNames("part-", 4), Process: c.process,
		Busy: func(part int) bool { return busy[part] },
	})
	b := scheduler.NewHolder(scheduler.HolderOptions{
		Leases: s, Owner: "b", Prefix: "part-", Names: scheduler.PartNames("part-", 4), Process: c.process,
		Ended: func(owner string) bool { return over && owner == "a" },
	})
	mustStep(t, a)
	leases := a.Held()
	mustStep(t, b, a, b)
	wantHeld(t, "2 0 ", a, b) // two may begin, two only end
	if len(a.Held()) != 4 || leases[3].MayBegin() || !leases[1].MayBegin() {
		t.Errorf("%d are held, and what may be begun is wrong", len(a.Held()))
	}
	busy[3] = false
	mustStep(t, a, b)
	wantHeld(t, "2 1 ", a, b)
	if b.Held()[0].Part() != 3 || b.Held()[0].Orphan() {
		t.Errorf("the newcomer holds part %d", b.Held()[0].Part())
	}
	over = true
	mustStep(t, b)
	for _, l := range b.Held() {
		if l.Orphan() != (l.Part() != 3) {
			t.Errorf("part %d is an orphan: %t", l.Part(), l.Orphan())
		}
	}
}

// TestHolder_LeavesInTheEnd: what never ends keeps a part from nobody for ever, and
// a part that is wanted here again goes on.
func TestHolder_LeavesInTheEnd(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a := scheduler.NewHolder(scheduler.HolderOptions{
		Leases: s, Owner: "a", Prefix: "part-", Names: scheduler.PartNames("part-", 2), Process: c.process,
		Busy: func(int) bool { return true },
	})
	b := holder(s, c, "b", 2)
	mustStep(t, a, b, a)
	wantHeld(t, "1 0 ", a, b)
	if err := b.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustStep(t, a)
	wantHeld(t, "2 0 ", a, b)
	mustStep(t, b)
	for range 69 {
		mustStep(t, a, b)
		c.pass(time.Second)
	}
	wantHeld(t, "1 0 ", a, b)
	c.pass(time.Second)
	mustStep(t, a, b)
	wantHeld(t, "1 1 ", a, b)
}

// TestHolder_StandsAside: who cannot work leaves the leases to whoever is alive, a
// newcomer takes none, and alone either keeps them.
func TestHolder_StandsAside(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	aside := map[string]bool{}
	worker := func(owner string) *scheduler.Holder {
		return scheduler.NewHolder(scheduler.HolderOptions{
			Leases: s, Owner: owner, Prefix: "part-", Names: scheduler.PartNames("part-", 6), Process: c.process,
			Aside: func() bool { return aside[owner] },
		})
	}
	a, b := worker("a"), worker("b")
	mustStep(t, a, b, a, b)
	wantHeld(t, "3 3 ", a, b)
	aside["a"] = true
	mustStep(t, a, b)
	wantHeld(t, "0 6 ", a, b)
	newcomer := worker("newcomer")
	aside["newcomer"] = true
	mustStep(t, newcomer, b, newcomer, a)
	wantHeld(t, "0 6 0 ", a, b, newcomer)
	aside["b"] = true
	for range 3 { // nobody can: who holds them keeps them
		mustStep(t, a, b, newcomer)
		wantHeld(t, "0 6 0 ", a, b, newcomer)
	}
	aside["a"] = false
	mustStep(t, a, b, a)
	wantHeld(t, "6 0 0 ", a, b, newcomer)
	aside["b"], aside["newcomer"] = false, false
	mustStep(t, b, newcomer, a, b, newcomer)
	wantHeld(t, "2 2 2 ", a, b, newcomer)
	aside["a"], aside["b"], aside["newcomer"] = true, true, true
	mustStep(t, a, b, newcomer, a, b, newcomer)
	if got := held(a, b, newcomer); got == "0 0 0 " {
		t.Error("nobody holds anything where all stand aside")
	}
}

// TestHolder_AsideAlone keeps everything, and is ready once it can again.
func TestHolder_AsideAlone(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	aside := true
	a := scheduler.NewHolder(scheduler.HolderOptions{
		Leases: s, Owner: "a", Prefix: "part-", Names: scheduler.PartNames("part-", 4), Process: c.process,
		Aside: func() bool { return aside },
	})
	mustStep(t, a)
	wantHeld(t, "4 ", a)
	if _, there := s.leases["worker-a"]; there {
		t.Error("a worker that stands aside announces itself")
	}
	aside = false
	mustStep(t, a)
	wantHeld(t, "4 ", a)
	if _, there := s.leases["worker-a"]; !there || a.Held()[0].Fence() != 1 {
		t.Error("it is not announced again, or took its own leases anew")
	}
}

// TestHolder_Wakes lets a paused worker find its leases taken.
func TestHolder_Wakes(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a, b := holder(s, c, "a", 4), holder(s, c, "b", 4)
	mustStep(t, a, b, a, b)
	for range 40 {
		c.pass(time.Second)
		mustStep(t, b)
	}
	old := a.Held()
	mustStep(t, a, b, a)
	wantHeld(t, "2 2 ", a, b)
	for _, l := range old {
		if l.MayBegin() {
			t.Errorf("the lost lease of %s with fence %d still allows to begin", l.Name(), l.Fence())
		}
	}
}

func TestHolder_RenewsForHours(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a, b := holder(s, c, "a", 5), holder(s, c, "b", 5)
	mustStep(t, a, b, a, b)
	for range 2000 {
		c.pass(time.Second)
		mustStep(t, a, b)
		wantHeld(t, "3 2 ", a, b)
	}
	if got := s.leases["part-00"]; got.Fence != 1 || got.Beat < 150 || got.Beat > 202 {
		t.Errorf("lease = %+v, want one owner and a beat every 10 s", got)
	}
}

func TestHolder_StoreAway(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a := holder(s, c, "a", 4)
	mustStep(t, a)
	s.setAway(true)
	c.pass(scheduler.BeginWithin - time.Second)
	if err := a.Step(t.Context()); err == nil {
		t.Error("Step() = nil while the store is away")
	}
	wantHeld(t, "4 ", a)
	c.pass(time.Second)
	wantHeld(t, "0 ", a)
	s.setAway(false)
	mustStep(t, a)
	wantHeld(t, "4 ", a)
}

// TestHolder_ReplyLost takes leases again that it took without knowing.
func TestHolder_ReplyLost(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	a := holder(s, c, "a", 4)
	mustStep(t, a)
	if err := a.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := holder(s, c, "b", 4)
	s.loseReply = true
	if err := b.Step(t.Context()); err == nil {
		t.Error("Step() = nil, want the lost reply")
	}
	s.loseReply = true
	if err := b.Step(t.Context()); err == nil {
		t.Error("Step() = nil, want the lost reply")
	}
	wantHeld(t, "0 ", b)
	mustStep(t, b)
	wantHeld(t, "4 ", b)
	if got := b.Held()[0].Fence(); got != 3 {
		t.Errorf("fence = %d, want 3: one for each take", got)
	}
}

// TestHolder_NeverTwo steps, kills and stops workers at random: at no time may
// two begin work on the same part, and fences only rise.
func TestHolder_NeverTwo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, c := newStore(), newClock()
		const parts = 6
		var all []*scheduler.Holder
		fences, aside := map[int]int64{}, map[int]bool{}
		for range rapid.IntRange(1, 60).Draw(t, "moves") {
			switch rapid.IntRange(0, 10).Draw(t, "move") {
			case 0:
				n := len(all)
				all = append(all, scheduler.NewHolder(scheduler.HolderOptions{
					Leases: s, Owner: fmt.Sprint("w", n), Prefix: "part-", Names: scheduler.PartNames("part-", parts), Process: c.process,
					Aside: func() bool { return aside[n] },
				}))
			case 10:
				if len(all) > 0 {
					n := rapid.IntRange(0, len(all)-1).Draw(t, "aside")
					aside[n] = !aside[n]
				}
			case 1:
				c.pass(time.Duration(rapid.IntRange(1, 40).Draw(t, "pause")) * time.Second)
			case 2:
				s.loseReply = true
			case 3:
				if len(all) > 0 {
					_ = all[rapid.IntRange(0, len(all)-1).Draw(t, "released")].Release(t.Context()) // perhaps a lost reply
				}
			default:
				c.pass(time.Duration(rapid.IntRange(0, 3).Draw(t, "tick")) * time.Second)
				if len(all) > 0 {
					_ = all[rapid.IntRange(0, len(all)-1).Draw(t, "stepped")].Step(t.Context()) // perhaps a lost reply
				}
			}
			owners := map[int]int{}
			for i, h := range all {
				for _, l := range h.Held() {
					if !l.MayBegin() {
						continue
					}
					if other, twice := owners[l.Part()]; twice {
						t.Fatalf("workers %d and %d may begin work on part %d", other, i, l.Part())
					}
					owners[l.Part()] = i
					if l.Fence() < fences[l.Part()] {
						t.Fatalf("the fence of part %d fell to %d", l.Part(), l.Fence())
					}
					fences[l.Part()] = l.Fence()
				}
			}
		}
	})
}
