package storetest

import (
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testEmulation(t *testing.T, set *store.Set) {
	t.Run("Facts", func(t *testing.T) { testFacts(t, set) })
	t.Run("Touched", func(t *testing.T) { testTouched(t, set) })

	years := 3000
	tables := documents[emulation.Table, *emulation.Table]{
		create: set.Emulation.CreateTable, get: set.Emulation.Table, update: set.Emulation.UpdateTable,
		fix: func(s *emulation.Table) {
			years++
			s.Year, s.Version = years, 1
		},
		text: func(s *emulation.Table) *string { return &s.Groups[0].ID },
	}
	t.Run("Table", tables.contract)
	t.Run("Tables", func(t *testing.T) {
		var want []string
		for version := range 3 {
			v := tables.make()
			v.Year, v.Version = 2026, version+1
			must(t, set.Emulation.CreateTable(t.Context(), &v))
			want = append(want, v.ID)
		}
		slices.Reverse(want)
		var got []string
		for _, v := range get[[]emulation.Table](t)(set.Emulation.Tables(t.Context(), 2026)) {
			got = append(got, v.ID)
		}
		diff(t, "versions, newest first", got, want)
	})

	cards := documents[emulation.Card, *emulation.Card]{
		create: set.Cards.CreateCard, get: set.Cards.Card, update: set.Cards.UpdateCard,
		text: func(c *emulation.Card) *string { return &c.Digest },
	}
	t.Run("Card", cards.contract)
	t.Run("PageCards", func(t *testing.T) { testCardPages(t, set) })
}

func testFacts(t *testing.T, set *store.Set) {
	ctx := t.Context()
	unit, event := newID(), newID()
	facts := make([]emulation.Fact, 5)
	for i := range facts {
		fill(&facts[i])
		facts[i].ID, facts[i].Unit, facts[i].Event, facts[i].Year, facts[i].At = newHash(), unit, event, 2026, now+1
	}
	facts[4].At = now
	facts[3].Year = 2025
	must(t, set.Emulation.PutFacts(ctx, facts[:2]))
	changed := slices.Clone(facts)
	changed[0].People = 7777
	must(t, set.Emulation.PutFacts(ctx, changed))
	must(t, set.Emulation.PutFacts(ctx, nil))

	slices.SortFunc(facts[:3], func(a, b emulation.Fact) int { return compare(a.ID, b.ID) })
	want := append([]emulation.Fact{facts[4]}, facts[:3]...)
	diff(t, "of a year, by at and id, never changed", get[[]emulation.Fact](t)(set.Emulation.Facts(ctx, unit, 2026, now+1)), want)
	diff(t, "up to the cut", get[[]emulation.Fact](t)(set.Emulation.Facts(ctx, unit, 2026, now)), want[:1])
	if got := get[[]emulation.Fact](t)(set.Emulation.FactsOf(ctx, event)); len(got) != 5 || got[0].ID != facts[4].ID {
		t.Errorf("FactsOf gives %d facts", len(got))
	}
}

// testTouched uses instants long after those of the other cases.
func testTouched(t *testing.T, set *store.Set) {
	ctx := t.Context()
	const since = calendar.Instant(now + 1<<54)
	a, b := newID(), newID()
	if a > b {
		a, b = b, a
	}
	var facts []emulation.Fact
	add := func(unit string, year int, at calendar.Instant) {
		var f emulation.Fact
		fill(&f)
		f.ID, f.Unit, f.Year, f.At = newHash(), unit, year, at
		facts = append(facts, f)
	}
	add(b, 2026, since)
	add(b, 2026, since+5)
	add(a, 2027, since+1)
	add(a, 2025, since+2)
	add(newID(), 2026, since-1)
	must(t, set.Emulation.PutFacts(ctx, facts))
	want := []emulation.UnitYear{{Unit: a, Year: 2025}, {Unit: a, Year: 2027}, {Unit: b, Year: 2026}}
	got := get[[]emulation.UnitYear](t)(set.Emulation.Touched(ctx, since, 9))
	got = slices.DeleteFunc(got, func(u emulation.UnitYear) bool { return u.Unit != a && u.Unit != b })
	diff(t, "each pair once, ordered", got, want)
}

func testCardPages(t *testing.T, set *store.Set) {
	ctx := t.Context()
	province, a, b := newID(), newID(), newID()
	if a > b {
		a, b = b, a
	}
	var all []string
	for _, period := range []string{"2026", "2026-11"} {
		for _, unit := range []string{a, b} {
			c := emulation.Card{Unit: unit, Scope: []string{unit, province}, Period: period, State: emulation.CardDraft}
			c.ID = newHash()
			must(t, set.Cards.CreateCard(ctx, &c))
			all = append(all, c.ID)
		}
	}
	read := func(f emulation.CardFilter, size int) []string {
		t.Helper()
		var ids []string
		walk(t, size, func(r page.Request) (page.List[emulation.Card], error) { return set.Cards.PageCards(ctx, f, r) },
			func(c emulation.Card) { ids = append(ids, c.ID) })
		return ids
	}
	for size := 1; size <= 5; size++ {
		diff(t, "by period, unit", read(emulation.CardFilter{Scope: province}, size), all)
		diff(t, "one period", read(emulation.CardFilter{Scope: province, Period: "2026-11"}, size), all[2:])
		diff(t, "one unit", read(emulation.CardFilter{Unit: b}, size), []string{all[1], all[3]})
		diff(t, "one unit in scope", read(emulation.CardFilter{Unit: b, Scope: province, Period: "2026"}, size), all[1:2])
	}
	diff(t, "out of scope", read(emulation.CardFilter{Unit: b, Scope: a}, 2), []string(nil))
}
