package mongostore

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

type entries struct {
	c *collection[attendance.Entry]
}

var _ attendance.Store = (*entries)(nil)

func newAttendance(d *db) *entries {
	c := newCollection[attendance.Entry](d.mongo, attendanceName, d.ids)
	c.keyOf = func(e *attendance.Entry) bson.D { return where(is("part", e.Part)) }
	return &entries{c}
}

func (s *entries) Append(ctx context.Context, es []attendance.Entry) ([]bool, error) {
	return s.c.createMissing(ctx, es)
}

func (s *entries) Get(ctx context.Context, id string) (attendance.Entry, error) {
	return s.c.get(ctx, id)
}

func (s *entries) ByEvent(ctx context.Context, part int, event, after string, limit int) ([]attendance.Entry, error) {
	filter := where(is("part", part), is("event", event), above("_id", after))
	return s.c.find(ctx, filter, ascending("_id"), limit)
}

func (s *entries) Undone(ctx context.Context, part int, event, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	_, err := s.c.first(ctx, where(is("part", part), is("event", event), is("undoes", id)))
	if errors.Is(err, record.ErrAbsent) {
		return false, nil
	}
	return err == nil, err
}

func (s *entries) Dissolve(ctx context.Context, part int, event string) error {
	filter := where(is("part", part), is("event", event), above("registration", ""))
	_, err := s.c.col.UpdateMany(ctx, filter, where(unset("registration")))
	return translate(ctx, "dissolve", err)
}
