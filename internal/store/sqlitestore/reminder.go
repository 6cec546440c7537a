package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
)

type ruleStore struct {
	*collection[reminder.Rule, *reminder.Rule]
}

var _ reminder.Store = ruleStore{}

func newRuleStore(s *Store) ruleStore {
	t := table[reminder.Rule]{
		name:    "rules",
		columns: []string{"owner"},
		values:  func(r *reminder.Rule) []any { return []any{r.Owner} },
	}
	return ruleStore{newCollection(s, withDirt(t, func(r *reminder.Rule) *record.Dirt { return &r.Dirt }))}
}

func (s ruleStore) Create(ctx context.Context, r *reminder.Rule) error { return s.create(ctx, r) }

func (s ruleStore) Get(ctx context.Context, id string) (reminder.Rule, error) { return s.get(ctx, id) }

func (s ruleStore) Update(ctx context.Context, id string, change func(*reminder.Rule) error) (reminder.Rule, error) {
	return s.update(ctx, id, change)
}

func (s ruleStore) ByOwner(ctx context.Context, owner string) ([]reminder.Rule, error) {
	return s.where(ctx, "WHERE owner = ? ORDER BY id", owner)
}

func (s ruleStore) ByOwners(ctx context.Context, owners []string) ([]reminder.Rule, error) {
	if len(owners) == 0 {
		return nil, nil
	}
	return s.where(ctx, "WHERE owner IN (SELECT value FROM json_each(?)) ORDER BY id", jsonText(owners))
}

func (s ruleStore) Dirty(ctx context.Context, limit int) ([]reminder.Rule, error) {
	return s.where(ctx, "WHERE dirty = 1 ORDER BY id LIMIT ?", limit)
}

func (s ruleStore) Clean(ctx context.Context, id string, planVer int64) (bool, error) {
	return s.clean(ctx, id, planVer)
}
