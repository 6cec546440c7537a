package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
)

type attendanceStore struct {
	*collection[attendance.Entry, *attendance.Entry]
}

var _ attendance.Store = attendanceStore{}

func newAttendanceStore(s *Store) attendanceStore {
	return attendanceStore{newCollection(s, table[attendance.Entry]{
		name:    "attendance",
		columns: []string{"event", "undoes"},
		values:  func(e *attendance.Entry) []any { return []any{e.Event, e.Undoes} },
		kept:    []string{"registration"},
		keep:    func(e *attendance.Entry) []any { return []any{e.Registration} },
		strip:   func(e *attendance.Entry) { e.Registration = "" },
		scan:    func(e *attendance.Entry) []any { return []any{&e.Registration} },
	})}
}

func (s attendanceStore) Append(ctx context.Context, es []attendance.Entry) ([]bool, error) {
	ps := make([]*attendance.Entry, len(es))
	for i := range es {
		e := es[i]
		ps[i] = &e
	}
	return s.createAll(ctx, ps)
}

func (s attendanceStore) Get(ctx context.Context, id string) (attendance.Entry, error) {
	return s.get(ctx, id)
}

func (s attendanceStore) ByEvent(ctx context.Context, _ int, event, after string, limit int) ([]attendance.Entry, error) {
	return s.where(ctx, "WHERE event = ? AND id > ? ORDER BY id LIMIT ?", event, after, limit)
}

func (s attendanceStore) Undone(ctx context.Context, _ int, event, id string) (bool, error) {
	found, err := list(ctx, s.Store, column[int],
		"SELECT 1 FROM attendance WHERE event = ? AND undoes = ? AND undoes <> '' LIMIT 1", event, id)
	return len(found) > 0, err
}

func (s attendanceStore) Dissolve(ctx context.Context, _ int, event string) error {
	return s.erase(ctx, "UPDATE attendance SET registration = '' WHERE event = ? AND registration <> ''", event)
}
