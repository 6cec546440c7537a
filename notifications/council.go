package notifications

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// councilMost is how many batches are decided together at most, and
	// councilShare of how many connections one more is waited for.
	councilMost  = 8
	councilShare = 4
	// councilWaits bounds that wait.
	councilWaits = 2 * time.Millisecond
)

// council decides the batches of several connections together, so that what
// their rows have in common is read once: the event, and many pages of the rest.
// Rows of one part sit together, and only such as are alone in their mails, so
// that no message is of two batches.
type council struct {
	source Source

	mu   sync.Mutex
	open *sitting // may be joined; nil for none
}

// sitting is one common decision.
type sitting struct {
	now      Millis
	rows     []Row
	batches  int
	full     chan struct{} // closed when nobody else may join
	ended    chan struct{} // closed with the verdicts
	verdicts []Verdict
	err      error
}

// decide gives the verdicts on a batch's rows, in their order. It waits a moment
// for others, where so many connections are busy that there will be some.
func (c *council) decide(ctx context.Context, now Millis, rows []Row, connections int) ([]Verdict, error) {
	most := min(connections/councilShare, councilMost)
	if most < 2 || slices.ContainsFunc(rows, func(r Row) bool { return r.Group != r.ID || r.WasUnknown }) {
		return c.source.Decide(ctx, now, rows)
	}
	s, from, first := c.sit(now, rows, most)
	if first {
		c.hold(ctx, s)
	}
	<-s.ended
	if s.err != nil {
		return nil, s.err
	}
	return s.verdicts[from : from+len(rows)], nil
}

// sit joins the open sitting, or opens one.
func (c *council) sit(now Millis, rows []Row, most int) (s *sitting, from int, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s = c.open
	if s == nil || s.now != now || s.rows[0].Part != rows[0].Part {
		first = true
		s = &sitting{now: now, full: make(chan struct{}), ended: make(chan struct{})}
		if c.open == nil {
			c.open = s
		}
	}
	from = len(s.rows)
	s.rows = append(s.rows, rows...)
	if s.batches++; s == c.open && s.batches >= most {
		c.open = nil
		close(s.full)
	}
	return s, from, first
}

// hold waits for others and decides for all.
func (c *council) hold(ctx context.Context, s *sitting) {
	defer close(s.ended)
	c.await(ctx, s)
	defer func() {
		if p := recover(); p != nil {
			s.err = fmt.Errorf("source panicked: %v", p)
		}
	}()
	s.verdicts, s.err = c.source.Decide(ctx, s.now, s.rows)
	if s.err == nil && len(s.verdicts) != len(s.rows) {
		s.err = fmt.Errorf("source decided %d of %d rows", len(s.verdicts), len(s.rows))
	}
}

// await returns once nobody else joins. A sitting that others could not join
// waits for nobody.
func (c *council) await(ctx context.Context, s *sitting) {
	c.mu.Lock()
	open := s == c.open
	c.mu.Unlock()
	if !open {
		return
	}
	timer := time.NewTimer(councilWaits)
	defer timer.Stop()
	select {
	case <-s.full:
	case <-timer.C:
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == s {
		c.open = nil
	}
}
