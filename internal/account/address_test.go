package account_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

const address = "lan@example.org"

// post keeps what it is handed, or fails.
type post struct {
	on, held bool
	fails    error
	sent     []account.Mail
}

func (p *post) On() bool { return p.on }

func (p *post) Held(context.Context) (bool, error) { return p.held, nil }

func (p *post) Send(_ context.Context, _ calendar.Instant, m account.Mail) error {
	if p.fails != nil {
		return p.fails
	}
	p.sent = append(p.sent, m)
	return nil
}

// posted are the mails that are handed over now.
func (b bundle) posted(t *testing.T) []account.Mail {
	t.Helper()
	b.post.sent = nil
	if _, err := b.access.SendLetters(t.Context(), *b.now, 10); err != nil {
		t.Fatal(err)
	}
	return b.post.sent
}

// mustMail is the one mail that is handed over now.
func (b bundle) mustMail(t *testing.T, kind account.LetterKind) account.Mail {
	t.Helper()
	sent := b.posted(t)
	if len(sent) != 1 || sent[0].Kind != kind {
		t.Fatalf("%d mails went out, want one of %s: %+v", len(sent), kind, sent)
	}
	return sent[0]
}

// mustAddress gives somebody a confirmed address.
func (b bundle) mustAddress(t *testing.T, login string) {
	t.Helper()
	check(t, "SetAddress", b.access.SetAddress(t.Context(), b.mustWho(t, b.mustSignIn(t, login)), password, address), nil)
	m := b.mustMail(t, account.LetterAddress)
	check(t, "ConfirmAddress", b.access.ConfirmAddress(t.Context(), strings.TrimPrefix(m.Path, account.AddressPath)), nil)
}

func TestAccess_Address(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	who := b.mustWho(t, b.mustSignIn(t, "lan"))
	check(t, "a wrong password", b.access.SetAddress(t.Context(), who, "x", address), account.ErrCurrent)
	if err := b.access.SetAddress(t.Context(), who, password, "no address"); !slices.Equal(fields(err), []string{"address=text.email"}) {
		t.Errorf("no address: %v", err)
	}
	check(t, "SetAddress", b.access.SetAddress(t.Context(), who, password, " "+address+" "), nil)
	m := b.mustMail(t, account.LetterAddress)
	if m.To != address || m.Until != b.wall.Add(account.AddressLife) || m.Zone == "" || len(b.posted(t)) != 0 {
		t.Errorf("%+v, or it goes out twice", m)
	}
	b.see(t, who, account.Address{Waiting: address})
	check(t, "Forgot", b.access.Forgot(t.Context(), "lan"), nil)
	if sent := b.posted(t); len(sent) != 0 {
		t.Errorf("an address that nobody confirmed gets %s", sent[0].Kind)
	}
	ticket := strings.TrimPrefix(m.Path, account.AddressPath)
	if of, err := b.access.AtAddress(t.Context(), ticket); err != nil || of.ID != a.ID {
		t.Errorf("the link is of %q, %v", of.Login, err)
	}
	for name, bad := range map[string]string{
		"none": "", "cut off": ticket[:len(ticket)-1], "another's": strings.Replace(ticket, a.ID, strings.Repeat("0", 32), 1),
		"made up": a.ID + "." + strings.Repeat("A", 22),
	} {
		check(t, name, b.access.ConfirmAddress(t.Context(), bad), account.ErrLink)
	}
	check(t, "ConfirmAddress", b.access.ConfirmAddress(t.Context(), ticket), nil)
	check(t, "twice", b.access.ConfirmAddress(t.Context(), ticket), account.ErrLink)
	b.see(t, who, account.Address{Confirmed: address})
	b.addressSealed(t, a)

	check(t, "another", b.access.SetAddress(t.Context(), who, password, "new@example.org"), nil)
	b.see(t, who, account.Address{Confirmed: address, Waiting: "new@example.org"})
	late := strings.TrimPrefix(b.mustMail(t, account.LetterAddress).Path, account.AddressPath)
	*b.wall = b.wall.Add(account.AddressLife)
	check(t, "too late", b.access.ConfirmAddress(t.Context(), late), account.ErrLink)
	who = b.mustWho(t, b.mustSignIn(t, "lan"))
	b.see(t, who, account.Address{Confirmed: address, Lapsed: "new@example.org"})
	check(t, "asking again", b.access.SetAddress(t.Context(), who, password, "new@example.org"), nil)
	b.see(t, who, account.Address{Confirmed: address, Waiting: "new@example.org"})
	check(t, "removing it with a wrong password", b.access.RemoveAddress(t.Context(), who, "x"), account.ErrCurrent)
	for range 2 { // the second time is no error
		check(t, "RemoveAddress", b.access.RemoveAddress(t.Context(), who, password), nil)
	}
	b.see(t, who, account.Address{})
}

