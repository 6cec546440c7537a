package storetest

import (
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testRules(t *testing.T, set *store.Set) {
	d := documents[reminder.Rule, *reminder.Rule]{
		create: set.Rules.Create, get: set.Rules.Get, update: set.Rules.Update,
		fix:  func(r *reminder.Rule) { r.Owner, r.Dirt = newID(), record.Dirt{} },
		text: func(r *reminder.Rule) *string { return &r.At },
	}
	d.contract(t)
	t.Run("Dirty", func(t *testing.T) {
		testDirt(t, dirt[reminder.Rule, *reminder.Rule]{
			documents: d, of: func(r *reminder.Rule) *record.Dirt { return &r.Dirt },
			dirty: func(*reminder.Rule) ([]reminder.Rule, error) { return set.Rules.Dirty(t.Context(), 1000) },
			clean: set.Rules.Clean,
		})
	})
	t.Run("ByOwner", func(t *testing.T) {
		owner := newID()
		var want []string
		for i := range 3 {
			r := d.make()
			r.Owner, r.Removed = owner, i == 1
			must(t, set.Rules.Create(t.Context(), &r))
			want = append(want, r.ID)
		}
		slices.Sort(want)
		var got []string
		for _, r := range get[[]reminder.Rule](t)(set.Rules.ByOwner(t.Context(), owner)) {
			got = append(got, r.ID)
		}
		diff(t, "removed ones too, by id", got, want)
	})
	t.Run("ByOwners", func(t *testing.T) {
		var owners, want []string
		for range 3 {
			r := d.make()
			must(t, set.Rules.Create(t.Context(), &r))
			owners, want = append(owners, r.Owner), append(want, r.ID)
		}
		want = slices.Sorted(slices.Values(want[:2]))
		var got []string
		for _, r := range get[[]reminder.Rule](t)(set.Rules.ByOwners(t.Context(), append(owners[:2:2], newID()))) {
			got = append(got, r.ID)
		}
		diff(t, "those of the owners, by id", got, want)
		diff(t, "of nobody", get[[]reminder.Rule](t)(set.Rules.ByOwners(t.Context(), nil)), []reminder.Rule(nil))
	})
}
