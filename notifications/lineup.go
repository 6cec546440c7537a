package notifications

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// lineup is one channel in Run: a feeder that asks for due rows, and workers
// with a connection each.
type lineup struct {
	*runner
	channel Channel
	tasks   chan task
	pace    *pace

	mu    sync.Mutex
	taken map[string]bool // ids that were fed and are not done
	open  int             // connections that are open
	// downUntil is process time; downFor the last wait.
	downUntil, downFor Millis
	express            Millis // process time of the last look at urgent lanes

	// heldFrom is the lease from which rows of held units are moved next.
	heldFrom int

	council *council

	opening sync.Mutex // while no connection is open, one is tried at a time
}

// task is rows of one part for one mark.
type task struct {
	lease Lease
	rows  []Row
}

// feed goes round all lanes and parts until ctx is done.
func (l *lineup) feed(ctx context.Context) {
	for ctx.Err() == nil {
		looked := l.d.opt.Now()
		fed, err := l.round(ctx)
		if err != nil && ctx.Err() == nil {
			l.d.opt.Log.Warn("no rows to hand over", "channel", l.channel.Name(), "err", err)
		}
		switch {
		case err != nil:
			wait(ctx, l.d.opt.Poll)
		case fed == 0:
			wait(ctx, l.untilNext(ctx, looked))
		}
	}
}

// untilNext is how long nothing needs to be asked for: until the first row comes
// due after the last look, and Poll at most, since others make rows too. While
// nothing may go out, it does not matter what is due: by a clock in doubt, which
// stands still, a row would be about to come due all the time.
func (l *lineup) untilNext(ctx context.Context, looked Millis) time.Duration {
	leases := l.d.opt.Leases()
	if len(leases) == 0 || l.isDown() || l.d.stopped() {
		return l.d.opt.Poll
	}
	now, most := l.d.opt.Now(), Millis(l.d.opt.Poll.Milliseconds())
	next, err := l.d.opt.Ledger.NextDue(ctx, partsOf(leases), l.channel.Name(), looked, now+most)
	if err != nil || next == 0 {
		return l.d.opt.Poll
	}
	return min(max(time.Duration(next-now)*time.Millisecond, restLeast), l.d.opt.Poll)
}

// round feeds what is due in all lanes, and returns how many rows moved.
func (l *lineup) round(ctx context.Context) (int, error) {
	if l.isDown() {
		return 0, nil
	}
	if err := l.d.readHolds(ctx, true); err != nil {
		return 0, err
	}
	leases, err := l.due(ctx)
	if err != nil || len(leases) == 0 {
		return 0, err
	}
	fed, err := l.expressLanes(ctx, leases)
	if err != nil {
		return fed, err
	}
	n, err := l.class(ctx, Normal, leases)
	if err != nil {
		return fed + n, err
	}
	moved, err := l.moveHeld(ctx)
	return fed + n + moved, err
}

// due are the leases in whose parts something is due.
func (l *lineup) due(ctx context.Context) ([]Lease, error) {
	return l.d.due(ctx, l.channel, l.d.opt.Leases(), l.d.opt.Now())
}

// expressLanes feeds the lanes that go before the normal one.
func (l *lineup) expressLanes(ctx context.Context, leases []Lease) (int, error) {
	l.express = l.d.opt.Process()
	fed := 0
	for _, class := range classes {
		if class == Normal {
			continue
		}
		n, err := l.class(ctx, class, leases)
		fed += n
		if err != nil {
			return fed, err
		}
	}
	return fed, nil
}

// class feeds one class of the leases' parts.
func (l *lineup) class(ctx context.Context, class Class, leases []Lease) (int, error) {
	fed := 0
	lane := Lane{Class: class, Channel: l.channel.Name()}
	for _, lease := range leases {
		if !lease.MayBegin() || l.isDown() || l.d.stopped() || ctx.Err() != nil {
			continue
		}
		now := l.d.opt.Now()
		rows, err := l.d.free(ctx, lease.Part(), lane, now)
		if err != nil {
			return fed, fmt.Errorf("due rows of part %d: %w", lease.Part(), err)
		}
		n, err := l.offer(ctx, lease, class, l.untaken(wholeGroups(rows, dueLimit)))
		fed += n
		if err != nil {
			return fed, err
		}
	}
	return fed, nil
}

