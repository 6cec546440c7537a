package mongostore

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
)

type holds struct{ col *mongo.Collection }

var _ notifications.Holds = (*holds)(nil)

func newHolds(d *db) *holds { return &holds{d.mongo.Collection(holdsName)} }

func (s *holds) Hold(ctx context.Context, h notifications.Hold) error {
	_, err := s.col.InsertOne(ctx, h)
	if err = translate(ctx, "hold", err); errors.Is(err, record.ErrExists) {
		return nil
	}
	return forLedger(err)
}

func (s *holds) Release(ctx context.Context, unit string) (bool, error) {
	res, err := s.col.DeleteOne(ctx, where(is("_id", unit)))
	if err != nil {
		return false, forLedger(translate(ctx, "release", err))
	}
	return res.DeletedCount == 1, nil
}

func (s *holds) List(ctx context.Context) ([]notifications.Hold, error) {
	all, err := list[notifications.Hold](ctx, s.col, bson.D{}, ascending("_id"), 0)
	return all, forLedger(err)
}
