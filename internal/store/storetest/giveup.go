package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

// testGivingUp: of 200 callers at once some give up; what the others wrote is
// there, and what those wrote is there whole or not at all.
func testGivingUp(t *testing.T, set *store.Set) {
	const callers = 200
	for _, quitters := range []int{1, 50} {
		ids := make([]string, callers)
		var group sync.WaitGroup
		for i := range ids {
			ids[i] = newHash()
			group.Go(func() {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				if i < quitters {
					go cancel()
				}
				err := set.Contacts.Create(ctx, &contact.Contact{Head: record.Head{ID: ids[i]}, Kind: contact.Email, State: contact.Unverified})
				if err != nil && (i >= quitters || !errors.Is(err, context.Canceled)) {
					t.Errorf("caller %d: %v", i, err)
				}
			})
		}
		group.Wait()
		for i, id := range ids {
			c, err := set.Contacts.Get(t.Context(), id)
			if i < quitters && errors.Is(err, record.ErrAbsent) {
				continue
			}
			must(t, err)
			if c.Kind != contact.Email || c.Ver != 1 {
				t.Errorf("caller %d: stored %+v", i, c)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := set.Contacts.Get(ctx, newHash())
	wantErr(t, err, context.Canceled)
	wantErr(t, set.Contacts.Create(ctx, &contact.Contact{Head: record.Head{ID: newHash()}}), context.Canceled)
}
