package sqlitestore_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/store/storetest"
)

// MustOpen opens a store that is closed when the test ends. Sync is OFF unless
// the test is about what outlives a kill.
func MustOpen(tb testing.TB, o sqlitestore.Options) *sqlitestore.Store {
	tb.Helper()
	if o.Sync == "" {
		o.Sync = "OFF"
	}
	s, err := sqlitestore.Open(tb.Context(), o)
	if err != nil {
		tb.Fatalf("Open: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return s
}

func newPath(tb testing.TB) string {
	tb.Helper()
	return filepath.Join(tb.TempDir(), "sunday.db")
}

// statements records every statement of the suite.
type statements struct {
	mu   sync.Mutex
	seen map[string]bool
}

func (s *statements) add(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[text] = true
}

// The cases of the suite are parallel; the plans wait for them all.
//
//nolint:tparallel // see above
func TestConformance(t *testing.T) {
	t.Parallel()
	ran := statements{seen: map[string]bool{}}
	t.Run("Suite", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) *store.Set {
			return MustOpen(t, sqlitestore.Options{Path: newPath(t), Trace: ran.add}).Set()
		}, storetest.Two(func(t *testing.T) (a, b *store.Set) {
			path := newPath(t)
			return MustOpen(t, sqlitestore.Options{Path: path}).Set(), MustOpen(t, sqlitestore.Options{Path: path}).Set()
		}), storetest.Lossy(func(t *testing.T) (*store.Set, func()) {
			name, faults := registerFaults(t)
			return MustOpen(t, sqlitestore.Options{Path: newPath(t), Driver: name}).Set(), faults.loseCommit
		}))
	})
	checkPlans(t, ran.seen)
}
