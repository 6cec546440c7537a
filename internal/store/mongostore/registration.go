package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

type registrations struct {
	c *collection[registration.Registration]
}

var _ registration.Store = (*registrations)(nil)

func newRegistrations(d *db) *registrations {
	c := newCollection[registration.Registration](d.mongo, registrationsName, d.ids)
	c.keyOf = func(r *registration.Registration) bson.D { return where(is("part", r.Part)) }
	return &registrations{c}
}

func (s *registrations) Create(ctx context.Context, r *registration.Registration) error {
	return s.c.create(ctx, r)
}

func (s *registrations) Get(ctx context.Context, id string) (registration.Registration, error) {
	return s.c.get(ctx, id)
}

func (s *registrations) Many(ctx context.Context, event string, ids []string) ([]registration.Registration, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	filter := append(mine(id.Part(event), ids), is("event", event))
	return list[registration.Registration](ctx, s.c.col, filter, ascending("_id"), 0)
}

func (s *registrations) Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error) {
	return s.c.update(ctx, id, change)
}

func (s *registrations) ByLink(ctx context.Context, hash string) (registration.Registration, error) {
	return s.byHash(ctx, "link_hash", hash)
}

func (s *registrations) ByConfirm(ctx context.Context, hash string) (registration.Registration, error) {
	return s.byHash(ctx, "confirm_hash", hash)
}

func (s *registrations) byHash(ctx context.Context, field, hash string) (registration.Registration, error) {
	if hash == "" {
		return registration.Registration{}, record.ErrAbsent
	}
	return s.c.first(ctx, where(is(field, hash)))
}

func (s *registrations) ByResident(ctx context.Context, resident string, limit int) ([]registration.Registration, error) {
	if resident == "" {
		return nil, nil
	}
	return s.c.find(ctx, where(is("resident", resident)), ascending("_id"), limit)
}

func (s *registrations) Page(ctx context.Context, f registration.Filter, r page.Request) (page.List[registration.Registration], error) {
	filter := where(is("part", id.Part(f.Event)), is("event", f.Event))
	if len(f.States) > 0 {
		filter = append(filter, in("state", f.States))
	}
	return pageOf(ctx, s.c.find, filter, []column{text("_id")}, r, func(r registration.Registration) page.Key {
		return key(r.ID)
	})
}

func (s *registrations) Heads(ctx context.Context, events []string, states []registration.State) ([]registration.Heads, error) {
	if len(events) == 0 || len(states) == 0 {
		return nil, nil
	}
	parts := make([]int, len(events))
	for i, e := range events {
		parts[i] = id.Part(e)
	}
	groups, err := aggregate[struct {
		ID     registration.Heads `bson:"_id"`
		People int                `bson:"people"`
	}](ctx, s.c.col, bson.A{
		where(is("$match", where(in("part", parts), in("event", events), in("state", states)))),
		where(is("$group", where(is("_id", where(is("event", "$event"), is("slot", "$slot"))), is("people", where(is("$sum", "$party")))))),
		where(is("$sort", ascending("_id.event", "_id.slot"))),
	})
	var heads []registration.Heads
	for _, g := range groups {
		g.ID.People = g.People
		heads = append(heads, g.ID)
	}
	return heads, err
}

func (s *registrations) DirtyParts(ctx context.Context) ([]int, error) {
	return s.c.dirtyParts(ctx, func(r *registration.Registration) int { return r.Part })
}

func (s *registrations) Dirty(ctx context.Context, part int, after registration.DirtyKey, limit int) ([]registration.Registration, error) {
	var start *page.Key
	if after != (registration.DirtyKey{}) {
		k := key(after.Event, after.ID)
		start = &k
	}
	return seek(ctx, s.c.find, where(is("dirty", true), is("part", part)), []column{text("event"), text("_id")}, start, limit)
}

func (s *registrations) DirtyOf(ctx context.Context, part int, event, after string, limit int) ([]registration.Registration, error) {
	filter := where(is("dirty", true), is("part", part), is("event", event), above("_id", after))
	return s.c.find(ctx, filter, ascending("_id"), limit)
}

func (s *registrations) Clean(ctx context.Context, part int, seen []registration.Seen) (int, error) {
	total := int64(0)
	vers, ids := registration.SeenByVer(seen)
	for _, ver := range vers {
		res, err := s.c.col.UpdateMany(ctx, append(mine(part, ids[ver]), is("plan_ver", ver)), where(unset("dirty")))
		if err != nil {
			return int(total), translate(ctx, "clean", err)
		}
		total += res.MatchedCount
	}
	return int(total), nil
}

func (s *registrations) Lapsed(ctx context.Context, now calendar.Instant, limit int) ([]registration.Registration, error) {
	filter := where(is("state", registration.Pending), op("hold_until", "$gt", 0))
	return s.c.find(ctx, narrowed(filter, "hold_until", "$lt", now), ascending("hold_until", "_id"), limit)
}

func (s *registrations) Loose(ctx context.Context, before calendar.Instant, limit int) ([]registration.Registration, error) {
	filter := where(is("state", registration.Unsettled), below("created_at", before))
	return s.c.find(ctx, filter, ascending("created_at", "_id"), limit)
}

func (s *registrations) Delete(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.c.col.DeleteMany(ctx, where(in("_id", ids)))
	return translate(ctx, "delete", err)
}
