package storetest

import (
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

func testAudit(t *testing.T, set *store.Set) {
	t.Run("Boxes", func(t *testing.T) { testBoxes(t, set) })
	t.Run("Append", func(t *testing.T) { testAuditPages(t, set) })
	t.Run("Seal", func(t *testing.T) { testSeal(t, set) })
	t.Run("Purge", func(t *testing.T) { testAuditPurge(t, set) })
}

func boxOf(t *testing.T, set *store.Set, id string) (audit.Box, bool) {
	t.Helper()
	boxes := get[[]audit.Box](t)(set.Audit.Boxes(t.Context(), 1000))
	i := slices.IndexFunc(boxes, func(b audit.Box) bool { return b.ID == id })
	if i < 0 {
		return audit.Box{}, false
	}
	return boxes[i], true
}

// testBoxes: what a relay has copied is removed, and nothing that came since.
func testBoxes(t *testing.T, set *store.Set) {
	ctx := t.Context()
	u := unitNamed("Xã Sổ", newID())
	first := record.Entry{Unit: u.ID, Thing: "unit:" + u.ID, Actor: "account:1", Act: "unit.create", Fields: []string{"names", "zone"}, At: now}
	u.Note(first)
	must(t, set.Units.Create(ctx, &u))
	quiet := unitNamed("Xã Im", newID())
	must(t, set.Units.Create(ctx, &quiet))
	if _, ok := boxOf(t, set, quiet.ID); ok {
		t.Error("a document with an empty outbox is listed")
	}
	box, ok := boxOf(t, set, u.ID)
	if !ok {
		t.Fatal("a document with an outbox is not listed")
	}
	first.Ver = 1
	diff(t, "box", box.Entries, []record.Entry{first})

	second := record.Entry{Unit: u.ID, Thing: "unit:" + u.ID, Actor: "account:2", Act: "unit.rename", At: now + 1}
	get[unit.Unit](t)(set.Units.Update(ctx, u.ID, func(u *unit.Unit) error {
		u.Note(second)
		return nil
	}))
	must(t, set.Audit.Empty(ctx, []audit.Box{box}))
	must(t, set.Audit.Empty(ctx, []audit.Box{box}))
	left, _ := boxOf(t, set, u.ID)
	second.Ver, second.N = 2, 1
	diff(t, "what came since", left.Entries, []record.Entry{second})

	must(t, set.Audit.Empty(ctx, []audit.Box{left}))
	if _, ok := boxOf(t, set, u.ID); ok {
		t.Error("an empty outbox is listed")
	}
	if got := get[unit.Unit](t)(set.Units.Get(ctx, u.ID)); got.Ver != 2 || len(got.Outbox) != 0 {
		t.Errorf("after Empty: ver %d, %d entries, want 2, none", got.Ver, len(got.Outbox))
	}
}

func linesOf(unit string, n int, at int64) []audit.Line {
	lines := make([]audit.Line, n)
	for i := range lines {
		thing := "event:a"
		if i%2 == 1 {
			thing = "event:b"
		}
		lines[i] = audit.Line{
			ID: id.Hash(unit, thing, string(rune('a'+i))), Salt: newHash(),
			Entry: record.Entry{Unit: unit, Thing: thing, Ver: int64(i), N: i % 3, Actor: "resident", Act: "x.y", Fields: []string{"z"}, At: at + int64(i/2)},
		}
	}
	slices.SortFunc(lines, func(a, b audit.Line) int {
		if a.At != b.At {
			return compare(a.At, b.At)
		}
		return compare(a.ID, b.ID)
	})
	return lines
}

func testAuditPages(t *testing.T, set *store.Set) {
	ctx := t.Context()
	unit := newID()
	lines := linesOf(unit, 7, now)
	must(t, set.Audit.Append(ctx, lines[:3]))
	changed := slices.Clone(lines)
	changed[0].Actor = "somebody else"
	must(t, set.Audit.Append(ctx, changed))

	newest := slices.Clone(lines)
	slices.Reverse(newest)
	read := func(f audit.Filter, size int) []audit.Line {
		t.Helper()
		var all []audit.Line
		walk(t, size, func(r page.Request) (page.List[audit.Line], error) { return set.Audit.Page(ctx, f, r) },
			func(l audit.Line) { all = append(all, l) })
		return all
	}
	for size := 1; size <= 8; size += 2 {
		diff(t, "newest first, as first appended", read(audit.Filter{Unit: unit}, size), newest)
	}
	only := func(keep func(audit.Line) bool) []audit.Line {
		return slices.DeleteFunc(slices.Clone(newest), func(l audit.Line) bool { return !keep(l) })
	}
	diff(t, "one thing", read(audit.Filter{Unit: unit, Thing: "event:b"}, 2), only(func(l audit.Line) bool { return l.Thing == "event:b" }))
	diff(t, "since and until", read(audit.Filter{Unit: unit, Since: now + 1, Until: now + 3}, 3),
		only(func(l audit.Line) bool { return l.At >= now+1 && l.At < now+3 }))
	diff(t, "another unit", read(audit.Filter{Unit: newID()}, 3), []audit.Line(nil))
}

func blockOf(unit string, seq int64, lines []audit.Line) audit.Block {
	b := audit.Block{ID: id.Hash(unit, string(rune('0'+seq))), Unit: unit, Seq: seq, Prev: "p", Hash: newHash(), At: now}
	for _, l := range lines {
		b.Lines = append(b.Lines, audit.Sealed{Line: l.ID, Hash: newHash()})
	}
	return b
}

func testSeal(t *testing.T, set *store.Set) {
	ctx := t.Context()
	unit := newID()
	_, err := set.Audit.LastBlock(ctx, unit)
	wantErr(t, err, record.ErrAbsent)
	lines := linesOf(unit, 5, now)
	must(t, set.Audit.Append(ctx, lines))
	waiting := func() bool {
		return slices.Contains(get[[]string](t)(set.Audit.UnsealedUnits(ctx, 1000)), unit)
	}
	if !waiting() {
		t.Error("a unit with unsealed lines is not listed")
	}
	diff(t, "unsealed, by at and id", get[[]audit.Line](t)(set.Audit.Unsealed(ctx, unit, 3)), lines[:3])

	one := blockOf(unit, 1, lines[:3])
	must(t, set.Audit.PutBlock(ctx, one))
	must(t, set.Audit.PutBlock(ctx, one))
	wantErr(t, set.Audit.PutBlock(ctx, blockOf(unit, 1, lines)), record.ErrExists)
	diff(t, "still unsealed", get[[]audit.Line](t)(set.Audit.Unsealed(ctx, unit, 9)), lines[3:])
	two := blockOf(unit, 2, lines[3:])
	must(t, set.Audit.PutBlock(ctx, two))
	if waiting() {
		t.Error("a unit whose lines are sealed is listed")
	}
	diff(t, "last", get[audit.Block](t)(set.Audit.LastBlock(ctx, unit)), two)
	diff(t, "chain", get[[]audit.Block](t)(set.Audit.Blocks(ctx, unit, 1, 9)), []audit.Block{one, two})
	diff(t, "from 2", get[[]audit.Block](t)(set.Audit.Blocks(ctx, unit, 2, 9)), []audit.Block{two})
	sealed := get[page.List[audit.Line]](t)(set.Audit.Page(ctx, audit.Filter{Unit: unit}, page.Request{})).Items
	if n := sealed[0].Block; n != 2 {
		t.Errorf("the newest line is in block %d, want 2", n)
	}
}

// testAuditPurge uses instants long before those of the other cases.
func testAuditPurge(t *testing.T, set *store.Set) {
	ctx := t.Context()
	unit := newID()
	lines := linesOf(unit, 6, 1000) // two lines each at 1000, 1001, 1002
	must(t, set.Audit.Append(ctx, lines))
	must(t, set.Audit.PutBlock(ctx, blockOf(unit, 1, lines)))
	for _, want := range []int{3, 1, 0} {
		if n := get[int](t)(set.Audit.Purge(ctx, 1002, 3)); n != want {
			t.Errorf("Purge removed %d, want %d", n, want)
		}
	}
	left := get[page.List[audit.Line]](t)(set.Audit.Page(ctx, audit.Filter{Unit: unit}, page.Request{})).Items
	if len(left) != 2 {
		t.Errorf("%d lines left, want 2", len(left))
	}
	if b := get[audit.Block](t)(set.Audit.LastBlock(ctx, unit)); len(b.Lines) != 6 {
		t.Errorf("the block keeps %d hashes, want 6", len(b.Lines))
	}
}
