package notifications

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	sweepEvery  = 5 * time.Second
	retryAfter  = time.Second           // after a store that failed
	restAfter   = 5 * time.Second       // of one connection that could not be opened beside others
	idleAfter   = 2 * time.Second       // until a connection without work goes back to its pool
	restLeast   = 10 * time.Millisecond // between two looks for what is due
	downAtFirst = second
	downAtMost  = 30 * second
)

// Run hands rows over with many connections until ctx is done. Then it begins
// no more, gives back what it has marked, stores every result, and returns; an
// error says that it could not within Options.Drain.
func (d *Dispatcher) Run(ctx context.Context) error {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { wait(hard, d.opt.Drain); cancel() })
	defer stop()
	r := &runner{d: d, hard: hard}
	var loops sync.WaitGroup
	loops.Go(func() { r.sweeps(ctx) })
	for _, c := range d.opt.Channels {
		l := &lineup{runner: r, channel: c, tasks: make(chan task), taken: map[string]bool{}, pace: &pace{}, council: newCouncil(d.opt.Source)}
		loops.Go(func() { l.feed(ctx) })
		for range d.opt.Connections {
			loops.Go(func() { l.work(ctx) })
		}
	}
	loops.Wait()
	r.flushes.Wait()
	if left := d.outbox.waiting(); len(left) > 0 {
		return fmt.Errorf("notifications: results of %d parts could not be stored", len(left))
	}
	return nil
}

// wait returns after the time, or once ctx is done.
func wait(ctx context.Context, t time.Duration) {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// gatherFor is how long a result may wait for others, so that they share a write.
const gatherFor = time.Millisecond

// runner is what all loops of one Run share.
type runner struct {
	d *Dispatcher
	// hard is the life of what has to be ended in any case: it is over when
	// the time to drain is.
	hard    context.Context
	flushes sync.WaitGroup
	// handing counts the connections that are handing a mark over.
	handing atomic.Int64
}

// sweeps is the loop around sweepAll.
func (r *runner) sweeps(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := r.d.sweepAll(ctx, r.d.opt.Leases(), r.d.opt.Now()); err != nil && ctx.Err() == nil {
			r.d.opt.Log.Warn("sweep failed", "err", err)
		}
		wait(ctx, sweepEvery)
	}
}

// settleSoon sees to it that what waits is written: at once when half of the
// connections wait for it, and else in a moment, since each of them hands its
// next message over meanwhile.
func (r *runner) settleSoon() {
	if int64(r.d.outbox.size()) >= r.handing.Load()/2 {
		r.settleNow()
		return
	}
	if r.d.outbox.waitFor() {
		r.flushes.Go(func() {
			wait(r.hard, gatherFor)
			r.d.outbox.waited()
			r.settleNow()
		})
	}
}

// settleNow has what waits for every part written.
func (r *runner) settleNow() {
	for _, part := range r.d.outbox.waiting() {
		r.flush(part)
	}
}

// flush has one goroutine a part write what waits for it, and what gathered
// while it wrote.
func (r *runner) flush(part int) {
	if !r.d.outbox.begin(part) {
		return
	}
	r.flushes.Go(func() {
		for {
			if err := r.flushOnce(part); err != nil {
				r.d.opt.Log.Warn("results not stored yet", "part", part, "err", err)
				wait(r.hard, retryAfter)
			}
			if r.hard.Err() != nil {
				r.d.outbox.abandon(part)
				return
			}
			if r.d.outbox.end(part) {
				return
			}
			if int64(r.d.outbox.size()) < r.handing.Load()/2 {
				r.d.outbox.abandon(part)
				r.settleSoon()
				return
			}
		}
	})
}

func (r *runner) flushOnce(part int) error {
	ctx, cancel := context.WithTimeout(r.hard, settleTime)
	defer cancel()
	return r.d.outbox.flush(ctx, part)
}

// clerk puts results away for one connection: while one is being written the
// next hand-over may go on, but no second one waits beside it.
type clerk struct {
	runner  *runner
	pending <-chan struct{}
}

func (c *clerk) put(_ context.Context, part int, results []Result, backs []Back, until durable) error {
	ticket := c.runner.d.outbox.add(part, results, backs)
	if until == oneBefore {
		c.runner.settleSoon()
	} else {
		c.runner.flush(part)
	}
	switch until {
	case thisOne:
		return c.await(ticket)
	case oneBefore:
		before := c.pending
		c.pending = ticket
		return c.await(before)
	case later:
	}
	return nil
}

func (c *clerk) await(ticket <-chan struct{}) error {
	if ticket == nil {
		return nil
	}
	select {
	case <-ticket:
		return nil
	case <-c.runner.hard.Done():
		return c.runner.hard.Err()
	}
}
