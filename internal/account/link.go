package account

import (
	"context"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// InviteLife is how long a link that sets a password may be used.
const InviteLife = 7 * 24 * time.Hour

// ErrLink stands for wrong, used, expired and replaced links alike.
var ErrLink = fault.New(fault.NotFound, "account.link")

// ErrReach: the account has a role on a unit that the administrator does not
// look after.
var ErrReach = fault.New(fault.Forbidden, "account.link_reach")

// Invite makes a link by which the account's owner sets a password, and gives
// its token. It takes the place of any link before. Administrators of the home
// unit or of one above make it, where they look after all units on which the
// account has roles, and the command line.
func (s *Access) Invite(ctx context.Context, act actor.Actor, account string) (token string, err error) {
	a, err := s.administered(ctx, act, account)
	if err != nil {
		return "", err
	}
	if a.DisabledAt != 0 {
		return "", ErrDisabled
	}
	if err := s.reaches(ctx, act, a); err != nil {
		return "", err
	}
	return s.link(ctx, act, a)
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
func (s *Access) link(ctx context.Context, act actor.Actor, a Account) (string, error) {
	if err := s.ensure(ctx, a.ID); err != nil {
		return "", err
	}
	c, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		c.LinkGeneration++
		c.LinkHash = secret.LinkHash(s.Keys.Link(secret.LinkPassword, a.ID, c.LinkGeneration))
		c.LinkUntil = s.Wall().Add(InviteLife)
		c.Note(audit.Of(act, s.Now(), a.Unit, credentialThing(a.ID), "account.invite", "link"))
		return nil
	})
	if err != nil {
		return "", err
	}
	return s.Keys.Link(secret.LinkPassword, a.ID, c.LinkGeneration), nil
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

func (s *Access) linked(ctx context.Context, token string) (Credential, error) {
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
// stands for the password and for nothing else.
func (s *Access) SetByLink(ctx context.Context, token, password, device string) (Signed, error) {
	a, err := s.ByLink(ctx, token)
	if err != nil {
		return Signed{}, err
	}
	hash, err := s.chosen(ctx, "password", password, a.Login)
	if err != nil {
		return Signed{}, err
	}
	used := secret.LinkHash(token)
	c, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if c.LinkHash != used || s.Wall() >= c.LinkUntil {
			return ErrLink
		}
		c.set(hash)
		c.Note(audit.Of(actor.Staff(a.ID, nil), s.Now(), a.Unit, credentialThing(a.ID), "account.password_by_link", "password", "link"))
		return nil
	})
	if err != nil {
		return Signed{}, noLink(err)
	}
	return s.pass(ctx, a, c, device)
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

// set takes a new password; sessions and the link are over.
func (c *Credential) set(hash string) {
	c.Password = hash
	c.Epoch++
	c.LinkHash, c.LinkUntil = "", 0
}

func noLink(err error) error {
	if errors.Is(err, record.ErrAbsent) {
		return ErrLink
	}
	return err
}
