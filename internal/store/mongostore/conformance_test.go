package mongostore_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/storetest"
)

// conform holds a server to the contract, with two processes and lost replies.
func conform(t *testing.T, server string, open storetest.Open, options ...storetest.Option) {
	t.Helper()
	uri := mustURI(t, server)
	storetest.Run(t, open, append(options,
		storetest.Two(func(t *testing.T) (a, b *store.Set) {
			name := mustDatabase(t, uri)
			return mustOpen(t, at(uri, name)), mustOpen(t, at(uri, name))
		}),
		storetest.Lossy(func(t *testing.T) (*store.Set, func()) {
			set, p := setupLossy(t, server)
			return set, func() { p.armed.Store(true) }
		}))...)
}

// The whole contract is what TestCommands records, on a replica set. What can be
// otherwise without one is what needs sessions and writes that are sent again; where
// a password is asked for, what may be done at all: TestPorts calls every other port
// on these servers too.
func TestConformance(t *testing.T) {
	t.Parallel()
	for _, server := range []string{standalone, withAuth} {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			conform(t, server, func(t *testing.T) *store.Set { return setupOn(t, server, nil) },
				storetest.Only("Ledger", "Reports", "Paper", "Seats", "Leases", "Jobs"))
		})
	}
}
