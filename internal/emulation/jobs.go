package emulation

import (
	"context"
	"errors"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/survey"
)

const (
	// refreshBack is how far Refresh looks back for facts that no card shows yet.
	// Count refreshes cards by itself; Refresh mends what it could not.
	refreshBack = 24 * time.Hour
	// refreshMost is how many units it looks at, three times the nation's.
	refreshMost = 10_000
)

// Count writes the facts of events that have new ones, at most limit, brings
// the draft cards of their units up to date, and only then takes the mark off
// the events: a kill anywhere is made good by the next run. It returns the
// number of events.
func (s *Service) Count(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	events, err := s.p.Events.Uncounted(ctx, limit)
	if err != nil {
		return 0, err
	}
	var failed []error
	written := map[UnitYear][]event.Event{}
	var touched []UnitYear
	for _, e := range events {
		of, err := s.write(ctx, e, now)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if len(written[of]) == 0 {
			touched = append(touched, of)
		}
		written[of] = append(written[of], e)
	}
	n := 0
	for _, of := range touched {
		if err := s.settle(ctx, of, written[of], now); err != nil {
			failed = append(failed, err)
			continue
		}
		n += len(written[of])
	}
	return n, errors.Join(failed...)
}

// settle refreshes one card and takes the mark off the events that it now shows.
func (s *Service) settle(ctx context.Context, of UnitYear, events []event.Event, now calendar.Instant) error {
	if of != (UnitYear{}) {
		if _, err := s.refresh(ctx, of, now); err != nil {
			return err
		}
	}
	for _, e := range events {
		if err := s.unmark(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// write stores the event's facts and names the card that they belong to, the
// zero UnitYear where there are none.
func (s *Service) write(ctx context.Context, e event.Event, now calendar.Instant) (UnitYear, error) {
	t, err := s.tableFor(ctx, calendar.InZone(e.StartAt, e.Zone).Year())
	if err != nil {
		return UnitYear{}, err
	}
	totals, err := s.totals(ctx, e)
	if err != nil {
		return UnitYear{}, err
	}
	result, err := s.result(ctx, e)
	if err != nil {
		return UnitYear{}, err
	}
	facts := FactsOf(e, totals, result, t.ReportDays, now)
	if len(facts) == 0 {
		return UnitYear{}, nil
	}
	if err := s.p.Facts.PutFacts(ctx, facts); err != nil {
		return UnitYear{}, err
	}
	return UnitYear{Unit: e.Unit, Year: facts[0].Year}, nil
}

func (s *Service) totals(ctx context.Context, e event.Event) (attendance.Totals, error) {
	if e.ReportedAt == 0 {
		return attendance.Totals{}, nil
	}
	return s.p.Attendance.TotalsOf(ctx, e)
}

func (s *Service) result(ctx context.Context, e event.Event) (*survey.Histogram, error) {
	v, err := s.p.Surveys.Get(ctx, e.ID)
	if errors.Is(err, record.ErrAbsent) {
		return nil, nil
	}
	return v.Result, err
}

// unmark leaves the mark where the event changed meanwhile: its change may have
// facts of its own.
func (s *Service) unmark(ctx context.Context, seen event.Event) error {
	_, err := s.p.Events.Update(ctx, seen.ID, func(e *event.Event) error {
		if e.Ver != seen.Ver {
			return record.ErrUnchanged
		}
		e.Uncounted = false
		return nil
	})
	return err
}

// Refresh brings draft cards up to date with facts of the last day, and returns
// how many changed, at most limit. What was submitted stays as it is.
func (s *Service) Refresh(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	touched, err := s.p.Facts.Touched(ctx, now.Add(-refreshBack), refreshMost)
	if err != nil {
		return 0, err
	}
	changed := 0
	var failed []error
	for _, t := range touched {
		if changed == limit {
			break
		}
		did, err := s.refresh(ctx, t, now)
		if err != nil {
			failed = append(failed, err)
		}
		if did {
			changed++
		}
	}
	return changed, errors.Join(failed...)
}

// refresh reports whether it wrote the card.
func (s *Service) refresh(ctx context.Context, t UnitYear, now calendar.Instant) (bool, error) {
	p := Period{Year: t.Year}
	known, err := s.p.Cards.Card(ctx, CardID(t.Unit, p))
	switch {
	case errors.Is(err, record.ErrAbsent):
		err := s.newCard(ctx, t, p, now)
		return err == nil, err
	case err != nil || known.State != CardDraft:
		return false, err
	}
	table, err := s.p.Facts.Table(ctx, known.Table)
	if err != nil {
		return false, err
	}
	card, err := s.compute(ctx, table, t, p, now)
	if err != nil || card.Digest == known.Digest {
		return false, err
	}
	_, err = s.p.Cards.UpdateCard(ctx, known.ID, func(c *Card) error { return redraw(c, card) })
	return err == nil, err
}

// newCard freezes the table before the first card is pinned to it.
func (s *Service) newCard(ctx context.Context, t UnitYear, p Period, now calendar.Instant) error {
	table, err := s.tableFor(ctx, t.Year)
	if err != nil {
		return err
	}
	if err := s.freeze(ctx, table); err != nil {
		return err
	}
	card, err := s.compute(ctx, table, t, p, now)
	if err != nil {
		return err
	}
	err = s.p.Cards.CreateCard(ctx, &card)
	if errors.Is(err, record.ErrExists) {
		_, err = s.p.Cards.UpdateCard(ctx, card.ID, func(c *Card) error { return redraw(c, card) })
	}
	return err
}

func (s *Service) compute(ctx context.Context, table Table, t UnitYear, p Period, now calendar.Instant) (Card, error) {
	u, err := s.p.Units.Get(ctx, t.Unit)
	if err != nil {
		return Card{}, err
	}
	facts, err := s.p.Facts.Facts(ctx, t.Unit, t.Year, now)
	if err != nil {
		return Card{}, err
	}
	who := Subject{Unit: u.ID, Scope: append([]string{u.ID}, u.Ancestors...)}
	return Compute(table, facts, who, p, now)
}

// redraw takes over what was computed and keeps what people scored. A card that
// was computed from a later cut stays.
func redraw(c *Card, fresh Card) error {
	if c.State != CardDraft || c.Table != fresh.Table || c.Cut > fresh.Cut || c.Digest == fresh.Digest {
		return record.ErrUnchanged
	}
	scored := map[string]Line{}
	for _, l := range c.Lines {
		scored[l.Criterion] = l
	}
	lines := make([]Line, len(fresh.Lines))
	for i, l := range fresh.Lines {
		old := scored[l.Criterion]
		l.Self, l.Appraised, l.Approved = old.Self, old.Appraised, old.Approved
		lines[i] = l
	}
	c.Lines, c.Scope, c.Cut, c.Digest = lines, fresh.Scope, fresh.Cut, fresh.Digest
	c.Automatic, c.OutOf = fresh.Automatic, fresh.OutOf
	return nil
}