// offer hands rows to workers, mark by mark. A slow queue of normal rows is
// left once a second to see to the lanes that go before it.
func (l *lineup) offer(ctx context.Context, lease Lease, class Class, rows []Row) (int, error) {
	fed := 0
	for len(rows) > 0 && !l.isDown() {
		if err := l.d.readHolds(ctx, false); err != nil {
			return fed, err
		}
		if l.d.stopped() {
			return fed, nil
		}
		if class == Normal && l.d.opt.Process()-l.express >= second {
			leases, err := l.due(ctx)
			if err == nil {
				_, err = l.expressLanes(ctx, leases)
			}
			if err != nil {
				return fed, err
			}
		}
		chunk := l.pace.take(rows)
		l.take(chunk)
		select {
		case l.tasks <- task{lease, chunk}:
		case <-ctx.Done():
			return fed, nil
		}
		fed += len(chunk)
		rows = rows[len(chunk):]
	}
	return fed, nil
}

// untaken takes out of the rows those that were fed and are not done.
func (l *lineup) untaken(rows []Row) []Row {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(rows, func(r Row) bool { return l.taken[r.ID] })
}

func (l *lineup) take(rows []Row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range rows {
		l.taken[r.ID] = true
	}
}

func (l *lineup) done(rows []Row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range rows {
		delete(l.taken, r.ID)
	}
}

func (l *lineup) isDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.d.opt.Process() < l.downUntil
}

// work is one connection's loop.
func (l *lineup) work(ctx context.Context) {
	c := &clerk{runner: l.runner}
	h := &hand{d: l.d, channel: l.channel, pace: l.pace, stats: &Stats{}, decider: l.decide, handing: &l.handing, put: c.put}
	defer l.drop(h)
	for {
		t, ok := l.next(ctx, h)
		if !ok {
			return
		}
		rest := l.serve(ctx, h, t)
		l.done(t.rows)
		if rest > 0 {
			wait(ctx, rest)
		}
	}
}

// decide has a batch decided together with those of other connections.
func (l *lineup) decide(ctx context.Context, now Millis, rows []Row) ([]Verdict, error) {
	return l.council.decide(ctx, now, rows, l.count(0))
}

// serve does one task and returns how long the worker should rest after it.
func (l *lineup) serve(ctx context.Context, h *hand, t task) time.Duration {
	if ok, rest := l.connect(ctx, h); !ok {
		return rest
	}
	_, err := h.batch(ctx, t.lease, t.rows, l.d.opt.Now())
	if err != nil && ctx.Err() == nil {
		l.d.opt.Log.Warn("rows not handed over", "channel", l.channel.Name(), "err", err)
		return retryAfter
	}
	return 0
}

// next waits for a task. A connection that waits for long is closed.
func (l *lineup) next(ctx context.Context, h *hand) (task, bool) {
	if h.conn != nil {
		idle := time.NewTimer(idleAfter)
		defer idle.Stop()
		select {
		case t := <-l.tasks:
			return t, true
		case <-ctx.Done():
			return task{}, false
		case <-idle.C:
			l.drop(h)
		}
	}
	select {
	case t := <-l.tasks:
		return t, true
	case <-ctx.Done():
		return task{}, false
	}
}

// connect makes sure that the worker has a connection. Where others have one
// and this one gets none, the server allows no more and this worker rests;
// where nobody has, the channel is down and is not asked for a while.
func (l *lineup) connect(ctx context.Context, h *hand) (bool, time.Duration) {
	if h.conn != nil && h.conn.Usable() {
		return true, 0
	}
	l.drop(h)
	if l.count(0) == 0 {
		l.opening.Lock()
		defer l.opening.Unlock()
		if l.isDown() {
			return false, 0
		}
	}
	if h.open(ctx) == nil {
		l.count(1)
		return true, 0
	}
	if l.count(0) > 0 {
		return false, restAfter
	}
	l.fail()
	return false, 0
}

// count adds to the open connections and returns how many there are.
func (l *lineup) count(n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open += n
	if n > 0 {
		l.downFor = 0
	}
	return l.open
}

func (l *lineup) fail() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.downFor = min(max(l.downFor*2, downAtFirst), downAtMost)
	l.downUntil = l.d.opt.Process() + l.downFor
}

func (l *lineup) drop(h *hand) {
	if h.conn != nil {
		h.close()
		l.count(-1)
	}
}
