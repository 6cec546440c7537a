package sqlitestore

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

type unitStore struct {
	*collection[unit.Unit, *unit.Unit]
}

var _ unit.Store = unitStore{}

func newUnitStore(s *Store) unitStore {
	t := table[unit.Unit]{
		name:    "units",
		columns: []string{"parent", "kind", "code", "sort_key"},
		values: func(u *unit.Unit) []any {
			return []any{u.Parent, string(u.Kind), u.Code, bytesOf(u.SortKey)}
		},
		sides: []side[unit.Unit]{
			{"unit_ancestors", []string{"ancestor", "sort_key", "id"}, func(u *unit.Unit) [][]any {
				return sideRows(u.Ancestors, bytesOf(u.SortKey), u.ID)
			}},
			{"unit_words", []string{"word", "sort_key", "id"}, func(u *unit.Unit) [][]any {
				return sideRows(u.Words, bytesOf(u.SortKey), u.ID)
			}},
		},
	}
	return unitStore{newCollection(s, withDirt(t, func(u *unit.Unit) *record.Dirt { return &u.Dirt }))}
}

// sideRows is one row per key, each once, followed by the same rest.
func sideRows(keys []string, rest ...any) [][]any {
	var rows [][]any
	for i, k := range keys {
		if !slices.Contains(keys[:i], k) {
			rows = append(rows, append([]any{k}, rest...))
		}
	}
	return rows
}

func (s unitStore) Create(ctx context.Context, u *unit.Unit) error { return s.create(ctx, u) }

func (s unitStore) CreateMany(ctx context.Context, us []unit.Unit) error {
	_, err := s.createMany(ctx, us)
	return err
}

func (s unitStore) Get(ctx context.Context, id string) (unit.Unit, error) { return s.get(ctx, id) }

func (s unitStore) Update(ctx context.Context, id string, change func(*unit.Unit) error) (unit.Unit, error) {
	return s.update(ctx, id, change)
}

func (s unitStore) ByCode(ctx context.Context, code string) (unit.Unit, error) {
	return one(ctx, s.Store, s.decoder(), s.selectFrom+"WHERE code = ? AND code <> ''", code)
}

// Page walks the index of the narrowest part of the filter: the parent's
// children, the ancestor's subtree, the words with the prefix, or all.
func (s unitStore) Page(ctx context.Context, f unit.Filter, r page.Request) (page.List[unit.Unit], error) {
	start, err := after(r.After, "bt")
	if err != nil {
		return page.List[unit.Unit]{}, err
	}
	from, key := "", "units."
	var where clause
	switch {
	case f.Parent != "":
		where.and("units.parent = ?", f.Parent)
	case f.Ancestor != "":
		from, key = "JOIN unit_ancestors a ON a.id = units.id ", "a."
		where.and("a.ancestor = ?", f.Ancestor)
	}
	if f.Prefix != "" {
		condition, args := prefixed("units.id IN (SELECT id FROM unit_words WHERE ", f.Prefix)
		where.and(condition+")", args...)
	}
	if f.Kind != "" {
		where.and("units.kind = ?", string(f.Kind))
	}
	if f.Parent != "" && f.Ancestor != "" {
		where.and("EXISTS (SELECT 1 FROM unit_ancestors x WHERE x.ancestor = ? AND x.sort_key = units.sort_key AND x.id = units.id)", f.Ancestor)
	}
	if start != nil {
		where.and("("+key+"sort_key, "+key+"id) > (?, ?)", start...)
	}
	where.args = append(where.args, r.Size()+1)
	found, err := s.where(ctx, from+where.text+" ORDER BY "+key+"sort_key, "+key+"id LIMIT ?", where.args...)
	return page.Cut(found, r.Size(), func(u unit.Unit) page.Key {
		return keyOf(string(u.SortKey), u.ID)
	}), err
}

// prefixed is a condition on word: a range, so that the index serves.
func prefixed(text, prefix string) (string, []any) {
	if end := prefixEnd(prefix); end != "" {
		return text + "word >= ? AND word < ?", []any{prefix, end}
	}
	return text + "word >= ?", []any{prefix}
}

// prefixEnd is the least string above all that begin with the prefix, compared
// bytewise; "" if there is none.
func prefixEnd(prefix string) string {
	runes := []rune(prefix)
	for i, r := range slices.Backward(runes) {
		next := r + 1
		if next == 0xD800 {
			next = 0xE000 // surrogates are no characters
		}
		if next <= 0x10FFFF {
			return string(append(runes[:i:i], next))
		}
	}
	return ""
}

func (s unitStore) Dirty(ctx context.Context, limit int) ([]unit.Unit, error) {
	return s.where(ctx, "WHERE dirty = 1 ORDER BY id LIMIT ?", limit)
}

func (s unitStore) Clean(ctx context.Context, id string, planVer int64) (bool, error) {
	return s.clean(ctx, id, planVer)
}