// TestAccess_GiveAddress: those who may make a link give and take an address, for
// others alone, and never over one that was confirmed.
func TestAccess_GiveAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustCreate(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	admin := b.mustStaff(t, "admin", blao, actor.Grant{Role: actor.Admin, Unit: blao})
	act := actor.Staff(admin.ID, admin.Grants, actor.AllScopes)
	give := func(to, typed string) error {
		_, err := b.access.GiveAddress(t.Context(), act, to, typed)
		return err
	}
	check(t, "no mail goes out yet", b.access.TakeAddress(t.Context(), act, a.ID), nil)
	check(t, "the own", give(admin.ID, address), account.ErrOwnAddress)
	check(t, "taking the own", b.access.TakeAddress(t.Context(), act, admin.ID), account.ErrOwnAddress)
	for _, other := range []actor.Actor{actor.Staff(a.ID, a.Grants, actor.AllScopes), actor.Staff("x", []actor.Grant{{Role: actor.Admin, Unit: dran}}, actor.AllScopes)} {
		_, err := b.access.GiveAddress(t.Context(), other, a.ID, address)
		check(t, "no administrator", err, record.ErrAbsent)
		check(t, "no administrator takes it", b.access.TakeAddress(t.Context(), other, a.ID), record.ErrAbsent)
	}
	if err := give(a.ID, "no address"); !slices.Equal(fields(err), []string{"address=text.email"}) {
		t.Errorf("no address: %v", err)
	}
	got, err := b.access.GiveAddress(t.Context(), act, a.ID, " "+address)
	if err != nil || got != (account.AddressState{Waiting: true}) {
		t.Fatalf("%+v, %v", got, err)
	}
	m := b.mustMail(t, account.LetterAddress)
	check(t, "ConfirmAddress", b.access.ConfirmAddress(t.Context(), strings.TrimPrefix(m.Path, account.AddressPath)), nil)
	check(t, "over a confirmed one", give(a.ID, "other@example.org"), account.ErrAddress)
	check(t, "TakeAddress", b.access.TakeAddress(t.Context(), act, a.ID), nil)
	check(t, "again", give(a.ID, "other@example.org"), nil)
	if m := b.mustMail(t, account.LetterAddress); m.To != "other@example.org" {
		t.Errorf("%+v", m)
	}
	*b.wall = b.wall.Add(account.AddressLife)
	if state, err := b.access.AddressOf(t.Context(), act, a.ID); err != nil || state.Waiting {
		t.Errorf("a link that is over waits: %v", err)
	}
	b.reached(t, act, a)
}

// reached: a role on a unit that the administrator does not look after keeps the
// account's address out of reach, as does its end.
func (b bundle) reached(t *testing.T, act actor.Actor, a account.Account) {
	t.Helper()
	if _, err := b.Grant(t.Context(), cli, a.ID, actor.Grant{Role: actor.Viewer, Unit: dran}); err != nil {
		t.Fatal(err)
	}
	_, err := b.access.GiveAddress(t.Context(), act, a.ID, address)
	check(t, "a role elsewhere", err, account.ErrReach)
	check(t, "taking it", b.access.TakeAddress(t.Context(), act, a.ID), account.ErrReach)
	if _, err := b.Disable(t.Context(), cli, a.ID); err != nil {
		t.Fatal(err)
	}
	_, err = b.access.GiveAddress(t.Context(), cli, a.ID, address)
	check(t, "an account that ended", err, account.ErrDisabled)
	b.post.on = false
	_, err = b.access.GiveAddress(t.Context(), cli, a.ID, address)
	check(t, "without a mail server", err, account.ErrNoPost)
}

