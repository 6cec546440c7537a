package mongostore_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, server := range []string{replica, standalone, withAuth} {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			uri := mustURI(t, server)
			storetest.Run(t, func(t *testing.T) *store.Set { return setupOn(t, server, nil) },
				storetest.Two(func(t *testing.T) (a, b *store.Set) {
					name := mustDatabase(t, uri)
					return mustOpen(t, at(uri, name)), mustOpen(t, at(uri, name))
				}),
				storetest.Lossy(func(t *testing.T) (*store.Set, func()) {
					set, p := setupLossy(t, server)
					return set, func() { p.armed.Store(true) }
				}))
		})
	}
}
