package mongostore_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
)

// askers ask a gather whose calls take a second each.
type askers struct {
	*testing.T
	mongostore.Gather
	sync.WaitGroup
	mu    sync.Mutex
	calls [][]int
}

func newAskers(t *testing.T, err error) *askers {
	a := &askers{T: t}
	a.Gather = mongostore.NewGather(func(ctx context.Context, items []int) error {
		a.mu.Lock()
		a.calls = append(a.calls, items)
		a.mu.Unlock()
		select {
		case <-time.After(time.Second):
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return a
}

// ask has one more ask, and returns once it is served or waits.
func (a *askers) ask(n int, patience time.Duration, want error) {
	a.Go(func() {
		ctx, cancel := context.WithTimeout(a.Context(), patience)
		defer cancel()
		if err := a.Ask(ctx, n); !errors.Is(err, want) {
			a.Errorf("asker %d: got %v, want %v", n, err, want)
		}
	})
	synctest.Wait()
}

func TestGather(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failed := errors.New("failed")
		a := newAskers(t, failed)
		for n := range 6 {
			a.ask(n, time.Minute, failed)
		}
		a.Wait()
		a.ask(6, time.Minute, failed)
		a.Wait()
		same(t, "calls", fmt.Sprint(a.calls), "[[0] [1] [2 3 4 5] [6]]")
	})
}

// Who is tired of waiting keeps nobody from their turn, and takes nothing from
// those who share a call.
func TestGather_impatient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAskers(t, nil)
		a.ask(0, time.Minute, nil)
		<-time.After(time.Second / 10) // so that the calls do not end at the same instant
		a.ask(1, time.Minute, nil)
		a.ask(2, time.Second/2, context.DeadlineExceeded)   // before there is a call for it
		a.ask(3, 3*time.Second/2, nil)                      // makes the next call, and sees it through
		a.ask(4, 3*time.Second/2, context.DeadlineExceeded) // while the call is made
		a.ask(5, 3*time.Second/2, context.DeadlineExceeded)
		a.ask(6, time.Minute, nil) // is in it all the same
		a.Wait()
		a.ask(7, time.Second/2, context.DeadlineExceeded) // alone
		a.Wait()
		a.ask(8, time.Minute, nil)
		a.Wait()
		same(t, "calls", fmt.Sprint(a.calls), "[[0] [1] [3 4 5 6] [7] [8]]")
	})
}

// A call that is over before it began is not made.
func TestGather_over(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	g := mongostore.NewGather(func(context.Context, []int) error {
		t.Error("the call is made")
		return nil
	})
	same(t, "asked", g.Ask(over, 1), context.Canceled)
}
