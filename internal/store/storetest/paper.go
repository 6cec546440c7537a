package storetest

import (
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

func testPaper(t *testing.T, set *store.Set) {
	t.Run("Waiting", func(t *testing.T) { testWaiting(t, set) })
	t.Run("Printed", func(t *testing.T) { testPrinted(t, set) })
	t.Run("Many", func(t *testing.T) { testMany(t, set) })
	t.Run("Overdue", func(t *testing.T) { testOverdue(t, set) })
}

func onPaper(r *notifications.Row, unit string) { r.Unit, r.Channel = unit, paper.Channel }

func testWaiting(t *testing.T, set *store.Set) {
	o, unit := newOccurrence(), newID()
	rows := o.insert(t, set, 12, func(i int, r *notifications.Row) {
		onPaper(r, unit)
		r.Due = notifications.Millis(now - 4 + i/3)
		switch i {
		case 0:
			r.State = notifications.Printed
		case 1:
			r.Class = notifications.Urgent
		case 2:
			r.Channel = "smtp"
		case 3:
			r.Unit = newID()
		}
	})
	want := slices.DeleteFunc(rows, func(r notifications.Row) bool {
		return r.State != notifications.Planned || r.Channel != paper.Channel || r.Class != notifications.Normal || r.Unit != unit || r.Due > now-2
	})
	slices.SortFunc(want, func(a, b notifications.Row) int {
		if c := compare(a.Due, b.Due); c != 0 {
			return c
		}
		return compare(a.ID, b.ID)
	})
	read := func(after paper.Place, limit int) []notifications.Row {
		t.Helper()
		return get[[]notifications.Row](t)(set.Paper.Waiting(t.Context(), unit, notifications.Normal, now-2, after, limit))
	}
	diff(t, "due on paper, by due and id", read(paper.Place{}, 100), want)
	var paged []notifications.Row
	for after := (paper.Place{}); len(paged) < len(want); {
		next := read(after, 2)
		if len(next) == 0 {
			break
		}
		paged = append(paged, next...)
		last := next[len(next)-1]
		after = paper.Place{Due: last.Due, ID: last.ID}
	}
	diff(t, "in pages of two", paged, want)
}

func testPrinted(t *testing.T, set *store.Set) {
	o, unit := newOccurrence(), newID()
	rows := o.insert(t, set, 8, func(i int, r *notifications.Row) {
		onPaper(r, unit)
		if r.State = notifications.Printed; i == 3 {
			r.State = notifications.Planned
		}
		if i == 4 {
			r.Unit = newID()
		}
	})
	want := slices.DeleteFunc(rows, func(r notifications.Row) bool { return r.State != notifications.Printed || r.Unit != unit })
	slices.SortFunc(want, func(a, b notifications.Row) int { return compare(a.ID, b.ID) })
	read := func(after string, limit int) []notifications.Row {
		t.Helper()
		return get[[]notifications.Row](t)(set.Paper.Printed(t.Context(), unit, after, limit))
	}
	diff(t, "printed, by id", read("", 100), want)
	diff(t, "the first two", read("", 2), want[:2])
	diff(t, "after them", read(want[1].ID, 2), want[2:4])
}

func testMany(t *testing.T, set *store.Set) {
	o := newOccurrence()
	rows := o.insert(t, set, 4, nil)
	slices.SortFunc(rows, func(a, b notifications.Row) int { return compare(a.ID, b.ID) })
	read := func(part int, ids ...string) []notifications.Row {
		t.Helper()
		return get[[]notifications.Row](t)(set.Paper.Many(t.Context(), part, ids))
	}
	diff(t, "by id", read(o.part, rows[2].ID, rows[0].ID, newHash()), []notifications.Row{rows[0], rows[2]})
	diff(t, "in another part", read((o.part+1)%notifications.Parts, rows[0].ID), []notifications.Row(nil))
	diff(t, "of none", read(o.part), []notifications.Row(nil))
}

// testOverdue: other cases have rows on paper in the same store; theirs are
// left out of the comparison.
func testOverdue(t *testing.T, set *store.Set) {
	for _, state := range []notifications.State{notifications.Printed, notifications.Planned} {
		o, unit := newOccurrence(), newID()
		rows := o.insert(t, set, 8, func(i int, r *notifications.Row) {
			onPaper(r, unit)
			r.State, r.Until = state, notifications.Millis(now-5000+i/2)
			switch i {
			case 0:
				r.State = notifications.Sent
			case 1:
				r.Until = 0 // for ever
			}
		})
		want := slices.DeleteFunc(rows, func(r notifications.Row) bool {
			return r.State != state || r.Until == 0 || r.Until >= now-5000+3
		})
		slices.SortFunc(want, func(a, b notifications.Row) int {
			if c := compare(a.Until, b.Until); c != 0 {
				return c
			}
			return compare(a.ID, b.ID)
		})
		got := get[[]notifications.Row](t)(set.Paper.Overdue(t.Context(), state, now-5000+3, 100))
		got = slices.DeleteFunc(got, func(r notifications.Row) bool { return r.Unit != unit })
		diff(t, "overdue "+string(state), got, want)
		first := get[[]notifications.Row](t)(set.Paper.Overdue(t.Context(), state, now-5000+3, 1))
		if len(first) != 1 {
			t.Errorf("Overdue of one gave %d", len(first))
		}
	}
}

func testSheets(t *testing.T, set *store.Set) {
	t.Run("Swap", func(t *testing.T) { testSheetSwap(t, set) })
	t.Run("List", func(t *testing.T) { testSheetList(t, set) })
	t.Run("Jobs", func(t *testing.T) { testSheetJobs(t, set) })
}

func newSheet(unit string) paper.Sheet {
	return paper.Sheet{
		ID: newID(), Ver: 1, Unit: unit, Class: notifications.Normal, Kind: paper.Calls, State: paper.Open, By: "account:a",
		At: now, Until: now + 1000, Lines: []paper.Line{{Number: 1, Row: newHash(), Part: 3, Gen: 2, Until: now + 1000}},
	}
}

func mustSheet(t *testing.T, set *store.Set, s paper.Sheet) paper.Sheet {
	t.Helper()
	if !get[bool](t)(set.Sheets.Insert(t.Context(), s)) {
		t.Fatal("a new sheet was there already")
	}
	return s
}

func testSheetSwap(t *testing.T, set *store.Set) {
	ctx := t.Context()
	var s paper.Sheet
	fill(&s)
	s.ID, s.Ver = newID(), 1
	mustSheet(t, set, s)
	again := s
	again.By = "another"
	if get[bool](t)(set.Sheets.Insert(ctx, again)) {
		t.Error("a sheet was stored twice")
	}
	read := func() paper.Sheet {
		t.Helper()
		got, found, err := set.Sheets.Get(ctx, s.ID)
		must(t, err)
		if !found {
			t.Fatal("the sheet is gone")
		}
		return got
	}
	diff(t, "every field is stored", read(), s)
	next := s
	next.State, next.Lines = paper.Closed, next.Lines[:1]
	if !get[bool](t)(set.Sheets.Swap(ctx, next)) {
		t.Error("Swap of the version there failed")
	}
	next.Ver++
	diff(t, "after Swap", read(), next)
	if get[bool](t)(set.Sheets.Swap(ctx, s)) {
		t.Error("Swap of an older version was applied")
	}
	diff(t, "after a missed Swap", read(), next)
	if _, found, err := set.Sheets.Get(ctx, newID()); found || err != nil {
		t.Errorf("Get of none = %v, %v", found, err)
	}
}

func testSheetList(t *testing.T, set *store.Set) {
	unit := newID()
	var all []paper.Sheet
	for i := range 5 {
		s := newSheet(unit)
		if s.Village = "v1"; i == 2 {
			s.Village = "v2"
		}
		if i == 3 {
			s.State, s.ClosedAt = paper.Closed, now
		}
		all = append(all, mustSheet(t, set, s))
	}
	mustSheet(t, set, newSheet(newID()))
	slices.SortFunc(all, func(a, b paper.Sheet) int { return compare(b.ID, a.ID) })
	list := func(f paper.Filter, below string, limit int) []paper.Sheet {
		t.Helper()
		f.Unit = unit
		return get[[]paper.Sheet](t)(set.Sheets.List(t.Context(), f, below, limit))
	}
	diff(t, "all, the newest first", list(paper.Filter{}, "", 100), all)
	diff(t, "below one", list(paper.Filter{}, all[1].ID, 2), all[2:4])
	open := slices.DeleteFunc(slices.Clone(all), func(s paper.Sheet) bool { return s.State == paper.Closed })
	diff(t, "open ones", list(paper.Filter{Open: true}, "", 100), open)
	mine := slices.DeleteFunc(open, func(s paper.Sheet) bool { return s.Village != "v1" })
	diff(t, "open ones of a village", list(paper.Filter{Open: true, Village: "v1"}, "", 100), mine)
}

func testSheetJobs(t *testing.T, set *store.Set) {
	ctx, unit := t.Context(), newID()
	over, pending, closed, later := newSheet(unit), newSheet(unit), newSheet(unit), newSheet(unit)
	over.Until, over.State = 100, paper.Making
	pending.Until, pending.Pending = 101, true
	closed.Until, closed.State, closed.ClosedAt = 50, paper.Closed, 60
	for _, s := range []paper.Sheet{over, pending, closed, later} {
		mustSheet(t, set, s)
	}
	diff(t, "over, by until", get[[]paper.Sheet](t)(set.Sheets.Over(ctx, 102, 100)), []paper.Sheet{over, pending})
	diff(t, "not yet over", get[[]paper.Sheet](t)(set.Sheets.Over(ctx, 101, 100)), []paper.Sheet{over})
	got := get[[]paper.Sheet](t)(set.Sheets.Pending(ctx, 100))
	got = slices.DeleteFunc(got, func(s paper.Sheet) bool { return s.Unit != unit })
	diff(t, "pending", got, []paper.Sheet{pending})
	for _, want := range []int{0, 1, 0} {
		before := notifications.Millis(61)
		if want == 0 {
			before = 60
		}
		if n := get[int](t)(set.Sheets.Purge(ctx, before, 10)); n != want {
			t.Errorf("Purge before %d took %d, want %d", before, n, want)
		}
	}
	if _, found, err := set.Sheets.Get(ctx, closed.ID); found || err != nil {
		t.Errorf("the purged sheet is there: %v, %v", found, err)
	}
}
