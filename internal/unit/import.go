package unit

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Refusals of a row.
var (
	// ErrTwice: an earlier row, at "line", is of the same unit.
	ErrTwice = fault.New(fault.Conflict, "import.unit_twice")
	// ErrMoves: a unit keeps its place; another one succeeds it.
	ErrMoves = fault.New(fault.Conflict, "import.unit_moves")
)

// ImportRow is a unit as a list has it. What is empty says nothing.
type ImportRow struct {
	Line int
	// ID is the unit's own, of a list that was exported here.
	ID string
	// Code is the state's code; villages have none.
	Code string
	// Parent is the code or the id of the unit above, which the list may have
	// in an earlier row.
	Parent     string
	Kind       Kind
	Names      map[string]string
	Cluster    string
	OfLine     string // the organisation's own line
	Zone       string
	ValidFrom  calendar.Instant
	ValidUntil calendar.Instant
}

// Imported is what became of a row: whether it made or changed a unit, or why
// it is refused.
type Imported struct {
	New, Changed bool
	Err          error
}

// imports is one list on its way in.
type imports struct {
	*Service
	act actor.Actor
	// byRef are the units of the list so far, by id and by code, as they are
	// then; lines says where they stand.
	byRef map[string]Unit
	lines map[string]int
	fresh []Unit
}

// Import makes and changes units by a list, parents before their children, for
// an administrator of the units above, or the program itself. Dry writes
// nothing, and tells the same. Units that the list does not have stay.
func (s *Service) Import(ctx context.Context, act actor.Actor, rows []ImportRow, dry bool) ([]Imported, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return nil, err
	}
	m := &imports{Service: s, act: act, byRef: map[string]Unit{}, lines: map[string]int{}}
	done := make([]Imported, len(rows))
	for i, row := range rows {
		did, err := m.take(ctx, row, dry)
		switch kind := fault.KindOf(err); {
		case err == nil:
			done[i] = did
		case kind == fault.Internal || kind == fault.Unavailable:
			return nil, err
		default:
			done[i] = Imported{Err: err}
		}
	}
	if dry {
		return done, nil
	}
	return done, s.store.CreateMany(ctx, m.fresh)
}

func (m *imports) take(ctx context.Context, row ImportRow, dry bool) (Imported, error) {
	names, err := m.check(row)
	if err != nil {
		return Imported{}, err
	}
	parent, err := m.parent(ctx, row)
	if err != nil {
		return Imported{}, err
	}
	was, err := m.find(ctx, row, parent, names)
	if err != nil {
		return Imported{}, err
	}
	next := m.merge(was, row, parent, names)
	if line := m.lines[next.ID]; line != 0 {
		return Imported{}, ErrTwice.With("line", line)
	}
	if err := m.allowed(was, next, parent, row); err != nil {
		return Imported{}, err
	}
	m.lines[next.ID], m.byRef[next.ID] = row.Line, next
	if next.Code != "" {
		m.byRef[next.Code] = next
	}
	fields := next.differs(was)
	switch {
	case was.Ver == 0:
		next.Note(audit.Of(m.act, m.now(), next.ID, thing(next.ID), "unit.import", fields...))
		m.fresh = append(m.fresh, next)
		return Imported{New: true}, nil
	case len(fields) == 0:
		return Imported{}, nil
	case dry:
		return Imported{Changed: true}, nil
	}
	_, err = m.store.Update(ctx, was.ID, func(u *Unit) error {
		*u = m.merge(*u, row, parent, names)
		u.Note(audit.Of(m.act, m.now(), u.ID, thing(u.ID), "unit.import", fields...))
		return nil
	})
	return Imported{Changed: true}, err
}

// check refuses what is wrong with a row by itself.
func (m *imports) check(row ImportRow) (map[string]string, error) {
	var c fault.Check
	names, err := checkNames(&c, row.Names)
	if err != nil {
		return nil, err
	}
	if !validKind(row.Kind) {
		c.Add("kind", "unit.kind")
	}
	if row.Code != "" && !validCode(row.Code) {
		c.Add("code", "unit.code")
	}
	for _, f := range []struct{ name, value string }{{"line", row.OfLine}, {"cluster", row.Cluster}} {
		_, err := text.Line(f.value, maxKindBytes)
		if err := c.Take(f.name, err); err != nil {
			return nil, err
		}
	}
	if row.Zone != "" {
		if err := c.Take("zone", calendar.CheckZone(row.Zone)); err != nil {
			return nil, err
		}
	}
	if row.ValidUntil != 0 && row.ValidUntil <= row.ValidFrom {
		c.Add("valid_until", "unit.close_before_start")
	}
	return names, c.Err()
}

// parent finds the unit above: in the list so far, or in the store.
func (m *imports) parent(ctx context.Context, row ImportRow) (Unit, error) {
	if row.Parent == "" {
		return Unit{}, nil
	}
	parent, err := m.ref(ctx, row.Parent)
	var c fault.Check
	switch {
	case errors.Is(err, record.ErrAbsent):
		c.Add("parent", "import.parent")
	case err != nil:
		return parent, err
	case len(parent.Ancestors)+1 >= MaxDepth:
		c.Add("parent", "unit.too_deep")
	}
	return parent, c.Err()
}

