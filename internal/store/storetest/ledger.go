package storetest

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func testLedger(t *testing.T, set *store.Set) {
	// The first of all: it looks at whole parts, in which others begin something.
	t.Run("BegunParts", func(t *testing.T) { testBegunParts(t, set) })
	t.Run("Insert", func(t *testing.T) { testInsert(t, set) })
	t.Run("Change", func(t *testing.T) { testChange(t, set) })
	t.Run("Due", func(t *testing.T) { testDue(t, set) })
	t.Run("DueParts", func(t *testing.T) { testDueParts(t, set) })
	t.Run("NextDue", func(t *testing.T) { testNextDue(t, set) })
	t.Run("Mark", func(t *testing.T) { testMark(t, set) })
	t.Run("TwoWorkers", func(t *testing.T) { testTwoMarks(t, set, set) })
	t.Run("GiveBack", func(t *testing.T) { testGiveBack(t, set) })
	t.Run("Settle", func(t *testing.T) { testSettle(t, set) })
	t.Run("SettleBeatsSweep", func(t *testing.T) { testSettleBeatsSweep(t, set) })
	t.Run("LateAnswer", func(t *testing.T) { testLateAnswer(t, set) })
	t.Run("Sweep", func(t *testing.T) { testSweep(t, set) })
	t.Run("Bind", func(t *testing.T) { testBind(t, set) })
	t.Run("Handed", func(t *testing.T) { testHanded(t, set) })
	t.Run("HandedMoves", func(t *testing.T) { testHandedMoves(t, set) })
	t.Run("InsertApart", func(t *testing.T) { testInsertApart(t, set) })
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
	return get[[]notifications.Row](t)(set.Ledger.Mark(t.Context(), o.part, rows, m))
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
	const heldUnit = "held"
	o := newOccurrence()
	rows := o.insert(t, set, 12, func(i int, r *notifications.Row) {
		r.Due = notifications.Millis(now - 3 + i/2)
		r.Group = fmt.Sprint("g", i%3)
		if i%4 == 3 {
			r.Unit = heldUnit
		}
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

	outside := func(limit int, units ...string) []notifications.Row {
		t.Helper()
		return get[[]notifications.Row](t)(set.Ledger.DueOutside(t.Context(), o.part, o.lane(), now, units, limit))
	}
	held := slices.DeleteFunc(slices.Clone(want), func(r notifications.Row) bool { return r.Unit == heldUnit })
	diff(t, "due, but for a unit", outside(100, heldUnit, "of nobody"), held)
	diff(t, "the first of those", outside(1, heldUnit), held[:1])
	diff(t, "due, but for other units", outside(100, "of nobody"), want)
}

func testDueParts(t *testing.T, set *store.Set) {
	o := newOccurrence()
	o.part = 1 + o.part%(notifications.Parts-2) // one has a neighbour on either side
	before, next := o.part-1, o.part+1
	o.insert(t, set, 5, func(i int, r *notifications.Row) {
		r.Part, r.Due = o.part, notifications.Millis(now+10*i)
		switch i {
		case 0:
			r.State = notifications.Sent
		case 1:
			r.Class = notifications.Urgent
		case 3:
			r.Part, r.Class = next, notifications.Reply
		case 4:
			r.Part = before
		}
	})
	for _, tt := range []struct {
		at       notifications.Millis
		in, want []int
	}{
		{now + 9, []int{before, o.part, next}, nil},            // what is sent is not due
		{now + 10, []int{before, o.part, next}, []int{o.part}}, // in any class
		{now + 10, []int{next}, nil},
		{now + 29, []int{next}, nil},
		{now + 30, []int{next}, []int{next}},
		{now + 39, []int{next, o.part}, []int{o.part, next}},
		{now + 40, []int{before, o.part, next}, []int{before, o.part, next}},
		{now + 40, []int{before, next}, []int{before, next}},
		{now + 40, nil, nil},
	} {
		got := get[[]int](t)(set.Ledger.DueParts(t.Context(), tt.in, o.id, tt.at))
		diff(t, fmt.Sprintf("parts of %v with rows due at %d", tt.in, tt.at-now), got, tt.want)
	}
	diff(t, "of another channel", get[[]int](t)(set.Ledger.DueParts(t.Context(), []int{before, o.part, next}, "another channel", now+99)), []int(nil))
}

func testBegunParts(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o, other, still := newOccurrence(), newOccurrence(), newOccurrence()
	all := []int{still.part, o.part, other.part}
	want := func(what string, parts ...int) {
		t.Helper()
		slices.Sort(parts)
		diff(t, what, get[[]int](t)(set.Ledger.BegunParts(ctx, all)), parts)
		diff(t, what+", and nobody asks", get[[]int](t)(set.Ledger.BegunParts(ctx, []int{still.part})), []int(nil))
	}
	still.insert(t, set, 3, func(i int, r *notifications.Row) {
		r.State = []notifications.State{notifications.Planned, notifications.Printed, notifications.Unknown}[i]
		r.Reason = notifications.ReasonLeft
	})
	rows := o.insert(t, set, 3, nil)
	more := other.insert(t, set, 1, nil)
	want("nothing has begun")
	diff(t, "of no parts", get[[]int](t)(set.Ledger.BegunParts(ctx, nil)), []int(nil))
	o.mark(t, set, "b1", 1, rows...)
	want("some are sending", o.part)
	other.mark(t, set, "b2", 1, more...)
	want("others too", o.part, other.part)
	ended := notifications.Result{ID: more[0].ID, Batch: "b2", State: notifications.Unknown, Reason: notifications.ReasonNoReply, At: now}
	must(t, set.Ledger.Settle(ctx, other.part, []notifications.Result{ended}))
	want("one has no reply", o.part, other.part)
	results := make([]notifications.Result, len(rows))
	for i, r := range rows {
		results[i] = notifications.Result{ID: r.ID, Batch: "b1", State: notifications.Sent, At: now}
	}
	must(t, set.Ledger.Settle(ctx, o.part, results))
	get[int](t)(set.Ledger.Sweep(ctx, other.part, notifications.Sweep{Now: now, MaxUnknowns: 2, Limit: 9}))
	o.stored(t, set) // what is sent is entered with what is read
	want("all have ended")
}

func testNextDue(t *testing.T, set *store.Set) {
	o := newOccurrence()
	o.part = 1 + o.part%(notifications.Parts-2)
	next := o.part + 1
	o.insert(t, set, 4, func(i int, r *notifications.Row) {
		r.Part, r.Due = o.part, notifications.Millis(now+10*i)
		switch i {
		case 1:
			r.State = notifications.Sent
		case 2:
			r.Class = notifications.Urgent
		case 3:
			r.Part, r.Class = next, notifications.Reply
		}
	})
	for _, tt := range []struct {
		in                 []int
		after, until, want notifications.Millis
	}{
		{[]int{o.part, next}, now - 1, now + 99, now},
		{[]int{o.part, next}, now, now + 99, now + 20}, // what was due is no news, nor is what is sent
		{[]int{o.part, next}, now, now + 20, now + 20},
		{[]int{o.part, next}, now, now + 19, 0},
		{[]int{next}, now, now + 99, now + 30},
		{[]int{o.part}, now + 20, now + 99, 0},
		{nil, now, now + 99, 0},
	} {
		got := get[notifications.Millis](t)(set.Ledger.NextDue(t.Context(), tt.in, o.id, tt.after, tt.until))
		diff(t, fmt.Sprintf("next due of %v after %d until %d", tt.in, tt.after-now, tt.until-now), got, tt.want)
	}
	diff(t, "of another channel", get[notifications.Millis](t)(set.Ledger.NextDue(t.Context(), []int{o.part, next}, "another channel", now-1, now+99)), notifications.Millis(0))
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
