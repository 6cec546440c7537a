package account

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// ErrCurrent: whoever changes a password has to know the one before.
var ErrCurrent = fault.New(fault.Invalid, "account.password_current")

// ownSessions is how many sessions an account sees of itself.
const ownSessions = 50

// ChangePassword takes the place of the password of who is signed in. It ends
// every session of the account, also the one that asks, and begins a new one.
func (s *Access) ChangePassword(ctx context.Context, who Who, current, next, device string) (Signed, error) {
	a := who.Account
	before, err := s.confirmed(ctx, who, current)
	if err != nil {
		return Signed{}, err
	}
	hash, err := s.chosen(ctx, "password", next, a.Login)
	if err != nil {
		return Signed{}, err
	}
	c, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if c.Password != before.Password {
			return ErrCurrent // it was changed meanwhile
		}
		c.set(hash)
		c.Note(audit.Of(who.Actor, s.Now(), a.Unit, credentialThing(a.ID), "account.password", "password"))
		return nil
	})
	if err != nil {
		return Signed{}, err
	}
	return s.begin(ctx, a, c.Epoch, device)
}

// confirmed gives the credential of who is signed in and knows its password, else
// ErrCurrent: a browser that was left open changes nothing of how one signs in.
func (s *Access) confirmed(ctx context.Context, who Who, password string) (Credential, error) {
	c, err := s.Credentials.Get(ctx, who.Account.ID)
	if err != nil {
		return Credential{}, err
	}
	same, _, err := s.Hasher.Match(ctx, normalPassword(clip(password)), c.Password)
	if err == nil && !same {
		err = ErrCurrent
	}
	return c, err
}

// SignOutEverywhere ends every session of who is signed in, this one too.
func (s *Access) SignOutEverywhere(ctx context.Context, who Who) error {
	a := who.Account
	_, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		c.Epoch++
		c.Note(audit.Of(who.Actor, s.Now(), a.Unit, credentialThing(a.ID), "account.sign_out_everywhere", "epoch"))
		return nil
	})
	return err
}

// OwnSessions lists where who is signed in is signed in, the newest first.
func (s *Access) OwnSessions(ctx context.Context, who Who) ([]Session, error) {
	now := s.Wall()
	list, err := s.Sessions.Of(ctx, who.Account.ID, now, ownSessions)
	return slices.DeleteFunc(list, func(one Session) bool { return !one.live(now, who.Session.Epoch, who.Account.RolesSince) }), err
}

// SetLocale chooses the language of the account's pages, "" for what the
// browser asks for.
func (s *Service) SetLocale(ctx context.Context, act actor.Actor, locale string) (Account, error) {
	if !act.Is(actor.KindStaff) || !act.Scoped(ScopeWrite) {
		return Account{}, record.ErrAbsent
	}
	if !slices.Contains([]string{"", "vi", "en", "pl"}, locale) {
		var c fault.Check
		c.Add("locale", "account.locale")
		return Account{}, c.Err()
	}
	return s.store.Update(ctx, act.ID, func(a *Account) error {
		if a.Locale == locale {
			return record.ErrUnchanged
		}
		a.Locale = locale
		a.Note(audit.Of(act, s.now(), a.Unit, thing(a.ID), "account.locale", "locale"))
		return nil
	})
}
