package storetest

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testAccounts(t *testing.T, set *store.Set) {
	documents[account.Account, *account.Account]{
		create: set.Accounts.Create, get: set.Accounts.Get, update: set.Accounts.Update,
		fix:  func(a *account.Account) { a.Login = newHash() },
		text: func(a *account.Account) *string { return &a.Name },
	}.contract(t)
	t.Run("Tokens", documents[account.Token, *account.Token]{
		create: set.Accounts.CreateToken, get: set.Accounts.Token, update: set.Accounts.UpdateToken,
		text: func(k *account.Token) *string { return &k.Label },
	}.contract)

	t.Run("Login", func(t *testing.T) {
		a := account.Account{Head: record.Head{ID: newID()}, Login: newHash(), Unit: newID()}
		must(t, set.Accounts.Create(t.Context(), &a))
		diff(t, "ByLogin", get[account.Account](t)(set.Accounts.ByLogin(t.Context(), a.Login)), a)
		twin := account.Account{Head: record.Head{ID: newID()}, Login: a.Login, Unit: newID()}
		wantErr(t, set.Accounts.Create(t.Context(), &twin), record.ErrExists)

		other := account.Account{Head: record.Head{ID: newID()}, Login: newHash(), Unit: newID()}
		must(t, set.Accounts.Create(t.Context(), &other))
		_, err := set.Accounts.Update(t.Context(), other.ID, func(o *account.Account) error {
			o.Login = a.Login
			return nil
		})
		wantErr(t, err, record.ErrExists)
		_, err = set.Accounts.ByLogin(t.Context(), newHash())
		wantErr(t, err, record.ErrAbsent)
	})
	t.Run("Page", func(t *testing.T) {
		unit := newID()
		for _, login := range []string{"c", "a", "b"} {
			must(t, set.Accounts.Create(t.Context(), &account.Account{Head: record.Head{ID: newID()}, Login: login + unit, Unit: unit}))
		}
		var got []string
		walk(t, 2, func(r page.Request) (page.List[account.Account], error) {
			return set.Accounts.Page(t.Context(), account.Filter{Unit: unit}, r)
		}, func(a account.Account) { got = append(got, a.Login) })
		diff(t, "by login", got, []string{"a" + unit, "b" + unit, "c" + unit})
	})
}
