package notifications

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
)

const (
	holdsFor     = second // how long a reading of the holds may be used
	heldDeferral = 10 * minute
	moveHeldFor  = 200 // milliseconds of a round
)

// holds is the last reading of the holds.
type holds struct {
	mu    sync.Mutex
	read  bool
	at    Millis // process time
	units map[string]bool
}

// readHolds reads the holds again if the last reading is too old.
func (d *Dispatcher) readHolds(ctx context.Context, force bool) error {
	d.holds.mu.Lock()
	defer d.holds.mu.Unlock()
	at := d.opt.Process()
	if d.holds.read && !force && at-d.holds.at < holdsFor {
		return nil
	}
	list, err := d.opt.Holds.List(ctx)
	if err != nil {
		return fmt.Errorf("list holds: %w", err)
	}
	units := make(map[string]bool, len(list))
	for _, h := range list {
		units[h.Unit] = true
	}
	d.holds.read, d.holds.at, d.holds.units = true, at, units
	return nil
}

// stopped reports whether nothing at all may be sent.
func (d *Dispatcher) stopped() bool {
	if d.opt.Halted() {
		return true
	}
	d.holds.mu.Lock()
	defer d.holds.mu.Unlock()
	return d.holds.units[""]
}

// held lists the held units, in order.
func (d *Dispatcher) held() []string {
	d.holds.mu.Lock()
	defer d.holds.mu.Unlock()
	return slices.Sorted(maps.Keys(d.holds.units))
}

// free asks for due rows of units that are not held.
func (d *Dispatcher) free(ctx context.Context, part int, lane Lane, now Millis) ([]Row, error) {
	if units := d.held(); len(units) > 0 {
		return d.opt.Ledger.DueOutside(ctx, part, lane, now, units, dueLimit)
	}
	return d.opt.Ledger.Due(ctx, part, lane, now, dueLimit)
}

// moveHeld defers rows of held units, a while in each round and after all that
// is free: there may be very many, and what is behind them waits for none.
func (l *lineup) moveHeld(ctx context.Context) (int, error) {
	leases := l.d.opt.Leases()
	if len(l.d.held()) == 0 {
		return 0, nil
	}
	total := 0
	until := l.d.opt.Process() + moveHeldFor
	for range leases {
		lease := leases[l.heldFrom%len(leases)]
		for _, class := range classes {
			moved, err := l.moveHeldOf(ctx, lease, class, until)
			total += moved
			if err != nil || l.d.opt.Process() >= until {
				return total, err
			}
		}
		l.heldFrom++
	}
	return total, nil
}

// moveHeldOf defers rows of held units in one lane of a part until none is at
// its head, or the time is over.
func (l *lineup) moveHeldOf(ctx context.Context, lease Lease, class Class, until Millis) (int, error) {
	lane := Lane{Class: class, Channel: l.channel.Name()}
	total := 0
	for lease.MayBegin() && ctx.Err() == nil && l.d.opt.Process() < until {
		now := l.d.opt.Now()
		rows, err := l.d.opt.Ledger.Due(ctx, lease.Part(), lane, now, dueLimit)
		if err != nil {
			return total, fmt.Errorf("due rows of part %d: %w", lease.Part(), err)
		}
		_, moved, err := l.d.setAside(ctx, lease.Part(), rows, now)
		total += moved
		if err != nil || moved == 0 {
			return total, err
		}
	}
	return total, nil
}

// setAside defers rows of held units, and returns the others and how many it
// deferred. They move from the head of the queue by a compare-and-set, without
// a mark: nothing is sending at any moment, and no connection is needed.
func (d *Dispatcher) setAside(ctx context.Context, part int, rows []Row, now Millis) ([]Row, int, error) {
	var free []Row
	var changes []Change
	d.holds.mu.Lock()
	for _, r := range rows {
		if !d.holds.units[r.Unit] {
			free = append(free, r)
			continue
		}
		c := Change{SeenGen: r.Gen, SeenState: r.State, Row: r}
		c.Row.NotBefore = now + heldDeferral
		c.Row.Due = max(c.Row.Wish, c.Row.NotBefore)
		c.Row.Reason = ReasonHeld
		changes = append(changes, c)
	}
	d.holds.mu.Unlock()
	if len(changes) == 0 {
		return free, 0, nil
	}
	applied, err := d.opt.Ledger.Change(ctx, changes)
	if err != nil {
		return nil, 0, fmt.Errorf("defer held rows of part %d: %w", part, err)
	}
	n := 0
	for _, ok := range applied {
		if ok {
			n++
		}
	}
	return free, n, nil
}
