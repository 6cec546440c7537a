package mongostore_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/event"

	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Results that come while others are stored share a command, whatever their
// parts are; of two of one row that counts which has the row's batch.
func TestLedger_settlesTogether(t *testing.T) {
	t.Parallel()
	var settles atomic.Int64
	begun, goOn := make(chan struct{}, 2), make(chan struct{})
	var armed atomic.Bool
	l := setupOn(t, replica, &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		if e.CommandName == "update" && armed.Load() && settles.Add(1) <= 2 {
			begun <- struct{}{}
			<-goOn
		}
	}}).Ledger
	rows := make([]notifications.Row, 6)
	for i := range rows {
		rows[i] = aRow(i)
		rows[i].Part = part + i
		must[[]bool](t)(l.Insert(t.Context(), rows[i:i+1]))
		must[[]notifications.Row](t)(l.Mark(t.Context(), part+i, rows[i:i+1], notifications.Mark{Batch: "b", Now: 1000}))
	}
	armed.Store(true)
	var settling sync.WaitGroup
	settle := func(i int, batch string, waiting int) {
		settling.Go(func() { check(t, l.Settle(t.Context(), part+i, sentResults(idsOf(rows[i:i+1]), batch))) })
		for mongostore.Waiting(l) < waiting {
			runtime.Gosched()
		}
	}
	settle(0, "b", 0)
	<-begun
	settle(1, "b", 0)
	<-begun
	settle(2, "b", 1)
	settle(3, "other", 2)
	settle(3, "b", 3)
	settle(4, "b", 4)
	settle(5, "other", 5)
	close(goOn)
	settling.Wait()
	same(t, "commands", settles.Load(), 3)
	for i, r := range rows {
		got := must[[]notifications.Row](t)(l.BySubject(t.Context(), part+i, r.Occurrence, nil))[0]
		want := r.Marked(notifications.Mark{Batch: "b", Now: 1000})
		if i < 5 {
			want = want.Settled(sentResults([]string{r.ID}, "b")[0])
		}
		same(t, r.ID, got, want)
	}
}
