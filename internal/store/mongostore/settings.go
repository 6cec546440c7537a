package mongostore

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

type settings struct{ col *mongo.Collection }

var _ store.Settings = (*settings)(nil)

type setting struct {
	Key   string `bson:"_id"`
	Value string `bson:"value"`
}

func newSettings(d *db) *settings { return &settings{col: d.mongo.Collection(settingsName)} }

func (s *settings) Setting(ctx context.Context, key string) (string, error) {
	var found setting
	err := translate(ctx, "setting", s.col.FindOne(ctx, where(is("_id", key))).Decode(&found))
	if errors.Is(err, record.ErrAbsent) {
		return "", nil
	}
	return found.Value, err
}

func (s *settings) SetSetting(ctx context.Context, key, seen, value string) (bool, error) {
	switch {
	case seen == "" && value == "":
		now, err := s.Setting(ctx, key)
		return err == nil && now == "", err
	case seen == "":
		_, err := s.col.InsertOne(ctx, setting{Key: key, Value: value})
		if err = translate(ctx, "set setting", err); errors.Is(err, record.ErrExists) {
			return false, nil
		}
		return err == nil, err
	case value == "":
		res, err := s.col.DeleteOne(ctx, where(is("_id", key), is("value", seen)))
		if err != nil {
			return false, translate(ctx, "set setting", err)
		}
		return res.DeletedCount == 1, nil
	default:
		res, err := s.col.UpdateOne(ctx, where(is("_id", key), is("value", seen)), where(set(is("value", value))))
		if err != nil {
			return false, translate(ctx, "set setting", err)
		}
		return res.MatchedCount == 1, nil
	}
}
