package mongostore

import (
	"context"
	"slices"
	"sync"
	"time"
)

// gatherTime is how long a call for several callers may take: it does not end
// with the patience of the one who makes it.
const gatherTime = 10 * time.Second

// gather makes one call of what several ask for at the same time: while one is
// under way all who come wait, and the first of them makes the next call for
// all. Who comes alone is served at once, by itself.
type gather[T any] struct {
	call func(ctx context.Context, items []T) error

	mu      sync.Mutex
	busy    bool
	waiting []*asked[T]
}

// asked is what one caller waits for.
type asked[T any] struct {
	items []T
	turn  chan struct{} // closed once it is to make the call
	done  chan error    // has the outcome once somebody made it
}

func newGather[T any](call func(context.Context, []T) error) *gather[T] {
	return &gather[T]{call: call}
}

// ask returns once the items were part of a call. After an error, that of ctx
// among them, they may have been.
func (g *gather[T]) ask(ctx context.Context, items []T) error {
	a := &asked[T]{items: items, turn: make(chan struct{}), done: make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, a)
	first := !g.busy
	g.busy = true
	g.mu.Unlock()
	if first {
		return g.lead(ctx, a)
	}
	select {
	case err := <-a.done:
		return err
	case <-a.turn:
		return g.lead(ctx, a)
	case <-ctx.Done():
		if g.leave(a) {
			return g.lead(ctx, a)
		}
		return ctx.Err()
	}
}

// leave takes a caller out of those who wait, and reports whether it may not
// go, since the turn is its own.
func (g *gather[T]) leave(a *asked[T]) (own bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-a.turn:
		return true
	default:
	}
	g.waiting = slices.DeleteFunc(g.waiting, func(one *asked[T]) bool { return one == a })
	return false
}

// lead makes the call for all who wait, of whom a is one.
func (g *gather[T]) lead(ctx context.Context, a *asked[T]) error {
	g.mu.Lock()
	all := g.waiting
	g.waiting = nil
	g.mu.Unlock()
	var items []T
	for _, one := range all {
		items = append(items, one.items...)
	}
	if len(all) > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), gatherTime)
		defer cancel()
	}
	err := g.call(ctx, items)
	for _, one := range all {
		if one != a {
			one.done <- err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy = len(g.waiting) > 0; g.busy {
		close(g.waiting[0].turn)
	}
	return err
}
