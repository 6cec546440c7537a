package storetest

import (
	"strings"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

// testTwo: what one process has written the other reads at once, and no
// update of either is lost.
func testTwo(t *testing.T, a, b *store.Set) {
	const rounds = 20
	ctx := t.Context()
	e := eventAt(newID(), now)
	e.StatusNote = ""
	must(t, a.Events.Create(ctx, &e))
	diff(t, "read by the other", get[event.Event](t)(b.Events.Get(ctx, e.ID)), e)

	var group sync.WaitGroup
	for _, set := range []*store.Set{a, b, a, b} {
		group.Go(func() {
			for range rounds {
				_, err := retry(ctx, set.Events.Update, e.ID, func(e *event.Event) error {
					e.StatusNote += mark
					return nil
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	group.Wait()
	for _, set := range []*store.Set{a, b} {
		got := get[event.Event](t)(set.Events.Get(ctx, e.ID))
		if n := strings.Count(got.StatusNote, mark); n != 4*rounds {
			t.Errorf("%d of %d updates are there", n, 4*rounds)
		}
	}
	ia, ib := get[string](t)(a.Health.Identity(ctx)), get[string](t)(b.Health.Identity(ctx))
	if ia != ib {
		t.Errorf("two identities of one database: %q, %q", ia, ib)
	}
	testTwoMarks(t, a, b)
	testTwoLook(t, a, b)
	testTwoSettle(t, a, b)
}
