package unit

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Scopes of the API.
const (
	ScopeRead  = "units:read"
	ScopeWrite = "units:write"
)

// Refusals of the service.
var (
	ErrRole   = fault.New(fault.Forbidden, "role_missing")
	ErrClosed = fault.New(fault.Conflict, "unit.closed")
	// ErrVersion: the unit has changed since the caller read it.
	ErrVersion = fault.New(fault.PreconditionFailed, "version")
)

const createAtOnce = 500

// Service keeps units. Units are public: everybody may read them.
type Service struct {
	store Store
	now   func() calendar.Instant
	ids   id.Source
}

// NewService makes the service; now is domain time.
func NewService(store Store, now func() calendar.Instant, ids id.Source) *Service {
	return &Service{store: store, now: now, ids: ids}
}

// Draft is a unit as a person enters it.
type Draft struct {
	// ID is optional: a replay with the same id gives the unit made first.
	ID     string
	Kind   Kind
	Parent string
	Line   string
	// Names by locale; vi is required.
	Names map[string]string
	// Code is the state's code, optional.
	Code    string
	Cluster string
	// Zone is an IANA zone, the parent's if empty.
	Zone string
}

// Create adds a unit below a parent, for an administrator of the parent or of a
// unit above it. A unit at the top is made by the program itself only.
func (s *Service) Create(ctx context.Context, act actor.Actor, in Draft) (Unit, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return Unit{}, err
	}
	u, parent, err := s.draft(ctx, in)
	if err != nil {
		return Unit{}, err
	}
	if !s.administers(act, parent) {
		return Unit{}, ErrRole
	}
	u.Note(audit.Of(act, s.now(), u.ID, thing(u.ID), "unit.create", "kind", "parent", "names", "code"))
	err = s.store.Create(ctx, &u)
	if errors.Is(err, record.ErrExists) && in.ID != "" {
		if there, getErr := s.store.Get(ctx, in.ID); getErr == nil {
			return there, nil
		}
	}
	return u, err
}

func (s *Service) draft(ctx context.Context, in Draft) (u, parent Unit, err error) {
	var c fault.Check
	u = Unit{Kind: in.Kind, Parent: in.Parent, Code: in.Code, Zone: in.Zone, ValidFrom: s.now()}
	if u.Names, err = checkNames(&c, in.Names); err != nil {
		return u, parent, err
	}
	for _, f := range []struct {
		name, value string
		to          *string
	}{{"line", in.Line, &u.Line}, {"cluster", in.Cluster, &u.Cluster}} {
		*f.to, err = text.Line(f.value, maxKindBytes)
		if err = c.Take(f.name, err); err != nil {
			return u, parent, err
		}
	}
	if !validKind(in.Kind) {
		c.Add("kind", "unit.kind")
	}
	if in.Code != "" && !validCode(in.Code) {
		c.Add("code", "unit.code")
	}
	if parent, err = s.place(ctx, &c, &u); err != nil {
		return u, parent, err
	}
	if u.ID = in.ID; u.ID == "" {
		u.ID = s.ids.New(int64(s.now()))
	}
	u.index(s.now())
	return u, parent, c.Err()
}

// place sets what a unit has from its parent: ancestors, and the zone where it
// has none of its own.
func (s *Service) place(ctx context.Context, c *fault.Check, u *Unit) (Unit, error) {
	var parent Unit
	if u.Parent != "" {
		var err error
		parent, err = s.store.Get(ctx, u.Parent)
		switch {
		case errors.Is(err, record.ErrAbsent):
			c.Add("parent", "absent")
		case err != nil:
			return parent, err
		case !parent.Open(s.now()):
			c.Add("parent", ErrClosed.Code)
		case len(parent.Ancestors)+1 >= MaxDepth:
			c.Add("parent", "unit.too_deep")
		default:
			u.Ancestors = parent.Above()
		}
	}
	if u.Zone == "" {
		u.Zone = parent.Zone
	}
	if u.Zone == "" {
		u.Zone = DefaultZone
	}
	return parent, c.Take("zone", calendar.CheckZone(u.Zone))
}

// Get gives one unit to anybody.
func (s *Service) Get(ctx context.Context, act actor.Actor, unit string) (Unit, error) {
	if err := mayRead(act); err != nil {
		return Unit{}, err
	}
	return s.store.Get(ctx, unit)
}

// ByCode finds the unit that bears the state's code.
func (s *Service) ByCode(ctx context.Context, act actor.Actor, code string) (Unit, error) {
	if err := mayRead(act); err != nil {
		return Unit{}, err
	}
	return s.store.ByCode(ctx, code)
}

// Page lists units by name. Filter.Prefix may be any words as typed: each has to
// begin a word of a name, accents aside. The longest one is looked up and the
// others are compared after that, so that a page may hold less than was asked
// for, even nothing, while there is a next one.
func (s *Service) Page(ctx context.Context, act actor.Actor, f Filter, r page.Request) (page.List[Unit], error) {
	if err := mayRead(act); err != nil {
		return page.List[Unit]{}, err
	}
	words := text.Words(f.Prefix)
	f.Prefix = longest(words)
	list, err := s.store.Page(ctx, f, r)
	list.Items = slices.DeleteFunc(list.Items, func(u Unit) bool { return !u.hasWords(words) })
	return list, err
}

// Scope gives lead, others and all their ancestors; see the function Scope. An
// unknown unit is an invalid field, named lead or others.
func (s *Service) Scope(ctx context.Context, lead string, others ...string) ([]string, error) {
	var c fault.Check
	units := make([]Unit, 0, len(others)+1)
	for i, u := range append([]string{lead}, others...) {
		got, err := s.store.Get(ctx, u)
		if errors.Is(err, record.ErrAbsent) {
			c.Add([]string{"unit", "co_units"}[min(i, 1)], "absent")
			continue
		}
		if err != nil {
			return nil, err
		}
		units = append(units, got)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return Scope(units[0], units[1:]...), nil
}

// administers tells whether act may look after the unit: an administrator of it
// or of one above, or the program itself.
func (s *Service) administers(act actor.Actor, u Unit) bool {
	return act.Is(actor.KindSystem) || act.HoldsAbove(int64(s.now()), actor.Admin, u.Above()...)
}

// mayRead holds API tokens to their scope; pages for the public bring none.
func mayRead(act actor.Actor) error {
	if act.Is(actor.KindStaff) {
		return act.Require(ScopeRead)
	}
	return nil
}

func thing(unit string) string { return audit.Thing("unit", unit) }

func longest(words []string) (found string) {
	for _, w := range words {
		if len(w) > len(found) {
			found = w
		}
	}
	return found
}

// hasWords tells whether each word begins one of the unit's.
func (u Unit) hasWords(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		return !slices.ContainsFunc(u.Words, func(own string) bool { return strings.HasPrefix(own, w) })
	})
}
