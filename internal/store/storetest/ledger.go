package storetest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func testLedger(t *testing.T, set *store.Set) {
	t.Run("Insert", func(t *testing.T) { testInsert(t, set) })
	t.Run("Change", func(t *testing.T) { testChange(t, set) })
	t.Run("Due", func(t *testing.T) { testDue(t, set) })
	t.Run("AnyDue", func(t *testing.T) { testAnyDue(t, set) })
	t.Run("Mark", func(t *testing.T) { testMark(t, set) })
	t.Run("TwoWorkers", func(t *testing.T) { testTwoMarks(t, set, set) })
	t.Run("GiveBack", func(t *testing.T) { testGiveBack(t, set) })
	t.Run("Settle", func(t *testing.T) { testSettle(t, set) })
	t.Run("SettleBeatsSweep", func(t *testing.T) { testSettleBeatsSweep(t, set) })
	t.Run("Sweep", func(t *testing.T) { testSweep(t, set) })
	t.Run("BySubject", func(t *testing.T) { testBySubject(t, set) })
}

// occurrence is one event's corner of the ledger.
type occurrence struct {
	id   string
	part int
}

var lastPart atomic.Int64

// newOccurrence takes one part after the other: a sweep or a mark sees all
// rows of its part, other cases' too.
func newOccurrence() occurrence {
	want := int(lastPart.Add(1) % id.Parts)
	for {
		if o := newID(); id.Part(o) == want {
			return occurrence{o, want}
		}
	}
}

// row makes a planned row for the n-th recipient. Each occurrence has a
// channel of its own, since others share its part.
func (o occurrence) row(n int) notifications.Row {
	r := notifications.Row{
		Part: o.part, Unit: "u",
		Key:  notifications.Key{Rule: "remind", Occurrence: o.id, Recipient: fmt.Sprintf("resident:%03d", n)},
		Lane: notifications.Lane{Class: notifications.Normal, Channel: o.id}, State: notifications.Planned,
		Due: now, Wish: now, Until: now + 1000, Gen: 1,
	}
	r.ID = r.Key.ID()
	r.Group = r.ID
	return r
}

func (o occurrence) lane() notifications.Lane {
	return notifications.Lane{Class: notifications.Normal, Channel: o.id}
}

// insert stores n planned rows and returns them ordered as Due does.
func (o occurrence) insert(t *testing.T, set *store.Set, n int, change func(int, *notifications.Row)) []notifications.Row {
	t.Helper()
	rows := make([]notifications.Row, n)
	for i := range rows {
		rows[i] = o.row(i)
		if change != nil {
			change(i, &rows[i])
		}
	}
	for _, fresh := range get[[]bool](t)(set.Ledger.Insert(t.Context(), rows)) {
		if !fresh {
			t.Fatal("a new row was there already")
		}
	}
	slices.SortFunc(rows, byDue)
	return rows
}

// byDue is the order of Due and Mark.
func byDue(a, b notifications.Row) int {
	if c := compare(a.Due, b.Due); c != 0 {
		return c
	}
	if c := compare(a.Group, b.Group); c != 0 {
		return c
	}
	return compare(a.ID, b.ID)
}

func (o occurrence) stored(t *testing.T, set *store.Set) map[string]notifications.Row {
	t.Helper()
	all := map[string]notifications.Row{}
	for _, r := range get[[]notifications.Row](t)(set.Ledger.BySubject(t.Context(), o.part, o.id, nil)) {
		all[r.ID] = r
	}
	return all
}

func (o occurrence) mark(t *testing.T, set *store.Set, batch string, fence int64, rows ...notifications.Row) []notifications.Row {
	t.Helper()
	m := notifications.Mark{Batch: batch, Fence: fence, Now: now, At: now + 5}
	return get[[]notifications.Row](t)(set.Ledger.Mark(t.Context(), o.part, rowIDs(rows), m))
}

