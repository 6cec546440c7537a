package sqlitestore

import (
	"context"
	"encoding/json"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

type surveyStore struct {
	*collection[survey.Survey, *survey.Survey]
}

var _ survey.Store = surveyStore{}

func newSurveyStore(s *Store) surveyStore {
	return surveyStore{newCollection(s, table[survey.Survey]{
		name:    "surveys",
		columns: []string{"state", "opens_at", "closes_at"},
		values: func(v *survey.Survey) []any {
			return []any{string(v.State), int64(v.OpensAt), int64(v.ClosesAt)}
		},
	})}
}

func (s surveyStore) Create(ctx context.Context, v *survey.Survey) error { return s.create(ctx, v) }

func (s surveyStore) Get(ctx context.Context, event string) (survey.Survey, error) {
	return s.get(ctx, event)
}

func (s surveyStore) Update(ctx context.Context, event string, change func(*survey.Survey) error) (survey.Survey, error) {
	return s.update(ctx, event, change)
}

func (s surveyStore) Due(ctx context.Context, state survey.State, now calendar.Instant, limit int) ([]survey.Survey, error) {
	at := "closes_at"
	if state == survey.Planned {
		at = "opens_at"
	}
	return s.where(ctx, "WHERE state = ? AND "+at+" <= ? ORDER BY "+at+", id LIMIT ?", string(state), int64(now), limit)
}

type boxStore struct{ *Store }

var _ survey.Box = boxStore{}

func (s boxStore) AddCode(ctx context.Context, _ int, event, hash string) error {
	_, err := s.did(ctx, "INSERT INTO survey_codes (event, hash) VALUES (?, ?) ON CONFLICT DO NOTHING", event, hash)
	return err
}

func (s boxStore) HasCode(ctx context.Context, _ int, event, hash string) (bool, error) {
	found, err := list(ctx, s.Store, column[int], "SELECT 1 FROM survey_codes WHERE event = ? AND hash = ?", event, hash)
	return len(found) > 0, err
}

func (s boxStore) TakeCode(ctx context.Context, _ int, event, hash string) (bool, error) {
	return s.did(ctx, "DELETE FROM survey_codes WHERE event = ? AND hash = ?", event, hash)
}

func (s boxStore) DropCodes(ctx context.Context, _ int, event string) error {
	return s.erase(ctx, "DELETE FROM survey_codes WHERE event = ?", event)
}

func (s boxStore) PutAnswer(ctx context.Context, a survey.Answer) error {
	doc, err := json.Marshal(a)
	if err != nil {
		return err
	}
	fresh, err := s.did(ctx, "INSERT INTO survey_answers (event, id, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", a.Event, a.ID, string(doc))
	if err == nil && !fresh {
		err = record.ErrExists
	}
	return err
}

func (s boxStore) RemoveAnswer(ctx context.Context, _ int, event, id string) error {
	_, err := s.did(ctx, "DELETE FROM survey_answers WHERE event = ? AND id = ?", event, id)
	return err
}

func (s boxStore) Answers(ctx context.Context, _ int, event, after string, limit int) ([]survey.Answer, error) {
	return list(ctx, s.Store, scanDoc[survey.Answer],
		"SELECT doc FROM survey_answers WHERE event = ? AND id > ? ORDER BY id LIMIT ?", event, after, limit)
}
