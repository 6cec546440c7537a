package notifications

import (
	"context"
	"fmt"
	"sync"
)

const (
	holdsFor     = second // how long a reading of the holds may be used
	heldDeferral = 10 * minute
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