func rowIDs(rows []notifications.Row) []string {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
}

func testInsert(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	// More than any statement's worth, and no round number.
	rows := make([]notifications.Row, 75)
	for i := range rows {
		fill(&rows[i])
		rows[i].Part, rows[i].Occurrence = o.part, o.id
		rows[i].Recipient = fmt.Sprintf("resident:%03d", i)
		rows[i].ID = rows[i].Key.ID()
	}
	fresh := get[[]bool](t)(set.Ledger.Insert(ctx, rows[:40]))
	if slices.Contains(fresh, false) || len(fresh) != 40 {
		t.Errorf("fresh of new rows = %v", fresh)
	}
	again := slices.Clone(rows)
	for i := range again {
		again[i].Due++
	}
	again = append(again, again[74]) // the same id twice in one call
	want := make([]bool, 76)
	for i := 40; i < 75; i++ {
		want[i] = true
	}
	diff(t, "fresh of old and new", get[[]bool](t)(set.Ledger.Insert(ctx, again)), want)
	diff(t, "of none", get[[]bool](t)(set.Ledger.Insert(ctx, nil)), []bool(nil))

	stored := o.stored(t, set)
	for i, r := range rows {
		if i >= 40 {
			r = again[i]
		}
		diff(t, "every field is stored, a duplicate changes nothing", stored[r.ID], r)
	}
}

func testChange(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	rows := o.insert(t, set, 4, nil)
	changes := make([]notifications.Change, 5)
	for i := range rows {
		next := rows[i]
		key, rowID := next.Key, next.ID
		fill(&next)
		next.Key, next.ID, next.Part, next.Gen = key, rowID, o.part, rows[i].Gen
		changes[i] = notifications.Change{SeenGen: rows[i].Gen, SeenState: rows[i].State, Row: next}
	}
	changes[1].SeenGen = 9
	changes[2].SeenState = notifications.Sent
	changes[4] = changes[0]
	changes[4].Row.ID = newHash()

	want := []bool{true, false, false, true, false}
	diff(t, "applied", get[[]bool](t)(set.Ledger.Change(ctx, changes)), want)
	diff(t, "applied once", get[[]bool](t)(set.Ledger.Change(ctx, changes)), make([]bool, 5))
	stored := o.stored(t, set)
	for i, r := range rows {
		if want[i] {
			r = changes[i].Row
			r.Gen++
		}
		diff(t, "after Change", stored[r.ID], r)
	}
	diff(t, "of none", get[[]bool](t)(set.Ledger.Change(ctx, nil)), []bool(nil))
}

func testDue(t *testing.T, set *store.Set) {
	o := newOccurrence()
	rows := o.insert(t, set, 12, func(i int, r *notifications.Row) {
		r.Due = notifications.Millis(now - 3 + i/2)
		r.Group = fmt.Sprint("g", i%3)
		switch i {
		case 0:
			r.State = notifications.Suppressed
		case 1:
			r.Class = notifications.Urgent
		case 2:
			r.Part = (o.part + 1) % notifications.Parts
		}
	})
	want := slices.DeleteFunc(rows, func(r notifications.Row) bool {
		return r.State != notifications.Planned || r.Lane != o.lane() || r.Part != o.part || r.Due > now
	})
	due := func(limit int) []notifications.Row {
		t.Helper()
		return get[[]notifications.Row](t)(set.Ledger.Due(t.Context(), o.part, o.lane(), now, limit))
	}
	diff(t, "due, by due, group, id", due(100), want)
	diff(t, "the first of them", due(2), want[:2])
}

