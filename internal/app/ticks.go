package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

const (
	tickEvery = time.Second
	// tickPrefix begins the names of the leases that keep the last good tick of
	// each worker, in Unix milliseconds as their beat.
	tickPrefix = "clock-"
	// tickWait is how long another worker's tick may stand still before a
	// worker that has just started takes it for one that died.
	tickWait = scheduler.RenewEvery + 2*time.Second
)

// ticks watches the clocks of a worker (rule L7). While they are in doubt
// nothing is sent, and the worker's time stands at the last good tick.
type ticks struct {
	clock   Clock
	leases  scheduler.Leases
	owner   string
	log     *slog.Logger
	metrics *metrics

	mu      sync.Mutex
	started bool
	watch   scheduler.ClockWatch
	domain  time.Time // at the last good reading
	// fan says that a doubt was raised since events were last set dirty.
	fan bool

	// The rest belongs to tick, begin and stop, which never run at once.
	step  sync.Mutex
	saved time.Duration
	mine  scheduler.LeaseRow
	seen  map[string]tickSight
}

// tickSight is another worker's tick as it was last seen to move.
type tickSight struct {
	row   scheduler.LeaseRow
	since time.Duration // process time, then
	moved bool
}

func newTicks(clock Clock, leases scheduler.Leases, owner string, log *slog.Logger, m *metrics) *ticks {
	return &ticks{
		clock: clock, leases: leases, owner: owner, log: log, metrics: m,
		mine: scheduler.LeaseRow{Name: tickPrefix + owner}, seen: map[string]tickSight{},
	}
}

func (k *ticks) reading() scheduler.ClockTick {
	return scheduler.ClockTick{Wall: k.clock.Wall().UnixMilli(), Process: k.clock.Process()}
}

// now is domain time as the worker may use it: a reading of clocks that agree,
// else the time of the last good tick. It is domain time as it is in a process
// that is no worker.
func (k *ticks) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	domain := k.clock.Domain() // first: a jump after it is seen in the reading
	if !k.started {
		return domain
	}
	if t := k.reading(); k.watch.Doubt() == "" && !k.watch.Agrees(t) {
		k.take(k.watch.Tick(t, false))
	}
	if k.watch.Doubt() == "" {
		k.domain = domain
	}
	return k.domain
}

// halted reports whether nothing may be sent.
func (k *ticks) halted() bool {
	k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.started || k.watch.Doubt() != ""
}

// doubt is why the clocks are not believed, empty where they are.
func (k *ticks) doubt() scheduler.ClockDoubt {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.watch.Doubt()
}

// fanned reports whether events have to be set dirty, once the clocks agree.
func (k *ticks) fanned() (wanted, now bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.fan, k.fan && k.started && k.watch.Doubt() == ""
}

func (k *ticks) setFan(on bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fan = on
}

// tick takes one tick, the first of which begins the watch, and keeps a good
// one in the store where the last that is kept is old enough.
func (k *ticks) tick(ctx context.Context) error {
	k.step.Lock()
	defer k.step.Unlock()
	if !k.isStarted() {
		return k.begin(ctx)
	}
	others := false
	if k.doubt() != "" {
		var err error
		if others, _, err = k.look(ctx); err != nil {
			return err
		}
	}
	k.mu.Lock()
	domain := k.clock.Domain()
	k.take(k.watch.Tick(k.reading(), others))
	good := k.watch.Doubt() == ""
	if good {
		k.domain = domain
	}
	k.mu.Unlock()
	if !good || k.mine.Fence > 0 && k.clock.Process()-k.saved < scheduler.RenewEvery {
		return nil
	}
	return k.save(ctx)
}

func (k *ticks) isStarted() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.started
}

// begin holds the first reading against what workers kept.
func (k *ticks) begin(ctx context.Context) error {
	others, last, err := k.look(ctx)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.domain = k.clock.Domain()
	first := k.reading()
	next := scheduler.StartClock(first, last, others)
	k.domain = k.domain.Add(time.Duration(next.Good().Wall-first.Wall) * time.Millisecond)
	k.started = true
	k.take(next)
	return nil
}

