package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// insertGroup is how many documents an import sends in one command.
const insertGroup = 1000

type units struct{ c *collection[unit.Unit] }

var _ unit.Store = (*units)(nil)

func newUnits(d *db) *units {
	c := newCollection[unit.Unit](d.mongo, unitsName, d.ids)
	c.sortKey = func(u *unit.Unit) []byte { return u.SortKey }
	return &units{c}
}

func (s *units) Create(ctx context.Context, u *unit.Unit) error { return s.c.create(ctx, u) }

func (s *units) Get(ctx context.Context, id string) (unit.Unit, error) { return s.c.get(ctx, id) }

func (s *units) Update(ctx context.Context, id string, change func(*unit.Unit) error) (unit.Unit, error) {
	return s.c.update(ctx, id, change)
}

func (s *units) ByCode(ctx context.Context, code string) (unit.Unit, error) {
	if code == "" {
		return unit.Unit{}, record.ErrAbsent
	}
	return s.c.first(ctx, where(is("code", code)))
}

func (s *units) Page(ctx context.Context, f unit.Filter, r page.Request) (page.List[unit.Unit], error) {
	var filter bson.D
	if f.Parent != "" {
		filter = append(filter, is("parent", f.Parent))
	}
	if f.Ancestor != "" {
		filter = append(filter, is("ancestors", f.Ancestor))
	}
	if f.Kind != "" {
		filter = append(filter, is("kind", f.Kind))
	}
	if f.Prefix != "" {
		filter = append(filter, anyWord("words", f.Prefix))
	}
	if filter == nil {
		filter = bson.D{}
	}
	return pageOf(ctx, s.c.find, filter, []column{sortKeyColumn(), text("_id")}, r, func(u unit.Unit) page.Key {
		return key(string(u.SortKey), u.ID)
	})
}

// CreateMany tells a unit that is there from one whose code another unit has:
// the second is an error.
func (s *units) CreateMany(ctx context.Context, us []unit.Unit) error {
	for len(us) > 0 {
		group := us[:min(len(us), insertGroup)]
		us = us[len(group):]
		fresh, err := s.c.createMissing(ctx, group)
		if err != nil {
			return err
		}
		if err := s.checkThere(ctx, group, fresh); err != nil {
			return err
		}
	}
	return nil
}

func (s *units) checkThere(ctx context.Context, group []unit.Unit, fresh []bool) error {
	var ids []string
	for i, isNew := range fresh {
		if !isNew {
			ids = append(ids, group[i].ID)
		}
	}
	there, err := s.c.many(ctx, ids)
	if err == nil && len(there) < len(distinct(ids)) {
		return record.ErrExists
	}
	return err
}

func (s *units) Dirty(ctx context.Context, limit int) ([]unit.Unit, error) {
	return s.c.find(ctx, where(is("dirty", true)), ascending("_id"), limit)
}

func (s *units) Clean(ctx context.Context, id string, planVer int64) (bool, error) {
	return s.c.clean(ctx, id, planVer)
}
