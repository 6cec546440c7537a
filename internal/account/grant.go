package account

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Grant gives a role on a unit for a time. Administrators of that unit or of
// one above give it, and never to themselves: whoever looks after a subtree
// would else reach its person data alone. The same grant twice is one.
func (s *Service) Grant(ctx context.Context, act actor.Actor, account string, g actor.Grant) (Account, error) {
	if err := s.mayGrant(ctx, act, account, g.Unit); err != nil {
		return Account{}, err
	}
	if err := s.CheckGrant(g); err != nil {
		return Account{}, err
	}
	return s.store.Update(ctx, account, func(a *Account) error {
		switch {
		case a.DisabledAt != 0:
			return ErrDisabled
		case slices.Contains(a.Grants, g):
			return record.ErrUnchanged
		case len(a.Grants) >= maxGrants:
			return tooMany()
		}
		if len(a.Held(s.now())) == 0 {
			a.RolesSince = s.now()
		}
		a.Grants = append(a.Grants, g)
		s.noteGrant(act, a, g.Unit, "account.grant")
		return nil
	})
}

// Revoke ends a role on a unit now. Grants that are over stay, so that the past
// can be explained; those that have not begun are taken out. Nobody needs to be
// another to give a role up.
func (s *Service) Revoke(ctx context.Context, act actor.Actor, account string, role actor.Role, on string) (Account, error) {
	if !act.Is(actor.KindStaff) || act.ID != account {
		if err := s.mayGrant(ctx, act, account, on); err != nil {
			return Account{}, err
		}
	} else if err := act.Require(ScopeWrite); err != nil {
		return Account{}, err
	}
	return s.store.Update(ctx, account, func(a *Account) error {
		left, ended := end(a.Grants, role, on, int64(s.now()))
		if !ended {
			return record.ErrUnchanged
		}
		a.Grants = left
		s.noteGrant(act, a, on, "account.revoke")
		return nil
	})
}

// Disable ends an account: its tokens and sessions stop, what it signed in with
// and its address are forgotten, its grants stay as history. Administrators of the
// home unit or of one above do it.
func (s *Service) Disable(ctx context.Context, act actor.Actor, account string) (Account, error) {
	if _, err := s.Get(ctx, act, account); err != nil {
		return Account{}, err
	}
	// First, since whoever looks at an account that ended ends it no more.
	if err := s.forget(ctx, account); err != nil {
		return Account{}, err
	}
	return s.store.Update(ctx, account, func(a *Account) error {
		if a.DisabledAt != 0 {
			return record.ErrUnchanged
		}
		a.DisabledAt = s.now()
		a.Note(audit.Of(act, s.now(), a.Unit, thing(a.ID), "account.disable", "disabled_at"))
		return nil
	})
}

// forget leaves of a credential what keeps tokens and sessions of before from
// working.
func (s *Service) forget(ctx context.Context, account string) error {
	_, err := s.credentials.Update(ctx, account, func(c *Credential) error {
		*c = Credential{
			Head: c.Head, Epoch: c.Epoch + 1, LinkGeneration: c.LinkGeneration,
			ResetGeneration: c.ResetGeneration, AddressGeneration: c.AddressGeneration,
		}
		return nil
	})
	return record.IgnoreAbsent(err) // who never had a password has none
}

func (s *Service) mayGrant(ctx context.Context, act actor.Actor, account, on string) error {
	if err := act.Require(ScopeWrite); err != nil {
		return err
	}
	if err := s.mayAdminister(ctx, act, on); err != nil {
		return err
	}
	if act.Is(actor.KindStaff) && act.ID == account {
		return ErrSelf
	}
	return nil
}

// CheckGrant names what is wrong with a grant: no such role, or an end that does
// not come after now and after its start.
func (s *Service) CheckGrant(g actor.Grant) error {
	var c fault.Check
	if !g.Role.Valid() {
		c.Add("role", "account.role")
	}
	if g.From < 0 {
		c.Add("from", "account.grant_time")
	}
	if g.Until != 0 && (g.Until <= g.From || g.Until <= int64(s.now())) {
		c.Add("until", "account.grant_time")
	}
	return c.Err()
}

// noteGrant enters a grant in the log of the unit it is on, and in that of the
// home unit where that is another.
func (s *Service) noteGrant(act actor.Actor, a *Account, on, verb string) {
	a.Note(audit.Of(act, s.now(), on, thing(a.ID), verb, "grants"))
	if on != a.Unit {
		a.Note(audit.Of(act, s.now(), a.Unit, thing(a.ID), verb, "grants"))
	}
}

// end gives the grants with those of the role on the unit ended at now.
func end(grants []actor.Grant, role actor.Role, on string, now int64) (left []actor.Grant, ended bool) {
	for _, g := range grants {
		if g.Role != role || g.Unit != on || g.Until != 0 && g.Until <= now {
			left = append(left, g)
			continue
		}
		ended = true
		if g.From < now {
			g.Until = now
			left = append(left, g)
		}
	}
	return left, ended
}

func tooMany() error {
	var c fault.Check
	c.Add("grants", "account.too_many_grants", "max", maxGrants)
	return c.Err()
}