// see wants the address as its owner sees it, and administrators that it is there.
func (b bundle) see(t *testing.T, who account.Who, want account.Address) {
	t.Helper()
	if got, err := b.access.OwnAddress(t.Context(), who); err != nil || got != want {
		t.Errorf("the address is %+v, want %+v: %v", got, want, err)
	}
	state, err := b.access.AddressOf(t.Context(), cli, who.Account.ID)
	if err != nil || state.Confirmed != (want.Confirmed != "") || state.Refused != want.Refused {
		t.Errorf("administrators see %+v, %v", state, err)
	}
}

func (b bundle) addressSealed(t *testing.T, a account.Account) {
	t.Helper()
	c, err := b.access.Credentials.Get(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if stored, err := json.Marshal(c); err != nil || bytes.Contains(c.Address, []byte(address)) || bytes.Contains(stored, []byte(address)) {
		t.Errorf("the address is stored as it is: %v", err)
	}
}

func TestAccess_Forgot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustStaff(t, "minh", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustAddress(t, "lan")
	session := b.mustSignIn(t, "lan")
	for _, login := range []string{"nobody", "minh", ""} {
		check(t, login, b.access.Forgot(t.Context(), login), nil)
	}
	if sent := b.posted(t); len(sent) != 0 {
		t.Errorf("a mail goes out: %+v", sent)
	}
	check(t, "Forgot", b.access.Forgot(t.Context(), " LAN"), nil)
	m := b.mustMail(t, account.LetterReset)
	if m.To != address || m.Login != "lan" || m.Until != b.wall.Add(account.ResetLife) {
		t.Errorf("%+v", m)
	}
	first := strings.TrimPrefix(m.Path, account.PasswordPath)
	check(t, "again", b.access.Forgot(t.Context(), "lan"), nil)
	link := strings.TrimPrefix(b.mustMail(t, account.LetterReset).Path, account.PasswordPath)
	if _, err := b.access.ByLink(t.Context(), first); !errors.Is(err, account.ErrLink) {
		t.Errorf("the link before the last: %v", err)
	}
	if of, err := b.access.ByLink(t.Context(), link); err != nil || of.Login != "lan" {
		t.Errorf("the link is of %q, %v", of.Login, err)
	}
	if !b.signedIn(t, session) {
		t.Error("asking alone signs its owner out")
	}
	signed, err := b.access.SetByLink(t.Context(), link, "", "ba con vịt xiêm", "")
	if err != nil || !b.signedIn(t, signed.Token) || b.signedIn(t, session) {
		t.Fatalf("setting the password: %v", err)
	}
	if _, err := b.access.SetByLink(t.Context(), link, "", "hai con vịt xiêm", ""); !errors.Is(err, account.ErrLink) {
		t.Errorf("twice: %v", err)
	}
	check(t, "Forgot", b.access.Forgot(t.Context(), "lan"), nil)
	late := strings.TrimPrefix(b.mustMail(t, account.LetterReset).Path, account.PasswordPath)
	*b.wall = b.wall.Add(account.ResetLife)
	if _, err := b.access.ByLink(t.Context(), late); !errors.Is(err, account.ErrLink) {
		t.Errorf("too late: %v", err)
	}
	acts := strings.Join(b.acts(t, blao), " ")
	if n := strings.Count(acts, "account.reset "); strings.Count(acts, "account.reset_refused") != 1 || n != 3 {
		t.Errorf("the log says %s", acts)
	}
	b.post.on = false
	check(t, "without a mail server", b.access.Forgot(t.Context(), "lan"), account.ErrNoPost)
}

// TestAccess_ForgotStep: a mail stands for the password and not for the phone.
func TestAccess_ForgotStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustAddress(t, "lan")
	b.mustTurnOn(t, "lan")
	check(t, "Forgot", b.access.Forgot(t.Context(), "lan"), nil)
	link := strings.TrimPrefix(b.mustMail(t, account.LetterReset).Path, account.PasswordPath)
	if signed, err := b.access.SetByLink(t.Context(), link, "", password, ""); err != nil || signed.Token != "" || signed.Step == "" {
		t.Errorf("a session without a code: %v, %v", signed.Token != "", err)
	}
}

