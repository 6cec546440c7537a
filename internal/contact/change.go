package contact

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

const dayMillis = 24 * 60 * 60 * 1000

// MarkVerified notes that a person answered from the contact, as with the
// button of the first mail. A blocked one is ErrState: it is lifted first.
func (s *Service) MarkVerified(ctx context.Context, act actor.Actor, id string) (Contact, error) {
	return s.change(ctx, act, id, "contact.verify", "state", func(c *Contact) error {
		if c.State == Verified {
			return record.ErrUnchanged
		}
		if !c.State.May(Verified) {
			return ErrState
		}
		c.State, c.Failures = Verified, 0
		return nil
	})
}

// Refused counts a permanent refusal: the contact is suppressed, and blocked
// after BlockedAfter in a row. Telling it twice counts once, since a suppressed
// contact is sent nothing that could be refused.
func (s *Service) Refused(ctx context.Context, act actor.Actor, id string) (Contact, error) {
	return s.change(ctx, act, id, "contact.suppress", "suppressed_at", func(c *Contact) error {
		if c.SuppressedAt != 0 {
			return record.ErrUnchanged
		}
		c.SuppressedAt = s.now()
		c.refuse()
		return nil
	})
}

// Accepted ends a row of refusals. It writes only where there was one.
func (s *Service) Accepted(ctx context.Context, act actor.Actor, id string) (Contact, error) {
	return s.change(ctx, act, id, "contact.accept", "failures", func(c *Contact) error {
		if c.Failures == 0 || c.SuppressedAt != 0 {
			return record.ErrUnchanged
		}
		c.Failures = 0
		return nil
	})
}

// Lift ends suppression and block, when staff or the person say that the
// contact works again: it has to be verified anew, and refusals still count
// until a message is accepted.
func (s *Service) Lift(ctx context.Context, act actor.Actor, id string) (Contact, error) {
	if !act.Is(actor.KindStaff) && !act.Is(actor.KindResident) {
		return Contact{}, ErrState
	}
	return s.reopen(ctx, act, id, "contact.lift", "state", func(c *Contact) error {
		if c.SuppressedAt == 0 && c.State != Blocked {
			return record.ErrUnchanged
		}
		c.SuppressedAt = 0
		if c.State.May(Unverified) {
			c.State = Unverified
		}
		return nil
	})
}

// OptOut stops everything that would go to the contact.
func (s *Service) OptOut(ctx context.Context, act actor.Actor, id string) (Contact, error) {
	return s.change(ctx, act, id, "contact.opt_out", "opted_out_at", func(c *Contact) error {
		if c.OptedOut() {
			return record.ErrUnchanged
		}
		c.OptedOutAt = s.now()
		return nil
	})
}

// OptIn undoes an opt-out, for the person only: anybody else is ErrOnlyPerson.
func (s *Service) OptIn(ctx context.Context, act actor.Actor, id string) (Contact, error) {
	if !act.Is(actor.KindResident) {
		return Contact{}, ErrOnlyPerson
	}
	return s.reopen(ctx, act, id, "contact.opt_in", "opted_out_at", func(c *Contact) error {
		if !c.OptedOut() {
			return record.ErrUnchanged
		}
		c.OptedOutAt = 0
		return nil
	})
}

// Forget erases the value. The hash stays with what it refused, so that an
// opt-out outlives an erasure; whether it was verified does not.
func (s *Service) Forget(ctx context.Context, act actor.Actor, id string) (Contact, error) {
	return s.change(ctx, act, id, "contact.forget", "sealed", func(c *Contact) error {
		if len(c.Sealed) == 0 {
			return record.ErrUnchanged
		}
		c.Sealed = nil
		if c.State.May(Unverified) && c.State != Blocked {
			c.State = Unverified
		}
		return nil
	})
}

// fixedMost bounds the fixed mails of one day to a contact.
const fixedMost = 3

// AllowFixed tells whether the fixed first mail of a row may go to the contact,
// and takes its place: one a contact and UTC day, so that a form can't be used
// to mail strangers. Beside says that the row need not wait for another day: of
// such up to three a day go in all. The row that has a place of the day has it
// each time.
func (s *Service) AllowFixed(ctx context.Context, id, row string, beside bool, now calendar.Instant) (bool, error) {
	if row == "" {
		return false, ErrRow
	}
	c, err := s.store.Update(ctx, id, func(c *Contact) error {
		if !c.takeFixed(row, beside, now) {
			return record.ErrUnchanged
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	return c.hasFixed(row), nil
}

// takeFixed gives the row a place of now's day where one is free, and tells
// whether something changed. A clock that went back frees no day again.
func (c *Contact) takeFixed(row string, beside bool, now calendar.Instant) bool {
	day := utcDay(now)
	switch {
	case c.FixedFor == "" || c.FixedDay < day:
		c.FixedDay, c.FixedFor, c.FixedAlso = day, row, nil
		return true
	case c.hasFixed(row), !beside, 1+len(c.FixedAlso) >= fixedMost:
		return false
	}
	c.FixedAlso = append(slices.Clone(c.FixedAlso), row)
	return true
}

func (c *Contact) hasFixed(row string) bool {
	return c.FixedFor == row || slices.Contains(c.FixedAlso, row)
}

func utcDay(now calendar.Instant) int64 { return int64(now) / dayMillis }

// reopen is change for what lets messages go out again. It has the holders
// looked at even where nothing is to change: a process that died before it did
// so would leave them without their messages, and nobody else would see it.
func (s *Service) reopen(ctx context.Context, act actor.Actor, id, verb, field string, f func(*Contact) error) (Contact, error) {
	same := false
	c, err := s.change(ctx, act, id, verb, field, func(c *Contact) error {
		err := f(c)
		same = errors.Is(err, record.ErrUnchanged)
		return err
	})
	if err != nil || !same {
		return c, err
	}
	return c, s.holders.TouchHolders(ctx, id)
}

// change updates a contact with an entry in the log, except where f finds
// nothing to do, and then has the messages to its holders looked at again. A
// process that dies between the two loses nothing that is handed over wrongly:
// the contact is read again before each hand-over.
func (s *Service) change(ctx context.Context, act actor.Actor, id, verb, field string, f func(*Contact) error) (Contact, error) {
	changed := false
	c, err := s.store.Update(ctx, id, func(c *Contact) error {
		changed = false
		if err := f(c); err != nil {
			return err
		}
		changed = true
		c.Note(audit.Of(act, s.now(), audit.SystemUnit, audit.Thing("contact", c.ID), verb, field))
		return nil
	})
	if err != nil || !changed {
		return c, err
	}
	return c, s.holders.TouchHolders(ctx, id)
}
