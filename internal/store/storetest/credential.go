package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

func testCredentials(t *testing.T, set *store.Set) {
	documents[account.Credential, *account.Credential]{
		create: set.Credentials.Create, get: set.Credentials.Get, update: set.Credentials.Update,
		fix:  func(c *account.Credential) { c.LinkHash = newHash() },
		text: func(c *account.Credential) *string { return &c.Password },
	}.contract(t)

	t.Run("Many", func(t *testing.T) {
		made := make([]account.Credential, 3)
		for i := range made {
			made[i] = account.Credential{Head: record.Head{ID: newID()}, LinkHash: newHash()}
			must(t, set.Credentials.Create(t.Context(), &made[i]))
		}
		want := []account.Credential{made[0], made[2]}
		slices.SortFunc(want, func(a, b account.Credential) int { return strings.Compare(a.ID, b.ID) })
		diff(t, "Many", get[[]account.Credential](t)(set.Credentials.Many(t.Context(), []string{made[2].ID, made[0].ID, newID(), made[2].ID})), want)
		if none := get[[]account.Credential](t)(set.Credentials.Many(t.Context(), nil)); len(none) > 0 {
			t.Errorf("nobody's credentials are %v", none)
		}
	})
	t.Run("ByLink", func(t *testing.T) {
		with := account.Credential{Head: record.Head{ID: newID()}, LinkHash: newHash()}
		without := account.Credential{Head: record.Head{ID: newID()}}
		must(t, set.Credentials.Create(t.Context(), &with))
		must(t, set.Credentials.Create(t.Context(), &without))
		diff(t, "ByLink", get[account.Credential](t)(set.Credentials.ByLink(t.Context(), with.LinkHash)), with)
		for _, hash := range []string{"", newHash()} {
			_, err := set.Credentials.ByLink(t.Context(), hash)
			wantErr(t, err, record.ErrAbsent)
		}
		used := with.LinkHash
		_ = get[account.Credential](t)(set.Credentials.Update(t.Context(), with.ID, func(c *account.Credential) error {
			c.LinkHash = ""
			return nil
		}))
		_, err := set.Credentials.ByLink(t.Context(), used)
		wantErr(t, err, record.ErrAbsent)
	})
}

func testLetters(t *testing.T, set *store.Set) {
	owe := func(t *testing.T, due calendar.Instant) string {
		c := account.Credential{Head: record.Head{ID: newID()}, LetterDue: due}
		must(t, set.Credentials.Create(t.Context(), &c))
		return c.ID
	}
	second, first, late := owe(t, now), owe(t, now-1), owe(t, now+1)
	owe(t, 0)
	due := func(at calendar.Instant, limit int) (ids []string) {
		for _, c := range get[[]account.Credential](t)(set.Credentials.Due(t.Context(), at, limit)) {
			ids = append(ids, c.ID)
		}
		return ids
	}
	diff(t, "letters that are due", due(now, 9), []string{first, second})
	diff(t, "the first of them", due(now, 1), []string{first})
	diff(t, "before any is due", due(now-2, 9), []string(nil))
	_ = get[account.Credential](t)(set.Credentials.Update(t.Context(), first, func(c *account.Credential) error {
		c.LetterDue = 0
		return nil
	}))
	diff(t, "once one was handed over", due(now+1, 9), []string{second, late})
}

func testSessions(t *testing.T, set *store.Set) {
	documents[account.Session, *account.Session]{
		create: set.Sessions.Create, get: set.Sessions.Get, update: set.Sessions.Update,
		fix:  func(s *account.Session) { s.EndsAt = now },
		text: func(s *account.Session) *string { return &s.Device },
	}.contract(t)

	begin := func(t *testing.T, owner string, ends calendar.Instant) string {
		s := account.Session{Head: record.Head{ID: newHash()}, Account: owner, EndsAt: ends}
		must(t, set.Sessions.Create(t.Context(), &s))
		return s.ID
	}
	t.Run("Of", func(t *testing.T) {
		owner := newID()
		begin(t, owner, now)
		middle, last := begin(t, owner, now+1), begin(t, owner, now+2)
		begin(t, newID(), now+3)
		for limit, want := range map[int][]string{9: {last, middle}, 1: {last}} {
			var got []string
			for _, s := range get[[]account.Session](t)(set.Sessions.Of(t.Context(), owner, now, limit)) {
				got = append(got, s.ID)
			}
			diff(t, "sessions of one account, the last to end first", got, want)
		}
	})
	t.Run("Purge", func(t *testing.T) {
		owner := newID()
		first, second, kept := begin(t, owner, 10), begin(t, owner, 20), begin(t, owner, 30)
		for _, want := range []int{1, 1, 0} {
			if n := get[int](t)(set.Sessions.Purge(t.Context(), 30, 1)); n != want {
				t.Errorf("%d sessions are removed, want %d", n, want)
			}
		}
		for _, gone := range []string{first, second} {
			_, err := set.Sessions.Get(t.Context(), gone)
			wantErr(t, err, record.ErrAbsent)
		}
		_ = get[account.Session](t)(set.Sessions.Get(t.Context(), kept))
	})
}
