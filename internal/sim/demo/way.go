package demo

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
)

const (
	// linger is how long after an answer the next request is expected: a page is
	// followed by what it shows.
	linger = 25 * time.Millisecond
	// mostPaid bounds how long way is made at a time: whoever asks without end
	// has the making at half its pace, and not for good.
	mostPaid = 2 * time.Second
	// lookEvery is how often the making looks whether its way is free.
	lookEvery = 2 * time.Millisecond
)

// way lets those who make the sample stand back while somebody is answered. As
// a gate it stands before every call of a stage's store.
type way struct {
	process func() time.Duration // since the process began
	asking  atomic.Int64         // requests under way
	asked   atomic.Int64         // process time of the last answer

	mu   sync.Mutex
	last time.Duration // when the making was last let go on
	paid time.Duration // how long it worked for which it has not waited
}

var _ gate.Gate = (*way)(nil)

func newWay(process func() time.Duration) *way {
	w := &way{process: process}
	w.asked.Store(-int64(linger))
	return w
}

// around notes when somebody is answered.
func (w *way) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.asking.Add(1)
		defer func() {
			w.asked.Store(int64(w.process()))
			w.asking.Add(-1)
		}()
		next.ServeHTTP(rw, r)
	})
}

func (w *way) free() bool {
	return w.asking.Load() == 0 && w.process()-time.Duration(w.asked.Load()) >= linger
}

// stepBack waits until nobody is answered, but no longer than was worked since.
func (w *way) stepBack() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.process()
	w.paid = min(w.paid+now-w.last, mostPaid)
	w.last = now
	if w.free() {
		return
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for !w.free() && w.process()-now < w.paid {
		<-look.C
	}
	w.last = w.process()
	w.paid = max(w.paid-(w.last-now), 0)
}

// Before implements gate.Gate.
func (w *way) Before(string) error {
	w.stepBack()
	return nil
}

// After implements gate.Gate.
func (w *way) After(string) error { return nil }
