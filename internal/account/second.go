package account

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Refusals of the second step.
var (
	// ErrCode stands for codes that are wrong, too old, or were used before.
	ErrCode = fault.New(fault.Invalid, "account.code")
	// ErrSecond: it is on already.
	ErrSecond = fault.New(fault.Conflict, "account.second_on")
)

// Second is what is shown of an account's second step.
type Second struct {
	On bool
	// Since is real time, Left how many recovery codes are not used.
	Since calendar.Instant
	Left  int
}

// OwnSecond says whether who is signed in has a second step.
func (s *Access) OwnSecond(ctx context.Context, who Who) (Second, error) {
	return s.second(ctx, who.Account.ID)
}

// SecondOf says it to those who may take it off.
func (s *Access) SecondOf(ctx context.Context, act actor.Actor, account string) (Second, error) {
	if _, err := s.administered(ctx, act, account); err != nil {
		return Second{}, err
	}
	return s.second(ctx, account)
}

func (s *Access) second(ctx context.Context, account string) (Second, error) {
	c, err := s.Credentials.Get(ctx, account)
	if err != nil || c.Second == nil {
		return Second{}, record.IgnoreAbsent(err)
	}
	return Second{On: true, Since: c.Second.OnAt, Left: len(c.Second.Recovery)}, nil
}

// TurnOn asks for a code at every sign-in from now on, given the password and a
// code of the offered secret. It ends every session of the account, begins a new one
// for this browser, and gives the recovery codes, which are shown this once.
func (s *Access) TurnOn(ctx context.Context, who Who, password, offered, code, device string) (Signed, []string, error) {
	a := who.Account
	if _, err := s.confirmed(ctx, who, password); err != nil {
		return Signed{}, nil, err
	}
	sealed, raw, err := s.openOffer(who, offered)
	if err != nil {
		return Signed{}, nil, err
	}
	now := s.Wall()
	step, right, err := codeStep(raw, CodeForm(code), now, 0)
	if err != nil {
		return Signed{}, nil, err
	}
	if !right {
		return Signed{}, nil, ErrCode
	}
	shown, kept := s.newRecovery(a.ID)
	c, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if c.Second != nil {
			return ErrSecond
		}
		c.Second = &SecondStep{Secret: sealed, OnAt: now, Used: step, Recovery: kept}
		c.Epoch++
		c.Note(audit.Of(who.Actor, s.Now(), a.Unit, credentialThing(a.ID), "account.second_on", "second"))
		return nil
	})
	if err != nil {
		return Signed{}, nil, err
	}
	signed, err := s.begin(ctx, a, c.Epoch, device)
	return signed, shown, err
}

// TurnOff asks for the password alone from now on.
func (s *Access) TurnOff(ctx context.Context, who Who, password string) error {
	if _, err := s.confirmed(ctx, who, password); err != nil {
		return err
	}
	return s.takeOff(ctx, who.Actor, who.Account, "account.second_off", 0)
}

// NewRecovery takes the place of all recovery codes, and gives the new ones,
// which are shown this once.
func (s *Access) NewRecovery(ctx context.Context, who Who, password string) ([]string, error) {
	a := who.Account
	if _, err := s.confirmed(ctx, who, password); err != nil {
		return nil, err
	}
	shown, kept := s.newRecovery(a.ID)
	_, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if c.Second == nil {
			return record.ErrAbsent
		}
		c.Second.Recovery = kept
		c.Note(audit.Of(who.Actor, s.Now(), a.Unit, credentialThing(a.ID), "account.recovery_new", "recovery"))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return shown, nil
}

// RemoveSecond takes the second step off an account whose owner lost it, and ends
// its sessions. Those who may make a link for the account do it, and the command
// line; nobody does it to their own, which takes the password.
func (s *Access) RemoveSecond(ctx context.Context, act actor.Actor, account string) error {
	a, err := s.administered(ctx, act, account)
	if err != nil {
		return err
	}
	if act.Is(actor.KindStaff) && act.ID == a.ID {
		return ErrCurrent
	}
	if err := s.reaches(ctx, act, a); err != nil {
		return err
	}
	return s.takeOff(ctx, act, a, "account.second_removed", 1)
}

// takeOff is no error where there is no second step. epochs is by how much the
// epoch is raised: 1 ends all sessions.
func (s *Access) takeOff(ctx context.Context, act actor.Actor, a Account, verb string, epochs int) error {
	_, err := s.Credentials.Update(ctx, a.ID, func(c *Credential) error {
		if c.Second == nil {
			return record.ErrUnchanged
		}
		c.Second = nil
		c.Epoch += epochs
		c.Note(audit.Of(act, s.Now(), a.Unit, credentialThing(a.ID), verb, "second"))
		return nil
	})
	return record.IgnoreAbsent(err) // an account that never had a password has no second step
}
