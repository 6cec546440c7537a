package desk

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// Scopes of the API.
const (
	ScopeRead  = "sheets:read"
	ScopeWrite = "sheets:write"
)

// Refusals of the service.
var (
	ErrNothing = fault.New(fault.Conflict, "sheet.nothing")
	ErrHeld    = fault.New(fault.Conflict, "sheet.held")
	ErrMoved   = fault.New(fault.Conflict, "sheet.moved")
	ErrLate    = fault.New(fault.Conflict, "sheet.late")
	ErrEmpty   = fault.New(fault.Conflict, "sheet.empty")
	// ErrOnlyPerson: "never again" is taken back by the person alone.
	ErrOnlyPerson = fault.New(fault.Forbidden, "sheet.only_by_person")
)

// Units finds units; unit.Store is one.
type Units interface {
	Get(ctx context.Context, id string) (unit.Unit, error)
}

// Events lists events; event.Store is one.
type Events interface {
	Page(ctx context.Context, f event.Filter, r page.Request) (page.List[event.Event], error)
}

// Registrations lists the registrations of an event; registration.Store is one.
type Registrations interface {
	Page(ctx context.Context, f registration.Filter, r page.Request) (page.List[registration.Registration], error)
}

// Residents finds residents; resident.Store is one.
type Residents interface {
	Many(ctx context.Context, ids []string) ([]resident.Resident, error)
}

// Contacts finds contacts; contact.Store is one.
type Contacts interface {
	Many(ctx context.Context, ids []string) ([]contact.Contact, error)
}

// Log takes note of who reads person data; audit.Service is one.
type Log interface {
	Record(ctx context.Context, entries ...record.Entry) error
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Press         *paper.Press
	Sheets        paper.Sheets
	Rows          paper.Rows
	Lines         Lines
	Units         Units
	Events        Events
	Registrations Registrations
	Residents     Residents
	Contacts      Contacts
	Log           Log
	Now           func() calendar.Instant
}

// Service prints sheets and takes in results for staff. Person data needs a
// role on the very unit, or on the very village: to anybody else a sheet is
// absent.
type Service struct{ p Ports }

// NewService makes the service; Ports.Now is domain time.
func NewService(p Ports) *Service { return &Service{p: p} }

func (s *Service) now() notifications.Millis { return notifications.Millis(s.p.Now()) }

// May tells whether act may work off the sheets of the unit's village: whoever
// organizes or heads villages for the unit those of every village, the head of
// a village its own.
func (s *Service) May(act actor.Actor, unitID, village string) bool {
	now := int64(s.p.Now())
	return act.Any(now, unitID, actor.Organizer, actor.VillageHead) || village != "" && act.Holds(now, actor.VillageHead, village)
}

func (s *Service) may(act actor.Actor, scope, unitID, village string) error {
	if err := act.Require(scope); err != nil {
		return err
	}
	if !s.May(act, unitID, village) {
		return record.ErrAbsent
	}
	return nil
}

// sheet gets one for a scope and a role.
func (s *Service) sheet(ctx context.Context, act actor.Actor, scope, id string) (paper.Sheet, error) {
	if err := act.Require(scope); err != nil {
		return paper.Sheet{}, err
	}
	found, there, err := s.p.Sheets.Get(ctx, id)
	if err != nil {
		return paper.Sheet{}, err
	}
	if !there {
		return paper.Sheet{}, record.ErrAbsent
	}
	return found, s.may(act, scope, found.Unit, found.Village)
}

// village checks that it is one of the unit's.
func (s *Service) village(ctx context.Context, unitID, village string) error {
	if village == "" {
		return nil
	}
	v, err := s.p.Units.Get(ctx, village)
	if err != nil && !errors.Is(err, record.ErrAbsent) {
		return err
	}
	if err != nil || v.Kind != unit.Village || !v.Within(unitID) {
		var c fault.Check
		c.Add("village", "resident.village")
		return c.Err()
	}
	return nil
}

func (s *Service) note(ctx context.Context, act actor.Actor, sheet paper.Sheet, verb string, fields ...string) error {
	return s.p.Log.Record(ctx, audit.Of(act, s.p.Now(), sheet.Unit, audit.Thing("sheet", sheet.ID), verb, fields...))
}

// told turns the press's refusals into those of the service.
func told(err error) error {
	for _, known := range []struct{ from, to error }{
		{paper.ErrAbsent, record.ErrAbsent}, {paper.ErrLine, record.ErrAbsent}, {paper.ErrContended, record.ErrContended},
		{paper.ErrNothing, ErrNothing}, {paper.ErrHeld, ErrHeld}, {paper.ErrMoved, ErrMoved}, {paper.ErrLate, ErrLate},
		{paper.ErrEmpty, ErrEmpty}, {paper.ErrOnlyPerson, ErrOnlyPerson},
	} {
		if errors.Is(err, known.from) {
			return known.to
		}
	}
	return err
}
