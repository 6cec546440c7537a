package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

type accountStore struct {
	*collection[account.Account, *account.Account]
	tokens *collection[account.Token, *account.Token]
}

var _ account.Store = accountStore{}

func newAccountStore(s *Store) accountStore {
	return accountStore{
		newCollection(s, table[account.Account]{
			name:    "accounts",
			columns: []string{"login", "unit"},
			values:  func(a *account.Account) []any { return []any{a.Login, a.Unit} },
		}),
		newCollection(s, table[account.Token]{name: "tokens"}),
	}
}

func (s accountStore) Create(ctx context.Context, a *account.Account) error { return s.create(ctx, a) }

func (s accountStore) Get(ctx context.Context, id string) (account.Account, error) {
	return s.get(ctx, id)
}

func (s accountStore) ByLogin(ctx context.Context, login string) (account.Account, error) {
	return one(ctx, s.Store, s.decoder(), s.selectFrom+"WHERE login = ?", login)
}

func (s accountStore) Update(ctx context.Context, id string, change func(*account.Account) error) (account.Account, error) {
	return s.update(ctx, id, change)
}

func (s accountStore) Page(ctx context.Context, f account.Filter, r page.Request) (page.List[account.Account], error) {
	start, err := after(r.After, "t")
	if err != nil {
		return page.List[account.Account]{}, err
	}
	var where clause
	if f.Unit != "" {
		where.and("unit = ?", f.Unit)
	}
	if start != nil {
		where.and("login > ?", start...)
	}
	where.args = append(where.args, r.Size()+1)
	found, err := s.where(ctx, where.text+" ORDER BY login LIMIT ?", where.args...)
	return page.Cut(found, r.Size(), func(a account.Account) page.Key { return keyOf(a.Login) }), err
}

func (s accountStore) CreateToken(ctx context.Context, t *account.Token) error {
	return s.tokens.create(ctx, t)
}

func (s accountStore) Token(ctx context.Context, hash string) (account.Token, error) {
	return s.tokens.get(ctx, hash)
}

func (s accountStore) UpdateToken(ctx context.Context, hash string, change func(*account.Token) error) (account.Token, error) {
	return s.tokens.update(ctx, hash, change)
}
