package reminder

import (
	"context"
	"errors"
	"reflect"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Refusals of the service.
var (
	ErrRole = fault.New(fault.Forbidden, "role_missing")
	// ErrMany: the event has MaxRules rules already.
	ErrMany = fault.New(fault.Conflict, "reminder.too_many").With("max", MaxRules)
	// ErrState: the event is over or cancelled, so that no rule helps any more.
	ErrState = fault.New(fault.Conflict, "reminder.event_over")
	// ErrVersion: the rule has changed since the caller read it.
	ErrVersion = fault.New(fault.PreconditionFailed, "version")
)

// Events is what rules need of events; event.Store is one.
type Events interface {
	Get(ctx context.Context, id string) (event.Event, error)
	Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Rules  Store
	Events Events
	Now    func() calendar.Instant
	IDs    id.Source
}

// Service is what may be done with reminder rules, and by whom: organizers of
// the event's lead unit change them, whoever sees the event reads them. API
// scopes are those of events.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

// Add gives the event one more rule. newID is the id that it gets, so that a
// replay meets the rule of the first try; "" for a new one.
func (s *Service) Add(ctx context.Context, a actor.Actor, newID, eventID string, in Input) (Rule, error) {
	in, err := in.Check()
	if err != nil {
		return Rule{}, err
	}
	e, err := s.planned(ctx, a, eventID)
	if err != nil {
		return Rule{}, err
	}
	now := s.p.Now()
	if newID == "" {
		newID = s.p.IDs.New(int64(now))
	}
	r := Rule{Owner: e.ID, Unit: e.Unit}
	r.ID = newID
	in.fill(&r)
	if there, err := s.p.Rules.Get(ctx, newID); err == nil && there.Owner == e.ID {
		return there, s.touch(ctx, e.ID)
	}
	if err := s.room(ctx, e.ID); err != nil {
		return Rule{}, err
	}
	r.Note(audit.Of(a, now, r.Unit, audit.Thing("reminder", r.ID), "reminder.add"))
	if err := s.p.Rules.Create(ctx, &r); err != nil {
		return Rule{}, err
	}
	return r, s.touch(ctx, e.ID)
}

// room counts the living rules. Two that are added at the same moment may make
// one too many, which harms nobody.
func (s *Service) room(ctx context.Context, eventID string) error {
	rules, err := s.p.Rules.ByOwner(ctx, eventID)
	if err != nil {
		return err
	}
	if len(living(rules)) >= MaxRules {
		return ErrMany
	}
	return nil
}

// Edit replaces what a rule says; what it planned moves. ifMatch is the Ver
// that the client saw, 0 for any.
func (s *Service) Edit(ctx context.Context, a actor.Actor, rule string, ifMatch int64, in Input) (Rule, error) {
	in, err := in.Check()
	if err != nil {
		return Rule{}, err
	}
	return s.change(ctx, a, rule, "reminder.edit", func(r *Rule) error {
		if ifMatch != 0 && ifMatch != r.Ver {
			return ErrVersion
		}
		if r.Removed {
			return record.ErrAbsent
		}
		if reflect.DeepEqual(r.Input(), in) {
			return record.ErrUnchanged
		}
		in.fill(r)
		return nil
	})
}

// Remove ends a rule; what it planned is suppressed. It may be called again.
func (s *Service) Remove(ctx context.Context, a actor.Actor, rule string) (Rule, error) {
	return s.change(ctx, a, rule, "reminder.remove", func(r *Rule) error {
		if r.Removed {
			return record.ErrUnchanged
		}
		r.Removed = true
		return nil
	})
}

func (s *Service) change(ctx context.Context, a actor.Actor, rule, act string, change func(*Rule) error) (Rule, error) {
	old, err := s.p.Rules.Get(ctx, rule)
	if err != nil {
		return Rule{}, err
	}
	if _, err := s.planned(ctx, a, old.Owner); err != nil {
		return Rule{}, err
	}
	now := s.p.Now()
	r, err := s.p.Rules.Update(ctx, rule, func(r *Rule) error {
		if err := change(r); err != nil {
			return err
		}
		r.Note(audit.Of(a, now, r.Unit, audit.Thing("reminder", r.ID), act, "rule"))
		return nil
	})
	if err != nil {
		return Rule{}, err
	}
	return r, s.touch(ctx, old.Owner)
}

// List gives the rules of an event that are not removed, ordered by id, to
// staff who see the event.
func (s *Service) List(ctx context.Context, a actor.Actor, eventID string) ([]Rule, error) {
	if err := a.Require(event.ScopeRead); err != nil {
		return nil, err
	}
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return nil, err
	}
	if err := e.Visible(a, s.p.Now()); err != nil {
		return nil, err
	}
	rules, err := s.p.Rules.ByOwner(ctx, eventID)
	return living(rules), err
}

// EnsureDefault gives an event its default rule, unless it was given before,
// even if somebody removed it since.
func (s *Service) EnsureDefault(ctx context.Context, e event.Event) error {
	in, err := Default().Check()
	if err != nil {
		return err
	}
	return s.give(ctx, e, id.Hash("reminder", e.ID, "default"), in)
}

// CopyRules gives the event to the living rules that from has. Called again it
// adds nothing.
func (s *Service) CopyRules(ctx context.Context, from, to event.Event) error {
	rules, err := s.p.Rules.ByOwner(ctx, from.ID)
	if err != nil {
		return err
	}
	for _, r := range living(rules) {
		if err := s.give(ctx, to, id.Hash("reminder", to.ID, r.ID), r.Input()); err != nil {
			return err
		}
	}
	return nil
}

// give adds a rule to an event that nobody was told of yet.
func (s *Service) give(ctx context.Context, e event.Event, ruleID string, in Input) error {
	r := Rule{Owner: e.ID, Unit: e.Unit}
	r.ID = ruleID
	in.fill(&r)
	err := s.p.Rules.Create(ctx, &r)
	if errors.Is(err, record.ErrExists) {
		return nil
	}
	return err
}

// touch makes the planner look at the event again, after the rule was written.
// It is called on a replay too, since the first try may have ended before it.
func (s *Service) touch(ctx context.Context, eventID string) error {
	_, err := s.p.Events.Update(ctx, eventID, func(e *event.Event) error {
		e.Touch()
		return nil
	})
	return err
}

// planned gives an event that still comes, to an organizer of its lead unit.
func (s *Service) planned(ctx context.Context, a actor.Actor, eventID string) (event.Event, error) {
	if err := a.Require(event.ScopeWrite); err != nil {
		return event.Event{}, err
	}
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return event.Event{}, err
	}
	now := s.p.Now()
	if err := e.Visible(a, now); err != nil {
		return event.Event{}, err
	}
	if !a.Holds(int64(now), actor.Organizer, e.Unit) {
		return event.Event{}, ErrRole
	}
	switch e.State {
	case event.Done, event.Reported, event.Cancelled:
		return event.Event{}, ErrState
	}
	return e, nil
}

func living(rules []Rule) []Rule {
	var kept []Rule
	for _, r := range rules {
		if !r.Removed {
			kept = append(kept, r)
		}
	}
	return kept
}
