package survey

import (
	"context"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Scopes of API tokens.
const (
	ScopeRead  = "surveys:read"
	ScopeWrite = "surveys:write"
)

// When a survey opens after its event's end, and how long it stays open.
const (
	DefaultDelayHours = 24
	MaxDelayHours     = 72
	OpenFor           = 14 * 24 * time.Hour
)

// The refusals of Plan.
var (
	// ErrOpened: the questions of a survey that has opened do not change.
	ErrOpened = fault.New(fault.Conflict, "survey.opened")
	// ErrVersion: somebody else changed the survey in between.
	ErrVersion = fault.New(fault.PreconditionFailed, "version")
)

// Service is what may be done with surveys, and by whom.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

// Ensure makes the event's survey in state planned, or moves a planned one with
// its event. It may be called again without harm.
func (s *Service) Ensure(ctx context.Context, e event.Event) (Survey, error) {
	v := newSurvey(e)
	err := s.p.Surveys.Create(ctx, &v)
	if err == nil {
		return v, nil
	}
	if !errors.Is(err, record.ErrExists) {
		return Survey{}, err
	}
	return s.p.Surveys.Update(ctx, e.ID, func(v *Survey) error { return retime(v, e.EndAt) })
}

// Get gives the survey to staff of the event's units and of those above them.
func (s *Service) Get(ctx context.Context, act actor.Actor, eventID string) (Survey, error) {
	v, _, err := s.seen(ctx, act, eventID)
	return v, err
}

// Plan sets questions and delay before the survey opens; organizers of the very
// unit do. delayHours is 24 to 72, 0 for the default. ifMatch is the Ver that
// the client saw, 0 for any.
func (s *Service) Plan(ctx context.Context, act actor.Actor, eventID string, ifMatch int64, items []Item, delayHours int) (Survey, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return Survey{}, err
	}
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return Survey{}, err
	}
	now := s.p.Now()
	if !act.Any(int64(now), e.Unit, actor.Organizer, actor.Admin) {
		return Survey{}, record.ErrAbsent
	}
	items, delayHours, err = checkPlan(items, delayHours)
	if err != nil {
		return Survey{}, err
	}
	if _, err := s.Ensure(ctx, e); err != nil {
		return Survey{}, err
	}
	return s.p.Surveys.Update(ctx, eventID, func(v *Survey) error {
		if ifMatch != 0 && v.Ver != ifMatch {
			return ErrVersion
		}
		if v.State != Planned {
			return ErrOpened
		}
		v.Items, v.DelayHours = items, delayHours
		v.setTimes(e.EndAt)
		v.Note(audit.Of(act, now, v.Unit, audit.Thing("survey", v.ID), "survey.plan", "items", "delay_hours"))
		return nil
	})
}

// seen gives survey and event to whoever may see totals.
func (s *Service) seen(ctx context.Context, act actor.Actor, eventID string) (Survey, event.Event, error) {
	if err := act.Require(ScopeRead); err != nil {
		return Survey{}, event.Event{}, err
	}
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return Survey{}, event.Event{}, err
	}
	if !seesTotals(act, s.p.Now(), e) {
		return Survey{}, event.Event{}, record.ErrAbsent
	}
	v, err := s.p.Surveys.Get(ctx, eventID)
	return v, e, err
}

// seesTotals: units that lead or join, and those above them.
func seesTotals(act actor.Actor, now calendar.Instant, e event.Event) bool {
	for _, role := range []actor.Role{actor.Reviewer, actor.Organizer, actor.Admin} {
		if act.HoldsAbove(int64(now), role, e.Scope...) {
			return true
		}
	}
	return false
}

func checkPlan(items []Item, delayHours int) ([]Item, int, error) {
	if delayHours == 0 {
		delayHours = DefaultDelayHours
	}
	var check fault.Check
	if delayHours < DefaultDelayHours || delayHours > MaxDelayHours {
		check.Add("delay_hours", "survey.delay", "min", DefaultDelayHours, "max", MaxDelayHours)
		return nil, 0, check.Err()
	}
	clean, err := CheckItems(items)
	return clean, delayHours, err
}

func newSurvey(e event.Event) Survey {
	v := Survey{
		Head: record.Head{ID: e.ID}, Part: e.Part, Unit: e.Unit,
		State: Planned, Items: StandardItems(), DelayHours: DefaultDelayHours,
	}
	v.setTimes(e.EndAt)
	return v
}

func (v *Survey) setTimes(end calendar.Instant) {
	v.OpensAt = end.Add(time.Duration(v.DelayHours) * time.Hour)
	v.ClosesAt = v.OpensAt.Add(OpenFor)
}

// retime moves a planned survey with its event; an open one stays, since its
// invitations say until when it is open.
func retime(v *Survey, end calendar.Instant) error {
	before := v.OpensAt
	if v.State == Planned {
		v.setTimes(end)
	}
	if v.OpensAt == before {
		return record.ErrUnchanged
	}
	return nil
}
