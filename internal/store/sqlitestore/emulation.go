package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

type emulationStore struct {
	*Store
	tables *collection[emulation.Table, *emulation.Table]
}

var _ emulation.Store = emulationStore{}

func newEmulationStore(s *Store) emulationStore {
	return emulationStore{s, newCollection(s, table[emulation.Table]{
		name:    "score_tables",
		columns: []string{"year", "version"},
		values:  func(t *emulation.Table) []any { return []any{t.Year, t.Version} },
	})}
}

func (s emulationStore) PutFacts(ctx context.Context, fs []emulation.Fact) error {
	rows := make([][]any, len(fs))
	for i, f := range fs {
		doc, err := json.Marshal(f)
		if err != nil {
			return err
		}
		rows[i] = []any{f.ID, f.Unit, f.Year, f.Event, int64(f.At), string(doc)}
	}
	return s.insertAll(ctx, "INSERT INTO count_facts (id, unit, year, event, at, doc) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)
}

// insertAll runs one statement for every row, in one commit.
func (s *Store) insertAll(ctx context.Context, text string, rows [][]any) error {
	return s.write(ctx, func(s *session) error {
		for _, row := range rows {
			if _, err := s.exec(text, row...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s emulationStore) Facts(ctx context.Context, unit string, year int, cut calendar.Instant) ([]emulation.Fact, error) {
	return list(ctx, s.Store, scanDoc[emulation.Fact],
		"SELECT doc FROM count_facts WHERE unit = ? AND year = ? AND at <= ? ORDER BY at, id", unit, year, int64(cut))
}

func (s emulationStore) FactsOf(ctx context.Context, event string) ([]emulation.Fact, error) {
	return list(ctx, s.Store, scanDoc[emulation.Fact],
		"SELECT doc FROM count_facts WHERE event = ? ORDER BY at, id", event)
}

func (s emulationStore) CreateTable(ctx context.Context, t *emulation.Table) error {
	return s.tables.create(ctx, t)
}

func (s emulationStore) Table(ctx context.Context, id string) (emulation.Table, error) {
	return s.tables.get(ctx, id)
}

func (s emulationStore) Tables(ctx context.Context, year int) ([]emulation.Table, error) {
	return s.tables.where(ctx, "WHERE year = ? ORDER BY version DESC", year)
}

func (s emulationStore) UpdateTable(ctx context.Context, id string, change func(*emulation.Table) error) (emulation.Table, error) {
	return s.tables.update(ctx, id, change)
}

func (s emulationStore) Touched(ctx context.Context, since calendar.Instant, limit int) ([]emulation.UnitYear, error) {
	scan := func(rows *sql.Rows) (emulation.UnitYear, error) {
		var u emulation.UnitYear
		err := rows.Scan(&u.Unit, &u.Year)
		return u, err
	}
	return list(ctx, s.Store, scan,
		"SELECT DISTINCT unit, year FROM count_facts WHERE at >= ? ORDER BY unit, year LIMIT ?", int64(since), limit)
}

type cardStore struct {
	*collection[emulation.Card, *emulation.Card]
}

var _ emulation.Cards = cardStore{}

func newCardStore(s *Store) cardStore {
	return cardStore{newCollection(s, table[emulation.Card]{
		name: "cards",
		sides: []side[emulation.Card]{
			{"card_lists", []string{"list", "period", "unit", "id"}, func(c *emulation.Card) [][]any {
				lists := []string{unitList(c.Unit)}
				for _, unit := range c.Scope {
					lists = append(lists, scopeList(unit))
				}
				return sideRows(lists, c.Period, c.Unit, c.ID)
			}},
		},
	})}
}

func (s cardStore) CreateCard(ctx context.Context, c *emulation.Card) error { return s.create(ctx, c) }

func (s cardStore) Card(ctx context.Context, id string) (emulation.Card, error) {
	return s.get(ctx, id)
}

func (s cardStore) UpdateCard(ctx context.Context, id string, change func(*emulation.Card) error) (emulation.Card, error) {
	return s.update(ctx, id, change)
}

func (s cardStore) PageCards(ctx context.Context, f emulation.CardFilter, r page.Request) (page.List[emulation.Card], error) {
	start, err := after(r.After, "ttt")
	if err != nil {
		return page.List[emulation.Card]{}, err
	}
	var where clause
	if f.Unit != "" {
		where.and("l.list = ?", unitList(f.Unit))
	} else {
		where.and("l.list = ?", scopeList(f.Scope))
	}
	if f.Unit != "" && f.Scope != "" {
		where.and("EXISTS (SELECT 1 FROM card_lists x WHERE x.list = ? AND x.period = l.period AND x.unit = l.unit AND x.id = l.id)", scopeList(f.Scope))
	}
	if f.Period != "" {
		where.and("l.period = ?", f.Period)
	}
	switch {
	case start != nil && f.Period != "": // within the period, so that the index is entered at the start
		where.and("(l.unit, l.id) > (?, ?)", start[1:]...)
	case start != nil:
		where.and("(l.period, l.unit, l.id) > (?, ?, ?)", start...)
	}
	where.args = append(where.args, r.Size()+1)
	found, err := s.where(ctx, "JOIN card_lists l ON l.id = cards.id "+where.text+" ORDER BY l.period, l.unit, l.id LIMIT ?", where.args...)
	return page.Cut(found, r.Size(), func(c emulation.Card) page.Key { return keyOf(c.Period, c.Unit, c.ID) }), err
}
