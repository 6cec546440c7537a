package notifications_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// minutes writes down what was decided together.
type minutes struct {
	notifications.Source
	mu       sync.Mutex
	sittings [][]notifications.Row
}

func (m *minutes) Decide(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]notifications.Verdict, error) {
	m.mu.Lock()
	m.sittings = append(m.sittings, slices.Clone(rows))
	m.mu.Unlock()
	return m.Source.Decide(ctx, now, rows)
}

func batchesOf(rows []notifications.Row) map[string]bool {
	batches := map[string]bool{}
	for _, r := range rows {
		batches[r.Batch] = true
	}
	return batches
}

// runFor lets a dispatcher with so many connections work for a while.
func runFor(t *testing.T, w *world, connections int, change func(*worker, *notifications.Options)) {
	t.Helper()
	k := w.worker(-1, false)
	d := k.dispatcher(func(o *notifications.Options) {
		bubble(k, 10*time.Millisecond, connections)(o)
		change(k, o)
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- d.Run(ctx) }()
	pass(10 * time.Minute)
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run() = %v", err)
	}
}

// Many connections have their batches decided together, but for rows that may
// share a mail or are sent again: no message is of two batches. One row that
// cannot be decided holds up no other.
func TestDispatcher_RunDecidesTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		for i := range 1000 {
			w.plan(fmt.Sprint("r", i), func(r *notifications.Row) {
				switch {
				case i%100 == 0:
					r.Group = "household"
				case i%100 == 1:
					r.WasUnknown = true
				}
			})
		}
		w.decide = func(r notifications.Row) notifications.Verdict {
			if r.Recipient == "r77" && r.NotBefore == 0 {
				panic("its template")
			}
			return notifications.Verdict{Do: notifications.DoSend}
		}
		var kept *minutes
		runFor(t, w, 40, func(_ *worker, o *notifications.Options) {
			kept = &minutes{Source: o.Source}
			o.Source = kept
		})
		together := 0
		for _, rows := range kept.sittings {
			n := len(batchesOf(rows))
			together = max(together, n)
			alone := slices.ContainsFunc(rows, func(r notifications.Row) bool { return r.Group != r.ID || r.WasUnknown })
			if alone && n > 1 {
				t.Errorf("rows that may share a mail were decided in one of %d batches", n)
			}
		}
		if together < 4 || together > 8 {
			t.Errorf("at most %d batches were decided together, want 4 to 8", together)
		}
		for _, r := range w.rows {
			if r.State != notifications.Sent || len(w.handed[r.ID]) != 1 {
				t.Errorf("row %s is %s after %d hand-overs", r.Recipient, r.State, len(w.handed[r.ID]))
			}
		}
	})
}

// marks remembers the instant of each batch.
type marks struct {
	notifications.Ledger
	mu  sync.Mutex
	now map[string]notifications.Millis
}

func (m *marks) Mark(ctx context.Context, part int, seen []notifications.Row, mark notifications.Mark) ([]notifications.Row, error) {
	m.mu.Lock()
	m.now[mark.Batch] = mark.Now
	m.mu.Unlock()
	return m.Ledger.Mark(ctx, part, seen, mark)
}

// agreed checks that what is decided together was marked within a second, and
// is decided at the latest instant.
type agreed struct {
	notifications.Source
	*testing.T
	marks *marks

	mu       sync.Mutex
	together int
}

func (a *agreed) Decide(ctx context.Context, now notifications.Millis, rows []notifications.Row) ([]notifications.Verdict, error) {
	a.marks.mu.Lock()
	var nows []notifications.Millis
	for batch := range batchesOf(rows) {
		nows = append(nows, a.marks.now[batch])
	}
	a.marks.mu.Unlock()
	if last := slices.Max(nows); last != now || last-slices.Min(nows) > 1000 {
		a.Errorf("batches of %v are decided together at %d", nows, now)
	}
	a.mu.Lock()
	a.together = max(a.together, len(nows))
	a.mu.Unlock()
	return a.Source.Decide(ctx, now, rows)
}

// Connections that begin a moment apart have their batches decided together,
// but none from before a jump of the clock with one from after it.
func TestDispatcher_RunDecidesTogetherWithinASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		for i := range 1000 {
			w.plan(fmt.Sprint("r", i), nil)
		}
		var checked *agreed
		runFor(t, w, 40, func(k *worker, o *notifications.Options) {
			taken := &marks{Ledger: k, now: map[string]notifications.Millis{}}
			checked = &agreed{Source: o.Source, T: t, marks: taken}
			o.Ledger, o.Source = taken, checked
			now := o.Now
			var asked atomic.Int64
			o.Now = func() notifications.Millis {
				n := asked.Add(1)
				return now() + notifications.Millis(n+n/50*3_600_000)
			}
		})
		if checked.together < 4 {
			t.Errorf("at most %d batches were decided together, want 4 or more", checked.together)
		}
	})
}

// Few connections wait for nobody.
func TestDispatcher_RunDecidesAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := bubbleWorld()
		for i := range 200 {
			w.plan(fmt.Sprint("r", i), nil)
		}
		var kept *minutes
		runFor(t, w, 5, func(_ *worker, o *notifications.Options) {
			kept = &minutes{Source: o.Source}
			o.Source = kept
		})
		for _, rows := range kept.sittings {
			if n := len(batchesOf(rows)); n != 1 {
				t.Errorf("%d batches were decided together", n)
			}
		}
	})
}

// settles counts the writes of results.
type settles struct {
	notifications.Ledger
	mu     sync.Mutex
	writes int
}

func (s *settles) Settle(ctx context.Context, part int, results []notifications.Result) error {
	s.mu.Lock()
	s.writes++
	s.mu.Unlock()
	return s.Ledger.Settle(ctx, part, results)
}

// Results of many connections share writes, and a single one waits for a
// millisecond at most.
func TestDispatcher_RunGathersResults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ rows, connections, most int }{{600, 20, 200}, {40, 1, 40}} {
		synctest.Test(t, func(t *testing.T) {
			w := bubbleWorld()
			for i := range tt.rows {
				w.plan(fmt.Sprint("r", i), nil)
			}
			var counted *settles
			runFor(t, w, tt.connections, func(k *worker, o *notifications.Options) {
				counted = &settles{Ledger: k}
				o.Ledger = counted
			})
			if open := w.list(func(r notifications.Row) bool { return r.State != notifications.Sent }); len(open) > 0 {
				t.Errorf("%d of %d rows were not sent", len(open), tt.rows)
			}
			if counted.writes > tt.most {
				t.Errorf("the results of %d hand-overs by %d connections took %d writes, want at most %d", tt.rows, tt.connections, counted.writes, tt.most)
			}
		})
	}
}
