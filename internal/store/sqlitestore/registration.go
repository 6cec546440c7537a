package sqlitestore

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore/jsondoc"
)

type registrationStore struct {
	*collection[registration.Registration, *registration.Registration]
}

var _ registration.Store = registrationStore{}

func newRegistrationStore(s *Store) registrationStore {
	t := table[registration.Registration]{
		name:    "registrations",
		parse:   jsondoc.Registration,
		columns: []string{"part", "event", "resident", "state", "link_hash", "confirm_hash", "hold_until", "created_at", "slot", "party"},
		values: func(r *registration.Registration) []any {
			return []any{r.Part, r.Event, r.Resident, string(r.State), r.LinkHash, r.ConfirmHash, int64(r.HoldUntil), int64(r.CreatedAt), r.Slot, r.Party}
		},
	}
	return registrationStore{newCollection(s, withDirt(t, func(r *registration.Registration) *record.Dirt { return &r.Dirt }))}
}

func (s registrationStore) Create(ctx context.Context, r *registration.Registration) error {
	return s.create(ctx, r)
}

func (s registrationStore) Get(ctx context.Context, id string) (registration.Registration, error) {
	return s.get(ctx, id)
}

// Many looks the ids up within the event: neighbours there are neighbours in its
// part of that index, and lie anywhere in the index of all ids.
func (s registrationStore) Many(ctx context.Context, event string, ids []string) ([]registration.Registration, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return listInto(ctx, s.Store, make([]registration.Registration, 0, len(ids)), s.decoder(),
		s.selectFrom+"INDEXED BY registrations_event WHERE event = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id", event, jsonText(ids))
}

func (s registrationStore) Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error) {
	return s.update(ctx, id, change)
}

func (s registrationStore) ByLink(ctx context.Context, hash string) (registration.Registration, error) {
	return one(ctx, s.Store, s.decoder(), s.selectFrom+"WHERE link_hash = ? AND link_hash <> ''", hash)
}

func (s registrationStore) ByConfirm(ctx context.Context, hash string) (registration.Registration, error) {
	return one(ctx, s.Store, s.decoder(), s.selectFrom+"WHERE confirm_hash = ? AND confirm_hash <> ''", hash)
}

func (s registrationStore) ByResident(ctx context.Context, resident string, limit int) ([]registration.Registration, error) {
	return s.where(ctx, "WHERE resident = ? AND resident <> '' ORDER BY id LIMIT ?", resident, limit)
}

// Page reads one range of an index per state, or one in all, and merges them.
func (s registrationStore) Page(ctx context.Context, f registration.Filter, r page.Request) (page.List[registration.Registration], error) {
	start, err := after(r.After, "t")
	if err != nil {
		return page.List[registration.Registration]{}, err
	}
	states := []registration.State{""}
	if len(f.States) > 0 {
		states = slices.Compact(slices.Sorted(slices.Values(f.States)))
	}
	var all []registration.Registration
	for _, state := range states {
		var where clause
		where.and("event = ?", f.Event)
		if state != "" {
			where.and("state = ? || ''", string(state)) // see inLane
		}
		if start != nil {
			where.and("id > ?", start...)
		}
		where.args = append(where.args, r.Size()+1)
		found, err := s.where(ctx, where.text+" ORDER BY id LIMIT ?", where.args...)
		if err != nil {
			return page.List[registration.Registration]{}, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b registration.Registration) int { return cmp.Compare(a.ID, b.ID) })
	return page.Cut(all, r.Size(), func(v registration.Registration) page.Key { return keyOf(v.ID) }), nil
}

// Heads reads one index, and no registration.
func (s registrationStore) Heads(ctx context.Context, events []string, states []registration.State) ([]registration.Heads, error) {
	return list(ctx, s.Store, func(rows *sql.Rows) (registration.Heads, error) {
		var h registration.Heads
		err := rows.Scan(&h.Event, &h.Slot, &h.People)
		return h, err
	}, `SELECT event, slot, sum(party) FROM registrations INDEXED BY registrations_state
WHERE event IN (SELECT value FROM json_each(?)) AND state IN (SELECT value FROM json_each(?))
GROUP BY event, slot ORDER BY event, slot`, jsonText(events), jsonText(states))
}

func (s registrationStore) DirtyParts(ctx context.Context) ([]int, error) { return s.dirtyParts(ctx) }

func (s registrationStore) Dirty(ctx context.Context, part int, after registration.DirtyKey, limit int) ([]registration.Registration, error) {
	return s.where(ctx, "WHERE part = ? AND dirty = 1 AND (event, id) > (?, ?) ORDER BY event, id LIMIT ?", part, after.Event, after.ID, limit)
}

func (s registrationStore) DirtyOf(ctx context.Context, part int, event, after string, limit int) ([]registration.Registration, error) {
	return s.where(ctx, "WHERE part = ? AND dirty = 1 AND event = ? AND id > ? ORDER BY id LIMIT ?", part, event, after, limit)
}

func (s registrationStore) Clean(ctx context.Context, _ int, seen []registration.Seen) (int, error) {
	total := int64(0)
	vers, ids := registration.SeenByVer(seen)
	err := s.write(ctx, func(s *session) error {
		total = 0
		for _, ver := range vers {
			n, err := s.exec("UPDATE registrations SET dirty = 0 WHERE id IN (SELECT value FROM json_each(?)) AND plan_ver = ?", jsonText(ids[ver]), ver)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return int(total), err
}

func (s registrationStore) Lapsed(ctx context.Context, now calendar.Instant, limit int) ([]registration.Registration, error) {
	return s.where(ctx, "WHERE state = 'pending' AND hold_until > 0 AND hold_until < ? ORDER BY hold_until, id LIMIT ?", int64(now), limit)
}

func (s registrationStore) Loose(ctx context.Context, before calendar.Instant, limit int) ([]registration.Registration, error) {
	return s.where(ctx, "WHERE state = 'unsettled' AND created_at < ? ORDER BY created_at, id LIMIT ?", int64(before), limit)
}

func (s registrationStore) Delete(ctx context.Context, ids []string) error {
	return s.erase(ctx, "DELETE FROM registrations WHERE id IN (SELECT value FROM json_each(?))", jsonText(ids))
}
