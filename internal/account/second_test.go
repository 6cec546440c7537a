package account_test

import (
	"bytes"
	"encoding/base32"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
)

// phone is an authenticator app.
type phone struct {
	b      bundle
	secret string
}

// code is what the app shows, off by so much.
func (p phone) code(t *testing.T, off time.Duration) string {
	t.Helper()
	code, err := totp.GenerateCode(p.secret, p.b.wall.Add(off).Time())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// mustTurnOn gives somebody who signed in a second step.
func (b bundle) mustTurnOn(t *testing.T, login string) (phone, []string, account.Signed) {
	t.Helper()
	who := b.mustWho(t, b.mustSignIn(t, login))
	offer, err := b.access.Offer(who, "sunday.example.org")
	if err != nil {
		t.Fatal(err)
	}
	p := phone{b, offer.Secret}
	signed, codes, err := b.access.TurnOn(t.Context(), who, password, offer.Sealed, p.code(t, 0), "")
	if err != nil {
		t.Fatal(err)
	}
	return p, codes, signed
}

func (b bundle) mustWho(t *testing.T, token string) account.Who {
	t.Helper()
	who, err := b.access.Session(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// mustStep gives the right password and no code.
func (b bundle) mustStep(t *testing.T, login string) string {
	t.Helper()
	signed, err := b.access.SignIn(t.Context(), login, password, "")
	if err != nil || signed.Token != "" || signed.Step == "" {
		t.Fatalf("the password alone: session %v, %v", signed.Token != "", err)
	}
	return signed.Step
}

func TestAccess_TurnOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	other, token := b.mustSignIn(t, "lan"), b.mustSignIn(t, "lan")
	who := b.mustWho(t, token)
	offer, err := b.access.Offer(who, "sunday.example.org")
	if err != nil || !strings.HasPrefix(offer.URI, "otpauth://totp/Sunday:lan@sunday.example.org?") || len(offer.Secret) != 32 {
		t.Fatalf("%+v, %v", offer, err)
	}
	p := phone{b, offer.Secret}
	minh := b.mustStaff(t, "minh", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	strange, err := b.access.Offer(b.mustWho(t, b.mustSignIn(t, "minh")), "x")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		password, offer, code string
		want                  error
	}{
		"wrong password":  {"x", offer.Sealed, p.code(t, 0), account.ErrCurrent},
		"wrong code":      {password, offer.Sealed, p.code(t, -2*time.Minute), account.ErrCode},
		"no code":         {password, offer.Sealed, "", account.ErrCode},
		"another's offer": {password, strange.Sealed, phone{b, strange.Secret}.code(t, 0), account.ErrCode},
		"no offer":        {password, "", p.code(t, 0), account.ErrCode},
		"endless offer":   {password, strings.Repeat("A", 1<<20), p.code(t, 0), account.ErrCode},
	} {
		if _, _, err := b.access.TurnOn(t.Context(), who, tc.password, tc.offer, tc.code, ""); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if again, err := b.access.Offered(who, "sunday.example.org", offer.Sealed); err != nil || again != offer {
		t.Errorf("the offer comes back as %+v, %v", again, err)
	}
	signed, codes, err := b.access.TurnOn(t.Context(), who, password, offer.Sealed, p.code(t, 0), "")
	if err != nil || len(codes) != 10 || !b.signedIn(t, signed.Token) || b.signedIn(t, other) || b.signedIn(t, token) {
		t.Fatalf("%d codes, %v; other sessions go on: %v", len(codes), err, b.signedIn(t, other))
	}
	if slices.Sort(codes); len(slices.Compact(slices.Clone(codes))) != 10 {
		t.Error("two recovery codes are one")
	}
	if _, _, err := b.access.TurnOn(t.Context(), b.mustWho(t, signed.Token), password, offer.Sealed, p.code(t, 30*time.Second), ""); !errors.Is(err, account.ErrSecond) {
		t.Errorf("twice: %v", err)
	}
	b.keptSealed(t, a, minh, offer.Secret, codes)
}

// keptSealed: the database alone tells neither the secret nor a recovery code.
func (b bundle) keptSealed(t *testing.T, a, without account.Account, secret string, codes []string) {
	t.Helper()
	c, err := b.access.Credentials.Get(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base32.StdEncoding.DecodeString(secret)
	if err != nil || bytes.Contains(c.Second.Secret, raw) {
		t.Errorf("the secret is readable: %v", err)
	}
	for _, code := range append(codes, secret) {
		if bytes.Contains(stored, []byte(code)) || bytes.Contains(stored, []byte(strings.ReplaceAll(code, "-", ""))) {
			t.Error("a code or the secret is stored as it is")
		}
	}
	if s, err := b.access.SecondOf(t.Context(), cli, a.ID); err != nil || !s.On || s.Left != 10 || s.Since != *b.wall {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := b.access.SecondOf(t.Context(), cli, without.ID); err != nil || s.On {
		t.Errorf("another's: %+v, %v", s, err)
	}
}

func TestAccess_SecondStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	p, _, _ := b.mustTurnOn(t, "lan")
	step := b.mustStep(t, "lan")
	if a, err := b.access.AtStep(t.Context(), step); err != nil || a.Login != "lan" {
		t.Fatalf("at the step is %q, %v", a.Login, err)
	}
	try := func(name, code string, want error) {
		t.Helper()
		signed, err := b.access.SecondStep(t.Context(), step, code, "")
		if !errors.Is(err, want) || err == nil && !b.signedIn(t, signed.Token) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	try("the one of turning it on", p.code(t, 0), account.ErrCode)
	*b.wall = b.wall.Add(2 * time.Minute)
	try("two steps early", p.code(t, -time.Minute), account.ErrCode)
	try("two steps late", p.code(t, time.Minute), account.ErrCode)
	try("none", "", account.ErrCode)
	try("letters", "abcdef", account.ErrCode)
	try("a clock half a minute slow", p.code(t, -30*time.Second), nil)
	try("the same again", p.code(t, -30*time.Second), account.ErrCode)
	now := p.code(t, 0)
	try("typed in two groups", now[:3]+" "+now[3:], nil)
	try("the same after it", now, account.ErrCode)
	try("a clock half a minute fast", p.code(t, 30*time.Second), nil)
	try("one before the last", now, account.ErrCode)
	if n := strings.Count(strings.Join(b.acts(t, blao), " "), "account.code_failed"); n != 8 {
		t.Errorf("the unit's log has %d wrong codes, want 8", n)
	}
}

// TestAccess_Step: what follows the password opens nothing for long, for others,
// or after a change.
func TestAccess_Step(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func(t *testing.T, b bundle, a account.Account, step string) string{
		"too late": func(_ *testing.T, b bundle, _ account.Account, step string) string {
			*b.wall = b.wall.Add(account.StepLife)
			return step
		},
		"a new password": func(t *testing.T, b bundle, a account.Account, step string) string {
			t.Helper()
			check(t, "SetPassword", b.access.SetPassword(t.Context(), cli, a.ID, password+"!"), nil)
			return step
		},
		"taken off": func(t *testing.T, b bundle, a account.Account, step string) string {
			t.Helper()
			check(t, "RemoveSecond", b.access.RemoveSecond(t.Context(), cli, a.ID), nil)
			return step
		},
		"disabled": func(t *testing.T, b bundle, a account.Account, step string) string {
			t.Helper()
			_, err := b.Disable(t.Context(), cli, a.ID)
			check(t, "Disable", err, nil)
			return step
		},
		"none":       func(*testing.T, bundle, account.Account, string) string { return "" },
		"made up":    func(*testing.T, bundle, account.Account, string) string { return strings.Repeat("A", 120) },
		"endless":    func(*testing.T, bundle, account.Account, string) string { return strings.Repeat("A", 1<<20) },
		"cut off":    func(_ *testing.T, _ bundle, _ account.Account, step string) string { return step[:len(step)-1] },
		"an offer's": func(t *testing.T, b bundle, _ account.Account, _ string) string { t.Helper(); return b.mustOffer(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
			p, _, _ := b.mustTurnOn(t, "lan")
			step := then(t, b, a, b.mustStep(t, "lan"))
			if _, err := b.access.SecondStep(t.Context(), step, p.code(t, 30*time.Second), ""); !errors.Is(err, account.ErrStep) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// mustOffer is the sealed secret that another account was offered.
func (b bundle) mustOffer(t *testing.T) string {
	t.Helper()
	b.mustStaff(t, "minh", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	offer, err := b.access.Offer(b.mustWho(t, b.mustSignIn(t, "minh")), "x")
	if err != nil {
		t.Fatal(err)
	}
	return offer.Sealed
}

func TestAccess_Recovery(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	_, codes, signed := b.mustTurnOn(t, "lan")
	step := b.mustStep(t, "lan")
	typed := strings.ToUpper(strings.ReplaceAll(codes[3], "-", " "))
	if _, err := b.access.SecondStep(t.Context(), step, typed, ""); err != nil {
		t.Fatalf("a recovery code: %v", err)
	}
	for name, code := range map[string]string{"used": codes[3], "made up": "00000-00000"} {
		if _, err := b.access.SecondStep(t.Context(), step, code, ""); !errors.Is(err, account.ErrCode) {
			t.Errorf("%s: %v", name, err)
		}
	}
	who := b.mustWho(t, signed.Token)
	if s, err := b.access.OwnSecond(t.Context(), who); err != nil || s.Left != 9 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := b.access.NewRecovery(t.Context(), who, "x"); !errors.Is(err, account.ErrCurrent) {
		t.Errorf("new codes without the password: %v", err)
	}
	fresh, err := b.access.NewRecovery(t.Context(), who, password)
	if err != nil || len(fresh) != 10 {
		t.Fatalf("%d new codes, %v", len(fresh), err)
	}
	if _, err := b.access.SecondStep(t.Context(), step, codes[0], ""); !errors.Is(err, account.ErrCode) {
		t.Errorf("a code of before: %v", err)
	}
	if _, err := b.access.SecondStep(t.Context(), step, fresh[0], ""); err != nil {
		t.Errorf("a new code: %v", err)
	}
	acts := strings.Join(b.acts(t, blao), " ")
	for act, want := range map[string]int{"account.second_on": 1, "account.recovery_used": 2, "account.recovery_new": 1} {
		if n := strings.Count(acts, act); n != want {
			t.Errorf("the log has %d times %s, want %d", n, act, want)
		}
	}
}

// TestAccess_SecondStays: a new password, however it came about, leaves the step
// on, and a link does not lead around it.
func TestAccess_SecondStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	_, _, signed := b.mustTurnOn(t, "lan")
	changed, err := b.access.ChangePassword(t.Context(), b.mustWho(t, signed.Token), password, "ba con vịt xiêm", "")
	if err != nil || !b.signedIn(t, changed.Token) {
		t.Fatalf("changing the password: %v", err)
	}
	link, err := b.invite(t, cli, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	by, err := b.access.SetByLink(t.Context(), link, "", password, "")
	if err != nil || by.Token != "" || by.Step == "" {
		t.Errorf("a link signs in without the code: %v", err)
	}
	check(t, "SetPassword", b.access.SetPassword(t.Context(), cli, a.ID, password), nil)
	b.mustStep(t, "lan")
}

func TestAccess_TurnOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	_, _, signed := b.mustTurnOn(t, "lan")
	who := b.mustWho(t, signed.Token)
	if err := b.access.TurnOff(t.Context(), who, "x"); !errors.Is(err, account.ErrCurrent) {
		t.Errorf("with a wrong password: %v", err)
	}
	b.mustStep(t, "lan")
	for range 2 { // the second time is no error
		check(t, "TurnOff", b.access.TurnOff(t.Context(), who, password), nil)
	}
	if !b.signedIn(t, signed.Token) || !b.signedIn(t, b.mustSignIn(t, "lan")) {
		t.Error("turning it off ended a session, or signing in still asks for a code")
	}
	if n := strings.Count(strings.Join(b.acts(t, blao), " "), "account.second_off"); n != 1 {
		t.Errorf("%d entries", n)
	}
}

func TestAccess_RemoveSecond(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Admin, Unit: blao})
	far := b.mustStaff(t, "far", blao, actor.Grant{Role: actor.Approver, Unit: province})
	_, _, signed := b.mustTurnOn(t, "lan")
	b.mustTurnOn(t, "far")
	admin := actor.Staff("admin", []actor.Grant{{Role: actor.Admin, Unit: blao}}, actor.AllScopes)
	for name, tc := range map[string]struct {
		by   actor.Actor
		of   string
		want error
	}{
		"oneself":          {as(a, actor.AllScopes), a.ID, account.ErrCurrent},
		"beyond the reach": {admin, far.ID, account.ErrReach},
		"a user of an API": {actor.Staff("admin", admin.Grants, "events:read"), a.ID, actor.ErrScope},
	} {
		if err := b.access.RemoveSecond(t.Context(), tc.by, tc.of); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stranger := actor.Staff("x", []actor.Grant{{Role: actor.Admin, Unit: dran}}, actor.AllScopes)
	if err := b.access.RemoveSecond(t.Context(), stranger, a.ID); err == nil {
		t.Error("a stranger takes it off")
	}
	if _, err := b.access.SecondOf(t.Context(), stranger, a.ID); err == nil {
		t.Error("a stranger learns of it")
	}
	check(t, "RemoveSecond", b.access.RemoveSecond(t.Context(), admin, a.ID), nil)
	if b.signedIn(t, signed.Token) || !b.signedIn(t, b.mustSignIn(t, "lan")) {
		t.Error("the session of before goes on, or signing in still asks for a code")
	}
	check(t, "of an account that never signed in", b.access.RemoveSecond(t.Context(), admin, b.mustCreate(t, "fresh", blao).ID), nil)
}

// FuzzCodeForm: whatever is typed, there is one form or none, and it is its own.
func FuzzCodeForm(f *testing.F) {
	for _, s := range []string{"123456", "123 456", "abcde-fghjk", "ABCDE FGHJK", "0O1IL-abcde", "", "１２３４５６", "123456\x00", strings.Repeat(" ", 65)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code := account.CodeForm(typed)
		if code != "" && len(code) != 6 && len(code) != 10 || strings.ContainsFunc(code, func(r rune) bool { return r > 'z' || r < '0' }) {
			t.Errorf("%q gives %q", typed, code)
		}
		if again := account.CodeForm(code); again != code {
			t.Errorf("%q gives %q and then %q", typed, code, again)
		}
	})
}

// FuzzStep: nothing that a browser says of itself is a password that was given, or
// a secret that was offered.
func FuzzStep(f *testing.F) {
	b := setup(f)
	for _, s := range []string{"", "AAAA", "AA==", strings.Repeat("A", 600), "\x00", "-_-_", "bGFuIDEgOTk5OTk5OTk5OTk5OTk"} {
		f.Add(s, "123456")
	}
	f.Fuzz(func(t *testing.T, step, code string) {
		if _, err := b.access.SecondStep(t.Context(), step, code, ""); !errors.Is(err, account.ErrStep) {
			t.Errorf("%q: %v", step, err)
		}
		if _, err := b.access.Offered(account.Who{}, "sunday.example.org", step); !errors.Is(err, account.ErrCode) {
			t.Errorf("%q is an offer: %v", step, err)
		}
	})
}
