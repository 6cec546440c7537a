package notifications_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// ticking gives the world the bubble's clock, and hand-overs that take time.
type slowChannel struct {
	channel
	takes time.Duration
}

func (c slowChannel) Open(ctx context.Context) (notifications.Conn, error) {
	inner, err := c.channel.Open(ctx)
	if err != nil {
		return nil, err
	}
	return slowConn{inner, c.takes}, nil
}

type slowConn struct {
	notifications.Conn
	takes time.Duration
}

func (c slowConn) Send(ctx context.Context, m notifications.Message) error {
	timer := time.NewTimer(c.takes)
	defer timer.Stop()
	select {
	case <-timer.C:
		return c.Conn.Send(ctx, m)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func bubble(k *worker, takes time.Duration, connections int) func(*notifications.Options) {
	now := func() notifications.Millis { return notifications.Millis(time.Now().UnixMilli()) }
	return func(o *notifications.Options) {
		o.Channels = []notifications.Channel{slowChannel{channel{k}, takes}}
		o.Now, o.Process = now, now
		o.Connections = connections
	}
}

func bubbleWorld() *world {
	w := newWorld()
	w.domain = notifications.Millis(time.Now().UnixMilli())
	w.process = w.domain
	return w
}

// TestDispatcher_RunOnTime: a row goes out when it is due, not at the next look
// after it.
func TestDispatcher_RunOnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		var late []time.Duration
		for _, in := range []time.Duration{2250 * time.Millisecond, 2253 * time.Millisecond, 5*time.Second + time.Millisecond} {
			due := time.Now().Add(in)
			w.plan(fmt.Sprint("r", in), func(r *notifications.Row) {
				r.Due = notifications.Millis(due.UnixMilli())
				r.Wish = r.Due
			})
		}
		w.answer = func(r notifications.Row, _ int) answer {
			late = append(late, time.Duration(notifications.Millis(time.Now().UnixMilli())-r.Due)*time.Millisecond)
			return accepts
		}
		d := w.worker(-1, false).dispatcher(bubble(w.worker(-1, false), 0, 5))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		pass(10 * time.Second)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
		for _, l := range late {
			if l < 0 || l > 20*time.Millisecond {
				t.Errorf("handed over %s after it was due, all: %v", l, late)
			}
		}
		if len(late) != 3 {
			t.Errorf("%d of 3 rows were handed over", len(late))
		}
	})
}

// TestDispatcher_RunHalted: while the clock is in doubt and stands still, a row
// that is about to come due by it is not asked for again and again.
func TestDispatcher_RunHalted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		w.plan("r", func(r *notifications.Row) { r.Due += 5 })
		begun, asBefore := w.domain, bubble(w.worker(-1, false), 0, 5)
		var looks atomic.Int64
		d := w.worker(-1, false).dispatcher(func(o *notifications.Options) {
			asBefore(o)
			o.Now = func() notifications.Millis { looks.Add(1); return begun }
			o.Halted = func() bool { return true }
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		pass(time.Minute)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
		if n := looks.Load(); n > 600 { // some a round and a sweep now and then; every 10 ms it would be thousands
			t.Errorf("the clock was asked %d times in a minute", n)
		}
	})
}

func TestDispatcher_Run(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		for i := range 300 {
			w.plan(fmt.Sprint("r", i), func(r *notifications.Row) { r.Resend = i%3 > 0 })
		}
		w.answer = func(r notifications.Row, n int) answer {
			if n == 0 && r.Recipient == "r7" {
				return acceptsSilently
			}
			return accepts
		}
		d := w.worker(-1, false).dispatcher(bubble(w.worker(-1, false), 10*time.Millisecond, 5))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		pass(10 * time.Minute) // of the bubble
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
		for _, r := range w.rows {
			want := 1
			if r.Recipient == "r7" {
				want = 2
			}
			if got := len(w.handed[r.ID]); r.State != notifications.Sent || got != want {
				t.Errorf("row %s is %s after %d hand-overs, want sent after %d", r.Recipient, r.State, got, want)
			}
		}
	})
}

// TestDispatcher_RunStops asks for the end in the middle of slow hand-overs.
func TestDispatcher_RunStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		for i := range 100 {
			w.plan(fmt.Sprint("r", i), nil)
		}
		d := w.worker(-1, false).dispatcher(bubble(w.worker(-1, false), 400*time.Millisecond, 3))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		pass(3 * time.Second) // of the bubble
		cancel()
		began := time.Now()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("Run took %v to end, want one hand-over at most", took)
		}
		sent := 0
		for _, r := range w.rows {
			switch {
			case r.State == notifications.Sent && len(w.handed[r.ID]) == 1:
				sent++
			case r.State != notifications.Planned || len(w.handed[r.ID]) != 0 || r.Try != 0 || r.WasUnknown:
				t.Errorf("row %s is %s after %d hand-overs", r.Recipient, r.State, len(w.handed[r.ID]))
			}
		}
		if sent == 0 || sent == 100 {
			t.Errorf("%d rows were sent, want some", sent)
		}
	})
}

