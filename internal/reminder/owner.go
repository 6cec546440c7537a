package reminder

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
)

// owner is what a rule belongs to: an event, or the unit itself.
type owner struct {
	id, unit string
	// event is the zero value for a unit.
	event event.Event
	// above are the unit and all above it, nearest first.
	above []string
}

func (o owner) isEvent() bool { return o.event.ID != "" }

// rule is a new rule of the owner.
func (o owner) rule(newID string, in Input) Rule {
	r := Rule{Owner: o.id, Unit: o.unit}
	r.ID, r.Part = newID, id.Part(o.id)
	in.fill(&r)
	return r
}

// ofEvent is the event as an owner of rules.
func (s *Service) ofEvent(ctx context.Context, e event.Event) (owner, error) {
	u, err := s.p.Units.Get(ctx, e.Unit)
	return owner{id: e.ID, unit: e.Unit, event: e, above: u.Above()}, err
}

// planned gives an event that still comes, to an organizer of its lead unit.
func (s *Service) planned(ctx context.Context, a actor.Actor, eventID string) (owner, error) {
	if err := a.Require(event.ScopeWrite); err != nil {
		return owner{}, err
	}
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return owner{}, err
	}
	now := s.p.Now()
	if err := e.Visible(a, now); err != nil {
		return owner{}, err
	}
	if !a.Holds(int64(now), actor.Organizer, e.Unit) {
		return owner{}, ErrRole
	}
	switch e.State {
	case event.Done, event.Reported, event.Cancelled:
		return owner{}, ErrState
	}
	return s.ofEvent(ctx, e)
}

// led gives a unit to an organizer of that very unit.
func (s *Service) led(ctx context.Context, a actor.Actor, unitID string) (owner, error) {
	if err := a.Require(event.ScopeWrite); err != nil {
		return owner{}, err
	}
	o, err := s.seen(ctx, a, unitID)
	if err != nil {
		return owner{}, err
	}
	if !a.Holds(int64(s.p.Now()), actor.Organizer, unitID) {
		return owner{}, ErrRole
	}
	return o, nil
}

// seen gives a unit to staff who see its events.
func (s *Service) seen(ctx context.Context, a actor.Actor, unitID string) (owner, error) {
	u, err := s.p.Units.Get(ctx, unitID)
	if err != nil {
		return owner{}, err
	}
	if err := (event.Event{Scope: u.Above()}).Visible(a, s.p.Now()); err != nil {
		return owner{}, err
	}
	return owner{id: u.ID, unit: u.ID, above: u.Above()}, nil
}

func (s *Service) mayChange(ctx context.Context, a actor.Actor, r Rule) error {
	if r.OfUnit() {
		_, err := s.led(ctx, a, r.Owner)
		return err
	}
	_, err := s.planned(ctx, a, r.Owner)
	return err
}

// fits refuses a checked input that the owner may not have beside what there is.
// An override takes over the audience for good, lest it speak to others when
// what it overrides is gone. Two that are added at the same moment may make one too many, which harms nobody.
func (s *Service) fits(ctx context.Context, o owner, in Input) (Input, error) {
	var c fault.Check
	if in.Type != "" && o.isEvent() {
		c.Add("type", "reminder.unit_only")
		return in, c.Err()
	}
	rules, held, err := s.held(ctx, o, in.Type)
	if err != nil {
		return in, err
	}
	return o.fit(in, rules, held)
}

// fit is fits once the rules are read: those of the owner and above it, and
// those of them that hold.
func (o owner) fit(in Input, rules []Rule, held []Held) (Input, error) {
	var c fault.Check
	own := 0
	for _, r := range rules {
		if r.Owner == o.id && !r.Removed {
			own++
		}
	}
	if own >= MaxRules || in.Overrides == "" && len(Living(held)) >= MaxEffective {
		return in, ErrMany
	}
	if in.Overrides == "" {
		return in, nil
	}
	i := slices.IndexFunc(held, func(h Held) bool { return h.ID == in.Overrides })
	switch {
	case i < 0:
		c.Add("overrides", "reminder.overrides")
	case held[i].Owner != o.id || held[i].Type != in.Type:
		in.checkPhase(&c, held[i].Phase())
		if len(in.Audience) == 0 {
			in.Audience = held[i].Audience
		}
	case held[i].Own != held[i].ID:
		return in, ErrOverridden
	default:
		c.Add("overrides", "reminder.overrides") // its own: that is edited
	}
	return in, c.Err()
}