func testAnyDue(t *testing.T, set *store.Set) {
	o := newOccurrence()
	next := (o.part + 1) % notifications.Parts
	o.insert(t, set, 4, func(i int, r *notifications.Row) {
		r.Due = notifications.Millis(now + 10*i)
		switch i {
		case 0:
			r.State = notifications.Sent
		case 1:
			r.Class = notifications.Urgent
		case 3:
			r.Part, r.Class = next, notifications.Reply
		}
	})
	for _, tt := range []struct {
		at   notifications.Millis
		in   []int
		want bool
	}{
		{now + 9, []int{o.part, next}, false}, // what is sent is not due
		{now + 10, []int{o.part, next}, true}, // in any class
		{now + 10, []int{next}, false},
		{now + 29, []int{next}, false},
		{now + 30, []int{next}, true},
		{now + 30, nil, false},
	} {
		if got := get[bool](t)(set.Ledger.AnyDue(t.Context(), tt.in, o.id, tt.at)); got != tt.want {
			t.Errorf("AnyDue in parts %v at %d = %v, want %v", tt.in, tt.at-now, got, tt.want)
		}
	}
	if get[bool](t)(set.Ledger.AnyDue(t.Context(), []int{o.part, next}, "another channel", now+99)) {
		t.Error("AnyDue found rows of another channel")
	}
}

func testMark(t *testing.T, set *store.Set) {
	o := newOccurrence()
	rows := o.insert(t, set, 6, func(i int, r *notifications.Row) {
		r.Due = notifications.Millis(now - i)
		switch i {
		case 4:
			r.Due = now + 1
		case 5:
			r.State = notifications.Expired
		}
	})
	all := append(slices.Clone(rows), o.row(99))
	var want []notifications.Row
	m := notifications.Mark{Batch: "b1", Fence: 3, Now: now, At: now + 5}
	for _, r := range rows {
		if r.State == notifications.Planned && r.Due <= now {
			want = append(want, r.Marked(m))
		}
	}
	diff(t, "what is planned and due", o.mark(t, set, "b1", 3, all...), want)
	diff(t, "the same batch again", o.mark(t, set, "b1", 3, all...), want)
	diff(t, "another batch", o.mark(t, set, "b2", 4, all...), []notifications.Row(nil))
	other := (o.part + 1) % notifications.Parts
	got := get[[]notifications.Row](t)(set.Ledger.Mark(t.Context(), other, rowIDs(all), notifications.Mark{Batch: "b3", Now: now + 9}))
	diff(t, "another part", got, []notifications.Row(nil))
	stored := o.stored(t, set)
	for _, r := range want {
		diff(t, "marked once", stored[r.ID], r)
	}
}

// testTwoMarks: of workers that mark the same rows at once, each row is one
// worker's.
func testTwoMarks(t *testing.T, a, b *store.Set) {
	const workers, each = 6, 40
	o := newOccurrence()
	rows := o.insert(t, a, each, nil)
	taken := make([][]notifications.Row, workers)
	var group sync.WaitGroup
	for w := range workers {
		set := []*store.Set{a, b}[w%2]
		group.Go(func() {
			m := notifications.Mark{Batch: fmt.Sprint("worker ", w), Fence: int64(w), Now: now, At: now}
			var err error
			taken[w], err = set.Ledger.Mark(t.Context(), o.part, rowIDs(rows), m)
			if err != nil {
				t.Errorf("Mark: %v", err)
			}
		})
	}
	group.Wait()
	owner := map[string]int{}
	for w, rows := range taken {
		for _, r := range rows {
			if other, twice := owner[r.ID]; twice {
				t.Errorf("workers %d and %d both have row %s", other, w, r.ID)
			}
			owner[r.ID] = w
		}
	}
	if len(owner) != each {
		t.Errorf("%d of %d rows were marked", len(owner), each)
	}
	for _, r := range o.stored(t, a) {
		if want := fmt.Sprint("worker ", owner[r.ID]); r.Batch != want || r.Gen != 2 {
			t.Errorf("row of %q, gen %d, want %q, 2", r.Batch, r.Gen, want)
		}
	}
}

