package notifications

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

const (
	takeoverAfter = 90 * second
	// lateMark is how long a busy database may take to do what a process asked of
	// it that has died since: what the dead left is not all there before.
	lateMark    = 10 * second
	sendingMost = 10 * minute
	sweepLimit  = 500
)

// takes remembers since when each part is held under which fence.
type takes struct {
	mu    sync.Mutex
	parts map[int]take
}

type take struct {
	fence int64
	since Millis // process time
}

// held is for how long the part has been held under the lease, as far as this
// dispatcher has seen.
func (t *takes) held(l Lease, now Millis) Millis {
	t.mu.Lock()
	defer t.mu.Unlock()
	seen, ok := t.parts[l.Part()]
	if !ok || seen.fence != l.Fence() {
		seen = take{l.Fence(), now}
		t.parts[l.Part()] = seen
	}
	return now - seen.since
}

// fenceBelow is the fence below which sending rows belong to nobody: the
// lease's own, once the owner before is known to be over or the lease has been
// held long enough for every hand-over of that owner to have ended; before that 0.
func fenceBelow(l Lease, held Millis) int64 {
	if l.Orphan() || held >= takeoverAfter {
		return l.Fence()
	}
	return 0
}

// sweepAll moves what was left behind in the parts, and returns how much. It
// works under a hold too: it hands nothing over. It asks once in which parts
// anything has begun, since nearly always that is none; how long each is held is
// counted to that moment, and not to when its turn comes.
func (d *Dispatcher) sweepAll(ctx context.Context, leases []Lease, now Millis) (int, error) {
	if len(leases) == 0 {
		return 0, nil
	}
	process := d.opt.Process()
	begun, err := d.opt.Ledger.BegunParts(ctx, partsOf(leases))
	if err != nil {
		return 0, fmt.Errorf("parts with rows that have begun: %w", err)
	}
	total := 0
	for _, l := range leases {
		n, err := d.sweep(ctx, l, slices.Contains(begun, l.Part()), process, now)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// sweep moves what was left behind in one part, where anything in it has begun.
func (d *Dispatcher) sweep(ctx context.Context, l Lease, begun bool, process, now Millis) (int, error) {
	held := d.takes.held(l, process)
	s := Sweep{
		FenceBelow:    fenceBelow(l, held),
		SendingBefore: max(process, d.opt.Wall()) - sendingMost,
		Now:           now,
		RetryAfter:    backoffBase,
		MaxUnknowns:   MaxResends,
		Limit:         sweepLimit,
	}
	total := 0
	for begun {
		n, err := d.opt.Ledger.Sweep(ctx, l.Part(), s)
		if err != nil {
			return total, fmt.Errorf("sweep part %d: %w", l.Part(), err)
		}
		total += n
		if n < s.Limit {
			break
		}
	}
	if held >= lateMark {
		l.Swept()
	}
	if total > 0 {
		d.opt.Metrics.RowsSwept(total)
		d.opt.Log.Warn("rows left behind", "part", l.Part(), "rows", total)
	}
	return total, nil
}
