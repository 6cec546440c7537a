package sqlitestore

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore/jsondoc"
)

type eventStore struct {
	*collection[event.Event, *event.Event]
}

var _ event.Store = eventStore{}

func newEventStore(s *Store) eventStore {
	t := table[event.Event]{
		name:    "events",
		parse:   jsondoc.Event,
		columns: []string{"part", "state", "end_at", "uncounted"},
		values: func(e *event.Event) []any {
			return []any{e.Part, string(e.State), int64(e.EndAt), e.Uncounted}
		},
		sides: []side[event.Event]{
			{"event_lists", []string{"list", "state", "start_at", "sort_key", "id"}, func(e *event.Event) [][]any {
				return sideRows(eventLists(e), string(e.State), int64(e.StartAt), bytesOf(e.SortKey), e.ID)
			}},
		},
	}
	return eventStore{newCollection(s, withDirt(t, func(e *event.Event) *record.Dirt { return &e.Dirt }))}
}

// The lists of event_lists.
const allEvents = "all"

func scopeList(unit string) string { return "scope:" + unit }
func unitList(unit string) string  { return "unit:" + unit }
func villageList(v string) string  { return "village:" + v }
func shortList(code string) string { return "short:" + code }

func eventLists(e *event.Event) []string {
	lists := []string{allEvents, unitList(e.Unit)}
	for _, unit := range e.Scope {
		lists = append(lists, scopeList(unit))
	}
	if e.Village != "" {
		lists = append(lists, villageList(e.Village))
	}
	if e.Short != "" {
		lists = append(lists, shortList(e.Short))
	}
	return lists
}

func (s eventStore) Create(ctx context.Context, e *event.Event) error { return s.create(ctx, e) }

func (s eventStore) Get(ctx context.Context, id string) (event.Event, error) { return s.get(ctx, id) }

func (s eventStore) Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error) {
	return s.update(ctx, id, change)
}

// listed is a row of event_lists.
type listed struct {
	start calendar.Instant
	name  []byte
	id    string
	ver   int64 // of the event, where it was asked for
}

func scanListed(rows *sql.Rows) (l listed, err error) { return l, rows.Scan(&l.start, &l.name, &l.id) }

func scanMarked(rows *sql.Rows) (l listed, err error) {
	return l, rows.Scan(&l.start, &l.name, &l.id, &l.ver)
}

func (s eventStore) Page(ctx context.Context, f event.Filter, r page.Request) (page.List[event.Event], error) {
	cut, err := s.listed(ctx, scanListed, "SELECT l.start_at, l.sort_key, l.id FROM event_lists l", f, r)
	if err != nil {
		return page.List[event.Event]{}, err
	}
	found, err := s.Many(ctx, idsOf(cut.Items))
	return page.List[event.Event]{Items: inOrder(cut.Items, found), Next: cut.Next}, err
}

func (s eventStore) Marks(ctx context.Context, f event.Filter, r page.Request) (page.List[event.Mark], error) {
	// CROSS keeps the order of the list: its rows come sorted, the events do not.
	cut, err := s.listed(ctx, scanMarked, "SELECT l.start_at, l.sort_key, l.id, e.ver FROM event_lists l CROSS JOIN events e ON e.id = l.id", f, r)
	if err != nil {
		return page.List[event.Mark]{}, err
	}
	marks := make([]event.Mark, len(cut.Items))
	for i, l := range cut.Items {
		marks[i] = event.Mark{ID: l.id, Ver: l.ver}
	}
	return page.List[event.Mark]{Items: marks, Next: cut.Next}, nil
}

func (s eventStore) Many(ctx context.Context, ids []string) ([]event.Event, error) {
	return s.many(ctx, ids)
}

