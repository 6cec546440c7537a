package event

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Get gives an event to staff with a role on one of its units or above them;
// to anybody else it is absent.
func (s *Service) Get(ctx context.Context, a actor.Actor, id string) (Event, error) {
	if err := a.Require(ScopeRead); err != nil {
		return Event{}, err
	}
	e, err := s.p.Events.Get(ctx, id)
	if err != nil {
		return Event{}, err
	}
	if err := e.Visible(a, s.p.Now()); err != nil {
		return Event{}, err
	}
	return e, nil
}

// Acts lists what the actor may do to an event now, in the order of Acts: what
// its state allows and the actor's roles reach.
func (s *Service) Acts(ctx context.Context, a actor.Actor, e Event) ([]Act, error) {
	lead, err := s.p.Units.Get(ctx, e.Unit)
	if err != nil || !a.Scoped(ScopeWrite) {
		return nil, err
	}
	now := s.p.Now()
	return slices.DeleteFunc(e.Allowed(), func(act Act) bool { return e.may(a, act, lead.Above(), now) != nil }), nil
}

// MaySee reports whether the actor has a role now on one of the units: a unit
// and all above it.
func (s *Service) MaySee(a actor.Actor, above []string) bool {
	return a.Scoped(ScopeRead) && (Event{Scope: above}).Visible(a, s.p.Now()) == nil
}

// MayPlan reports whether the actor organizes events of the unit now.
func (s *Service) MayPlan(a actor.Actor, unit string) bool {
	return a.Scoped(ScopeWrite) && a.Holds(int64(s.p.Now()), actor.Organizer, unit)
}

// Page lists events by start, then by name, to staff with a role on f.Unit or
// f.Scope, or above it; for anybody else the unit is absent. One of the two has
// to be set.
func (s *Service) Page(ctx context.Context, a actor.Actor, f Filter, r page.Request) (page.List[Event], error) {
	if err := a.Require(ScopeRead); err != nil {
		return page.List[Event]{}, err
	}
	asked := f.Unit
	if asked == "" {
		asked = f.Scope
	}
	u, err := s.p.Units.Get(ctx, asked)
	if err != nil {
		return page.List[Event]{}, err
	}
	if err := (Event{Scope: u.Above()}).Visible(a, s.p.Now()); err != nil {
		return page.List[Event]{}, err
	}
	return s.p.Events.Page(ctx, f, r)
}

// Public gives an event that has a public page, to anybody.
func (s *Service) Public(ctx context.Context, id string) (Event, error) {
	e, err := s.p.Events.Get(ctx, id)
	if err != nil {
		return Event{}, err
	}
	if !e.Public() {
		return Event{}, record.ErrAbsent
	}
	return e, nil
}

// Coming lists events that start at or after from, of a unit and those below it
// ("" for all), by start, then by name, to anybody: those that were cancelled
// after they were published too, since whoever saw the poster looks for them.
//
// A page may be shorter than asked for, and is empty only at the end.
func (s *Service) Coming(ctx context.Context, scope string, from calendar.Instant, r page.Request) (page.List[Event], error) {
	for {
		list, err := s.p.Events.Page(ctx, Filter{Scope: scope, States: []State{Published, Postponed, Cancelled}, From: from}, r)
		list.Items = slices.DeleteFunc(list.Items, func(e Event) bool { return !e.Public() })
		if err != nil || len(list.Items) > 0 || list.Next == nil {
			return list, err
		}
		r.After = list.Next
	}
}

// Followed marks what may be followed of a unit and those below it: events that
// start at or after from, by start, those that are over or cancelled too.
// PublicOf gives those of them that have a page.
func (s *Service) Followed(ctx context.Context, scope string, from calendar.Instant, r page.Request) (page.List[Mark], error) {
	states := []State{Published, Postponed, Done, Reported, Cancelled}
	return s.p.Events.Marks(ctx, Filter{Scope: scope, States: states, From: from}, r)
}

// PublicOf gives those of the events that have a public page, to anybody.
func (s *Service) PublicOf(ctx context.Context, ids []string) ([]Event, error) {
	found, err := s.p.Events.Many(ctx, ids)
	return slices.DeleteFunc(found, func(e Event) bool { return !e.Public() }), err
}

// CloseEnded is the job that moves published events that ended before now to
// done, at most limit, and returns how many. One that fails stops no other.
func (s *Service) CloseEnded(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	ended, err := s.p.Events.Ended(ctx, Published, now, nil, limit)
	if err != nil {
		return 0, err
	}
	job := actor.System("close_events")
	closed := 0
	var failed []error
	for _, old := range ended {
		_, err := s.p.Events.Update(ctx, old.ID, func(e *Event) error {
			if e.State != Published || e.EndAt > now {
				return record.ErrUnchanged // moved or closed meanwhile
			}
			e.Note(audit.Of(job, now, e.Unit, audit.Thing("event", e.ID), "event.close", "state"))
			return e.Take(Close, "", "", now)
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		closed++
	}
	return closed, errors.Join(failed...)
}
