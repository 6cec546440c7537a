package mongostore

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

type residents struct {
	c     *collection[resident.Resident]
	texts *mongo.Collection
}

var (
	_ resident.Store = (*residents)(nil)
	_ resident.Texts = (*residents)(nil)
)

func newResidents(d *db) *residents {
	c := newCollection[resident.Resident](d.mongo, residentsName, d.ids)
	c.sortKey = func(r *resident.Resident) []byte { return r.SortKey }
	return &residents{c: c, texts: d.mongo.Collection(textsName)}
}

func (s *residents) Create(ctx context.Context, r *resident.Resident) error {
	return s.c.create(ctx, r)
}

func (s *residents) CreateMany(ctx context.Context, rs []resident.Resident) ([]bool, error) {
	return s.c.createMany(ctx, rs)
}

func (s *residents) Get(ctx context.Context, id string) (resident.Resident, error) {
	return s.c.get(ctx, id)
}

func (s *residents) Many(ctx context.Context, ids []string) ([]resident.Resident, error) {
	return s.c.many(ctx, ids)
}

func (s *residents) Update(ctx context.Context, id string, change func(*resident.Resident) error) (resident.Resident, error) {
	return s.c.update(ctx, id, change)
}

func (s *residents) ByContact(ctx context.Context, unit, contact string) ([]resident.Resident, error) {
	if contact == "" {
		return nil, nil
	}
	return s.c.find(ctx, where(is("contacts", contact), is("unit", unit)), ascending("_id"), 0)
}

func (s *residents) WithContact(ctx context.Context, contact string, limit int) ([]resident.Resident, error) {
	if contact == "" {
		return nil, nil
	}
	return s.c.find(ctx, where(is("contacts", contact)), ascending("_id"), limit)
}

func (s *residents) Page(ctx context.Context, f resident.Filter, r page.Request) (page.List[resident.Resident], error) {
	filter := where(is("unit", f.Unit))
	if f.Village != "" {
		filter = append(filter, is("village", f.Village))
	}
	if f.Prefix != "" {
		filter = append(filter, anyWord("words", f.Prefix))
	}
	return pageOf(ctx, s.c.find, filter, []column{sortKeyColumn(), text("_id")}, r, func(r resident.Resident) page.Key {
		return key(string(r.SortKey), r.ID)
	})
}

func (s *residents) NewsReaders(ctx context.Context, f resident.Readers, after string, limit int) ([]resident.Resident, error) {
	filter := where(is("news", true), is("unit", f.Unit), above("_id", after))
	if f.Village != "" {
		filter[1] = is("village", f.Village)
	}
	return s.c.find(ctx, filter, ascending("_id"), limit)
}

func (s *residents) ToCheck(ctx context.Context, now calendar.Instant, limit int) ([]resident.Resident, error) {
	due := narrowed(where(op("check_at", "$gt", 0)), "check_at", "$lt", now+1)
	return s.c.find(ctx, due, ascending("check_at", "_id"), limit)
}

func (s *residents) Dirty(ctx context.Context, limit int) ([]resident.Resident, error) {
	return s.c.find(ctx, where(is("dirty", true)), ascending("_id"), limit)
}

func (s *residents) Clean(ctx context.Context, id string, planVer int64) (bool, error) {
	return s.c.clean(ctx, id, planVer)
}

// PutText keeps the text that is there: its id is a hash of all it says.
func (s *residents) PutText(ctx context.Context, t resident.ConsentText) error {
	_, err := s.texts.InsertOne(ctx, t)
	if err = translate(ctx, "put text", err); errors.Is(err, record.ErrExists) {
		return nil
	}
	return err
}

func (s *residents) Text(ctx context.Context, id string) (resident.ConsentText, error) {
	var t resident.ConsentText
	err := s.texts.FindOne(ctx, where(is("_id", id))).Decode(&t)
	return t, translate(ctx, "text", err)
}
