package account_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

const (
	start = calendar.Instant(1_795_000_000_000)
	day   = 24 * time.Hour
)

var (
	cli      = actor.System("cli")
	province = unit.StateID("68")
	blao     = unit.StateID("24829")
	dran     = unit.StateID("24934")
)

type bundle struct {
	*account.Service
	access *account.Access
	log    *audit.Service
	post   *post
	// now is domain time, wall real time.
	now, wall *calendar.Instant
}

func setup(t testing.TB) bundle {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "sunday.db"), Sync: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	now := start
	clock := func() calendar.Instant { return now }
	list, err := unit.StateUnits()
	if err != nil {
		t.Fatal(err)
	}
	units := unit.NewService(s.Set().Units, clock, id.Seeded(1))
	if err := units.EnsureMany(t.Context(), cli, unit.InProvince(list, "68")); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Open("only for tests, only for tests, only for tests")
	if err != nil {
		t.Fatal(err)
	}
	wall, set, log := start, s.Set(), audit.NewService(s.Set().Audit, clock, id.Seeded(3))
	mails := &post{on: true}
	access := account.NewAccess(account.AccessPorts{
		Accounts: set.Accounts, Credentials: set.Credentials, Sessions: set.Sessions, Units: set.Units, Log: log, Keys: keys,
		Hasher: account.NewHasher(account.HashCost{MemoryKiB: 64, Passes: 1}),
		Post:   mails, Now: clock, Wall: func() calendar.Instant { return wall }, IDs: id.Seeded(4),
	})
	return bundle{account.NewService(set.Accounts, set.Credentials, set.Units, clock, id.Seeded(2)), access, log, mails, &now, &wall}
}

