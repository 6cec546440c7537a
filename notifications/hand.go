package notifications

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

const (
	beginWithin   = 5 * second
	decideAgain   = minute // after a Source that failed
	connectionOff = minute // after a connection that failed within a hand-over
)

// hand is the work of one connection: it marks rows, has them decided, hands
// them over and puts the results away.
type hand struct {
	d       *Dispatcher
	channel Channel
	conn    Conn
	down    bool
	pace    *pace
	stats   *Stats
	decider decider
	// handing counts the connections that are handing over; nil for nobody.
	handing *atomic.Int64
	// put stores results and rows to give back, or sees to it, and returns once
	// as much is durable as the caller needs.
	put func(ctx context.Context, part int, results []Result, backs []Back, until durable) error
}

// decider is Source.Decide, by itself or together with other connections.
type decider func(ctx context.Context, now Millis, rows []Row) ([]Verdict, error)

// durable says what has to be in the ledger before the next hand-over begins.
// MayHaveBegun rests on it.
type durable int

const (
	// later: nothing; the rows were not begun and none of their mark will be.
	later durable = iota
	// oneBefore: what the connection put before this, the end of a hand-over.
	oneBefore
	// thisOne: this, since hand-overs of the same mark begin after it.
	thisOne
)

// rows works through rows of one part in marks, and returns how many of them
// got anywhere.
func (h *hand) rows(ctx context.Context, l Lease, rows []Row, now Millis) (int, error) {
	worked := 0
	for len(rows) > 0 && l.MayBegin() && ctx.Err() == nil {
		if err := h.open(ctx); err != nil {
			h.stats.Down = append(h.stats.Down, h.channel.Name())
			return worked, err
		}
		chunk := h.pace.take(rows)
		n, err := h.batch(ctx, l, chunk, max(now, h.d.opt.Now())) // slow servers take long
		worked += n
		if err != nil {
			return worked, err
		}
		rows = rows[len(chunk):]
	}
	return worked, nil
}

// open makes sure that there is a connection that may be used.
func (h *hand) open(ctx context.Context) error {
	if h.conn != nil && h.conn.Usable() {
		return nil
	}
	h.close()
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	conn, err := h.channel.Open(ctx)
	if err != nil {
		h.down = true
		if ctx.Err() == nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
			h.d.opt.Metrics.ChannelDown(h.channel.Name())
			h.d.opt.Log.Warn("channel cannot be reached", "channel", h.channel.Name(), "err", err)
		}
		return errDown
	}
	h.conn = conn
	return nil
}

func (h *hand) close() {
	if h.conn == nil {
		return
	}
	if err := h.conn.Close(); err != nil {
		h.d.opt.Log.Debug("connection not closed well", "channel", h.channel.Name(), "err", err)
	}
	h.conn = nil
}

// batch is one mark and all that follows from it. It is under way before the lease
// is asked, so that who gives a lease up sees it or has nothing begun.
func (h *hand) batch(ctx context.Context, l Lease, rows []Row, now Millis) (int, error) {
	h.d.under[l.Part()].Add(1)
	defer h.d.under[l.Part()].Add(-1)
	if !l.MayBegin() {
		return 0, nil
	}
	mark := Mark{Batch: h.d.opt.Nonce(), Fence: l.Fence(), Now: now, At: h.d.opt.Process()}
	marked, err := h.mark(ctx, l.Part(), rows, mark)
	if err != nil {
		return 0, err
	}
	b := &batch{hand: h, lease: l, mark: mark, now: now}
	ready, err := b.decide(ctx, marked)
	if err != nil {
		return b.worked, err
	}
	began := h.d.opt.Process()
	handed, err := b.handOver(ctx, ready)
	h.pace.observe(handed, b.sending, h.d.opt.Process()-began)
	return b.worked, err
}

// mark takes the rows. A reply that was lost is asked for once more; if there
// is none, the rows are given back by their batch, whether or not they have it.
func (h *hand) mark(ctx context.Context, part int, rows []Row, m Mark) ([]Row, error) {
	marked, err := h.d.opt.Ledger.Mark(ctx, part, rows, m)
	if err == nil {
		return marked, nil
	}
	marked, again := h.d.opt.Ledger.Mark(ctx, part, rows, m)
	if again == nil {
		return marked, nil
	}
	backs := make([]Back, len(rows))
	for i, r := range rows {
		r.Batch = m.Batch
		backs[i] = unchanged(r)
	}
	return nil, errors.Join(fmt.Errorf("mark rows of part %d: %w", part, err), h.put(ctx, part, nil, backs, later))
}

// unchanged gives a row back as it was before its mark.
func unchanged(r Row) Back {
	return Back{ID: r.ID, Batch: r.Batch, NotBefore: r.NotBefore, Reason: r.Reason}
}

// batch is the state of one mark.
type batch struct {
	*hand
	lease  Lease
	mark   Mark
	now    Millis
	worked int
	// sending is how long the channel took in all.
	sending Millis
}

// parcel is a message to hand over with the rows that share it, one or more.
type parcel struct {
	rows []Row
	msg  Message
}

// lead is the row that leads the others.
func (p parcel) lead() Row { return p.rows[0] }

// handOver hands parcels over one by one and returns how many; what must not
// be begun any more is given back.
func (b *batch) handOver(ctx context.Context, parcels []parcel) (int, error) {
	if b.handing != nil {
		b.handing.Add(1)
		defer b.handing.Add(-1)
	}
	for i, p := range parcels {
		if !b.mayBegin(ctx) {
			return i, b.giveBack(ctx, parcels[i:])
		}
		began := b.d.opt.Process()
		err := b.send(ctx, p.msg)
		took := b.d.opt.Process() - began
		b.sending += took
		b.d.opt.Metrics.HandedOver(b.channel.Name(), time.Duration(took)*time.Millisecond)
		b.worked += len(p.rows)
		if err := b.record(ctx, p, err); err != nil {
			return i + 1, errors.Join(err, b.giveBack(ctx, parcels[i+1:]))
		}
	}
	return len(parcels), nil
}

func (b *batch) mayBegin(ctx context.Context) bool {
	return ctx.Err() == nil && b.lease.MayBegin() && b.conn.Usable() &&
		b.d.opt.Process()-b.mark.At <= beginWithin
}

// send has its own time, so that a stop of the worker cuts no hand-over short.
func (b *batch) send(ctx context.Context, m Message) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handOverFor)
	defer cancel()
	return b.conn.Send(ctx, m)
}

func (b *batch) giveBack(ctx context.Context, parcels []parcel) error {
	if len(parcels) == 0 {
		return nil
	}
	var backs []Back
	for _, p := range parcels {
		for _, r := range p.rows {
			backs = append(backs, unchanged(r))
			b.d.opt.Metrics.RowBack(r.Lane, r.Reason)
		}
	}
	b.stats.Returned += len(backs)
	return b.put(ctx, b.lease.Part(), nil, backs, later)
}