// take puts the next watch in place and tells of what changed.
func (k *ticks) take(next scheduler.ClockWatch) {
	was, is := k.watch.Doubt(), next.Doubt()
	k.watch = next
	switch {
	case was == "" && is != "":
		k.fan = true
		k.metrics.clockHeld(string(is))
		k.log.Warn("nothing is sent: the clock is in doubt until three ticks agree", "why", string(is))
	case was != "" && is == "":
		k.metrics.clockGood()
		k.log.Warn("the clock is believed again", "doubted", string(was))
	}
}

// look reads the ticks of all workers: whether one that may be alive has
// another time, and the newest.
func (k *ticks) look(ctx context.Context) (others bool, newest int64, err error) {
	rows, err := k.leases.ListLeases(ctx, tickPrefix)
	if err != nil {
		return false, 0, err
	}
	here := k.reading()
	seen := map[string]tickSight{}
	for _, row := range rows {
		newest = max(newest, row.Beat)
		if row.Owner == "" || row.Owner == k.owner {
			continue
		}
		s, known := k.seen[row.Name]
		if !known || s.row != row {
			s = tickSight{row: row, since: here.Process, moved: known}
		}
		seen[row.Name] = s
		off := time.Duration(here.Wall-row.Beat)*time.Millisecond - (here.Process - s.since)
		others = others || s.alive(here.Process) && off.Abs() > scheduler.ClockSlack
	}
	k.seen = seen
	return others, newest, nil
}

// alive reports whether the worker may be alive: its tick moved not long ago,
// or there was no time yet to see whether it moves.
func (s tickSight) alive(now time.Duration) bool {
	if s.moved {
		return now-s.since < scheduler.FreeAfter
	}
	return now-s.since < tickWait
}

// save keeps the last good tick, and takes away those of workers that are gone.
func (k *ticks) save(ctx context.Context) error {
	if _, _, err := k.look(ctx); err != nil {
		return err
	}
	k.mu.Lock()
	good := k.watch.Good()
	k.mu.Unlock()
	next := scheduler.LeaseRow{Name: k.mine.Name, Owner: k.owner, Fence: 1, Beat: good.Wall}
	done, err := k.leases.SwapLeases(ctx, []scheduler.LeaseSwap{{Seen: k.mine, Next: next}})
	if err != nil {
		return err
	}
	k.saved = k.clock.Process()
	if k.mine = next; !done[0] {
		return k.refresh(ctx) // a reply was lost, or another took this worker for dead
	}
	return k.bury(ctx)
}

// refresh reads this worker's own row again.
func (k *ticks) refresh(ctx context.Context) error {
	rows, err := k.leases.ListLeases(ctx, k.mine.Name)
	if err != nil {
		return err
	}
	k.mine = scheduler.LeaseRow{Name: k.mine.Name}
	if len(rows) > 0 {
		k.mine = rows[0]
	}
	return nil
}

// bury removes the ticks of workers that ended or died: this one's is newer.
func (k *ticks) bury(ctx context.Context) error {
	rows, err := k.leases.ListLeases(ctx, tickPrefix)
	if err != nil {
		return err
	}
	var swaps []scheduler.LeaseSwap
	for _, row := range rows {
		s, known := k.seen[row.Name]
		gone := row.Owner == "" || known && s.row == row && k.clock.Process()-s.since >= scheduler.FreeAfter
		if row.Name != k.mine.Name && gone {
			swaps = append(swaps, scheduler.LeaseSwap{Seen: row, Next: scheduler.LeaseRow{Name: row.Name}})
		}
	}
	if len(swaps) == 0 {
		return nil
	}
	_, err = k.leases.SwapLeases(ctx, swaps)
	return err
}

// run ticks until ctx is done, and then says that this worker is gone; its
// last good tick stays for the next start.
func (k *ticks) run(ctx context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		if err := k.tick(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn("the clock's tick is not kept", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (k *ticks) stop(ctx context.Context) error {
	k.step.Lock()
	defer k.step.Unlock()
	if k.mine.Fence == 0 {
		return nil
	}
	next := k.mine
	next.Owner = ""
	_, err := k.leases.SwapLeases(ctx, []scheduler.LeaseSwap{{Seen: k.mine, Next: next}})
	k.mine = scheduler.LeaseRow{Name: k.mine.Name}
	return err
}