func (b bundle) mustCreate(t *testing.T, login, home string, grants ...actor.Grant) account.Account {
	t.Helper()
	a, err := b.Create(t.Context(), cli, account.Draft{Login: login, Name: "Nguyễn Văn A", Unit: home})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range grants {
		if a, err = b.Grant(t.Context(), cli, a.ID, g); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func (b bundle) mustIssue(t *testing.T, of string, scopes ...string) string {
	t.Helper()
	plain, _, err := b.IssueToken(t.Context(), cli, account.TokenDraft{Account: of, Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func as(a account.Account, scopes ...string) actor.Actor {
	return actor.Staff(a.ID, a.Grants, scopes...)
}

func check(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

func fields(err error) (got []string) {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		for _, f := range e.Fields {
			got = append(got, f.Name+"="+f.Code)
		}
	}
	return got
}

func TestService_Create(t *testing.T) {
	t.Parallel()
	b := setup(t)
	above := b.mustCreate(t, "admin", province, actor.Grant{Role: actor.Admin, Unit: province})
	beside := b.mustCreate(t, "dran", dran, actor.Grant{Role: actor.Admin, Unit: dran})
	a, err := b.Create(t.Context(), as(above, account.ScopeWrite), account.Draft{Login: " BLao.1 ", Name: "Lê", Unit: blao})
	check(t, "from above", err, nil)
	if a.Login != "blao.1" || len(a.Outbox) != 1 || a.Outbox[0].Unit != blao {
		t.Errorf("got %+v", a)
	}
	_, err = b.Create(t.Context(), cli, account.Draft{Login: "blao.1", Unit: dran})
	check(t, "a login twice", err, account.ErrLogin)
	_, err = b.Create(t.Context(), as(beside, actor.AllScopes), account.Draft{Login: "other", Unit: blao})
	check(t, "from beside", err, record.ErrAbsent)
	_, err = b.Create(t.Context(), as(above, "events:write"), account.Draft{Login: "other", Unit: blao})
	check(t, "without scope", err, actor.ErrScope)
	_, err = b.Create(t.Context(), cli, account.Draft{Login: "other", Unit: "none"})
	check(t, "in no unit", err, record.ErrAbsent)
	_, err = b.Create(t.Context(), cli, account.Draft{Login: "an@x", Name: "a\nb", Unit: blao})
	if diff := cmp.Diff([]string{"name=text.one_line", "login=account.login"}, fields(err)); diff != "" {
		t.Error(diff)
	}
	again := account.Draft{ID: id.Hash("key"), Login: "replayed", Unit: blao}
	first, err := b.Create(t.Context(), cli, again)
	check(t, "first", err, nil)
	second, err := b.Create(t.Context(), cli, again)
	check(t, "replay", err, nil)
	if first.ID != second.ID {
		t.Error("a replay made another account")
	}
}

func TestService_Get(t *testing.T) {
	t.Parallel()
	b := setup(t)
	above := b.mustCreate(t, "admin", province, actor.Grant{Role: actor.Admin, Unit: province})
	a := b.mustCreate(t, "blao", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	mate := b.mustCreate(t, "mate", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	for name, test := range map[string]struct {
		act  actor.Actor
		want error
	}{
		"itself":        {as(a, actor.AllScopes), nil},
		"administrator": {as(above, actor.AllScopes), nil},
		"a colleague":   {as(mate, actor.AllScopes), record.ErrAbsent},
		"anybody":       {actor.Anonymous(), actor.ErrScope},
	} {
		_, err := b.Get(t.Context(), test.act, a.ID)
		check(t, name, err, test.want)
		if name != "itself" {
			_, err = b.Disable(t.Context(), test.act, "none")
			check(t, name+", the unknown", err, max2(test.want, record.ErrAbsent))
		}
	}
	list, err := b.Page(t.Context(), as(above, actor.AllScopes), account.Filter{Unit: blao}, page.Request{})
	check(t, "page", err, nil)
	if len(list.Items) != 2 || list.Items[0].Login != "blao" {
		t.Errorf("got %d accounts", len(list.Items))
	}
	_, err = b.Page(t.Context(), as(a, actor.AllScopes), account.Filter{Unit: blao}, page.Request{})
	check(t, "page for an organizer", err, record.ErrAbsent)
	_, err = b.ByLogin(t.Context(), as(above, actor.AllScopes), "blao")
	check(t, "by login, over the web", err, record.ErrAbsent)
	found, err := b.ByLogin(t.Context(), cli, "BLAO")
	if err != nil || found.ID != a.ID {
		t.Errorf("got %s, %v", found.ID, err)
	}
}

// max2 is the first error that is one.
func max2(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func TestService_Grant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	above := b.mustCreate(t, "admin", province, actor.Grant{Role: actor.Admin, Unit: province})
	local := b.mustCreate(t, "local", blao, actor.Grant{Role: actor.Admin, Unit: blao})
	a := b.mustCreate(t, "someone", dran)
	organizer := actor.Grant{Role: actor.Organizer, Unit: blao, From: int64(start), Until: int64(start.Add(90 * day))}

	_, err := b.Grant(t.Context(), as(above, actor.AllScopes), above.ID, organizer)
	check(t, "to oneself", err, account.ErrSelf)
	_, err = b.Grant(t.Context(), as(local, actor.AllScopes), a.ID, actor.Grant{Role: actor.Organizer, Unit: dran})
	check(t, "elsewhere", err, record.ErrAbsent)
	_, err = b.Grant(t.Context(), as(a, actor.AllScopes), local.ID, organizer)
	check(t, "without a role", err, record.ErrAbsent)
	_, err = b.Grant(t.Context(), cli, a.ID, actor.Grant{Role: "king", Unit: blao, From: -1, Until: int64(start)})
	if diff := cmp.Diff([]string{"role=account.role", "from=account.grant_time", "until=account.grant_time"}, fields(err)); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		got, err := b.Grant(t.Context(), as(local, actor.AllScopes), a.ID, organizer)
		check(t, "a secondment", err, nil)
		if diff := cmp.Diff([]actor.Grant{organizer}, got.Grants); diff != "" {
			t.Error(diff)
		}
		var units []string
		for _, e := range got.Outbox[1:] {
			units = append(units, e.Unit)
		}
		if diff := cmp.Diff([]string{blao, dran}, units); diff != "" {
			t.Errorf("logged in %s", diff)
		}
	}
}

func TestService_Revoke(t *testing.T) {
	t.Parallel()
	b := setup(t)
	later := actor.Grant{Role: actor.Organizer, Unit: blao, From: int64(start.Add(30 * day))}
	other := actor.Grant{Role: actor.Organizer, Unit: dran}
	a := b.mustCreate(t, "someone", dran, actor.Grant{Role: actor.Organizer, Unit: blao}, later, other)
	*b.now = start.Add(day)
	for range 2 {
		got, err := b.Revoke(t.Context(), as(a, actor.AllScopes), a.ID, actor.Organizer, blao)
		check(t, "giving a role up", err, nil)
		want := []actor.Grant{{Role: actor.Organizer, Unit: blao, Until: int64(start.Add(day))}, other}
		if diff := cmp.Diff(want, got.Grants); diff != "" {
			t.Error(diff)
		}
	}
	stranger := b.mustCreate(t, "stranger", blao)
	_, err := b.Revoke(t.Context(), as(stranger, actor.AllScopes), a.ID, actor.Organizer, dran)
	check(t, "by a stranger", err, record.ErrAbsent)
}

func TestService_Authenticate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	organizer := actor.Grant{Role: actor.Organizer, Unit: blao}
	seconded := actor.Grant{Role: actor.Approver, Unit: dran, Until: int64(start.Add(10 * day))}
	a := b.mustCreate(t, "someone", blao, organizer, seconded)
	token := b.mustIssue(t, a.ID, "events:write", "events:read", "events:read")

	act, err := b.Authenticate(t.Context(), token)
	check(t, "a good token", err, nil)
	want := actor.Staff(a.ID, []actor.Grant{organizer, seconded}, "events:read", "events:write")
	if diff := cmp.Diff(want, act); diff != "" {
		t.Error(diff)
	}
	*b.now = start.Add(10 * day)
	act, err = b.Authenticate(t.Context(), token)
	check(t, "after the secondment", err, nil)
	if diff := cmp.Diff([]actor.Grant{organizer}, act.Grants); diff != "" {
		t.Error(diff)
	}
	for i := range token {
		altered := []byte(token)
		altered[i] ^= 1
		_, err := b.Authenticate(t.Context(), string(altered))
		check(t, "an altered token", err, account.ErrToken)
	}
	*b.now = start.Add(account.MaxTokenLife)
	_, err = b.Authenticate(t.Context(), token)
	check(t, "an expired token", err, account.ErrToken)
}

func TestService_Authenticate_ended(t *testing.T) {
	t.Parallel()
	organizer := actor.Grant{Role: actor.Organizer, Unit: blao}
	for name, end := range map[string]func(*testing.T, bundle, account.Account, string) error{
		"revoked": func(t *testing.T, b bundle, a account.Account, token string) error {
			_, err := b.RevokeToken(t.Context(), as(a, actor.AllScopes), account.TokenHash(token))
			return err
		},
		"disabled": func(t *testing.T, b bundle, a account.Account, _ string) error {
			_, err := b.Disable(t.Context(), cli, a.ID)
			return err
		},
		"without a role": func(t *testing.T, b bundle, a account.Account, _ string) error {
			_, err := b.Revoke(t.Context(), cli, a.ID, actor.Organizer, blao)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			a := b.mustCreate(t, "someone", blao, organizer)
			token := b.mustIssue(t, a.ID, "events:read")
			_, err := b.Authenticate(t.Context(), token)
			check(t, "before", err, nil)
			for range 2 {
				check(t, "ending", end(t, b, a, token), nil)
				_, err = b.Authenticate(t.Context(), token)
				check(t, "after", err, account.ErrToken)
			}
		})
	}
}

func TestService_IssueToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustCreate(t, "someone", blao, actor.Grant{Role: actor.Admin, Unit: blao})
	other := b.mustCreate(t, "other", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	draft := account.TokenDraft{Account: other.ID, Scopes: []string{"events:read"}}
	_, _, err := b.IssueToken(t.Context(), as(a, actor.AllScopes), draft)
	check(t, "for another", err, record.ErrAbsent)

	self := as(a, account.ScopeWrite, "events:read")
	plain, token, err := b.IssueToken(t.Context(), self, account.TokenDraft{Account: a.ID, Label: "sync", Scopes: []string{"events:read"}})
	check(t, "for oneself", err, nil)
	if token.ID != account.TokenHash(plain) || token.ExpiresAt != start.Add(account.MaxTokenLife) {
		t.Errorf("got %+v", token)
	}
	_, _, err = b.IssueToken(t.Context(), self, account.TokenDraft{
		Account: a.ID, Scopes: []string{"events:write", "all"}, ExpiresAt: start.Add(account.MaxTokenLife) + 1,
	})
	want := []string{"scopes=account.scope_wider", "scopes=account.scope_unknown", "expires_at=account.token_too_long"}
	if diff := cmp.Diff(want, fields(err)); diff != "" {
		t.Error(diff)
	}
	_, _, err = b.IssueToken(t.Context(), cli, account.TokenDraft{Account: a.ID, ExpiresAt: start})
	if diff := cmp.Diff([]string{"scopes=required", "expires_at=account.token_past"}, fields(err)); diff != "" {
		t.Error(diff)
	}
	if _, err := b.Disable(t.Context(), cli, other.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = b.IssueToken(t.Context(), cli, draft)
	check(t, "for a disabled account", err, account.ErrDisabled)
	_, err = b.RevokeToken(t.Context(), as(other, actor.AllScopes), token.ID)
	check(t, "revoking another's", err, record.ErrAbsent)
}

func TestScopes(t *testing.T) {
	t.Parallel()
	all := account.Scopes()
	all[0] = "changed"
	if again := account.Scopes(); again[0] == "changed" || len(again) != 21 || slices.Contains(again, actor.AllScopes) {
		t.Errorf("got %v", again)
	}
}

func FuzzTokenForm(f *testing.F) {
	f.Add("sunday_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("sunday_")
	f.Add("Bearer x")
	f.Fuzz(func(t *testing.T, s string) {
		if account.TokenForm(s) && len(s) != 50 {
			t.Errorf("%d bytes pass for a token", len(s))
		}
	})
}
