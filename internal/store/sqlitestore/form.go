package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/registration"
)

type formStore struct {
	*collection[registration.SentForm, *registration.SentForm]
}

var _ registration.Forms = formStore{}

func newFormStore(s *Store) formStore {
	return formStore{newCollection(s, table[registration.SentForm]{
		name:    "forms",
		columns: []string{"event"},
		values:  func(f *registration.SentForm) []any { return []any{f.Event} },
	})}
}

func (s formStore) CreateForm(ctx context.Context, f *registration.SentForm) error {
	return s.create(ctx, f)
}

func (s formStore) Form(ctx context.Context, id string) (registration.SentForm, error) {
	return s.get(ctx, id)
}

func (s formStore) ForgetForms(ctx context.Context, event string) error {
	_, err := s.did(ctx, "DELETE FROM forms WHERE event = ?", event)
	return err
}
