package mongostore

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// gatherCalls are under way at once: the next need not wait for the whole of
	// the one before, and what comes meanwhile still is one call.
	gatherCalls = 2
	// gatherTime is how long a call for several callers may take: it does not end
	// with the patience of the one who makes it.
	gatherTime = 10 * time.Second
)

// gather makes one call of what several ask for at the same time: while its
// calls are under way all who come wait, and one of them makes the next call for
// all. Who comes alone is served at once, by itself.
type gather[T any] struct {
	call  func(ctx context.Context, items []T) error
	slots chan struct{}

	mu      sync.Mutex
	waiting []*asked[T]
}

// asked is what one caller waits for.
type asked[T any] struct {
	items []T
	done  chan error // has the outcome of the call that they were part of
}

func newGather[T any](call func(context.Context, []T) error) *gather[T] {
	return &gather[T]{call: call, slots: make(chan struct{}, gatherCalls)}
}

// ask returns once the items were part of a call. After an error, that of ctx
// among them, they may have been.
func (g *gather[T]) ask(ctx context.Context, items []T) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a := &asked[T]{items: items, done: make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, a)
	g.mu.Unlock()
	select {
	case g.slots <- struct{}{}:
		g.serve(ctx, a)
		<-g.slots
	case err := <-a.done:
		return err
	case <-ctx.Done():
		g.leave(a)
	}
	select {
	case err := <-a.done: // also of who was served after their patience was over
		return err
	default:
	}
	select {
	case err := <-a.done: // another makes the call
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serve makes the call for all who wait. The caller itself may have been served
// by another meanwhile.
func (g *gather[T]) serve(ctx context.Context, caller *asked[T]) {
	g.mu.Lock()
	all := g.waiting
	g.waiting = nil
	g.mu.Unlock()
	if len(all) == 0 {
		return
	}
	if len(all) > 1 || all[0] != caller {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), gatherTime)
		defer cancel()
	}
	var items []T
	for _, one := range all {
		items = append(items, one.items...)
	}
	err := g.call(ctx, items)
	for _, one := range all {
		one.done <- err
	}
}

// leave takes out a caller who waits no longer.
func (g *gather[T]) leave(a *asked[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = slices.DeleteFunc(g.waiting, func(one *asked[T]) bool { return one == a })
}
