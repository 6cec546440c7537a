package contact

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Refusal is what keeps messages from a contact: what has to outlive a store
// that is restored from a backup. It names nobody.
type Refusal struct {
	// ID is the contact's keyed hash.
	ID           string           `json:"id"`
	Kind         Kind             `json:"kind"`
	OptedOutAt   calendar.Instant `json:"opted_out_at,omitempty"`
	SuppressedAt calendar.Instant `json:"suppressed_at,omitempty"`
	Blocked      bool             `json:"blocked,omitempty"`
}

// Refusal is what the contact refuses now.
func (c Contact) Refusal() Refusal {
	return Refusal{
		ID: c.ID, Kind: c.Kind, OptedOutAt: c.OptedOutAt, SuppressedAt: c.SuppressedAt, Blocked: c.State == Blocked,
	}
}

// None reports whether nothing is refused.
func (r Refusal) None() bool { return r.OptedOutAt == 0 && r.SuppressedAt == 0 && !r.Blocked }

// Refuse has a contact refuse again what it refused once, and reports whether
// it did not already. One that a restored store does not know is made without
// its value, so that the refusal is found when the address is entered again.
// Nothing is ever lifted by it.
func (s *Service) Refuse(ctx context.Context, act actor.Actor, r Refusal) (bool, error) {
	if r.None() {
		return false, nil
	}
	if r.ID == "" || r.Kind != Email && r.Kind != Phone {
		return false, ErrKind
	}
	if err := s.ensureHash(ctx, r); err != nil {
		return false, err
	}
	did := false
	c, err := s.store.Update(ctx, r.ID, func(c *Contact) error {
		if did = c.refuseAgain(r); !did {
			return record.ErrUnchanged
		}
		c.Note(audit.Of(act, s.now(), audit.SystemUnit, audit.Thing("contact", c.ID), "contact.refuse_again", "opted_out_at", "suppressed_at", "state"))
		return nil
	})
	if err != nil || !did {
		return false, err
	}
	return true, s.holders.TouchHolders(ctx, c.ID)
}

// ensureHash makes the contact without its value, unless it is there.
func (s *Service) ensureHash(ctx context.Context, r Refusal) error {
	_, err := s.store.Get(ctx, r.ID)
	if !errors.Is(err, record.ErrAbsent) {
		return err
	}
	c := Contact{Kind: r.Kind, State: Unverified}
	c.ID = r.ID
	c.OptOutHash = secret.LinkHash(s.keys.Link(secret.LinkOptOut, r.ID, 0))
	if err := s.store.Create(ctx, &c); !errors.Is(err, record.ErrExists) {
		return err
	}
	return nil
}

// refuseAgain adds what is refused and tells whether anything was new.
func (c *Contact) refuseAgain(r Refusal) bool {
	before := c.Refusal()
	if c.OptedOutAt == 0 {
		c.OptedOutAt = r.OptedOutAt
	}
	if c.SuppressedAt == 0 {
		c.SuppressedAt = r.SuppressedAt
	}
	if r.Blocked && c.State.May(Blocked) {
		c.State, c.Failures = Blocked, max(c.Failures, BlockedAfter)
	}
	return c.Refusal() != before
}
