package mongostore

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

type rolls struct {
	c *collection[registration.Roll]
}

var _ registration.Rolls = (*rolls)(nil)

func newRolls(d *db) *rolls {
	c := newCollection[registration.Roll](d.mongo, rollsName, d.ids)
	c.keyByID = partOf
	c.keyOf = func(r *registration.Roll) bson.D { return where(is("part", r.Part)) }
	return &rolls{c}
}

func (s *rolls) CreateRoll(ctx context.Context, r *registration.Roll) error {
	return s.c.create(ctx, r)
}

func (s *rolls) Roll(ctx context.Context, event string) (registration.Roll, error) {
	return s.c.get(ctx, event)
}

func (s *rolls) SwapRoll(ctx context.Context, r *registration.Roll) error {
	next := *r
	next.Ver, next.Op = r.Ver+1, s.c.newOp()
	res, err := s.c.col.ReplaceOne(ctx, s.c.exactly(r), s.c.wrap(&next))
	if err == nil && res.MatchedCount == 1 {
		*r = next
		return nil
	}
	if err = translate(ctx, "swap roll", err); err != nil && !errors.Is(err, record.ErrAway) {
		return err
	}
	now, readErr := s.c.get(ctx, r.ID)
	switch {
	case readErr == nil && now.Op == next.Op: // applied, its reply lost
		*r = next
		return nil
	case err != nil:
		return err
	case readErr != nil:
		return readErr
	default:
		return record.ErrContended
	}
}

func (s *rolls) UnsettledRolls(ctx context.Context, limit int) ([]string, error) {
	return s.events(ctx, where(is("is_unsettled", true)), ascending("_id"), limit)
}

func (s *rolls) DueRolls(ctx context.Context, now calendar.Instant, limit int) ([]string, error) {
	filter := where(op("next_at", "$gt", 0))
	return s.events(ctx, narrowed(filter, "next_at", "$lt", now+1), ascending("next_at", "_id"), limit)
}

// events reads the ids alone: a roll with its seats is large.
func (s *rolls) events(ctx context.Context, filter, sort bson.D, limit int) ([]string, error) {
	docs, err := list[idOnly](ctx, s.c.col, filter, sort, limit, "_id")
	if err != nil {
		return nil, err
	}
	var events []string
	for _, d := range docs {
		events = append(events, d.ID)
	}
	return events, nil
}

func (s *rolls) DeleteRoll(ctx context.Context, event string) error {
	_, err := s.c.col.DeleteOne(ctx, s.c.byID(event))
	return translate(ctx, "delete roll", err)
}
