package emulation

import (
	"context"
	"math"

	"github.com/sunday-with-the-people/sunday/internal/actor"
)

// Show gives a card and the table that it was computed by, to whoever sees the
// card.
func (s *Service) Show(ctx context.Context, act actor.Actor, cardID string) (Card, Table, error) {
	c, err := s.Get(ctx, act, cardID)
	if err != nil {
		return Card{}, Table{}, err
	}
	t, err := s.p.Facts.Table(ctx, c.Table)
	return c, t, err
}

// ReportDays is within how many days after its end an event of the year has to
// be reported, as the newest table of the year has it.
func (s *Service) ReportDays(ctx context.Context, year int) (int, error) {
	t, err := s.tableFor(ctx, year)
	return t.ReportDays, err
}

// Margin is by how much the line's score may differ from what everybody who
// came would have said, in thousandths of a point: half of the 95 % interval of
// a share of so many answers. It is 0 for figures that count everything, such
// as events, and are no sample.
func (l Line) Margin(c Criterion) int64 {
	sample := false
	for _, need := range c.Needs {
		sample = sample || need == MetricSatisfied
	}
	if !sample || l.Auto == nil || l.Denominator <= 0 {
		return 0
	}
	n, share := float64(l.Denominator), float64(l.Numerator)/float64(l.Denominator)
	return int64(math.Round(float64(l.Max) * 1.96 * math.Sqrt(share*(1-share)/n)))
}
