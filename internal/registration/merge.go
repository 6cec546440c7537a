package registration

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// FollowMerge leaves one registration at each event to a person whose records
// were merged: the one first in the roll, or made first where there is none.
// The others become cancelled(merged), and whoever waits gets their seats. The
// merge itself is finished first, where a process died in it. Done is false
// where a roll has still to decide on one of them. It may be called again, with
// any id of the person.
func (s *Service) FollowMerge(ctx context.Context, residentID string) (done bool, err error) {
	who, err := s.p.Residents.FinishMerge(ctx, actor.System("merge"), residentID)
	if err != nil {
		return errors.Is(err, record.ErrAbsent), record.IgnoreAbsent(err)
	}
	regs, turns, err := s.held(ctx, who)
	if err != nil {
		return false, err
	}
	done = true
	for len(regs) > 0 {
		n := 1
		for n < len(regs) && regs[n].Event == regs[0].Event {
			n++
		}
		single, err := s.single(ctx, regs[:n], turns[regs[0].Event])
		if err != nil {
			return false, err
		}
		done = done && single
		regs = regs[n:]
	}
	return done, nil
}

// idsOf are all ids that a person has or had.
func idsOf(who resident.Resident) []string { return append([]string{who.ID}, who.Aliases...) }

// held lists what the person holds under any id, by event, and of each event the
// most turns that they were told of.
func (s *Service) held(ctx context.Context, who resident.Resident) (held []Registration, turns map[string]int, err error) {
	turns = make(map[string]int)
	for _, one := range idsOf(who) {
		regs, err := s.p.Registrations.ByResident(ctx, one, pageSize)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range regs {
			if r.Reason != ReasonMerged {
				turns[r.Event] = max(turns[r.Event], r.Turns)
			}
		}
		held = append(held, slices.DeleteFunc(regs, func(r Registration) bool {
			return !r.State.Live() && r.State != Unsettled
		})...)
	}
	slices.SortFunc(held, func(a, b Registration) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return held, turns, nil
}

// single cancels all but the first of one person's registrations at one event,
// which are in the order in which they were made, and has it go on counting
// turns where another one that the person had was ahead.
func (s *Service) single(ctx context.Context, regs []Registration, turns int) (done bool, err error) {
	if len(regs) == 1 && regs[0].Turns >= turns {
		return true, nil
	}
	if slices.ContainsFunc(regs, func(r Registration) bool { return r.State == Unsettled }) {
		return false, nil
	}
	e, err := s.p.Events.Get(ctx, regs[0].Event)
	if err != nil {
		return true, record.IgnoreAbsent(err)
	}
	stays, err := s.first(ctx, e, regs)
	if err != nil {
		return false, err
	}
	for _, r := range regs {
		if r.ID == stays {
			continue
		}
		c := Command{Op: OpCancel, Registration: r.ID, Slot: r.Slot}
		_, err := s.wish(ctx, e, c, actor.System("merge"), func(r *Registration) { r.Reason = ReasonMerged })
		if err != nil && !errors.Is(err, ErrGone) {
			return false, err
		}
	}
	_, err = s.p.Registrations.Update(ctx, stays, func(r *Registration) error {
		if r.Turns >= turns {
			return record.ErrUnchanged
		}
		r.Turns = turns + 1
		return nil
	})
	return true, record.IgnoreAbsent(err)
}

// first is the one that comes first in the roll, or in the list where there is none.
func (s *Service) first(ctx context.Context, e event.Event, regs []Registration) (string, error) {
	if !e.HasRoll {
		return regs[0].ID, nil
	}
	roll, err := s.p.Rolls.Roll(ctx, e.ID)
	if errors.Is(err, record.ErrAbsent) {
		return regs[0].ID, nil
	}
	if err != nil {
		return "", err
	}
	seats, err := Unpack(roll.Seats)
	if err != nil {
		return "", err
	}
	for _, seat := range seats {
		if seat.State != Cancelled && slices.ContainsFunc(regs, func(r Registration) bool { return r.ID == seat.Registration }) {
			return seat.Registration, nil
		}
	}
	return regs[0].ID, nil
}

// twin finds what the person holds at the event under an id of before a merge.
func (s *Service) twin(ctx context.Context, e event.Event, who resident.Resident) (Registration, bool, error) {
	if len(who.Aliases) == 0 {
		return Registration{}, false, nil
	}
	ids := make([]string, len(who.Aliases))
	for i, alias := range who.Aliases {
		ids[i] = IDOf(e.ID, alias)
	}
	slices.Sort(ids)
	found, err := s.p.Registrations.Many(ctx, e.ID, ids)
	for _, r := range found {
		if r.State != Cancelled {
			return r, true, err
		}
	}
	return Registration{}, false, err
}
