package sqlitestore

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore/jsondoc"
)

type residentStore struct {
	*collection[resident.Resident, *resident.Resident]
}

var _ resident.Store = residentStore{}

func newResidentStore(s *Store) residentStore {
	t := table[resident.Resident]{
		name:    "residents",
		parse:   jsondoc.Resident,
		columns: []string{"unit", "village", "sort_key", "news", "check_at"},
		values: func(r *resident.Resident) []any {
			return []any{r.Unit, r.Village, bytesOf(r.SortKey), r.News, int64(r.CheckAt)}
		},
		sides: []side[resident.Resident]{
			{"resident_words", []string{"word", "unit", "sort_key", "id", "village"}, func(r *resident.Resident) [][]any {
				return sideRows(r.Words, r.Unit, bytesOf(r.SortKey), r.ID, r.Village)
			}},
			{"resident_contacts", []string{"contact", "id", "unit"}, func(r *resident.Resident) [][]any {
				return sideRows(contactsOf(r), r.ID, r.Unit)
			}},
		},
	}
	return residentStore{newCollection(s, withDirt(t, func(r *resident.Resident) *record.Dirt { return &r.Dirt }))}
}

func contactsOf(r *resident.Resident) []string {
	all := slices.Clone(r.Contacts)
	if r.Contact != "" {
		all = append(all, r.Contact)
	}
	return all
}

// withDirt keeps Dirty in a column alone, since Clean changes it without the
// document.
func withDirt[T any](t table[T], dirt func(*T) *record.Dirt) table[T] {
	t.kept = []string{"dirty", "plan_ver"}
	t.keep = func(v *T) []any { return []any{dirt(v).Dirty, dirt(v).PlanVer} }
	t.strip = func(v *T) { dirt(v).Dirty = false }
	t.scan = func(v *T) []any { return []any{&dirt(v).Dirty, &dirt(v).PlanVer} }
	return t
}

func (s residentStore) Create(ctx context.Context, r *resident.Resident) error {
	return s.create(ctx, r)
}

func (s residentStore) CreateMany(ctx context.Context, rs []resident.Resident) ([]bool, error) {
	return s.createMany(ctx, rs)
}

func (s residentStore) Get(ctx context.Context, id string) (resident.Resident, error) {
	return s.get(ctx, id)
}

func (s residentStore) Many(ctx context.Context, ids []string) ([]resident.Resident, error) {
	return s.many(ctx, ids)
}

// Update of somebody who is erased empties the log, and with it moves the
// erasure into the file, which has the name until then.
func (s residentStore) Update(ctx context.Context, id string, change func(*resident.Resident) error) (resident.Resident, error) {
	r, err := s.update(ctx, id, change)
	if err != nil || r.ErasedAt == 0 {
		return r, err
	}
	return r, s.emptyLog(ctx)
}

func (s residentStore) ByContact(ctx context.Context, unit, contact string) ([]resident.Resident, error) {
	return s.where(ctx, "JOIN resident_contacts c ON c.id = residents.id WHERE c.contact = ? AND c.unit = ? ORDER BY c.id", contact, unit)
}

func (s residentStore) WithContact(ctx context.Context, contact string, limit int) ([]resident.Resident, error) {
	return s.where(ctx, "JOIN resident_contacts c ON c.id = residents.id WHERE c.contact = ? ORDER BY c.id LIMIT ?", contact, limit)
}

// Page without a prefix walks the unit's or the village's index. With one it
// sorts what the prefix finds within the unit, from the side table alone.
func (s residentStore) Page(ctx context.Context, f resident.Filter, r page.Request) (page.List[resident.Resident], error) {
	start, err := after(r.After, "bt")
	if err != nil {
		return page.List[resident.Resident]{}, err
	}
	var where clause
	where.and("unit = ?", f.Unit)
	if f.Village != "" {
		where.and("village = ?", f.Village)
	}
	if f.Prefix != "" {
		condition, args := prefixed("", f.Prefix)
		where.and(condition, args...)
	}
	if start != nil {
		where.and("(sort_key, id) > (?, ?)", start...)
	}
	where.args = append(where.args, r.Size()+1)
	rest := where.text + " ORDER BY sort_key, id LIMIT ?"
	if f.Prefix != "" {
		rest = "WHERE id IN (SELECT id FROM (SELECT DISTINCT sort_key, id FROM resident_words " + rest + ")) ORDER BY sort_key, id"
	}
	found, err := s.where(ctx, rest, where.args...)
	return page.Cut(found, r.Size(), func(v resident.Resident) page.Key {
		return keyOf(string(v.SortKey), v.ID)
	}), err
}

func (s residentStore) NewsReaders(ctx context.Context, f resident.Readers, after string, limit int) ([]resident.Resident, error) {
	if f.Village != "" {
		return s.where(ctx, "WHERE news = 1 AND village = ? AND id > ? ORDER BY id LIMIT ?", f.Village, after, limit)
	}
	return s.where(ctx, "WHERE news = 1 AND unit = ? AND id > ? ORDER BY id LIMIT ?", f.Unit, after, limit)
}

func (s residentStore) ToCheck(ctx context.Context, now calendar.Instant, limit int) ([]resident.Resident, error) {
	return s.where(ctx, "WHERE check_at > 0 AND check_at <= ? ORDER BY check_at, id LIMIT ?", int64(now), limit)
}

func (s residentStore) Dirty(ctx context.Context, limit int) ([]resident.Resident, error) {
	return s.where(ctx, "WHERE dirty = 1 ORDER BY id LIMIT ?", limit)
}

func (s residentStore) Clean(ctx context.Context, id string, planVer int64) (bool, error) {
	return s.clean(ctx, id, planVer)
}

type textStore struct{ *Store }

var _ resident.Texts = textStore{}

func (s textStore) PutText(ctx context.Context, t resident.ConsentText) error {
	doc, err := json.Marshal(t)
	if err != nil {
		return err
	}
	_, err = s.did(ctx, "INSERT INTO consent_texts (id, doc) VALUES (?, ?) ON CONFLICT DO NOTHING", t.ID, string(doc))
	return err
}

func (s textStore) Text(ctx context.Context, id string) (resident.ConsentText, error) {
	return one(ctx, s.Store, scanDoc[resident.ConsentText], "SELECT doc FROM consent_texts WHERE id = ?", id)
}
