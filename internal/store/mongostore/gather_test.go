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

// slowly makes calls that take a second each, and notes what was in them.
func slowly(calls *[][]int, err error) mongostore.Gather {
	return mongostore.NewGather(func(ctx context.Context, items []int) error {
		*calls = append(*calls, items)
		select {
		case <-time.After(time.Second):
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

func TestGather(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls [][]int
		failed := errors.New("failed")
		g := slowly(&calls, failed)
		var askers sync.WaitGroup
		for n := range 6 {
			askers.Go(func() {
				if err := g.Ask(t.Context(), n, n); !errors.Is(err, failed) {
					t.Errorf("asker %d: %v", n, err)
				}
			})
			synctest.Wait()
		}
		askers.Wait()
		same(t, "calls", fmt.Sprint(calls), "[[0 0] [1 1 2 2 3 3 4 4 5 5]]")
		same(t, "after them", errors.Is(g.Ask(t.Context(), 7), failed), true)
		same(t, "calls in all", len(calls), 3)
	})
}

// Who is tired of waiting keeps nobody else from their turn, and takes nothing
// from those who share a call.
func TestGather_impatient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls [][]int
		g := slowly(&calls, nil)
		var askers sync.WaitGroup
		ask := func(n int, patience time.Duration, want error) {
			askers.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if err := g.Ask(ctx, n); !errors.Is(err, want) {
					t.Errorf("asker %d: got %v, want %v", n, err, want)
				}
			})
			synctest.Wait()
		}
		ask(0, time.Minute, nil)
		ask(1, time.Second/2, context.DeadlineExceeded) // before its turn
		ask(2, 3*time.Second/2, nil)                    // makes the call for 3, and sees it through
		ask(3, time.Minute, nil)
		askers.Wait()
		ask(4, time.Second/2, context.DeadlineExceeded) // alone
		askers.Wait()
		ask(5, time.Minute, nil)
		askers.Wait()
		same(t, "calls", fmt.Sprint(calls), "[[0] [2 3] [4] [5]]")
	})
}