// listed reads one range of an index per state, or one in all, and merges them.
func (s eventStore) listed(ctx context.Context, scan func(*sql.Rows) (listed, error), selected string, f event.Filter, r page.Request) (page.List[listed], error) {
	start, err := after(r.After, "ibt")
	if err != nil {
		return page.List[listed]{}, err
	}
	states := []event.State{""}
	if len(f.States) > 0 {
		states = slices.Compact(slices.Sorted(slices.Values(f.States)))
	}
	var rows []listed
	for _, state := range states {
		rest, args := rangeOf(f, state, start, r.Size()+1)
		found, err := list(ctx, s.Store, scan, selected+rest, args...)
		if err != nil {
			return page.List[listed]{}, err
		}
		rows = append(rows, found...)
	}
	slices.SortFunc(rows, func(a, b listed) int {
		return cmp.Or(cmp.Compare(a.start, b.start), bytes.Compare(a.name, b.name), cmp.Compare(a.id, b.id))
	})
	return page.Cut(rows, r.Size(), func(l listed) page.Key { return keyOf(decimal(l.start), string(l.name), l.id) }), nil
}

// rangeOf is what selects the rows of one state ("" for any) after the start.
func rangeOf(f event.Filter, state event.State, start []any, limit int) (string, []any) {
	list := allEvents
	switch {
	case f.Short != "":
		list = shortList(f.Short)
	case f.Village != "":
		list = villageList(f.Village)
	case f.Unit != "":
		list = unitList(f.Unit)
	case f.Scope != "":
		list = scopeList(f.Scope)
	}
	var where clause
	where.and("l.list = ?", list)
	if state != "" {
		where.and("l.state = ?", string(state))
	}
	if f.Unit != "" && f.Scope != "" {
		where.and("EXISTS (SELECT 1 FROM event_lists x WHERE x.list = ? AND x.state = l.state AND x.start_at = l.start_at AND x.sort_key = l.sort_key AND x.id = l.id)", scopeList(f.Scope))
	}
	if f.From != 0 && start == nil { // else the start is the narrower bound
		where.and("l.start_at >= ?", int64(f.From))
	}
	if f.Until != 0 {
		where.and("l.start_at < ?", int64(f.Until))
	}
	if start != nil {
		where.and("(l.start_at, l.sort_key, l.id) > (?, ?, ?)", start...)
	}
	where.args = append(where.args, limit)
	return " " + where.text + " ORDER BY l.start_at, l.sort_key, l.id LIMIT ?", where.args
}

func idsOf(rows []listed) []string {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.id
	}
	return ids
}

// inOrder puts what was read for the rows in their order. An event that moved
// meanwhile stays where its row was.
func inOrder(rows []listed, found []event.Event) []event.Event {
	place := make(map[string]int, len(rows))
	for i, row := range rows {
		place[row.id] = i
	}
	slices.SortFunc(found, func(a, b event.Event) int { return cmp.Compare(place[a.ID], place[b.ID]) })
	return found
}

func (s eventStore) DirtyParts(ctx context.Context) ([]int, error) { return s.dirtyParts(ctx) }

func (s eventStore) Dirty(ctx context.Context, part int, after string, limit int) ([]event.Event, error) {
	return s.where(ctx, "WHERE part = ? AND dirty = 1 AND id > ? ORDER BY id LIMIT ?", part, after, limit)
}

func (s eventStore) Clean(ctx context.Context, id string, planVer int64) (bool, error) {
	return s.clean(ctx, id, planVer)
}

func (s eventStore) Uncounted(ctx context.Context, limit int) ([]event.Event, error) {
	return s.where(ctx, "WHERE uncounted = 1 ORDER BY id LIMIT ?", limit)
}

func (s eventStore) Ended(ctx context.Context, state event.State, before calendar.Instant, k *page.Key, limit int) ([]event.Event, error) {
	start, err := after(k, "it")
	if err != nil {
		return nil, err
	}
	var where clause
	where.and("state = ?", string(state))
	where.and("end_at < ?", int64(before))
	if start != nil {
		where.and("(end_at, id) > (?, ?)", start...)
	}
	where.args = append(where.args, limit)
	return s.where(ctx, where.text+" ORDER BY end_at, id LIMIT ?", where.args...)
}