func (m *imports) ref(ctx context.Context, ref string) (Unit, error) {
	if u, ok := m.byRef[ref]; ok {
		return u, nil
	}
	u, err := m.store.ByCode(ctx, ref)
	if errors.Is(err, record.ErrAbsent) {
		u, err = m.store.Get(ctx, ref)
	}
	return u, err
}

// find gives the unit that the row is of, one without a version where there is
// none: by its id, by its code, or by its name below its parent.
func (m *imports) find(ctx context.Context, row ImportRow, parent Unit, names map[string]string) (Unit, error) {
	if row.ID != "" {
		u, err := m.store.Get(ctx, row.ID)
		if errors.Is(err, record.ErrAbsent) {
			var c fault.Check
			c.Add("id", record.ErrAbsent.Code)
			err = c.Err()
		}
		return u, err
	}
	if row.Code != "" {
		u, err := m.store.ByCode(ctx, row.Code)
		if errors.Is(err, record.ErrAbsent) {
			return Unit{Head: record.Head{ID: StateID(row.Code)}}, nil
		}
		return u, err
	}
	name := text.Fold(names["vi"])
	u := Unit{Head: record.Head{ID: id.Hash("unit", parent.ID, name)}}
	if parent.Ver == 0 {
		return u, nil // it has no children yet
	}
	req := page.Request{Limit: page.MaxLimit}
	for {
		list, err := m.store.Page(ctx, Filter{Parent: parent.ID, Prefix: longest(text.Words(name))}, req)
		if err != nil {
			return u, err
		}
		for _, there := range list.Items {
			if text.Fold(there.Names["vi"]) == name {
				return there, nil
			}
		}
		if req.After = list.Next; list.Next == nil {
			return u, nil
		}
	}
}

// merge is the unit as the row has it.
func (m *imports) merge(was Unit, row ImportRow, parent Unit, names map[string]string) Unit {
	u := was
	u.Kind = row.Kind
	if was.Ver == 0 {
		u.Parent, u.Code, u.CodeFrom, u.Zone = parent.ID, row.Code, row.ValidFrom, parent.Zone
		if parent.ID != "" {
			u.Ancestors = parent.Above()
		}
	}
	u.Names = maps.Clone(was.Names)
	if u.Names == nil {
		u.Names = map[string]string{}
	}
	maps.Copy(u.Names, names)
	for _, f := range []struct {
		to    *string
		value string
	}{{&u.Cluster, text.Clean(row.Cluster)}, {&u.Line, text.Clean(row.OfLine)}, {&u.Zone, row.Zone}} {
		if f.value != "" {
			*f.to = f.value
		}
	}
	if u.Zone == "" {
		u.Zone = DefaultZone
	}
	u.ValidFrom, u.ValidUntil = ofDay(was.ValidFrom, row.ValidFrom), ofDay(was.ValidUntil, row.ValidUntil)
	u.index(m.now())
	return u
}

// ofDay is the instant of a day that begins at the given one: the one that is
// there, where it lies within the day or the row says nothing.
func ofDay(there, day calendar.Instant) calendar.Instant {
	if day == 0 || there >= day && there.Sub(day) < 24*time.Hour {
		return there
	}
	return day
}

// allowed refuses what a list may not do to a unit.
func (m *imports) allowed(was, next, parent Unit, row ImportRow) error {
	over := parent
	if was.Ver != 0 {
		over = was
	}
	switch {
	case !m.act.Is(actor.KindSystem) && (over.ID == "" || !m.administers(m.act, over)):
		return ErrRole
	case was.Ver != 0 && row.Parent != "" && was.Parent != parent.ID,
		was.Ver != 0 && row.Code != "" && was.Code != row.Code:
		return ErrMoves
	case next.ValidUntil != 0 && next.ValidUntil <= next.ValidFrom:
		var c fault.Check
		c.Add("valid_until", "unit.close_before_start")
		return c.Err()
	}
	return nil
}

// differs names the fields in which the unit differs from what it was.
func (u Unit) differs(was Unit) (fields []string) {
	for _, f := range []struct {
		name string
		is   bool
	}{
		{"kind", u.Kind != was.Kind},
		{"parent", u.Parent != was.Parent},
		{"names", !maps.Equal(u.Names, was.Names)},
		{"code", u.Code != was.Code},
		{"cluster", u.Cluster != was.Cluster},
		{"line", u.Line != was.Line},
		{"zone", u.Zone != was.Zone},
		{"valid_from", u.ValidFrom != was.ValidFrom},
		{"valid_until", u.ValidUntil != was.ValidUntil},
	} {
		if f.is {
			fields = append(fields, f.name)
		}
	}
	return slices.Clip(fields)
}
