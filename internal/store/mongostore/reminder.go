package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/sunday-with-the-people/sunday/internal/reminder"
)

type rules struct{ c *collection[reminder.Rule] }

var _ reminder.Store = (*rules)(nil)

func newRules(d *db) *rules {
	c := newCollection[reminder.Rule](d.mongo, rulesName, d.ids)
	c.keyOf = func(r *reminder.Rule) bson.D { return where(is("owner", r.Owner)) }
	return &rules{c}
}

func (s *rules) Create(ctx context.Context, r *reminder.Rule) error { return s.c.create(ctx, r) }

func (s *rules) Get(ctx context.Context, id string) (reminder.Rule, error) { return s.c.get(ctx, id) }

func (s *rules) Update(ctx context.Context, id string, change func(*reminder.Rule) error) (reminder.Rule, error) {
	return s.c.update(ctx, id, change)
}

func (s *rules) ByOwner(ctx context.Context, owner string) ([]reminder.Rule, error) {
	return s.c.find(ctx, where(is("owner", owner)), ascending("_id"), 0)
}

func (s *rules) ByOwners(ctx context.Context, owners []string) ([]reminder.Rule, error) {
	if len(owners) == 0 {
		return nil, nil
	}
	return s.c.find(ctx, where(in("owner", owners)), ascending("_id"), 0)
}

func (s *rules) Dirty(ctx context.Context, limit int) ([]reminder.Rule, error) {
	return s.c.find(ctx, where(is("dirty", true)), ascending("_id"), limit)
}

func (s *rules) Clean(ctx context.Context, id string, planVer int64) (bool, error) {
	return s.c.clean(ctx, id, planVer)
}
