package storetest

import (
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testRules(t *testing.T, set *store.Set) {
	d := documents[reminder.Rule, *reminder.Rule]{
		create: set.Rules.Create, get: set.Rules.Get, update: set.Rules.Update,
		fix:  func(r *reminder.Rule) { r.Owner = newID() },
		text: func(r *reminder.Rule) *string { return &r.At },
	}
	d.contract(t)
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
}
