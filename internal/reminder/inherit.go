package reminder

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// held reads the rules of the owner and of all above it, and gives those that
// hold: for an event by its own type, for a unit by the given one.
func (s *Service) held(ctx context.Context, o owner, t event.Type) ([]Rule, []Held, error) {
	owners, eventID := slices.Clone(o.above), ""
	if o.isEvent() {
		owners, eventID, t = append(owners, o.id), o.id, o.event.Type
	}
	rules, err := s.p.Rules.ByOwners(ctx, owners)
	return rules, Effective(eventID, t, o.above, rules), err
}

// List gives the event with the rules that hold for it, farthest first, to
// staff who see the event. What its owner or a nearer one switched off is
// listed too, and last what the event has and is Replaced.
func (s *Service) List(ctx context.Context, a actor.Actor, eventID string) (event.Event, []Held, error) {
	if err := a.Require(event.ScopeRead); err != nil {
		return event.Event{}, nil, err
	}
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return event.Event{}, nil, err
	}
	if err := e.Visible(a, s.p.Now()); err != nil {
		return event.Event{}, nil, err
	}
	o, err := s.ofEvent(ctx, e)
	if err != nil {
		return event.Event{}, nil, err
	}
	rules, held, err := s.held(ctx, o, "")
	return e, append(held, Replaced(o.id, rules, held)...), err
}

// ListOfUnit gives the rules that hold for all events of a unit, farthest
// first, and after them those for the events of one type, type by type, with
// all that they take over, and last what the unit has and is Replaced, to staff
// who see the unit's events.
func (s *Service) ListOfUnit(ctx context.Context, a actor.Actor, unitID string) ([]Held, error) {
	if err := a.Require(event.ScopeRead); err != nil {
		return nil, err
	}
	o, err := s.seen(ctx, a, unitID)
	if err != nil {
		return nil, err
	}
	rules, all, err := s.held(ctx, o, "")
	if err != nil {
		return nil, err
	}
	for _, t := range event.Types() {
		for _, h := range Effective("", t, o.above, rules) {
			if h.Type == t {
				all = append(all, h)
			}
		}
	}
	return append(all, Replaced(o.id, rules, all)...), nil
}

// EnsureDefault gives an event its default rule, unless it was given before,
// even if somebody removed it since. Where a unit above it has a rule of its
// own for before such events, or switched one off, that is what is meant to be.
func (s *Service) EnsureDefault(ctx context.Context, e event.Event) error {
	in, err := Default().Check()
	if err != nil {
		return err
	}
	o, err := s.ofEvent(ctx, e)
	if err != nil {
		return err
	}
	_, held, err := s.held(ctx, o, "")
	if err != nil {
		return err
	}
	if slices.ContainsFunc(held, func(h Held) bool { return h.Owner != e.ID && h.Phase() == Before }) {
		return nil
	}
	return s.give(ctx, o, id.Hash("reminder", e.ID, "default"), in)
}

// CopyRules gives the event to the living rules that from has. Called again it
// adds nothing.
func (s *Service) CopyRules(ctx context.Context, from, to event.Event) error {
	rules, err := s.p.Rules.ByOwner(ctx, from.ID)
	if err != nil {
		return err
	}
	o := owner{id: to.ID, unit: to.Unit}
	for _, r := range rules {
		if r.Removed {
			continue
		}
		if err := s.give(ctx, o, id.Hash("reminder", to.ID, r.ID), r.Input()); err != nil {
			return err
		}
	}
	return nil
}

// give adds a rule to an event that nobody was told of yet.
func (s *Service) give(ctx context.Context, o owner, ruleID string, in Input) error {
	r := o.rule(ruleID, in)
	err := s.p.Rules.Create(ctx, &r)
	if errors.Is(err, record.ErrExists) {
		return nil
	}
	return err
}
