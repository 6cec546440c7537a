package account

import (
	"context"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// InviteLife is how long a link that sets a password may be used.
const InviteLife = 7 * 24 * time.Hour

// ErrLink stands for wrong, used, expired and replaced links alike.
var ErrLink = fault.New(fault.NotFound, "account.link")

// ErrReach: the account has a role on a unit that the administrator does not
// look after.
var ErrReach = fault.New(fault.Forbidden, "account.link_reach")

// Invited is a link that sets a password. Token is shown this once.
type Invited struct {
	Token string
	// Mailed says that it also goes to the account's address.
	Mailed bool
}

// Invite makes a link by which the account's owner sets a password. It takes the
// place of any link before. Administrators of the home unit or of one above make
// it, where they look after all units on which the account has roles, and the
// command line. It is also mailed to the account's address; address, which may be
// empty, is one for an account that has confirmed none.
func (s *Access) Invite(ctx context.Context, act actor.Actor, account, address string) (Invited, error) {
	a, err := s.administered(ctx, act, account)
	if err != nil {
		return Invited{}, err
	}
	if a.DisabledAt != 0 {
		return Invited{}, ErrDisabled
	}
	if err := s.reaches(ctx, act, a); err != nil {
		return Invited{}, err
	}
	return s.link(ctx, act, a, address)
}

// Standing is how far the owner of an account has come.
type Standing struct {
	// Set says that there is a password.
	Set bool
	// LinkUntil is how long the link works by which one may be set, in real time; 0
	// where none does.
	LinkUntil calendar.Instant
}

// Standings gives that of each account of a unit, by id, to those who may invite.
func (s *Access) Standings(ctx context.Context, act actor.Actor, unit string, accounts []Account) (map[string]Standing, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return nil, err
	}
	u, err := s.Units.Get(ctx, unit)
	if err != nil {
		return nil, err
	}
	if !act.HoldsAbove(int64(s.Now()), actor.Admin, u.Above()...) {
		return nil, record.ErrAbsent
	}
	ids := make([]string, 0, len(accounts))
	for _, a := range accounts {
		if a.Unit != unit {
			return nil, record.ErrAbsent
		}
		ids = append(ids, a.ID)
	}
	there, err := s.Credentials.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Standing, len(there))
	for _, c := range there {
		standing := Standing{Set: c.Password != ""}
		if c.LinkHash != "" && s.Wall() < c.LinkUntil {
			standing.LinkUntil = c.LinkUntil
		}
		out[c.ID] = standing
	}
	return out, nil
}

// CheckAddress names what is wrong with an address that somebody typed for an
// account; none is right.
func (s *Access) CheckAddress(typed string) error {
	if typed == "" {
		return nil
	}
	if !s.Post.On() {
		return ErrNoPost
	}
	var c fault.Check
	if err := CheckAddress(&c, "address", typed); err != nil {
		return err
	}
	return c.Err()
}

// CheckAddress notes in the field name where no mail could go to an address; none is
// right.
func CheckAddress(c *fault.Check, name, typed string) error {
	if typed == "" {
		return nil
	}
	_, err := text.Email(typed)
	return c.Take(name, err)
}

// reaches is ErrReach unless act looks after every unit on which the account
// has, or will have, a role: whoever makes a link could use it.
func (s *Access) reaches(ctx context.Context, act actor.Actor, a Account) error {
	now := int64(s.Now())
	for _, g := range a.Grants {
		if act.Is(actor.KindSystem) || g.Until != 0 && g.Until <= now {
			continue
		}
		u, err := s.Units.Get(ctx, g.Unit)
		if err != nil {
			return err
		}
		if !act.HoldsAbove(now, actor.Admin, u.Above()...) {
			return ErrReach
		}
	}
	return nil
}

// link makes the account's link anew.
func (s *Access) link(ctx context.Context, act actor.Actor, a Account, address string) (Invited, error) {
	var sealed []byte
	if err := s.CheckAddress(address); err != nil {
		return Invited{}, err
	}
	if address != "" {
		var err error
		if sealed, err = s.sealAddress(a.ID, address); err != nil {
			return Invited{}, err
		}
	}
	if err := s.ensure(ctx, a.ID); err != nil {
		return Invited{}, err
	}
	mailed := false
	c, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if sealed != nil {
			if c.Address != nil {
				return ErrAddress
			}
			s.expect(c, sealed)
			c.Note(audit.Of(act, s.Now(), a.Unit, credentialThing(a.ID), "account.address", "unconfirmed"))
		}
		c.LinkGeneration++
		c.LinkHash = secret.LinkHash(s.Keys.Link(secret.LinkPassword, a.ID, c.LinkGeneration))
		c.LinkUntil = s.Wall().Add(InviteLife)
		if mailed = s.Post.On() && (c.Address != nil || sealed != nil); mailed {
			c.owe(LetterPassword, s.Wall(), c.LinkUntil)
		}
		c.Note(audit.Of(act, s.Now(), a.Unit, credentialThing(a.ID), "account.invite", "link"))
		return nil
	})
	if err != nil {
		return Invited{}, err
	}
	return Invited{Token: s.Keys.Link(secret.LinkPassword, a.ID, c.LinkGeneration), Mailed: mailed}, nil
}

