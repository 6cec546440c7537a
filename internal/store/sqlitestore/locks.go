package sqlitestore

import (
	"context"
	"sync"
)

// keyLocks lets one update of a document run at a time in this process, so
// that only other processes can make it miss and try again.
type keyLocks struct {
	mu   sync.Mutex
	held map[string]*keyLock
}

type keyLock struct {
	free chan struct{} // holds one value while the lock is free
	uses int           // holders and waiters; guarded by keyLocks.mu
}

func newKeyLocks() *keyLocks { return &keyLocks{held: map[string]*keyLock{}} }

// lock waits for the key, or for the end of the context.
func (k *keyLocks) lock(ctx context.Context, key string) (unlock func(), err error) {
	l := k.use(key)
	select {
	case <-l.free:
		return func() {
			l.free <- struct{}{}
			k.drop(key, l)
		}, nil
	case <-ctx.Done():
		k.drop(key, l)
		return nil, ctx.Err()
	}
}

func (k *keyLocks) use(key string) *keyLock {
	k.mu.Lock()
	defer k.mu.Unlock()
	l := k.held[key]
	if l == nil {
		l = &keyLock{free: make(chan struct{}, 1)}
		l.free <- struct{}{}
		k.held[key] = l
	}
	l.uses++
	return l
}

func (k *keyLocks) drop(key string, l *keyLock) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if l.uses--; l.uses == 0 {
		delete(k.held, key)
	}
}
