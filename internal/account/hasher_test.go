package account_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/account"
)

func TestHasher(t *testing.T) {
	t.Parallel()
	cheap := account.NewHasher(account.HashCost{MemoryKiB: 64, Passes: 1})
	dear := account.NewHasher(account.HashCost{MemoryKiB: 128, Passes: 1})
	hash, err := cheap.Hash(t.Context(), "one")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("%q, %v", hash, err)
	}
	if other, err := cheap.Hash(t.Context(), "one"); err != nil || other == hash {
		t.Errorf("two hashes of one password are the same: %v", err)
	}
	for _, tc := range []struct {
		h               *account.Hasher
		password        string
		same, wantStale bool
	}{{cheap, "one", true, false}, {cheap, "two", false, false}, {dear, "one", true, true}} {
		same, stale, err := tc.h.Match(t.Context(), tc.password, hash)
		if err != nil || same != tc.same || stale != tc.wantStale {
			t.Errorf("%q: %v, %v, %v", tc.password, same, stale, err)
		}
	}
	for _, password := range []string{"", "one"} {
		if same, _, err := cheap.Match(t.Context(), password, ""); same || err != nil {
			t.Errorf("%q is nobody's password: %v, %v", password, same, err)
		}
	}
	if _, _, err := cheap.Match(t.Context(), "one", "no hash"); err == nil {
		t.Error("a broken hash is no error")
	}
}

// TestHasher_Busy: however many come at once, few are looked at, some wait, and
// the rest are told at once.
func TestHasher_Busy(t *testing.T) {
	t.Parallel()
	h := account.NewHasher(account.HashCost{MemoryKiB: 8 << 10, Passes: 1})
	const many = 400
	answers := make([]error, many)
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range many {
		all.Go(func() {
			<-begin
			_, answers[i] = h.Hash(t.Context(), "x")
		})
	}
	close(begin)
	all.Wait()
	done, busy := 0, 0
	for _, err := range answers {
		switch {
		case err == nil:
			done++
		case errors.Is(err, account.ErrBusy):
			busy++
		default:
			t.Error(err)
		}
	}
	if done < 66 || busy == 0 {
		t.Errorf("%d are hashed and %d sent away of %d", done, busy, many)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(gone, "x"); err != nil && !errors.Is(err, account.ErrBusy) {
		t.Error(err)
	}
}