func TestAccess_InviteByMail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustCreate(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	if _, err := b.access.Invite(t.Context(), cli, a.ID, "no address"); !slices.Equal(fields(err), []string{"address=text.email"}) {
		t.Errorf("no address: %v", err)
	}
	invited, err := b.access.Invite(t.Context(), cli, a.ID, address)
	if err != nil || !invited.Mailed {
		t.Fatalf("%+v, %v", invited, err)
	}
	m := b.mustMail(t, account.LetterPassword)
	path, proof, found := strings.Cut(m.Path, "?"+account.ProofQuery+"=")
	if m.To != address || path != account.PasswordPath+invited.Token || !found {
		t.Fatalf("%+v", m)
	}
	signed, err := b.access.SetByLink(t.Context(), invited.Token, proof, password, "")
	if err != nil {
		t.Fatal(err)
	}
	b.see(t, b.mustWho(t, signed.Token), account.Address{Confirmed: address})
	if _, err := b.access.Invite(t.Context(), cli, a.ID, "other@example.org"); !errors.Is(err, account.ErrAddress) {
		t.Errorf("another's address over a confirmed one: %v", err)
	}
	again, err := b.access.Invite(t.Context(), cli, a.ID, "")
	if err != nil || !again.Mailed {
		t.Errorf("another link: %+v, %v", again, err)
	}
	if m = b.mustMail(t, account.LetterPassword); m.To != address || m.Path != account.PasswordPath+again.Token {
		t.Errorf("%+v", m)
	}
	b.post.on = false
	if still, err := b.access.Invite(t.Context(), cli, a.ID, ""); err != nil || still.Mailed {
		t.Errorf("without a mail server: %+v, %v", still, err)
	}
	check(t, "an address without a mail server", b.access.CheckAddress(address), account.ErrNoPost)
}