// TestDispatcher_RunUrgent has an urgent row come while normal ones queue up.
func TestDispatcher_RunUrgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		for i := range 1000 {
			w.plan(fmt.Sprint("r", i), nil)
		}
		d := w.worker(-1, false).dispatcher(bubble(w.worker(-1, false), 300*time.Millisecond, 2))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		pass(5 * time.Second)
		w.mu.Lock()
		urgent := w.plan("urgent", func(r *notifications.Row) { r.Class = notifications.Urgent })
		w.mu.Unlock()
		pass(4 * time.Second)
		if got := w.row(urgent.ID).State; got != notifications.Sent {
			t.Errorf("4 s later the urgent row is %s, want sent", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
}

func TestDispatcher_RunChannelDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		row := w.plan("r", nil)
		w.unopened = true
		d := w.worker(-1, false).dispatcher(bubble(w.worker(-1, false), time.Millisecond, 4))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		pass(5 * time.Minute)
		w.mu.Lock()
		if got := w.rows[row.ID]; got.State != notifications.Planned || got.Gen != row.Gen {
			t.Errorf("row = %+v while the channel is down, want it untouched", got)
		}
		if w.opens > 30 {
			t.Errorf("the channel was tried %d times in 5 minutes", w.opens)
		}
		w.unopened = false
		w.mu.Unlock()
		pass(time.Minute)
		if got := w.row(row.ID).State; got != notifications.Sent {
			t.Errorf("a minute after the server came back the row is %s, want sent", got)
		}
		cancel()
		<-ended
	})
}

// TestDispatcher_RunStoreAway has the store fail for two minutes in the middle.
func TestDispatcher_RunStoreAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		for i := range 200 {
			w.plan(fmt.Sprint("r", i), nil)
		}
		k := w.worker(-1, false)
		d := k.dispatcher(bubble(k, 50*time.Millisecond, 4))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		pass(time.Second)
		w.mu.Lock()
		k.dead = true
		w.mu.Unlock()
		pass(2 * time.Minute)
		w.mu.Lock()
		k.dead = false
		w.mu.Unlock()
		pass(30 * time.Minute)
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("Run() = %v", err)
		}
		for _, r := range w.rows {
			if r.State != notifications.Sent {
				t.Errorf("row %s is %s, want sent", r.Recipient, r.State)
			}
		}
	})
}

// slowLedger takes a second of the bubble to settle.
type slowLedger struct{ *worker }

func (l slowLedger) Settle(ctx context.Context, part int, results []notifications.Result) error {
	pass(time.Second)
	return l.worker.Settle(ctx, part, results)
}

func (l slowLedger) GiveBack(ctx context.Context, part int, backs []notifications.Back) error {
	pass(time.Second)
	return l.worker.GiveBack(ctx, part, backs)
}

// TestDispatcher_RunWaitsForResults counts, at each hand-over, what a kill
// would leave without its result, and whether a sweep would know that it was
// begun: with rows that are refused, suppressed and deferred in between.
func TestDispatcher_RunWaitsForResults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		for i := range 120 {
			w.plan(fmt.Sprint("r", i), nil)
		}
		const connections = 3
		most := 0
		w.decide = func(r notifications.Row) notifications.Verdict {
			switch {
			case r.ID[0] == '3':
				return notifications.Verdict{Do: notifications.DoSuppress, Reason: notifications.ReasonCancelled}
			case r.ID[0] == '4' && r.NotBefore == 0:
				return notifications.Verdict{Do: notifications.DoDefer, Reason: notifications.ReasonUnsettled}
			}
			return notifications.Verdict{Do: notifications.DoSend}
		}
		w.answer = func(row notifications.Row, n int) answer {
			sending := w.list(func(r notifications.Row) bool { return r.State == notifications.Sending })
			known := notifications.MayHaveBegun(sending)
			open := 0
			for _, r := range sending {
				if len(w.handed[r.ID]) <= r.Try && r.ID != row.ID {
					continue // not begun in this mark
				}
				open++
				if !known[r.ID] {
					t.Errorf("row %s was begun, and a sweep would take it for one that was not", r.Recipient)
				}
			}
			most = max(most, open)
			if n == 0 && row.ID[0]%3 == 0 {
				return refusesForNow
			}
			return accepts
		}
		k := w.worker(-1, false)
		change := bubble(k, time.Millisecond, connections)
		d := k.dispatcher(func(o *notifications.Options) {
			change(o)
			o.Ledger = slowLedger{k}
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		pass(time.Hour)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
		if most > 2*connections || most < 2 {
			t.Errorf("a kill leaves up to %d hand-overs without a result, want at most %d", most, 2*connections)
		}
		if open := w.list(func(r notifications.Row) bool { return !r.Closed() }); len(open) != 0 {
			t.Errorf("%d rows are still open", len(open))
		}
	})
}