// ensure makes the account's credential where it has none yet.
func (s *Access) ensure(ctx context.Context, account string) error {
	c := Credential{}
	c.ID = account
	if err := s.Credentials.Create(ctx, &c); err != nil && !errors.Is(err, record.ErrExists) {
		return err
	}
	return nil
}

// administered gives the account to administrators of its home unit or of one
// above, and to the program; to others it is absent.
func (s *Access) administered(ctx context.Context, act actor.Actor, account string) (Account, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return Account{}, err
	}
	a, err := s.Accounts.Get(ctx, account)
	if err != nil {
		return Account{}, err
	}
	u, err := s.Units.Get(ctx, a.Unit)
	if err != nil {
		return Account{}, err
	}
	if act.Is(actor.KindSystem) || act.HoldsAbove(int64(s.Now()), actor.Admin, u.Above()...) {
		return a, nil
	}
	return Account{}, record.ErrAbsent
}

// ByLink gives the account whose password the link may set, else ErrLink.
func (s *Access) ByLink(ctx context.Context, token string) (Account, error) {
	c, err := s.linked(ctx, token)
	if err != nil {
		return Account{}, err
	}
	a, err := s.Accounts.Get(ctx, c.ID)
	if err != nil {
		return Account{}, noLink(err)
	}
	if a.DisabledAt != 0 {
		return Account{}, ErrLink
	}
	return a, nil
}

// linked finds the credential by a link that was made by an administrator, or by
// the ticket of one that was mailed to who forgot the password.
func (s *Access) linked(ctx context.Context, token string) (Credential, error) {
	if owner, reset, ok := ParseTicket(token); ok {
		c, err := s.Credentials.Get(ctx, owner)
		if err == nil && !s.resets(c, reset) {
			err = ErrLink
		}
		return c, noLink(err)
	}
	if !secret.LinkForm(token) {
		return Credential{}, ErrLink
	}
	c, err := s.Credentials.ByLink(ctx, secret.LinkHash(token))
	if err != nil {
		return Credential{}, noLink(err)
	}
	if s.Wall() >= c.LinkUntil {
		return Credential{}, ErrLink
	}
	return c, nil
}

// SetByLink sets the password that was chosen, uses the link up and ends every
// session of the account. It begins a new one, or leads to the second step: a link
// stands for the password and for nothing else. proof is the ticket that a mail has
// beside the link, "" for none: it confirms the address that the mail came to. Who
// was invited by mail and comes without has used that mail's link up, and gets one
// that confirms the address alone.
func (s *Access) SetByLink(ctx context.Context, token, proof, password, device string) (Signed, error) {
	a, err := s.ByLink(ctx, token)
	if err != nil {
		return Signed{}, err
	}
	hash, err := s.chosen(ctx, "password", password, a.Login)
	if err != nil {
		return Signed{}, err
	}
	c, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if !s.opens(*c, token) {
			return ErrLink
		}
		c.set(hash)
		if owner, token, _ := ParseTicket(proof); owner == a.ID && s.confirms(*c, token) {
			s.confirmAddress(c, a)
		} else if c.Address == nil && s.addressState(*c).Waiting && s.Post.On() {
			c.owe(LetterAddress, s.Wall(), c.AddressUntil)
		}
		c.Note(audit.Of(actor.Staff(a.ID, nil), s.Now(), a.Unit, credentialThing(a.ID), "account.password_by_link", "password", "link"))
		return nil
	})
	if err != nil {
		return Signed{}, noLink(err)
	}
	return s.pass(ctx, a, c, device)
}

// opens tells whether the link still sets the password of the credential.
func (s *Access) opens(c Credential, link string) bool {
	if owner, token, ok := ParseTicket(link); ok {
		return owner == c.ID && s.resets(c, token)
	}
	return c.LinkHash == secret.LinkHash(link) && s.Wall() < c.LinkUntil
}

// SetPassword sets a password from the command line, which ends every session
// and link of the account.
func (s *Access) SetPassword(ctx context.Context, act actor.Actor, account, password string) error {
	if !act.Is(actor.KindSystem) {
		return record.ErrAbsent
	}
	a, err := s.Accounts.Get(ctx, account)
	if err != nil {
		return err
	}
	hash, err := s.chosen(ctx, "password", password, a.Login)
	if err != nil {
		return err
	}
	if err := s.ensure(ctx, a.ID); err != nil {
		return err
	}
	_, err = s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		c.set(hash)
		c.Note(audit.Of(act, s.Now(), a.Unit, credentialThing(a.ID), "account.password", "password"))
		return nil
	})
	return err
}

// chosen checks a password that somebody chose, and hashes it.
func (s *Access) chosen(ctx context.Context, field, password, login string) (string, error) {
	var c fault.Check
	password = CheckPassword(&c, field, password, login)
	if err := c.Err(); err != nil {
		return "", err
	}
	return s.Hasher.Hash(ctx, password)
}

// set takes a new password; sessions and links are over.
func (c *Credential) set(hash string) {
	c.Password = hash
	c.Epoch++
	c.LinkHash, c.LinkUntil, c.ResetUntil = "", 0, 0
	c.drop(LetterPassword, LetterReset)
}

func noLink(err error) error {
	if errors.Is(err, record.ErrAbsent) {
		return ErrLink
	}
	return err
}