// TestAccess_InviteProof: who was shown the link does not confirm the address by
// it, as the mail's link is used up gets a mail that asks for nothing else, and an
// address that waits gets no further link by itself.
func TestAccess_InviteProof(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustCreate(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	invited, err := b.access.Invite(t.Context(), cli, a.ID, address)
	if err != nil {
		t.Fatal(err)
	}
	b.mustMail(t, account.LetterPassword)
	signed, err := b.access.SetByLink(t.Context(), invited.Token, a.ID+"."+strings.Repeat("A", 22), password, "")
	if err != nil {
		t.Fatal(err)
	}
	who := b.mustWho(t, signed.Token)
	b.see(t, who, account.Address{Waiting: address})
	if next, err := b.access.Invite(t.Context(), cli, a.ID, ""); err != nil || next.Mailed {
		t.Errorf("%+v, %v", next, err)
	}
	m := b.mustMail(t, account.LetterAddress) // the link of the first mail is used up
	check(t, "the address", b.access.ConfirmAddress(t.Context(), strings.TrimPrefix(m.Path, account.AddressPath)), nil)
	b.see(t, who, account.Address{Confirmed: address})
}

// TestAccess_SendLetters: a letter waits for the mail server, is tried again, and
// is dropped once it is of no use; a kill after the hand-over has it go out again
// as it was.
func TestAccess_SendLetters(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustAddress(t, "lan")
	ask := func() { check(t, "Forgot", b.access.Forgot(t.Context(), "lan"), nil) }
	step := func(want int) {
		t.Helper()
		if n := len(b.posted(t)); n != want {
			t.Errorf("%d mails go out, want %d", n, want)
		}
	}
	ask()
	b.post.held = true
	step(0)
	b.post.held, b.post.fails = false, account.ErrPost
	if _, err := b.access.SendLetters(t.Context(), *b.now, 10); !errors.Is(err, account.ErrPost) {
		t.Errorf("nobody takes mails: %v", err)
	}
	b.post.fails = errors.New("451 later")
	step(0)
	b.post.fails = nil
	step(0) // it waits a minute
	*b.wall = b.wall.Add(time.Minute)
	step(1)
	step(0)

	ask()
	b.post.fails = errors.Join(account.ErrRefused, errors.New("550"))
	step(0)
	b.post.fails = nil
	*b.wall = b.wall.Add(time.Minute)
	step(0) // it was refused for good
	if s, err := b.access.AddressOf(t.Context(), cli, a.ID); err != nil || !s.Refused {
		t.Errorf("%+v, %v", s, err)
	}
	ask()
	*b.wall = b.wall.Add(account.ResetLife)
	step(0) // its link is over
	ask()
	if _, err := b.Disable(t.Context(), cli, a.ID); err != nil {
		t.Fatal(err)
	}
	step(0)
	if c, err := b.access.Credentials.Get(t.Context(), a.ID); err != nil || len(c.Letters) != 0 || c.LetterDue != 0 {
		t.Errorf("%d letters are left, %v", len(c.Letters), err)
	}
}

// TestAccess_SendLettersUnreadable: an address whose key is lost keeps nobody else
// from their mail.
func TestAccess_SendLettersUnreadable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustAddress(t, "lan")
	b.mustStaff(t, "minh", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustAddress(t, "minh")
	if _, err := b.access.Credentials.Update(t.Context(), a.ID, func(c *account.Credential) error {
		c.Address = []byte("sealed with a key that is gone")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	check(t, "Forgot", b.access.Forgot(t.Context(), "lan"), nil)
	check(t, "Forgot", b.access.Forgot(t.Context(), "minh"), nil)
	if m := b.mustMail(t, account.LetterReset); m.Login != "minh" {
		t.Errorf("the mail is for %s", m.Login)
	}
}

// TestAccess_SendLettersKilled: the note after a hand-over is lost.
func TestAccess_SendLettersKilled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustAddress(t, "lan")
	check(t, "Forgot", b.access.Forgot(t.Context(), "lan"), nil)
	working := b.access.Credentials
	b.access.Credentials = forgetful{working}
	b.post.sent = nil
	if _, err := b.access.SendLetters(t.Context(), *b.now, 10); !errors.Is(err, errKilled) || len(b.post.sent) != 1 {
		t.Fatalf("%d mails, %v", len(b.post.sent), err)
	}
	first := b.post.sent[0]
	b.access.Credentials = working
	if again := b.mustMail(t, account.LetterReset); again != first {
		t.Errorf("the second is %+v, the first was %+v", again, first)
	}
}

var errKilled = errors.New("killed")

// forgetful loses every change.
type forgetful struct{ account.Credentials }

func (forgetful) Update(context.Context, string, func(*account.Credential) error) (account.Credential, error) {
	return account.Credential{}, errKilled
}

// FuzzTicket: a ticket has an account and a token, or is none.
func FuzzTicket(f *testing.F) {
	for _, s := range []string{"", ".", strings.Repeat("0", 32) + "." + strings.Repeat("A", 22), "a.b.c", "\x00.\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		owner, token, ok := account.ParseTicket(text)
		if ok != (owner+"."+token == text && len(token) == 22 && (len(owner) == 32 || len(owner) == 36)) {
			t.Errorf("%q: %q and %q, %v", text, owner, token, ok)
		}
	})
}

// An account that ended leaves nothing to sign in with, and no address.
func TestService_Disable_forgets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.mustStaff(t, "lan", blao, actor.Grant{Role: actor.Organizer, Unit: blao})
	b.mustAddress(t, "lan")
	before, err := b.access.Credentials.Get(t.Context(), a.ID)
	if err != nil || before.Password == "" || before.Address == nil {
		t.Fatalf("nothing is there to forget: %v", err)
	}
	if _, err := b.Disable(t.Context(), cli, a.ID); err != nil {
		t.Fatal(err)
	}
	got, err := b.access.Credentials.Get(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := account.Credential{
		Head: got.Head, Epoch: before.Epoch + 1, LinkGeneration: before.LinkGeneration,
		ResetGeneration: before.ResetGeneration, AddressGeneration: before.AddressGeneration,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
