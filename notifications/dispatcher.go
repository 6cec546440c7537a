package notifications

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	dueLimit    = 512
	settleTime  = 10 * time.Second
	openTime    = 30 * time.Second
	handOverFor = 60 * time.Second
)

// classes are the lanes' classes in the order in which they are served.
var classes = [...]Class{Urgent, Reply, Normal}

// Classes are all classes, in the order in which their lanes are served.
func Classes() []Class { return slices.Clone(classes[:]) }

// Dispatcher hands due rows over. Each of its effects is one call of a port,
// so that it may be killed before and after any of them. RunOnce works through
// all that is due with one connection at a time; Run is the same with many.
type Dispatcher struct {
	opt    Options
	outbox *outbox
	holds  holds
	takes  takes
	once   sync.Mutex
	// under counts the marks of each part that are being worked through.
	under [Parts]atomic.Int64
}

// NewDispatcher makes a dispatcher that does nothing yet.
func NewDispatcher(opt Options) *Dispatcher {
	opt = opt.withDefaults()
	return &Dispatcher{
		opt:    opt,
		outbox: newOutbox(opt.Ledger),
		takes:  takes{parts: map[int]take{}},
	}
}

// Busy reports whether a mark of the part is being worked through, or something that
// became of one is not stored yet. Where no lease of the part lets a mark begin,
// nothing of it stands as sending once this is false.
func (d *Dispatcher) Busy(part int) bool {
	return d.under[part].Load() > 0 || d.outbox.has(part)
}

// errDown says that a channel has no connection now.
var errDown = errors.New("notifications: channel down")

// RunOnce sweeps the held parts and hands over what is due at now, a domain
// time, until nothing is left: urgent and reply lanes first. Its calls of ports
// come one after another and in the same order for the same answers. Results
// that could not be stored are kept and stored first by the next run. A channel
// that cannot be reached is no error.
func (d *Dispatcher) RunOnce(ctx context.Context, now Millis) (Stats, error) {
	d.once.Lock()
	defer d.once.Unlock()
	var stats Stats
	if err := d.outbox.flushAll(ctx); err != nil {
		return stats, fmt.Errorf("store results: %w", err)
	}
	leases := d.opt.Leases()
	swept, err := d.sweepAll(ctx, leases, now)
	stats.Swept = swept
	if err != nil {
		return stats, err
	}
	if err := d.readHolds(ctx, true); err != nil {
		return stats, err
	}
	hands := make([]*hand, len(d.opt.Channels))
	for i, c := range d.opt.Channels {
		hands[i] = &hand{d: d, channel: c, pace: &pace{}, stats: &stats, decider: d.opt.Source.Decide, put: d.putNow}
		defer hands[i].close()
	}
	return stats, d.serve(ctx, hands, leases, now)
}

// serve goes through all lanes of all parts.
func (d *Dispatcher) serve(ctx context.Context, hands []*hand, leases []Lease, now Millis) error {
	due := make([][]Lease, len(hands))
	for i, h := range hands {
		var err error
		if due[i], err = d.due(ctx, h.channel, leases, now); err != nil {
			return err
		}
	}
	for _, class := range classes {
		for i, h := range hands {
			for _, l := range due[i] {
				if err := d.drain(ctx, h, class, l, now); err != nil && !errors.Is(err, errDown) {
					return err
				}
			}
		}
	}
	return nil
}

// due leaves those of the leases in whose parts something is due on the channel.
func (d *Dispatcher) due(ctx context.Context, c Channel, leases []Lease, now Millis) ([]Lease, error) {
	if len(leases) == 0 {
		return nil, nil
	}
	found, err := d.opt.Ledger.DueParts(ctx, partsOf(leases), c.Name(), now)
	if err != nil {
		return nil, fmt.Errorf("parts with rows that are due: %w", err)
	}
	var due []Lease
	for _, l := range leases {
		if slices.Contains(found, l.Part()) {
			due = append(due, l)
		}
	}
	return due, nil
}

func partsOf(leases []Lease) []int {
	parts := make([]int, len(leases))
	for i, l := range leases {
		parts[i] = l.Part()
	}
	return parts
}

// drain hands over what is due in one lane of one part.
func (d *Dispatcher) drain(ctx context.Context, h *hand, class Class, l Lease, now Millis) error {
	lane := Lane{Class: class, Channel: h.channel.Name()}
	for ctx.Err() == nil && l.MayBegin() && !h.down {
		if err := d.readHolds(ctx, false); err != nil {
			return err
		}
		if d.stopped() {
			return nil
		}
		rows, err := d.opt.Ledger.Due(ctx, l.Part(), lane, now, dueLimit)
		if err != nil {
			return fmt.Errorf("due rows of part %d: %w", l.Part(), err)
		}
		rows, moved, err := d.setAside(ctx, l.Part(), wholeGroups(rows, dueLimit), now)
		h.stats.Held += moved
		if err != nil {
			return err
		}
		worked, err := h.rows(ctx, l, rows, now)
		if err != nil {
			return err
		}
		if moved+worked == 0 {
			return nil
		}
	}
	return ctx.Err()
}

// putNow stores results and rows given back at once.
func (d *Dispatcher) putNow(ctx context.Context, part int, results []Result, backs []Back, _ durable) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	d.outbox.add(part, results, backs)
	if err := d.outbox.flush(ctx, part); err != nil {
		return fmt.Errorf("store results of part %d: %w", part, err)
	}
	return nil
}
