package demo_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
)

// While somebody is answered, and a moment longer, the making stands still: but
// no longer than it has worked, so that nobody who asks without end stops it.
func TestWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		w := demo.NewWay(func() time.Duration { return time.Since(began) })
		waits := func() time.Duration {
			at := time.Now()
			if err := w.Before("Events.Get"); err != nil {
				t.Error(err)
			}
			return time.Since(at)
		}
		work := func(d time.Duration) { <-time.After(d) }
		work(time.Second)
		if took := waits(); took != 0 {
			t.Errorf("nobody asks, and the making waits for %v", took)
		}
		answer := make(chan bool)
		answered := make(chan bool)
		server := w.Around(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-answer }))
		ask := func() {
			server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
			close(answered)
		}
		go ask()
		synctest.Wait()
		time.AfterFunc(100*time.Millisecond, func() { close(answer) })
		if took := waits(); took < 100*time.Millisecond+demo.Linger || took > 100*time.Millisecond+demo.Linger+2*demo.LookEvery {
			t.Errorf("an answer of 100 ms is waited for %v, want %v more than it takes", took, demo.Linger)
		}
		<-answered

		answer, answered = make(chan bool), make(chan bool)
		go ask() // and is never answered
		synctest.Wait()
		work(time.Hour)
		if took := waits(); took < demo.MostPaid || took > demo.MostPaid+demo.LookEvery {
			t.Errorf("after an hour's work the making waits for %v, want %v", took, demo.MostPaid)
		}
		for range 10 {
			work(30 * time.Millisecond)
			if took := waits(); took < 28*time.Millisecond || took > 32*time.Millisecond {
				t.Errorf("after 30 ms of work the making waits for %v", took)
			}
		}
		close(answer)
		<-answered
	})
}
