package event

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// Service is what may be done with events, and by whom.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

var errLater = fault.New(fault.Unavailable, "later")

// Create makes a draft. newID is the id that it gets, derived from the
// client's token and key so that a replay meets its first try; "" for a new one.
func (s *Service) Create(ctx context.Context, a actor.Actor, newID string, in Input) (Event, error) {
	return Event{}, errLater
}

// Copy makes a draft like another event, without its notices, at another time
// where move says so.
func (s *Service) Copy(ctx context.Context, a actor.Actor, newID, from string, move Move) (Event, error) {
	return Event{}, errLater
}

// Edit changes what the event's state lets change. ifMatch is the Ver that the
// client saw, 0 for any.
func (s *Service) Edit(ctx context.Context, a actor.Actor, id string, ifMatch int64, p Patch) (Event, error) {
	return Event{}, errLater
}

// Do moves the event: submit, approve, return, publish, postpone, resume,
// cancel, restore or close. The note says why; return, postpone and cancel need one.
func (s *Service) Do(ctx context.Context, a actor.Actor, id string, ifMatch int64, act Act, note string) (Event, error) {
	return Event{}, errLater
}

// Reschedule changes time or place of an approved, published or postponed event.
func (s *Service) Reschedule(ctx context.Context, a actor.Actor, id string, ifMatch int64, m Move) (Event, error) {
	return Event{}, errLater
}

// AddNotice records that people were told in public, now.
func (s *Service) AddNotice(ctx context.Context, a actor.Actor, id string, kind NoticeKind) (Event, error) {
	return Event{}, errLater
}

// File files the report of an event that is done, and closes its count.
func (s *Service) File(ctx context.Context, a actor.Actor, id string, ifMatch int64, in ReportInput) (Event, error) {
	return Event{}, errLater
}

// Get gives an event to staff of its units and of those above them.
func (s *Service) Get(ctx context.Context, a actor.Actor, id string) (Event, error) {
	return Event{}, errLater
}

// Page lists events of a unit or of all below it, to staff with a role there or above.
func (s *Service) Page(ctx context.Context, a actor.Actor, f Filter, r page.Request) (page.List[Event], error) {
	return page.List[Event]{}, errLater
}

// Public gives an event that has a public page, to anybody.
func (s *Service) Public(ctx context.Context, id string) (Event, error) {
	return Event{}, errLater
}

// Coming lists published and postponed events that start at or after from, of
// a unit and those below it ("" for all), by start, to anybody.
func (s *Service) Coming(ctx context.Context, scope string, from calendar.Instant, r page.Request) (page.List[Event], error) {
	return page.List[Event]{}, errLater
}

// CloseEnded is the job that moves published events that ended before now to
// done, at most limit, and returns how many.
func (s *Service) CloseEnded(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	return 0, errLater
}
