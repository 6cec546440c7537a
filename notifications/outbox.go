package notifications

import (
	"context"
	"sort"
	"sync"
)

// outbox holds results and rows to give back until the ledger has them. Of
// each part one write is under way at a time and takes all that waits. What
// could not be written stays, in order, for the next flush.
type outbox struct {
	ledger Ledger

	mu    sync.Mutex
	parts map[int]*box
	count int  // letters that wait
	timed bool // somebody writes in a moment what waits by then
}

type box struct {
	writing sync.Mutex // held by the one flush

	// The rest is guarded by outbox.mu.
	letters
	active bool // a goroutine of Run is flushing
	out    bool // letters are being written
}

type letters struct {
	results []Result
	backs   []Back
	// durable are closed once all of the above is written.
	durable []chan struct{}
}

func (l letters) empty() bool { return len(l.results) == 0 && len(l.backs) == 0 }

func newOutbox(ledger Ledger) *outbox {
	return &outbox{ledger: ledger, parts: map[int]*box{}}
}

func (o *outbox) box(part int) *box {
	b := o.parts[part]
	if b == nil {
		b = &box{}
		o.parts[part] = b
	}
	return b
}

// add puts letters in and returns what is closed when they are written.
func (o *outbox) add(part int, results []Result, backs []Back) <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := o.box(part)
	b.results = append(b.results, results...)
	b.backs = append(b.backs, backs...)
	o.count += len(results) + len(backs)
	if len(b.durable) == 0 {
		b.durable = append(b.durable, make(chan struct{}))
	}
	return b.durable[len(b.durable)-1]
}

// flush writes what waits for a part.
func (o *outbox) flush(ctx context.Context, part int) error {
	o.mu.Lock()
	b := o.box(part)
	o.mu.Unlock()
	b.writing.Lock()
	defer b.writing.Unlock()
	taken := o.take(b)
	defer o.wrote(b)
	if len(taken.results) > 0 {
		if err := o.ledger.Settle(ctx, part, taken.results); err != nil {
			o.putBack(b, taken)
			return err
		}
		taken.results = nil
	}
	if len(taken.backs) > 0 {
		if err := o.ledger.GiveBack(ctx, part, taken.backs); err != nil {
			o.putBack(b, taken)
			return err
		}
	}
	for _, c := range taken.durable {
		close(c)
	}
	return nil
}

func (o *outbox) take(b *box) letters {
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := b.letters
	b.letters, b.out = letters{}, true
	o.count -= len(taken.results) + len(taken.backs)
	return taken
}

// wrote says that what was taken is written, or put back.
func (o *outbox) wrote(b *box) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b.out = false
}

// has reports whether something waits for the part, or is being written.
func (o *outbox) has(part int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := o.parts[part]
	return b != nil && (b.out || !b.empty())
}

func (o *outbox) putBack(b *box, l letters) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b.results = append(l.results, b.results...)
	b.backs = append(l.backs, b.backs...)
	b.durable = append(l.durable, b.durable...)
	o.count += len(l.results) + len(l.backs)
}

// size is how many letters wait.
func (o *outbox) size() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.count
}

// waitFor reports whether the caller is to wait a moment and then have all
// written; false if somebody does, until waited.
func (o *outbox) waitFor() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := !o.timed
	o.timed = true
	return first
}

func (o *outbox) waited() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.timed = false
}

// flushAll writes what waits for every part, lowest part first.
func (o *outbox) flushAll(ctx context.Context) error {
	for _, part := range o.waiting() {
		if err := o.flush(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// waiting lists the parts for which something waits.
func (o *outbox) waiting() []int {
	o.mu.Lock()
	defer o.mu.Unlock()
	var parts []int
	for part, b := range o.parts {
		if !b.empty() {
			parts = append(parts, part)
		}
	}
	sort.Ints(parts)
	return parts
}

// begin reports whether the caller should flush the part until end says that
// nothing is left; false if somebody does.
func (o *outbox) begin(part int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := o.box(part)
	if b.active || b.empty() {
		return false
	}
	b.active = true
	return true
}

// end reports whether nothing is left, and if so ends what begin began.
func (o *outbox) end(part int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := o.box(part)
	if !b.empty() {
		return false
	}
	b.active = false
	return true
}

// abandon ends what begin began though something is left.
func (o *outbox) abandon(part int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.box(part).active = false
}
