package registration

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// Scopes of the API.
const (
	ScopeRead  = "registrations:read"
	ScopeWrite = "registrations:write"
)

// Entry is what staff enter for a resident whom they know.
type Entry struct {
	Event, Resident string
	// Slot may be empty where there is one only.
	Slot  string
	Party int
	// Paper is whether it was copied from a list on paper.
	Paper bool
}

// mayRead lets those who work with people on the very unit that keeps the
// registration; for anybody else it is absent.
func (s *Service) mayRead(a actor.Actor, unit string) error {
	if !a.Any(int64(s.p.Now()), unit, actor.Organizer, actor.CheckIn, actor.VillageHead, actor.Admin) {
		return record.ErrAbsent
	}
	return nil
}

func (s *Service) mayWrite(a actor.Actor, unit string) error {
	if err := a.Require(ScopeWrite); err != nil {
		return err
	}
	if err := s.mayRead(a, unit); err != nil {
		return err
	}
	if !a.Any(int64(s.p.Now()), unit, actor.Organizer, actor.VillageHead, actor.Admin) {
		return ErrRole
	}
	return nil
}

// Enter registers a resident of the unit, at once and without asking. A
// pending registration is confirmed by it; one that counts already is returned
// as it is. Errors: Invalid, ErrClosed, ErrFull, and ErrAbsent for an event or
// a resident of another unit.
func (s *Service) Enter(ctx context.Context, a actor.Actor, in Entry) (Registration, error) {
	e, err := s.p.Events.Get(ctx, in.Event)
	if err != nil {
		return Registration{}, err
	}
	if err := s.mayWrite(a, e.Unit); err != nil {
		return Registration{}, err
	}
	now := s.p.Now()
	if e.State != event.Published || now >= e.EndAt {
		return Registration{}, ErrClosed
	}
	var c fault.Check
	checkParty(&c, in.Party)
	in.Slot = checkSlot(&c, e, in.Slot, in.Party)
	if err := c.Err(); err != nil {
		return Registration{}, err
	}
	who, err := s.p.People.Get(ctx, in.Resident)
	if err != nil {
		return Registration{}, err
	}
	if who.Unit != e.Unit || who.ErasedAt != 0 || who.MergedInto != "" {
		return Registration{}, record.ErrAbsent
	}
	if r, twice, err := s.twin(ctx, e, who); err != nil || twice {
		return r, err
	}
	return s.enter(ctx, a, e, s.entered(a, e, in, who, now))
}

func (s *Service) entered(a actor.Actor, e event.Event, in Entry, who resident.Resident, now calendar.Instant) Registration {
	r := s.fresh(e, who.ID, in.Slot, in.Party, now)
	r.Source = "staff"
	if in.Paper {
		r.Source = "paper"
	}
	// No form made it: the time it was entered tells it from an earlier one.
	r.Form = "staff:" + s.p.IDs.New(int64(now))
	r.confirm(now)
	if !e.HasRoll {
		r.State = Registered
		r.Touch()
	}
	r.Note(noted(a, now, &r, "registration.enter"))
	return r
}

func (s *Service) enter(ctx context.Context, a actor.Actor, e event.Event, want Registration) (Registration, error) {
	r, ours, err := s.put(ctx, want, false)
	switch {
	case err != nil:
		return Registration{}, err
	case r.State == Unsettled: // ours, or a form's whose process died
		r, _, err = s.settle(ctx, e, r, a)
		return r, err
	case !ours && r.State == Pending:
		return s.wish(ctx, e, Command{Op: OpConfirm, Registration: r.ID, Slot: r.Slot}, a, nil)
	}
	return r, nil
}

// CancelByStaff cancels a registration; whoever waits and fits gets the seat.
// It may be called again.
func (s *Service) CancelByStaff(ctx context.Context, a actor.Actor, id string) (Registration, error) {
	r, err := s.p.Registrations.Get(ctx, id)
	if err != nil {
		return Registration{}, err
	}
	if err := s.mayWrite(a, r.Unit); err != nil {
		return Registration{}, err
	}
	e, err := s.p.Events.Get(ctx, r.Event)
	if err != nil {
		return Registration{}, err
	}
	switch {
	case r.State == Cancelled:
		return r, nil
	case !r.State.Live():
		return Registration{}, ErrClosed
	}
	return s.wish(ctx, e, Command{Op: OpCancel, Registration: r.ID, Slot: r.Slot}, a, func(r *Registration) {
		r.Reason = ReasonStaff
	})
}

// CancelErased gives up what an erased resident was registered for, under any
// id, so that nobody keeps an empty seat. It may be called again.
func (s *Service) CancelErased(ctx context.Context, a actor.Actor, resident string) error {
	who, err := s.p.Residents.FinishMerge(ctx, a, resident)
	if err != nil {
		return record.IgnoreAbsent(err)
	}
	regs, _, err := s.held(ctx, who)
	if err != nil {
		return err
	}
	for _, r := range regs {
		if !r.State.Live() {
			continue
		}
		e, err := s.p.Events.Get(ctx, r.Event)
		if err != nil {
			return err
		}
		_, err = s.wish(ctx, e, Command{Op: OpCancel, Registration: r.ID, Slot: r.Slot}, a, func(r *Registration) {
			r.Reason = ReasonErased
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Get gives one registration to staff who work with people on the very unit.
// That it was read is noted before it is given.
func (s *Service) Get(ctx context.Context, a actor.Actor, id string) (Registration, error) {
	if err := a.Require(ScopeRead); err != nil {
		return Registration{}, err
	}
	r, err := s.p.Registrations.Get(ctx, id)
	if err != nil {
		return Registration{}, err
	}
	if err := s.mayRead(a, r.Unit); err != nil {
		return Registration{}, err
	}
	return r, s.p.Log.Record(ctx, noted(a, s.p.Now(), &r, "registration.read"))
}

// Page lists registrations of an event by id, to staff who work with people on
// the very unit. That the list was read is noted before it is given.
func (s *Service) Page(ctx context.Context, a actor.Actor, f Filter, r page.Request) (page.List[Registration], error) {
	if err := a.Require(ScopeRead); err != nil {
		return page.List[Registration]{}, err
	}
	e, err := s.p.Events.Get(ctx, f.Event)
	if err != nil {
		return page.List[Registration]{}, err
	}
	if err := s.mayRead(a, e.Unit); err != nil {
		return page.List[Registration]{}, err
	}
	read := audit.Of(a, s.p.Now(), e.Unit, audit.Thing("event", e.ID), "registration.list")
	if err := s.p.Log.Record(ctx, read); err != nil {
		return page.List[Registration]{}, err
	}
	return s.p.Registrations.Page(ctx, f, r)
}