func testGiveBack(t *testing.T, set *store.Set) {
	o := newOccurrence()
	rows := o.insert(t, set, 4, func(i int, r *notifications.Row) {
		r.WasUnknown, r.Error, r.Try = i == 1, "old", 2
		r.Wish = notifications.Millis(now - i*100)
		r.Due = r.Wish
	})
	marked := o.mark(t, set, "b", 1, rows...)
	backs := []notifications.Back{
		{ID: marked[0].ID, Batch: "b", NotBefore: now + 60, Reason: notifications.ReasonFactsMoved},
		{ID: marked[1].ID, Batch: "b", NotBefore: 5, Reason: notifications.ReasonBackoff, TryMore: true, Error: "451 later",
			Lane: notifications.Lane{Class: notifications.Urgent, Channel: "sms"}},
		{ID: marked[2].ID, Batch: "other", NotBefore: 7},
		{ID: newHash(), Batch: "b"},
	}
	want := map[string]notifications.Row{}
	for i, r := range marked {
		if i < 2 {
			r = r.GivenBack(backs[i])
		}
		want[r.ID] = r
	}
	must(t, set.Ledger.GiveBack(t.Context(), o.part, backs))
	diff(t, "given back", o.stored(t, set), want)
	must(t, set.Ledger.GiveBack(t.Context(), o.part, backs))
	diff(t, "given back again", o.stored(t, set), want)
}

func testSettle(t *testing.T, set *store.Set) {
	o := newOccurrence()
	results := []notifications.Result{
		{State: notifications.Sent, Contact: "hash", At: now + 9},
		{State: notifications.Dead, Reason: notifications.ReasonRefused, Error: "550 no", At: now + 9},
		{State: notifications.Unknown, Reason: notifications.ReasonNoReply, At: now + 9},
		{State: notifications.Unknown, Reason: notifications.ReasonLeft, At: now + 9},
		{State: notifications.Suppressed, Reason: notifications.ReasonOptedOut, At: now + 9},
		{State: notifications.Expired, Reason: notifications.ReasonLate, At: now + 9},
		{State: notifications.Sent, Batch: "other", At: now + 9},
	}
	rows := o.insert(t, set, len(results), func(_ int, r *notifications.Row) { r.Contact, r.Error = "old", "old" })
	marked := o.mark(t, set, "b", 1, rows...)
	want := map[string]notifications.Row{}
	for i, r := range marked {
		results[i].ID = r.ID
		if results[i].Batch == "" {
			results[i].Batch = "b"
			r = r.Settled(results[i])
		}
		want[r.ID] = r
	}
	must(t, set.Ledger.Settle(t.Context(), o.part, results))
	diff(t, "settled", o.stored(t, set), want)
	must(t, set.Ledger.Settle(t.Context(), o.part, nil))

	// A second answer: final rows stay, an unknown one takes what is known now.
	late := make([]notifications.Result, len(marked))
	for i, r := range marked {
		late[i] = notifications.Result{ID: r.ID, Batch: "b", State: notifications.Sent, At: now + 20}
		if stored := want[r.ID]; stored.CanSettle(late[i]) {
			want[r.ID] = stored.Settled(late[i])
		}
	}
	must(t, set.Ledger.Settle(t.Context(), o.part, late))
	diff(t, "a late answer", o.stored(t, set), want)
}