// TestDispatcher_RunEndsInTime has the store away at the end: Run says so, and
// the next one stores what is left.
func TestDispatcher_RunEndsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		row := w.plan("r", nil)
		k := w.worker(-1, false)
		w.answer = func(notifications.Row, int) answer {
			k.dead = true
			return accepts
		}
		d := k.dispatcher(bubble(k, time.Millisecond, 1))
		run := func() error {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- d.Run(ctx) }()
			pass(time.Minute)
			cancel()
			return <-ended
		}
		if err := run(); err == nil {
			t.Error("Run() = nil, want an error that a result is not stored")
		}
		w.mu.Lock()
		k.dead = false
		w.answer = func(notifications.Row, int) answer { return accepts }
		w.plan("next", func(r *notifications.Row) { r.Wish += minute; r.Due += minute })
		w.mu.Unlock()
		if err := run(); err != nil {
			t.Errorf("the second Run() = %v", err)
		}
		if got := w.row(row.ID); got.State != notifications.Sent || len(w.handed[row.ID]) != 1 {
			t.Errorf("row is %s after %d hand-overs, want sent after 1", got.State, len(w.handed[row.ID]))
		}
	})
}

// pass lets the bubble's clock run.
func pass(d time.Duration) { <-time.After(d) }

// TestDispatcher_Busy: a part is busy until what was begun in it has ended and is
// stored; once its lease lets nothing begin, nothing of it stands as sending then.
func TestDispatcher_Busy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		const rows, part = 40, 3
		for i := range rows {
			w.plan(fmt.Sprint("r", i), nil)
		}
		k := w.worker(-1, false)
		d := k.dispatcher(bubble(k, 700*time.Millisecond, 2))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		if d.Busy(part) {
			t.Error("busy before anything began")
		}
		go func() { ended <- d.Run(ctx) }()
		states := func() map[notifications.State]int {
			w.mu.Lock()
			defer w.mu.Unlock()
			by := map[notifications.State]int{}
			for _, r := range w.rows {
				by[r.State]++
			}
			return by
		}
		pass(time.Second)
		if got := states(); !d.Busy(part) || d.Busy(part+1) || got[notifications.Sending] == 0 {
			t.Errorf("while messages are handed over: busy %t, another part %t, %v", d.Busy(part), d.Busy(part+1), got)
		}
		k.leaving.Store(true)
		pass(2 * time.Second)
		got := states()
		if d.Busy(part) || got[notifications.Sending] != 0 || got[notifications.Sent] == 0 || got[notifications.Planned] == 0 {
			t.Errorf("once nothing may begin: busy %t, %v", d.Busy(part), got)
		}
		pass(time.Minute)
		if after := states(); after[notifications.Sent] != got[notifications.Sent] {
			t.Errorf("%v were sent, and %v a minute after nothing may begin", got, after)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
}

// However many rows a held unit has before them, free ones go first.
func TestDispatcher_Run_FreeBehindHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const held, free = 3000, 10
		w := bubbleWorld()
		w.holds = []notifications.Hold{{Unit: "held"}}
		for i := range held {
			w.plan(fmt.Sprint("held", i), func(r *notifications.Row) { r.Unit, r.Due = "held", r.Due-minute })
		}
		for i := range free {
			w.plan(fmt.Sprint("free", i), nil)
		}
		moved := func() int {
			return len(w.list(func(r notifications.Row) bool { return r.Reason == notifications.ReasonHeld }))
		}
		before := -1
		w.answer = func(notifications.Row, int) answer {
			if before < 0 {
				before = moved()
			}
			return accepts
		}
		d := w.worker(-1, false).dispatcher(bubble(w.worker(-1, false), time.Millisecond, 2))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		pass(2 * time.Second)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
		sent := len(w.list(func(r notifications.Row) bool { return r.State == notifications.Sent }))
		if sent != free || before != 0 || moved() != held {
			t.Errorf("%d free rows were sent, the first after %d held ones had moved, and %d of those in all; want %d, 0 and %d", sent, before, moved(), free, held)
		}
	})
}
