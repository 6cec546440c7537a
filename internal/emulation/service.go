package emulation

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// ScopeRead is the API scope for scorecards.
const ScopeRead = "scorecards:read"

// ErrScopeRequired: a list of cards is of one unit, or of all below one.
var ErrScopeRequired = fault.New(fault.Invalid, "scorecard.scope_required")

// Service is what may be done with facts, tables and cards, and by whom.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

// EnsureTables makes the suggested table of the current year, unless the year
// has one. It may be called again without harm.
func (s *Service) EnsureTables(ctx context.Context) error {
	_, err := s.tableFor(ctx, s.p.Now().Time().Year())
	return err
}

// tableFor gives the newest version of the year's table, the suggested one
// where the year has none yet.
func (s *Service) tableFor(ctx context.Context, year int) (Table, error) {
	known, err := s.p.Facts.Tables(ctx, year)
	if err != nil {
		return Table{}, err
	}
	if len(known) > 0 {
		return known[0], nil
	}
	t, err := DefaultTable(year)
	if err != nil {
		return Table{}, err
	}
	if err := s.p.Facts.CreateTable(ctx, &t); err != nil && !errors.Is(err, record.ErrExists) {
		return Table{}, err
	}
	return s.p.Facts.Table(ctx, t.ID)
}

func (s *Service) freeze(ctx context.Context, t Table) error {
	if t.Frozen {
		return nil
	}
	_, err := s.p.Facts.UpdateTable(ctx, t.ID, func(t *Table) error {
		if t.Frozen {
			return record.ErrUnchanged
		}
		t.Frozen = true
		return nil
	})
	return err
}

// Get gives a card to staff of its unit and of those above it.
func (s *Service) Get(ctx context.Context, act actor.Actor, cardID string) (Card, error) {
	if err := act.Require(ScopeRead); err != nil {
		return Card{}, err
	}
	c, err := s.p.Cards.Card(ctx, cardID)
	if err != nil {
		return Card{}, err
	}
	if !seesCards(act, s.p.Now(), c.Scope) {
		return Card{}, record.ErrAbsent
	}
	return c, nil
}

// Page lists the cards of a unit (Unit), or of all units below one (Scope), to
// staff of that unit and of those above it.
func (s *Service) Page(ctx context.Context, act actor.Actor, f CardFilter, r page.Request) (page.List[Card], error) {
	if err := act.Require(ScopeRead); err != nil {
		return page.List[Card]{}, err
	}
	if f.Period != "" {
		if _, err := ParsePeriod(f.Period); err != nil {
			return page.List[Card]{}, err
		}
	}
	if f.Unit == "" && f.Scope == "" {
		return page.List[Card]{}, ErrScopeRequired
	}
	for _, unitID := range []string{f.Unit, f.Scope} {
		if err := s.mayList(ctx, act, unitID); err != nil {
			return page.List[Card]{}, err
		}
	}
	return s.p.Cards.PageCards(ctx, f, r)
}

func (s *Service) mayList(ctx context.Context, act actor.Actor, unitID string) error {
	if unitID == "" {
		return nil
	}
	u, err := s.p.Units.Get(ctx, unitID)
	if err != nil {
		return err
	}
	if !seesCards(act, s.p.Now(), append([]string{u.ID}, u.Ancestors...)) {
		return record.ErrAbsent
	}
	return nil
}

// Sees tells whether somebody's roles at now show them cards of a unit, which
// is named first with those above it.
func Sees(act actor.Actor, now calendar.Instant, scope []string) bool {
	return seesCards(act, now, scope)
}

func seesCards(act actor.Actor, now calendar.Instant, scope []string) bool {
	for _, role := range []actor.Role{
		actor.Reviewer, actor.Appraiser, actor.Approver, actor.Organizer, actor.Admin, actor.Auditor, actor.Viewer,
	} {
		if act.HoldsAbove(int64(now), role, scope...) {
			return true
		}
	}
	return false
}
