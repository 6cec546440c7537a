package unit

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Rename gives a unit other names. Seen is the version that the caller read, 0
// for any; another one is ErrVersion.
func (s *Service) Rename(ctx context.Context, act actor.Actor, unit string, seen int64, names map[string]string) (Unit, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return Unit{}, err
	}
	var c fault.Check
	clean, err := checkNames(&c, names)
	if err != nil {
		return Unit{}, err
	}
	if err := c.Err(); err != nil {
		return Unit{}, err
	}
	return s.change(ctx, act, unit, seen, func(u *Unit) error {
		u.Names = clean
		u.index(s.now())
		u.Note(audit.Of(act, s.now(), u.ID, thing(u.ID), "unit.rename", "names"))
		return nil
	})
}

// Close ends a unit's life at an instant and names those that take its duties
// over: each has to be another unit that is open then.
func (s *Service) Close(ctx context.Context, act actor.Actor, unit string, seen int64, at calendar.Instant, successors []string) (Unit, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return Unit{}, err
	}
	if err := s.checkSuccessors(ctx, unit, at, successors); err != nil {
		return Unit{}, err
	}
	return s.change(ctx, act, unit, seen, func(u *Unit) error {
		if at <= u.ValidFrom {
			var c fault.Check
			c.Add("at", "unit.close_before_start")
			return c.Err()
		}
		if u.ValidUntil == at && slices.Equal(u.Successors, successors) {
			return record.ErrUnchanged
		}
		if u.ValidUntil != 0 {
			return ErrClosed
		}
		u.ValidUntil, u.Successors = at, successors
		u.Note(audit.Of(act, s.now(), u.ID, thing(u.ID), "unit.close", "valid_until", "successors"))
		return nil
	})
}

func (s *Service) checkSuccessors(ctx context.Context, unit string, at calendar.Instant, successors []string) error {
	var c fault.Check
	if at <= 0 {
		c.Add("at", "required")
	}
	for i, to := range successors {
		if to == unit || slices.Contains(successors[:i], to) {
			c.Add("successors", "unit.successor")
			continue
		}
		heir, err := s.store.Get(ctx, to)
		switch {
		case errors.Is(err, record.ErrAbsent):
			c.Add("successors", "absent")
		case err != nil:
			return err
		case !heir.Open(at):
			c.Add("successors", ErrClosed.Code)
		}
	}
	return c.Err()
}

// change updates a unit for its administrators.
func (s *Service) change(ctx context.Context, act actor.Actor, unit string, seen int64, f func(*Unit) error) (Unit, error) {
	return s.store.Update(ctx, unit, func(u *Unit) error {
		if !s.administers(act, *u) {
			return ErrRole
		}
		if seen != 0 && seen != u.Ver {
			return ErrVersion
		}
		return f(u)
	})
}

// EnsureMany lays units that are not there yet, for the program itself: an
// import or a demonstration. Each needs its id, kind, Vietnamese name and
// ancestors; names are cleaned, and what lists and searches use is filled. The
// log has no entry of it: a list that comes with the program is nobody's act.
func (s *Service) EnsureMany(ctx context.Context, act actor.Actor, us []Unit) error {
	if !act.Is(actor.KindSystem) {
		return ErrRole
	}
	ready := make([]Unit, len(us))
	for i, u := range us {
		var c fault.Check
		names, err := checkNames(&c, u.Names)
		if err != nil {
			return err
		}
		if u.ID == "" || !validKind(u.Kind) {
			c.Add("kind", "unit.kind")
		}
		if u.Zone == "" {
			u.Zone = DefaultZone
		}
		if err := errors.Join(c.Take("zone", calendar.CheckZone(u.Zone)), c.Err()); err != nil {
			return err
		}
		u.Names = names
		u.index(s.now())
		u.Outbox = nil
		ready[i] = u
	}
	for group := range slices.Chunk(ready, createAtOnce) {
		if err := s.store.CreateMany(ctx, group); err != nil {
			return err
		}
	}
	return nil
}
