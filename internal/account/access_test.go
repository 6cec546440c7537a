package account_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

const password = "bốn con vịt xiêm"

// mustStaff makes an account that can sign in.
func (b bundle) mustStaff(t *testing.T, login, home string, grants ...actor.Grant) account.Account {
	t.Helper()
	a := b.mustCreate(t, login, home, grants...)
	if err := b.access.SetPassword(t.Context(), cli, a.ID, password); err != nil {
		t.Fatal(err)
	}
	return a
}

func (b bundle) mustSignIn(t *testing.T, login string) string {
	t.Helper()
	signed, err := b.access.SignIn(t.Context(), login, password, "firefox linux")
	if err != nil {
		t.Fatal(err)
	}
	return signed.Token
}

// signedIn tells whether the token is of a session.
func (b bundle) signedIn(t *testing.T, token string) bool {
	t.Helper()
	_, err := b.access.Session(t.Context(), token)
	if err != nil && !errors.Is(err, account.ErrSession) {
		t.Fatal(err)
	}
	return err == nil
}

// acts are what the unit's log says, oldest first.
func (b bundle) acts(t *testing.T, of string) []string {
	t.Helper()
	if _, err := b.log.Relay(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	auditor := actor.Staff("auditor", []actor.Grant{{Role: actor.Auditor, Unit: of}}, actor.AllScopes)
	lines, err := b.log.Page(t.Context(), auditor, audit.Filter{Unit: of}, page.Request{Limit: page.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, l := range lines.Items {
		acts = append(acts, l.Act)
	}
	slices.Sort(acts)
	return acts
}

func TestAccess_SignIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	disabled := b.mustStaff(t, "gone", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	if _, err := b.Disable(t.Context(), cli, disabled.ID); err != nil {
		t.Fatal(err)
	}
	b.mustCreate(t, "fresh", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustStaff(t, "idle", blao)
	decomposed := "bo\u0302\u0301n con vi\u0323t xie\u0302m"
	for _, tc := range []struct {
		name, login, password string
		want                  error
	}{
		{"right", "lan", password, nil},
		{"login in another case", " LAN ", password, nil},
		{"another keyboard", "lan", decomposed, nil},
		{"wrong", "lan", password + "x", account.ErrSignIn},
		{"in capitals", "lan", strings.ToUpper(password), account.ErrSignIn},
		{"empty", "lan", "", account.ErrSignIn},
		{"endless", "lan", strings.Repeat("x", 1<<20), account.ErrSignIn},
		{"unknown", "nobody", password, account.ErrSignIn},
		{"no login", "", "", account.ErrSignIn},
		{"disabled", "gone", password, account.ErrSignIn},
		{"no password yet", "fresh", "", account.ErrSignIn},
		{"no role", "idle", password, account.ErrNoRole},
		{"no role and wrong", "idle", "x", account.ErrSignIn},
	} {
		signed, err := b.access.SignIn(t.Context(), tc.login, tc.password, "")
		if !errors.Is(err, tc.want) || (err == nil) != (signed.Token != "") {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
		if err == nil && signed.Account.ID != a.ID {
			t.Errorf("%s: signed in as %s", tc.name, signed.Account.Login)
		}
	}
	acts := b.acts(t, blao)
	if n := strings.Count(strings.Join(acts, " "), "account.sign_in_failed"); n != 7 {
		t.Errorf("the unit's log has %d failures, want the 7 of its accounts", n)
	}
}

func TestAccess_Session(t *testing.T) {
	t.Parallel()
	b := setup(t)
	until := int64(start.Add(30 * day))
	a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao}, actor.Grant{Role: actor.Approver, Unit: dran, Until: until})
	token := b.mustSignIn(t, "lan")
	who, err := b.access.Session(t.Context(), token)
	if err != nil || who.Actor.ID != a.ID || !who.Actor.Scoped("events:write") || len(who.Actor.Grants) != 2 {
		t.Fatalf("%+v, %v", who, err)
	}
	*b.now = start.Add(30 * day)
	if who, err = b.access.Session(t.Context(), token); err != nil || len(who.Actor.Grants) != 1 {
		t.Errorf("a role that is over is still in the session: %v, %v", who.Actor.Grants, err)
	}
	for _, other := range []string{"", "x", token[:10], strings.Repeat("A", 43)} {
		if b.signedIn(t, other) {
			t.Errorf("%q is a session", other)
		}
	}
	if err := b.access.SignOut(t.Context(), token); err != nil || b.signedIn(t, token) {
		t.Errorf("after signing out: %v", err)
	}
	if err := b.access.SignOut(t.Context(), token); err != nil {
		t.Errorf("signing out twice: %v", err)
	}
}

func TestAccess_SessionEnds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		then func(b bundle, a account.Account) error
		live bool
	}{
		"used in time": {func(b bundle, _ account.Account) error {
			*b.wall = b.wall.Add(account.SessionIdle - time.Second)
			return nil
		}, true},
		"not used":    {func(b bundle, _ account.Account) error { *b.wall = b.wall.Add(account.SessionIdle); return nil }, false},
		"a fast demo": {func(b bundle, _ account.Account) error { *b.now = b.now.Add(365 * day); return nil }, true},
		"the last role": {func(b bundle, a account.Account) error {
			*b.now++
			_, err := b.Revoke(context.Background(), cli, a.ID, actor.Organizer, blao)
			return err
		}, false},
		"a role that comes back": {func(b bundle, a account.Account) error {
			*b.now++
			if _, err := b.Revoke(context.Background(), cli, a.ID, actor.Organizer, blao); err != nil {
				return err
			}
			*b.now++
			_, err := b.Grant(context.Background(), cli, a.ID, actor.Grant{Role: actor.Organizer, Unit: blao})
			return err
		}, false},
		"a role that ran out and comes back": {func(b bundle, a account.Account) error {
			if _, err := b.Grant(context.Background(), cli, a.ID, actor.Grant{Role: actor.Viewer, Unit: blao, Until: int64(*b.now) + 2}); err != nil {
				return err
			}
			*b.now++
			if _, err := b.Revoke(context.Background(), cli, a.ID, actor.Organizer, blao); err != nil {
				return err
			}
			*b.now++
			_, err := b.Grant(context.Background(), cli, a.ID, actor.Grant{Role: actor.Organizer, Unit: blao})
			return err
		}, false},
		"another role besides": {func(b bundle, a account.Account) error {
			*b.now++
			_, err := b.Grant(context.Background(), cli, a.ID, actor.Grant{Role: actor.Viewer, Unit: blao})
			return err
		}, true},
		"the account": {func(b bundle, a account.Account) error {
			_, err := b.Disable(context.Background(), cli, a.ID)
			return err
		}, false},
		"a new password": {func(b bundle, a account.Account) error {
			return b.access.SetPassword(context.Background(), cli, a.ID, password+"!")
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
			token := b.mustSignIn(t, "lan")
			if err := tc.then(b, a); err != nil {
				t.Fatal(err)
			}
			if got := b.signedIn(t, token); got != tc.live {
				t.Errorf("signed in: %v, want %v", got, tc.live)
			}
		})
	}
}

// TestAccess_SessionLife: whoever uses a session all the time has to sign in
// after SessionLife all the same; a day later nothing is left of it.
func TestAccess_SessionLife(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	token := b.mustSignIn(t, "lan")
	for *b.wall < start.Add(account.SessionLife-time.Hour) {
		*b.wall = b.wall.Add(time.Hour)
		if !b.signedIn(t, token) {
			t.Fatal("it ended early")
		}
	}
	*b.wall = start.Add(account.SessionLife)
	if b.signedIn(t, token) {
		t.Error("it goes on for ever")
	}
	for _, want := range []int{0, 1} {
		if n, err := b.access.PurgeSessions(t.Context(), 0, 10); err != nil || n != want {
			t.Errorf("%d sessions are forgotten, want %d: %v", n, want, err)
		}
		*b.wall = b.wall.Add(25 * time.Hour)
	}
}

// invite makes a link without an address.
func (b bundle) invite(t *testing.T, act actor.Actor, account string) (string, error) {
	t.Helper()
	invited, err := b.access.Invite(t.Context(), act, account, "")
	return invited.Token, err
}

func TestAccess_Link(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustCreate(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	admin := actor.Staff("admin", []actor.Grant{{Role: actor.Admin, Unit: blao}}, actor.AllScopes)
	first, err := b.invite(t, admin, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	token, err := b.invite(t, admin, a.ID)
	if err != nil || token == first {
		t.Fatalf("the second link: %v", err)
	}
	if owner, err := b.access.ByLink(t.Context(), token); err != nil || owner.ID != a.ID {
		t.Errorf("the link is of %q, %v", owner.Login, err)
	}
	if _, err := b.access.SetByLink(t.Context(), token, "", "short", ""); err == nil || errors.Is(err, account.ErrLink) {
		t.Errorf("a short password: %v", err)
	}
	signed, err := b.access.SetByLink(t.Context(), token, "", password, "")
	if err != nil || !b.signedIn(t, signed.Token) {
		t.Fatalf("setting the password: %v", err)
	}
	for name, used := range map[string]string{"used": token, "replaced": first, "none": "AAAAAAAAAAAAAAAAAAAAAA", "empty": ""} {
		if _, err := b.access.SetByLink(t.Context(), used, "", password+"!", ""); !errors.Is(err, account.ErrLink) {
			t.Errorf("%s: %v", name, err)
		}
	}
	late, err := b.invite(t, cli, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	fresh := b.mustCreate(t, "fresh", blao)
	if _, err := b.invite(t, cli, fresh.ID); err != nil {
		t.Fatal(err)
	}
	none := b.mustCreate(t, "none", blao)
	until := b.wall.Add(account.InviteLife)
	b.standings(t, map[string]account.Standing{a.ID: {Set: true, LinkUntil: until}, fresh.ID: {LinkUntil: until}, none.ID: {}}, a, fresh, none)
	*b.wall = until
	b.standings(t, map[string]account.Standing{a.ID: {Set: true}, fresh.ID: {}, none.ID: {}}, a, fresh, none)
	if _, err := b.access.ByLink(t.Context(), late); !errors.Is(err, account.ErrLink) {
		t.Errorf("too late: %v", err)
	}
}

// standings wants an administrator to be told how far owners are, and nobody else.
func (b bundle) standings(tb testing.TB, want map[string]account.Standing, accounts ...account.Account) {
	tb.Helper()
	for name, act := range map[string]actor.Actor{
		"an organizer": actor.Staff("x", []actor.Grant{{Role: actor.Organizer, Unit: blao}}, actor.AllScopes),
		"another unit": actor.Staff("x", []actor.Grant{{Role: actor.Admin, Unit: dran}}, actor.AllScopes),
	} {
		if got, err := b.access.Standings(tb.Context(), act, blao, accounts); err == nil {
			tb.Errorf("%s is told %v", name, got)
		}
	}
	admin := actor.Staff("x", []actor.Grant{{Role: actor.Admin, Unit: province}}, actor.AllScopes)
	got, err := b.access.Standings(tb.Context(), admin, blao, accounts)
	if err != nil {
		tb.Fatal(err)
	}
	for id, standing := range want {
		if got[id] != standing {
			tb.Errorf("%s stands at %+v, want %+v", id, got[id], standing)
		}
	}
}

func TestAccess_InviteOnlyOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustCreate(t, "lan", blao)
	for name, act := range map[string]actor.Actor{
		"the account itself": actor.Staff(a.ID, []actor.Grant{{Role: actor.Organizer, Unit: blao}}, actor.AllScopes),
		"another unit":       actor.Staff("x", []actor.Grant{{Role: actor.Admin, Unit: dran}}, actor.AllScopes),
		"nobody":             actor.Anonymous(),
	} {
		if _, err := b.invite(t, act, a.ID); err == nil {
			t.Errorf("%s makes a link", name)
		}
	}
	above := actor.Staff("x", []actor.Grant{{Role: actor.Admin, Unit: province}}, actor.AllScopes)
	if _, err := b.invite(t, above, a.ID); err != nil {
		t.Errorf("an administrator above: %v", err)
	}
	if err := b.access.SetPassword(t.Context(), above, a.ID, password); !errors.Is(err, record.ErrAbsent) {
		t.Errorf("another's password: %v", err)
	}
}

// TestAccess_InviteReach: a link is no way to roles that its maker does not look
// after.
func TestAccess_InviteReach(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustCreate(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao}, actor.Grant{Role: actor.Approver, Unit: province, Until: int64(start.Add(day))})
	local := actor.Staff("x", []actor.Grant{{Role: actor.Admin, Unit: blao}}, actor.AllScopes)
	if _, err := b.invite(t, local, a.ID); !errors.Is(err, account.ErrReach) {
		t.Errorf("with a role above: %v", err)
	}
	above := actor.Staff("x", []actor.Grant{{Role: actor.Admin, Unit: province}}, actor.AllScopes)
	if _, err := b.invite(t, above, a.ID); err != nil {
		t.Errorf("from above: %v", err)
	}
	*b.now = start.Add(day)
	if _, err := b.invite(t, local, a.ID); err != nil {
		t.Errorf("once the role above is over: %v", err)
	}
}

func TestAccess_ChangePassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	other, token := b.mustSignIn(t, "lan"), b.mustSignIn(t, "lan")
	who, err := b.access.Session(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := b.access.OwnSessions(t.Context(), who); err != nil || len(list) != 2 {
		t.Errorf("%d sessions, %v", len(list), err)
	}
	if _, err := b.access.ChangePassword(t.Context(), who, "wrong", "ba con vịt xiêm", ""); !errors.Is(err, account.ErrCurrent) {
		t.Errorf("with a wrong password: %v", err)
	}
	fresh, err := b.access.ChangePassword(t.Context(), who, password, "ba con vịt xiêm", "")
	if err != nil || !b.signedIn(t, fresh.Token) || b.signedIn(t, token) || b.signedIn(t, other) {
		t.Fatalf("after the change: %v", err)
	}
	if _, err := b.access.SignIn(t.Context(), "lan", password, ""); !errors.Is(err, account.ErrSignIn) {
		t.Errorf("with the old password: %v", err)
	}
	if who, err = b.access.Session(t.Context(), fresh.Token); err != nil {
		t.Fatal(err)
	}
	if err := b.access.SignOutEverywhere(t.Context(), who); err != nil || b.signedIn(t, fresh.Token) {
		t.Errorf("signed out everywhere: %v", err)
	}
}

func TestAccess_EndSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustStaff(t, "minh", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	other, token, strange := b.mustSignIn(t, "lan"), b.mustSignIn(t, "lan"), b.mustSignIn(t, "minh")
	who := b.mustWho(t, token)
	gone := b.mustWho(t, other).Session.ID
	for range 2 { // the second time is no error
		check(t, "EndSession", b.access.EndSession(t.Context(), who, gone), nil)
	}
	if b.signedIn(t, other) || !b.signedIn(t, token) {
		t.Error("the other session goes on, or this one is over")
	}
	if list, err := b.access.OwnSessions(t.Context(), who); err != nil || len(list) != 1 || list[0].ID != who.Session.ID {
		t.Errorf("%d sessions are left, %v", len(list), err)
	}
	for name, id := range map[string]string{"somebody else's": b.mustWho(t, strange).Session.ID, "none": "x"} {
		check(t, name, b.access.EndSession(t.Context(), who, id), record.ErrAbsent)
	}
	if !b.signedIn(t, strange) {
		t.Error("somebody else is signed out")
	}
}

func TestAccess_KnownDevice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lan, minh := b.mustStaff(t, "lan", blao), b.mustStaff(t, "minh", blao)
	mark := b.access.KnownDevice(lan.ID)
	if again := b.access.KnownDevice(lan.ID); again == mark {
		t.Error("two browsers have one mark")
	}
	for login, want := range map[string]bool{"lan": true, " LAN": true, "minh": false, "nobody": false, "": false} {
		if name, err := b.access.IsKnown(t.Context(), login, mark); err != nil || (name != "") != want {
			t.Errorf("%q: %q, %v", login, name, err)
		}
	}
	for _, other := range []string{"", ".", mark + "x", mark[1:], "x" + mark[1:], b.access.KnownDevice(minh.ID)} {
		if name, err := b.access.IsKnown(t.Context(), "lan", other); err != nil || name != "" {
			t.Errorf("%q: %q, %v", other, name, err)
		}
	}
}
