package mongostore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

type credentials struct {
	c *collection[account.Credential]
}

var _ account.Credentials = (*credentials)(nil)

func newCredentials(d *db) *credentials {
	return &credentials{newCollection[account.Credential](d.mongo, credentialsName, d.ids)}
}

func (s *credentials) Create(ctx context.Context, c *account.Credential) error {
	return s.c.create(ctx, c)
}

func (s *credentials) Get(ctx context.Context, owner string) (account.Credential, error) {
	return s.c.get(ctx, owner)
}

func (s *credentials) Many(ctx context.Context, owners []string) ([]account.Credential, error) {
	return s.c.many(ctx, owners)
}

func (s *credentials) ByLink(ctx context.Context, hash string) (account.Credential, error) {
	if hash == "" {
		return account.Credential{}, record.ErrAbsent
	}
	return s.c.first(ctx, where(is("link_hash", hash)))
}

func (s *credentials) Due(ctx context.Context, now calendar.Instant, limit int) ([]account.Credential, error) {
	filter := narrowed(where(above("letter_due", 0)), "letter_due", "$lt", now+1)
	return s.c.find(ctx, filter, ascending("letter_due", "_id"), limit)
}

func (s *credentials) Update(ctx context.Context, owner string, change func(*account.Credential) error) (account.Credential, error) {
	return s.c.update(ctx, owner, change)
}

type sessions struct{ c *collection[account.Session] }

var _ account.Sessions = (*sessions)(nil)

func newSessions(d *db) *sessions {
	return &sessions{newCollection[account.Session](d.mongo, sessionsName, d.ids)}
}

func (s *sessions) Create(ctx context.Context, ses *account.Session) error {
	return s.c.create(ctx, ses)
}

func (s *sessions) Get(ctx context.Context, hash string) (account.Session, error) {
	return s.c.get(ctx, hash)
}

func (s *sessions) Update(ctx context.Context, hash string, change func(*account.Session) error) (account.Session, error) {
	return s.c.update(ctx, hash, change)
}

func (s *sessions) Of(ctx context.Context, owner string, after calendar.Instant, limit int) ([]account.Session, error) {
	filter := where(is("account", owner), above("ends_at", after))
	return s.c.find(ctx, filter, where(is("ends_at", -1), is("_id", -1)), limit)
}

func (s *sessions) Purge(ctx context.Context, before calendar.Instant, limit int) (int, error) {
	old, err := list[idOnly](ctx, s.c.col, where(below("ends_at", before)), ascending("ends_at"), limit, "_id")
	if err != nil || len(old) == 0 {
		return 0, err
	}
	ids := make([]string, len(old))
	for i, one := range old {
		ids[i] = one.ID
	}
	res, err := s.c.col.DeleteMany(ctx, where(in("_id", ids)))
	if err != nil {
		return 0, translate(ctx, "purge", err)
	}
	return int(res.DeletedCount), nil
}
