package attendance

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Scopes of the API.
const (
	ScopeRead  = "attendance:read"
	ScopeWrite = "attendance:write"
)

// Refusals of the service.
var (
	ErrRole = fault.New(fault.Forbidden, "role_missing")
	// ErrState: nobody can come to an event that was never published.
	ErrState = fault.New(fault.Conflict, "attendance.not_published")
	// ErrUndo: a counter-entry is not taken back; count anew.
	ErrUndo = fault.New(fault.Conflict, "attendance.undo")
)

// Events is what counting needs of events; event.Store is one.
type Events interface {
	Get(ctx context.Context, id string) (event.Event, error)
	Update(ctx context.Context, id string, change func(*event.Event) error) (event.Event, error)
	Ended(ctx context.Context, state event.State, before calendar.Instant, after *page.Key, limit int) ([]event.Event, error)
}

// Registrations is what counting needs of registrations; registration.Store is one.
type Registrations interface {
	Get(ctx context.Context, id string) (registration.Registration, error)
	Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error)
	Page(ctx context.Context, f registration.Filter, r page.Request) (page.List[registration.Registration], error)
}

// Rolls reads who has a seat; registration.Rolls is one.
type Rolls interface {
	Roll(ctx context.Context, event string) (registration.Roll, error)
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Entries       Store
	Events        Events
	Registrations Registrations
	Rolls         Rolls
	Keys          *secret.Keys
	Now           func() calendar.Instant
}

// Service is what may be done at the door, and by whom.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

// door gives the event to those who count on its very unit.
func (s *Service) door(ctx context.Context, a actor.Actor, eventID string) (event.Event, error) {
	if err := a.Require(ScopeWrite); err != nil {
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
	if !a.Any(int64(now), e.Unit, actor.CheckIn, actor.Organizer) {
		return event.Event{}, ErrRole
	}
	if e.PublishedAt == 0 {
		return event.Event{}, ErrState
	}
	return e, nil
}

// Undo takes an entry back by a counter-entry. It may be called again, and by
// two at once: the counter-entry's id follows from the entry's.
func (s *Service) Undo(ctx context.Context, a actor.Actor, eventID, entry string) (Entry, error) {
	e, err := s.door(ctx, a, eventID)
	if err != nil {
		return Entry{}, err
	}
	old, err := s.p.Entries.Get(ctx, entry)
	if err != nil {
		return Entry{}, err
	}
	switch {
	case old.Event != e.ID:
		return Entry{}, record.ErrAbsent
	case old.Undoes != "":
		return Entry{}, ErrUndo
	}
	now := s.p.Now()
	back := Entry{
		Part: old.Part, Event: old.Event, Unit: old.Unit, Slot: old.Slot, Village: old.Village,
		Source: old.Source, People: -old.People, ServerAt: now, Registration: old.Registration, Undoes: old.ID,
	}
	back.ID = id.Hash("undo", old.ID)
	back.Note(audit.Of(a, now, e.Unit, audit.Thing("attendance", back.ID), "attendance.undo"))
	if _, err := s.p.Entries.Append(ctx, []Entry{back}); err != nil {
		return Entry{}, err
	}
	if err := s.unmark(ctx, e, old.Registration); err != nil {
		return Entry{}, err
	}
	return back, s.surveyAnew(ctx, e, old.Registration)
}

// surveyAnew has the invitations of the event looked at again: without the one
// who was counted by name, all who were registered may be asked.
func (s *Service) surveyAnew(ctx context.Context, e event.Event, registrationID string) error {
	if registrationID == "" || s.p.Now() < e.EndAt {
		return nil
	}
	_, err := s.p.Events.Update(ctx, e.ID, func(e *event.Event) error {
		e.Touch()
		return nil
	})
	return err
}

// Totals gives the counts of an event to staff who see it.
func (s *Service) Totals(ctx context.Context, a actor.Actor, eventID string) (Totals, error) {
	if err := a.Require(ScopeRead); err != nil {
		return Totals{}, err
	}
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return Totals{}, err
	}
	if err := e.Visible(a, s.p.Now()); err != nil {
		return Totals{}, err
	}
	return s.TotalsOf(ctx, e)
}

// readAtOnce is how many entries are in memory while they are summed up.
const readAtOnce = 500

// TotalsOf gives the counts of an event, for jobs.
func (s *Service) TotalsOf(ctx context.Context, e event.Event) (Totals, error) {
	var f folder
	after := ""
	for {
		entries, err := s.p.Entries.ByEvent(ctx, e.Part, e.ID, after, readAtOnce)
		if err != nil {
			return Totals{}, err
		}
		f.add(entries)
		if len(entries) < readAtOnce {
			return f.totals(), nil
		}
		after = entries[len(entries)-1].ID
	}
}
