package event

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Trial is an edit that is tried and not stored. What is nil or empty stays.
type Trial struct {
	Move  Move
	Slots *[]Slot
	// Act is postpone, resume, cancel or restore.
	Act Act
}

// Try gives the event as it is and as the edit would leave it, to staff who see
// the event; where its state does not allow the edit, the error is that of the
// edit itself. It writes nothing.
func (s *Service) Try(ctx context.Context, a actor.Actor, id string, t Trial) (before, after Event, err error) {
	if before, err = s.Get(ctx, a, id); err != nil {
		return Event{}, Event{}, err
	}
	if t.Act != "" && !slices.Contains([]Act{Postpone, Resume, Cancel, Restore}, t.Act) {
		var c fault.Check
		c.Add("act", "event.act")
		return Event{}, Event{}, c.Err()
	}
	after, now := before, s.p.Now()
	if t.Act == Restore { // what is cancelled cannot be moved
		if err := after.Take(Restore, a.ID, "", now); err != nil {
			return Event{}, Event{}, err
		}
	}
	if err := s.lay(ctx, &after, t, a.ID, now); err != nil {
		return Event{}, Event{}, err
	}
	if t.Act != "" && t.Act != Restore {
		if err := after.Take(t.Act, a.ID, "", now); err != nil {
			return Event{}, Event{}, err
		}
	}
	after.Ver++ // as the store would
	after.Touch()
	return before, after, nil
}

// lay lays new slots, times and places over the event as edits and moves do.
func (s *Service) lay(ctx context.Context, e *Event, t Trial, by string, now calendar.Instant) error {
	p := t.Move.Patch()
	p.Slots = t.Slots
	in, times, place, err := s.check(ctx, p.On(e.Input()))
	if err != nil {
		return err
	}
	if e.State == Draft || e.State == Returned {
		e.fill(in, times, place)
		return nil
	}
	slots := e.Input()
	slots.Slots = in.Slots
	if fields := changed(e.Input(), slots); len(fields) > 0 {
		if err := e.checkEdit(slots, fields); err != nil {
			return err
		}
		e.Slots = in.Slots
	}
	if len(changed(e.Input(), in)) == 0 {
		return nil
	}
	_, err = e.Move(in, times, by, now)
	return err
}
