package mongostore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

type accounts struct {
	c      *collection[account.Account]
	tokens *collection[account.Token]
}

var _ account.Store = (*accounts)(nil)

func newAccounts(d *db) *accounts {
	return &accounts{
		c:      newCollection[account.Account](d.mongo, accountsName, d.ids),
		tokens: newCollection[account.Token](d.mongo, tokensName, d.ids),
	}
}

func (s *accounts) Create(ctx context.Context, a *account.Account) error { return s.c.create(ctx, a) }

func (s *accounts) Get(ctx context.Context, id string) (account.Account, error) {
	return s.c.get(ctx, id)
}

func (s *accounts) ByLogin(ctx context.Context, login string) (account.Account, error) {
	return s.c.first(ctx, where(is("login", login)))
}

func (s *accounts) Update(ctx context.Context, id string, change func(*account.Account) error) (account.Account, error) {
	return s.c.update(ctx, id, change)
}

func (s *accounts) Page(ctx context.Context, f account.Filter, r page.Request) (page.List[account.Account], error) {
	filter := where()
	if f.Unit != "" {
		filter = where(is("unit", f.Unit))
	}
	return pageOf(ctx, s.c.find, filter, []column{text("login")}, r, func(a account.Account) page.Key {
		return key(a.Login)
	})
}

func (s *accounts) CreateToken(ctx context.Context, t *account.Token) error {
	return s.tokens.create(ctx, t)
}

func (s *accounts) Token(ctx context.Context, hash string) (account.Token, error) {
	return s.tokens.get(ctx, hash)
}

func (s *accounts) UpdateToken(ctx context.Context, hash string, change func(*account.Token) error) (account.Token, error) {
	return s.tokens.update(ctx, hash, change)
}
