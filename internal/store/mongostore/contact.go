package mongostore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

type contacts struct{ c *collection[contact.Contact] }

var _ contact.Store = (*contacts)(nil)

func newContacts(d *db) *contacts {
	return &contacts{newCollection[contact.Contact](d.mongo, contactsName, d.ids)}
}

func (s *contacts) Create(ctx context.Context, c *contact.Contact) error { return s.c.create(ctx, c) }

func (s *contacts) CreateMany(ctx context.Context, cs []contact.Contact) error {
	_, err := s.c.createMany(ctx, cs)
	return err
}

func (s *contacts) Get(ctx context.Context, id string) (contact.Contact, error) {
	return s.c.get(ctx, id)
}

func (s *contacts) Many(ctx context.Context, ids []string) ([]contact.Contact, error) {
	return s.c.many(ctx, ids)
}

func (s *contacts) ByOptOut(ctx context.Context, hash string) (contact.Contact, error) {
	if hash == "" {
		return contact.Contact{}, record.ErrAbsent
	}
	return s.c.first(ctx, where(is("optout_hash", hash)))
}

func (s *contacts) Update(ctx context.Context, id string, change func(*contact.Contact) error) (contact.Contact, error) {
	return s.c.update(ctx, id, change)
}
