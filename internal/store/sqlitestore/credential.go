package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

type credentialStore struct {
	*collection[account.Credential, *account.Credential]
}

var _ account.Credentials = credentialStore{}

func newCredentialStore(s *Store) credentialStore {
	return credentialStore{newCollection(s, table[account.Credential]{
		name:    "credentials",
		columns: []string{"link_hash", "letter_due"},
		values:  func(c *account.Credential) []any { return []any{c.LinkHash, c.LetterDue} },
	})}
}

func (s credentialStore) Create(ctx context.Context, c *account.Credential) error {
	return s.create(ctx, c)
}

func (s credentialStore) Get(ctx context.Context, owner string) (account.Credential, error) {
	return s.get(ctx, owner)
}

func (s credentialStore) Many(ctx context.Context, owners []string) ([]account.Credential, error) {
	return s.many(ctx, owners)
}

func (s credentialStore) ByLink(ctx context.Context, hash string) (account.Credential, error) {
	if hash == "" {
		return account.Credential{}, record.ErrAbsent
	}
	return one(ctx, s.Store, s.decoder(), s.selectFrom+"WHERE link_hash = ? AND link_hash <> ''", hash)
}

func (s credentialStore) Due(ctx context.Context, now calendar.Instant, limit int) ([]account.Credential, error) {
	return s.where(ctx, "WHERE letter_due > 0 AND letter_due <= ? ORDER BY letter_due, id LIMIT ?", now, limit)
}

func (s credentialStore) Update(ctx context.Context, owner string, change func(*account.Credential) error) (account.Credential, error) {
	return s.update(ctx, owner, change)
}

type sessionStore struct {
	*collection[account.Session, *account.Session]
}

var _ account.Sessions = sessionStore{}

func newSessionStore(s *Store) sessionStore {
	return sessionStore{newCollection(s, table[account.Session]{
		name:    "sessions",
		columns: []string{"account", "ends_at"},
		values:  func(ses *account.Session) []any { return []any{ses.Account, ses.EndsAt} },
	})}
}

func (s sessionStore) Create(ctx context.Context, ses *account.Session) error {
	return s.create(ctx, ses)
}

func (s sessionStore) Get(ctx context.Context, hash string) (account.Session, error) {
	return s.get(ctx, hash)
}

func (s sessionStore) Update(ctx context.Context, hash string, change func(*account.Session) error) (account.Session, error) {
	return s.update(ctx, hash, change)
}

func (s sessionStore) Of(ctx context.Context, owner string, after calendar.Instant, limit int) ([]account.Session, error) {
	return s.where(ctx, "WHERE account = ? AND ends_at > ? ORDER BY ends_at DESC, id DESC LIMIT ?", owner, after, limit)
}

func (s sessionStore) Purge(ctx context.Context, before calendar.Instant, limit int) (int, error) {
	var n int64
	err := s.write(ctx, func(s *session) (err error) {
		n, err = s.exec("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ends_at < ? ORDER BY ends_at LIMIT ?)", before, limit)
		return err
	})
	if err != nil {
		return 0, err
	}
	return int(n), nil
}
