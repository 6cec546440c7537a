package resident

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Scopes of the API.
const (
	ScopeRead  = "residents:read"
	ScopeWrite = "residents:write"
)

// Refusals of the service.
var (
	// ErrErased: the resident's data was erased; only totals remain.
	ErrErased = fault.New(fault.Gone, "resident.erased")
	// ErrMerged: one of the two was merged or erased before.
	ErrMerged = fault.New(fault.Conflict, "resident.merged")
	// ErrMergeSelf: a record was to be joined with itself.
	ErrMergeSelf = fault.New(fault.Invalid, "resident.merge_self")
	// ErrVersion: the resident has changed since the caller read it.
	ErrVersion = fault.New(fault.PreconditionFailed, "version")
	// ErrOnlyPerson: what a person withdrew, only the person gives again.
	ErrOnlyPerson = fault.New(fault.Forbidden, "resident.only_by_person")
)

// Contacts finds, opens and forgets contacts; contact.Service is one.
type Contacts interface {
	Ensure(ctx context.Context, kind contact.Kind, value string) (contact.Contact, error)
	Get(ctx context.Context, id string) (contact.Contact, error)
	Plain(ctx context.Context, c contact.Contact) (string, error)
	Forget(ctx context.Context, act actor.Actor, id string) (contact.Contact, error)
}

// Units finds units; unit.Store is one.
type Units interface {
	Get(ctx context.Context, id string) (unit.Unit, error)
}

// Log takes note of who reads person data; audit.Service is one.
type Log interface {
	Record(ctx context.Context, entries ...record.Entry) error
}

// Ports is what the Service needs. All are required.
type Ports struct {
	Residents Store
	Texts     Texts
	Contacts  Contacts
	Units     Units
	Log       Log
	Now       func() calendar.Instant
	IDs       id.Source
}

// Service keeps residents. Person data needs a grant on the very unit that
// keeps the record; to anybody else a resident is absent.
type Service struct{ p Ports }

// NewService makes the service; Ports.Now is domain time.
func NewService(p Ports) *Service { return &Service{p: p} }

// keeps tells whether act may read and write the residents of the unit.
func (s *Service) keeps(act actor.Actor, keeper string) bool {
	return act.Any(int64(s.p.Now()), keeper, actor.Organizer, actor.Admin, actor.VillageHead)
}

// open gets a resident for a scope and a role on its very unit, and follows
// merges to the record that lives on.
func (s *Service) open(ctx context.Context, act actor.Actor, scope, resident string) (Resident, error) {
	if err := act.Require(scope); err != nil {
		return Resident{}, err
	}
	r, err := s.Living(ctx, resident)
	if err != nil {
		return Resident{}, err
	}
	if !s.keeps(act, r.Unit) {
		return Resident{}, record.ErrAbsent
	}
	return r, nil
}

// own is open for staff; residents come with a link of their own, which the
// caller has checked.
func (s *Service) own(ctx context.Context, act actor.Actor, resident string) (Resident, error) {
	if act.Is(actor.KindResident) {
		return s.Living(ctx, resident)
	}
	return s.open(ctx, act, ScopeWrite, resident)
}

// maxMerges bounds how far an id is followed.
const maxMerges = 16

// Living gives the record that an id leads to, however often it was merged, for those
// who act for the person; it asks for no role.
func (s *Service) Living(ctx context.Context, resident string) (Resident, error) {
	for range maxMerges {
		r, err := s.p.Residents.Get(ctx, resident)
		if err != nil || r.MergedInto == "" {
			return r, err
		}
		resident = r.MergedInto
	}
	return Resident{}, record.ErrAbsent
}

// where checks the unit and the village in it. A unit that is closed takes no
// new residents.
func (s *Service) where(ctx context.Context, c *fault.Check, keeper, village string) error {
	u, err := s.p.Units.Get(ctx, keeper)
	switch {
	case errors.Is(err, record.ErrAbsent):
		c.Add("unit", "absent")
	case err != nil:
		return err
	case !u.Open(s.p.Now()):
		c.Add("unit", unit.ErrClosed.Code)
	}
	return s.village(ctx, c, keeper, village)
}

func (s *Service) village(ctx context.Context, c *fault.Check, keeper, village string) error {
	if village == "" {
		return nil
	}
	v, err := s.p.Units.Get(ctx, village)
	if err != nil && !errors.Is(err, record.ErrAbsent) {
		return err
	}
	if err != nil || v.Kind != unit.Village || !v.Within(keeper) {
		c.Add("village", "resident.village")
	}
	return nil
}

func (s *Service) entry(act actor.Actor, r *Resident, verb string, fields ...string) record.Entry {
	return audit.Of(act, s.p.Now(), r.Unit, thing(r.ID), verb, fields...)
}

func thing(resident string) string { return audit.Thing("resident", resident) }
