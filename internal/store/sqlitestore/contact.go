package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore/jsondoc"
)

type contactStore struct {
	*collection[contact.Contact, *contact.Contact]
}

var _ contact.Store = contactStore{}

func newContactStore(s *Store) contactStore {
	return contactStore{newCollection(s, table[contact.Contact]{
		name:    "contacts",
		parse:   jsondoc.Contact,
		columns: []string{"optout_hash"},
		values:  func(c *contact.Contact) []any { return []any{c.OptOutHash} },
	})}
}

func (s contactStore) Create(ctx context.Context, c *contact.Contact) error { return s.create(ctx, c) }

func (s contactStore) CreateMany(ctx context.Context, cs []contact.Contact) error {
	_, err := s.createMany(ctx, cs)
	return err
}

func (s contactStore) Get(ctx context.Context, id string) (contact.Contact, error) {
	return s.get(ctx, id)
}

func (s contactStore) Many(ctx context.Context, ids []string) ([]contact.Contact, error) {
	return s.many(ctx, ids)
}

func (s contactStore) ByOptOut(ctx context.Context, hash string) (contact.Contact, error) {
	return one(ctx, s.Store, s.decoder(), s.selectFrom+"WHERE optout_hash = ? AND optout_hash <> ''", hash)
}

// Update of a contact whose value is forgotten empties the log, as that of an
// erased resident does.
func (s contactStore) Update(ctx context.Context, id string, change func(*contact.Contact) error) (contact.Contact, error) {
	c, err := s.update(ctx, id, change)
	if err != nil || len(c.Sealed) > 0 {
		return c, err
	}
	return c, s.emptyLog(ctx)
}
