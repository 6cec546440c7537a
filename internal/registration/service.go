package registration

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

// Form is what a resident sends from an event's page.
type Form struct {
	Event string
	// ID is the random id that the form carried: its idempotency key.
	ID    string
	Slot  string
	Party int
	// Name and Email are optional.
	Name, Email string
	// Purposes are what the person agreed to by a choice of their own, besides
	// registration, which leaving a contact gives.
	Purposes []string
	Locale   string
	Village  string
}

// Receipt is the answer to a Form. It shows what was typed and never whether
// somebody was registered before.
type Receipt struct {
	Event event.Event
	// State is pending, registered or waitlisted.
	State State
	Slot  string
	Party int
	// HoldUntil is until when a pending seat is held.
	HoldUntil calendar.Instant
	// Code is the check-in code. Own is the token of the own page: empty where
	// an address was given, as the mail has it then.
	Code, Own string
	// Mail is whether a mail goes to the address that was typed.
	Mail bool
}

// Own is what a resident sees of the own registration.
type Own struct {
	Registration Registration
	Event        event.Event
	Code         string
	// ReadOnly is whether nothing can be changed any more.
	ReadOnly bool
}

// Entry is what staff enter for a resident.
type Entry struct {
	Event, Resident, Slot string
	Party                 int
	// Paper is whether it was copied from a list on paper.
	Paper bool
}

// Place is how full one slot is.
type Place struct {
	Slot string
	// Capacity is in people, 0 for no limit; Taken by registered, pending and
	// offered; Waiting on the waitlist.
	Capacity, Taken, Waiting int
}

var errLater = fault.New(fault.Unavailable, "later")

// Service is what may be done with registrations, and by whom.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

// RegisterPublic takes a resident's form.
func (s *Service) RegisterPublic(ctx context.Context, a actor.Actor, in Form) (Receipt, error) {
	return Receipt{}, errLater
}

// Confirm is the button of the first mail.
func (s *Service) Confirm(ctx context.Context, token string) (Own, error) { return Own{}, errLater }

// Own is the resident's page; it changes nothing.
func (s *Service) Own(ctx context.Context, token string) (Own, error) { return Own{}, errLater }

// Confirming is the page with the button; it changes nothing.
func (s *Service) Confirming(ctx context.Context, token string) (Own, error) { return Own{}, errLater }

// ChangeParty changes the number of people of the own registration.
func (s *Service) ChangeParty(ctx context.Context, token, form string, party int) (Own, error) {
	return Own{}, errLater
}

// CancelOwn gives the own seat up.
func (s *Service) CancelOwn(ctx context.Context, token, form string) (Own, error) {
	return Own{}, errLater
}

// Enter registers a resident of the unit by staff, at once.
func (s *Service) Enter(ctx context.Context, a actor.Actor, in Entry) (Registration, error) {
	return Registration{}, errLater
}

// CancelByStaff cancels a registration.
func (s *Service) CancelByStaff(ctx context.Context, a actor.Actor, id string) (Registration, error) {
	return Registration{}, errLater
}

// Get gives one registration to staff with a role on the very unit.
func (s *Service) Get(ctx context.Context, a actor.Actor, id string) (Registration, error) {
	return Registration{}, errLater
}

// Page lists registrations of an event by id, to staff with a role on the very unit.
func (s *Service) Page(ctx context.Context, a actor.Actor, f Filter, r page.Request) (page.List[Registration], error) {
	return page.List[Registration]{}, errLater
}

// Places tells how full the slots of an event are, in their order.
func (s *Service) Places(ctx context.Context, e event.Event) ([]Place, error) { return nil, errLater }

// Settle is the job that copies what rolls decided to registrations, and
// finishes forms whose process died; it returns how many rolls and forms.
func (s *Service) Settle(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	return 0, errLater
}

// Lapse is the job that takes pending seats back whose hold has ended.
func (s *Service) Lapse(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	return 0, errLater
}

// Purge is the job that deletes registrations 30 days after the report, at
// most 90 days after the end; it returns of how many events.
func (s *Service) Purge(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	return 0, errLater
}
