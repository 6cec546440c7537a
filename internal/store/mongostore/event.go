package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

type events struct{ c *collection[event.Event] }

var _ event.Store = (*events)(nil)

// partOf is the shard key's first field of an event, and of what has the
// event's id: its part follows from the id.
func partOf(event string) bson.D { return where(is("part", id.Part(event))) }

func newEvents(d *db) *events {
	c := newCollection[event.Event](d.mongo, eventsName, d.ids)
	c.keyByID = partOf
	c.sortKey = func(e *event.Event) []byte { return e.SortKey }
	c.keyOf = func(e *event.Event) bson.D { return where(is("part", e.Part)) }
	return &events{c}
}

func (s *events) Create(ctx context.Context, e *event.Event) error { return s.c.create(ctx, e) }

func (s *events) Get(ctx context.Context, id string) (event.Event, error) { return s.c.get(ctx, id) }

func (s *events) Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error) {
	return s.c.update(ctx, id, change)
}

func (s *events) Page(ctx context.Context, f event.Filter, r page.Request) (page.List[event.Event], error) {
	return pageOf(ctx, s.c.find, chosen(f), eventOrder(), r, func(e event.Event) page.Key {
		return key(digits(e.StartAt), string(e.SortKey), e.ID)
	})
}

// eventMark is what is read of an event to know its version.
type eventMark struct {
	ID      string           `bson:"_id"`
	Ver     int64            `bson:"ver"`
	StartAt calendar.Instant `bson:"start_at"`
	SortKey []byte           `bson:"sort_key"`
}

func (s *events) Marks(ctx context.Context, f event.Filter, r page.Request) (page.List[event.Mark], error) {
	find := func(ctx context.Context, filter, sort bson.D, limit int) ([]eventMark, error) {
		return list[eventMark](ctx, s.c.col, filter, sort, limit, "_id", "ver", "start_at", "sort_key")
	}
	found, err := pageOf(ctx, find, chosen(f), eventOrder(), r, func(m eventMark) page.Key { return key(digits(m.StartAt), string(m.SortKey), m.ID) })
	if err != nil {
		return page.List[event.Mark]{}, err
	}
	marks := page.List[event.Mark]{Next: found.Next}
	for _, m := range found.Items {
		marks.Items = append(marks.Items, event.Mark{ID: m.ID, Ver: m.Ver})
	}
	return marks, nil
}

func (s *events) Many(ctx context.Context, ids []string) ([]event.Event, error) {
	return s.c.many(ctx, ids)
}

func eventOrder() []column { return []column{number("start_at"), sortKeyColumn(), text("_id")} }

// chosen is the filter of a list of events.
func chosen(f event.Filter) bson.D {
	filter := bson.D{}
	if f.Scope != "" {
		filter = append(filter, is("scope", f.Scope))
	}
	if f.Unit != "" {
		filter = append(filter, is("unit", f.Unit))
	}
	if f.Village != "" {
		filter = append(filter, is("village", f.Village))
	}
	if f.Short != "" {
		filter = append(filter, is("short", f.Short))
	}
	if len(f.States) > 0 {
		filter = append(filter, in("state", f.States))
	}
	if f.From != 0 {
		filter = narrowed(filter, "start_at", "$gte", f.From)
	}
	if f.Until != 0 {
		filter = narrowed(filter, "start_at", "$lt", f.Until)
	}
	return filter
}

func (s *events) DirtyParts(ctx context.Context) ([]int, error) {
	return s.c.dirtyParts(ctx, func(e *event.Event) int { return e.Part })
}

func (s *events) Dirty(ctx context.Context, part int, after string, limit int) ([]event.Event, error) {
	return s.c.find(ctx, where(is("dirty", true), is("part", part), above("_id", after)), ascending("_id"), limit)
}

func (s *events) Clean(ctx context.Context, id string, planVer int64) (bool, error) {
	return s.c.clean(ctx, id, planVer)
}

func (s *events) Uncounted(ctx context.Context, limit int) ([]event.Event, error) {
	return s.c.find(ctx, where(is("uncounted", true)), ascending("_id"), limit)
}

func (s *events) Ended(ctx context.Context, state event.State, before calendar.Instant, after *page.Key, limit int) ([]event.Event, error) {
	filter := where(is("state", state), below("end_at", before))
	return seek(ctx, s.c.find, filter, []column{number("end_at"), text("_id")}, after, limit)
}
