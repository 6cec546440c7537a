package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/reminder"
)

type ruleStore struct {
	*collection[reminder.Rule, *reminder.Rule]
}

var _ reminder.Store = ruleStore{}

func newRuleStore(s *Store) ruleStore {
	return ruleStore{newCollection(s, table[reminder.Rule]{
		name:    "rules",
		columns: []string{"owner"},
		values:  func(r *reminder.Rule) []any { return []any{r.Owner} },
	})}
}

func (s ruleStore) Create(ctx context.Context, r *reminder.Rule) error { return s.create(ctx, r) }

func (s ruleStore) Get(ctx context.Context, id string) (reminder.Rule, error) { return s.get(ctx, id) }

func (s ruleStore) Update(ctx context.Context, id string, change func(*reminder.Rule) error) (reminder.Rule, error) {
	return s.update(ctx, id, change)
}

func (s ruleStore) ByOwner(ctx context.Context, owner string) ([]reminder.Rule, error) {
	return s.where(ctx, "WHERE owner = ? ORDER BY id", owner)
}
