package mongostore

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

type surveys struct{ c *collection[survey.Survey] }

var _ survey.Store = (*surveys)(nil)

func newSurveys(d *db) *surveys {
	c := newCollection[survey.Survey](d.mongo, surveysName, d.ids)
	c.keyByID = partOf
	c.keyOf = func(v *survey.Survey) bson.D { return where(is("part", v.Part)) }
	return &surveys{c}
}

func (s *surveys) Create(ctx context.Context, v *survey.Survey) error { return s.c.create(ctx, v) }

func (s *surveys) Get(ctx context.Context, event string) (survey.Survey, error) {
	return s.c.get(ctx, event)
}

func (s *surveys) Update(ctx context.Context, event string, change func(*survey.Survey) error) (survey.Survey, error) {
	return s.c.update(ctx, event, change)
}

func (s *surveys) Due(ctx context.Context, state survey.State, now calendar.Instant, limit int) ([]survey.Survey, error) {
	var at string
	switch state {
	case survey.Planned:
		at = "opens_at"
	case survey.Opening, survey.Open:
		at = "closes_at"
	default:
		return nil, nil
	}
	return s.c.find(ctx, where(is("state", state), atMost(at, now)), ascending(at, "_id"), limit)
}

// boxes keeps the codes of an event in buckets by the hash's first digit, each
// a sorted array: a set without an order of its own, small enough to rewrite.
type boxes struct{ codes, answers *mongo.Collection }

var _ survey.Box = (*boxes)(nil)

func newBoxes(d *db) *boxes {
	return &boxes{codes: d.mongo.Collection(codesName), answers: d.mongo.Collection(answersName)}
}

const (
	hexDigits  = "0123456789abcdef"
	otherCodes = "other"
)

func bucketOf(event, hash string) string {
	if hash != "" {
		for _, digit := range hexDigits {
			if rune(hash[0]) == digit {
				return event + "." + hash[:1]
			}
		}
	}
	return event + "." + otherCodes
}

func bucketsOf(event string) []string {
	ids := []string{event + "." + otherCodes}
	for _, digit := range hexDigits {
		ids = append(ids, event+"."+string(digit))
	}
	return ids
}

func (s *boxes) AddCode(ctx context.Context, part int, event, hash string) error {
	bucket := where(is("_id", bucketOf(event, hash)), is("part", part))
	push := is("$push", where(is("codes", where(is("$each", bson.A{hash}), is("$sort", 1)))))
	for range updateTries {
		// An upsert that misses because the code is there meets the bucket's id.
		_, err := s.codes.UpdateOne(ctx, append(bucket, op("codes", "$ne", hash)), where(push), options.UpdateOne().SetUpsert(true))
		err = translate(ctx, "add code", err)
		if !errors.Is(err, record.ErrExists) {
			return err
		}
		if there, err := s.HasCode(ctx, part, event, hash); there || err != nil {
			return err
		}
	}
	return record.ErrContended
}

func (s *boxes) HasCode(ctx context.Context, part int, event, hash string) (bool, error) {
	filter := where(is("_id", bucketOf(event, hash)), is("part", part), is("codes", hash))
	err := s.codes.FindOne(ctx, filter, options.FindOne().SetProjection(where(is("_id", 1)))).Err()
	if err = translate(ctx, "has code", err); errors.Is(err, record.ErrAbsent) {
		return false, nil
	}
	return err == nil, err
}

func (s *boxes) TakeCode(ctx context.Context, part int, event, hash string) (bool, error) {
	filter := where(is("_id", bucketOf(event, hash)), is("part", part), is("codes", hash))
	res, err := s.codes.UpdateOne(ctx, filter, where(is("$pull", where(is("codes", hash)))))
	if err != nil {
		return false, translate(ctx, "take code", err)
	}
	return res.ModifiedCount == 1, nil
}

func (s *boxes) DropCodes(ctx context.Context, part int, event string) error {
	_, err := s.codes.DeleteMany(ctx, where(in("_id", bucketsOf(event)), is("part", part)))
	return translate(ctx, "drop codes", err)
}

func (s *boxes) PutAnswer(ctx context.Context, a survey.Answer) error {
	_, err := s.answers.InsertOne(ctx, a)
	return translate(ctx, "put answer", err)
}

func (s *boxes) RemoveAnswer(ctx context.Context, part int, event, id string) error {
	_, err := s.answers.DeleteOne(ctx, where(is("_id", id), is("part", part), is("event", event)))
	return translate(ctx, "remove answer", err)
}

func (s *boxes) Answers(ctx context.Context, part int, event, after string, limit int) ([]survey.Answer, error) {
	filter := where(is("part", part), is("event", event), above("_id", after))
	return list[survey.Answer](ctx, s.answers, filter, ascending("_id"), limit)
}