// testSettleBeatsSweep: a row that a sweep planned again takes the answer of
// its hand-over; one that was given back does not.
func testSettleBeatsSweep(t *testing.T, set *store.Set) {
	o := newOccurrence()
	rows := o.insert(t, set, 3, func(i int, r *notifications.Row) {
		r.Resend, r.Until = i != 2, now+1<<40
	})
	marked := o.mark(t, set, "b", 1, rows...)
	must(t, set.Ledger.GiveBack(t.Context(), o.part, []notifications.Back{{ID: marked[0].ID, Batch: "b", NotBefore: now}}))
	sweep := notifications.Sweep{FenceBelow: 2, Now: now + 50, RetryAfter: 100, MaxUnknowns: 2, Limit: 50}
	if n := get[int](t)(set.Ledger.Sweep(t.Context(), o.part, sweep)); n != 2 {
		t.Errorf("Sweep moved %d rows, want 2", n)
	}
	want := map[string]notifications.Row{}
	var results []notifications.Result
	for i, r := range marked {
		res := notifications.Result{ID: r.ID, Batch: "b", State: notifications.Sent, At: now + 60}
		results = append(results, res)
		if i == 0 {
			r = r.GivenBack(notifications.Back{NotBefore: now})
		} else {
			r = r.Swept(sweep).Settled(res)
		}
		want[r.ID] = r
	}
	must(t, set.Ledger.Settle(t.Context(), o.part, results))
	diff(t, "late answers", o.stored(t, set), want)
}

func testSweep(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	rows := o.insert(t, set, 8, func(i int, r *notifications.Row) {
		r.Resend = i%2 == 0
		r.Unknowns = i / 3
		r.WasUnknown = r.Unknowns > 0
		if r.Until = 0; i == 4 {
			r.Until = now + 60
		}
	})
	old := o.mark(t, set, "old", 1, rows[:4]...)
	young := o.mark(t, set, "young", 5, rows[4:7]...)
	silent := notifications.Result{ID: old[0].ID, Batch: "old", State: notifications.Unknown, Reason: notifications.ReasonNoReply, At: now}
	left := notifications.Result{ID: young[0].ID, Batch: "young", State: notifications.Unknown, Reason: notifications.ReasonLeft, At: now}
	must(t, set.Ledger.Settle(ctx, o.part, []notifications.Result{silent, left}))

	sweep := notifications.Sweep{FenceBelow: 5, SendingBefore: now + 5, Now: now + 50, RetryAfter: 1000, MaxUnknowns: 2, Limit: 3}
	model := o.stored(t, set)
	for _, want := range []int{3, 1, 0} {
		ids := make([]string, 0, len(model))
		for rowID, r := range model {
			if r.IsSwept(sweep) {
				ids = append(ids, rowID)
			}
		}
		slices.Sort(ids)
		for _, rowID := range ids[:min(len(ids), sweep.Limit)] {
			model[rowID] = model[rowID].Swept(sweep)
		}
		if n := get[int](t)(set.Ledger.Sweep(ctx, o.part, sweep)); n != want {
			t.Errorf("Sweep moved %d, want %d", n, want)
		}
		diff(t, "swept, by id", o.stored(t, set), model)
	}
	sweep.SendingBefore = now + 6 // marked at now + 5
	if n := get[int](t)(set.Ledger.Sweep(ctx, o.part, sweep)); n != 2 {
		t.Errorf("Sweep by age moved %d, want 2", n)
	}
}

func testBySubject(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	var want []notifications.Row
	for n := range 3 {
		for _, rule := range []string{"change", "remind"} {
			for round := range 2 {
				r := o.row(n)
				r.Rule, r.Round = rule, round
				r.ID = r.Key.ID()
				want = append(want, r)
			}
		}
	}
	shuffled := slices.Clone(want)
	slices.SortFunc(shuffled, func(a, b notifications.Row) int { return compare(a.ID, b.ID) })
	get[[]bool](t)(set.Ledger.Insert(ctx, shuffled))
	read := func(recipients []string) []notifications.Row {
		t.Helper()
		return get[[]notifications.Row](t)(set.Ledger.BySubject(ctx, o.part, o.id, recipients))
	}
	diff(t, "all, by recipient, rule, round", read(nil), want)
	diff(t, "of some", read([]string{"resident:002", "resident:000", "resident:999"}), append(slices.Clone(want[:4]), want[8:]...))
	diff(t, "of nobody", read([]string{}), []notifications.Row(nil))
	diff(t, "of another", get[[]notifications.Row](t)(set.Ledger.BySubject(ctx, o.part, newID(), nil)), []notifications.Row(nil))
}
