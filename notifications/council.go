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
	// councilWait for each open connection is how long the first waits for others,
	// and councilLongest for however many: where few messages are due, few
	// connections are open.
	councilWait    = 400 * time.Microsecond
	councilLongest = 20 * time.Millisecond
	// councilApart is how far apart the instants of batches may be that are decided
	// together, at the latest of them: more than a connection waits, and less than
	// a clock that jumped.
	councilApart = second
)

// council decides the batches of several connections together, so that what
// their rows have in common is read once: the event, and many pages of the rest.
// Rows of one part sit together, and only such as are alone in their mails, so
// that no message is of two batches.
type council struct {
	source Source

	mu   sync.Mutex
	open map[int]*sitting // by part, those that may be joined
}

func newCouncil(s Source) *council { return &council{source: s, open: map[int]*sitting{}} }

// sitting is one common decision on rows of one part.
type sitting struct {
	part     int
	now      Millis // the latest of the batches'
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
		c.hold(ctx, s, min(time.Duration(connections)*councilWait, councilLongest))
	}
	<-s.ended
	if s.err != nil {
		return nil, s.err
	}
	return s.verdicts[from : from+len(rows)], nil
}

// sit joins the open sitting of the part, or opens one.
func (c *council) sit(now Millis, rows []Row, most int) (s *sitting, from int, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	part := rows[0].Part
	if s = c.open[part]; s == nil || max(now-s.now, s.now-now) > councilApart {
		first = true
		s = &sitting{part: part, now: now, full: make(chan struct{}), ended: make(chan struct{})}
		c.open[part] = s
	}
	s.now = max(s.now, now)
	from = len(s.rows)
	s.rows = append(s.rows, rows...)
	if s.batches++; s.batches >= most {
		delete(c.open, part)
		close(s.full)
	}
	return s, from, first
}

// hold waits for others and decides for all.
func (c *council) hold(ctx context.Context, s *sitting, most time.Duration) {
	defer close(s.ended)
	defer func() {
		if p := recover(); p != nil {
			s.err = fmt.Errorf("source panicked: %v", p)
		}
	}()
	c.await(ctx, s, most)
	s.verdicts, s.err = c.source.Decide(ctx, s.now, s.rows)
	if s.err == nil && len(s.verdicts) != len(s.rows) {
		s.err = fmt.Errorf("source decided %d of %d rows", len(s.verdicts), len(s.rows))
	}
}

// await returns once nobody else joins.
func (c *council) await(ctx context.Context, s *sitting, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-s.full:
		return
	case <-timer.C:
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[s.part] == s {
		delete(c.open, s.part)
	}
}
