package storetest

import (
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

func testUnits(t *testing.T, set *store.Set) {
	d := documents[unit.Unit, *unit.Unit]{
		create: set.Units.Create, get: set.Units.Get, update: set.Units.Update,
		fix: func(u *unit.Unit) {
			u.Code = newHash()
			u.Parent = newID()
			u.Ancestors = []string{u.Parent}
			u.Dirt = record.Dirt{}
		},
		text: func(u *unit.Unit) *string { return &u.Line },
	}
	d.contract(t)
	t.Run("Dirty", func(t *testing.T) {
		testDirt(t, dirt[unit.Unit, *unit.Unit]{
			documents: d, of: func(u *unit.Unit) *record.Dirt { return &u.Dirt },
			dirty: func(*unit.Unit) ([]unit.Unit, error) { return set.Units.Dirty(t.Context(), 1000) },
			clean: set.Units.Clean,
		})
	})

	t.Run("Code", func(t *testing.T) {
		u := unitNamed("Đà Lạt", newID())
		u.Code = newHash()
		must(t, set.Units.Create(t.Context(), &u))
		diff(t, "ByCode", get[unit.Unit](t)(set.Units.ByCode(t.Context(), u.Code)), u)
		other := unitNamed("Bảo Lộc", newID())
		other.Code = u.Code
		wantErr(t, set.Units.Create(t.Context(), &other), record.ErrExists)
		_, err := set.Units.ByCode(t.Context(), newHash())
		wantErr(t, err, record.ErrAbsent)
		_, err = set.Units.ByCode(t.Context(), "")
		wantErr(t, err, record.ErrAbsent)
	})
	t.Run("Page", func(t *testing.T) { testUnitPages(t, set) })
	t.Run("Moves", func(t *testing.T) { testUnitMoves(t, set) })
	t.Run("CreateMany", func(t *testing.T) {
		province := newID()
		us := []unit.Unit{unitNamed("Xã Một", province), unitNamed("Xã Hai", province)}
		must(t, set.Units.CreateMany(t.Context(), us[:1]))
		must(t, set.Units.CreateMany(t.Context(), us))
		got := unitNames(t, set, unit.Filter{Parent: province}, 10)
		diff(t, "children", got, []string{"Xã Hai", "Xã Một"})
	})
}

func unitNamed(name, parent string) unit.Unit {
	return unit.Unit{
		Head: record.Head{ID: newID()}, Kind: unit.Commune, Parent: parent, Ancestors: []string{parent},
		Names: map[string]string{"vi": name}, Words: text.Words(name), SortKey: text.SortKey(name), Zone: "Asia/Ho_Chi_Minh",
	}
}

// unitNames walks all pages of the given size.
func unitNames(t *testing.T, set *store.Set, f unit.Filter, size int) []string {
	t.Helper()
	var names []string
	walk(t, size, func(r page.Request) (page.List[unit.Unit], error) { return set.Units.Page(t.Context(), f, r) },
		func(u unit.Unit) { names = append(names, u.Names["vi"]) })
	return names
}

func testUnitPages(t *testing.T, set *store.Set) {
	province := newID()
	sorted := []string{"Ba Gia", "Dran", "Đạ Huoai", "Đà Lạt", "Đạ Tẻh", "Lạc Dương", "Lang Biang"}
	for _, name := range []string{"Đạ Tẻh", "Lang Biang", "Ba Gia", "Đà Lạt", "Lạc Dương", "Dran", "Đạ Huoai"} {
		u := unitNamed(name, province)
		if strings.HasPrefix(name, "L") {
			u.Kind = unit.Ward
		}
		must(t, set.Units.Create(t.Context(), &u))
	}
	for size := 1; size <= 8; size++ {
		got := unitNames(t, set, unit.Filter{Parent: province}, size)
		if size == 1 {
			sorted = inOrder(t, sorted, got)
		}
		diff(t, "children by name", got, sorted)
	}
	diff(t, "subtree", unitNames(t, set, unit.Filter{Ancestor: province}, 3), sorted)
	diff(t, "kind", unitNames(t, set, unit.Filter{Ancestor: province, Kind: unit.Ward}, 1), []string{"Lạc Dương", "Lang Biang"})
	da := unitNames(t, set, unit.Filter{Parent: province, Prefix: "da"}, 2)
	diff(t, "prefix without accents", da, []string{"Đạ Huoai", "Đà Lạt", "Đạ Tẻh"})
	diff(t, "prefix of a later word", unitNames(t, set, unit.Filter{Ancestor: province, Prefix: "hu"}, 2), []string{"Đạ Huoai"})
	diff(t, "nobody", unitNames(t, set, unit.Filter{Parent: newID()}, 2), []string(nil))
	_, err := set.Units.Page(t.Context(), unit.Filter{Parent: province}, page.Request{After: &page.Key{Values: []string{"x"}}})
	wantErr(t, err, page.ErrCursor)
}

// inOrder checks that got has the same names, ordered by their sort keys.
func inOrder(t *testing.T, want, got []string) []string {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d of %d: %q", len(got), len(want), got)
	}
	for i := 1; i < len(got); i++ {
		if string(text.SortKey(got[i-1])) > string(text.SortKey(got[i])) {
			t.Errorf("%q stands before %q", got[i-1], got[i])
		}
	}
	return got
}

// testUnitMoves changes what lists look at: old places are left.
func testUnitMoves(t *testing.T, set *store.Set) {
	old, next := newID(), newID()
	u := unitNamed("Xã Cũ", old)
	must(t, set.Units.Create(t.Context(), &u))
	moved := unitNamed("Phường Mới", next)
	get[unit.Unit](t)(set.Units.Update(t.Context(), u.ID, func(u *unit.Unit) error {
		u.Parent, u.Ancestors = next, moved.Ancestors
		u.Names, u.Words, u.SortKey = moved.Names, moved.Words, moved.SortKey
		return nil
	}))
	diff(t, "old parent", unitNames(t, set, unit.Filter{Parent: old}, 5), []string(nil))
	diff(t, "old ancestor", unitNames(t, set, unit.Filter{Ancestor: old}, 5), []string(nil))
	diff(t, "old word", unitNames(t, set, unit.Filter{Ancestor: next, Prefix: "cu"}, 5), []string(nil))
	diff(t, "new word", unitNames(t, set, unit.Filter{Ancestor: next, Prefix: "phuong"}, 5), []string{"Phường Mới"})
}
