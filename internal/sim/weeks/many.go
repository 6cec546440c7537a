package weeks

import (
	"context"
	"errors"
	"sync"
)

// Many lives n seeds from the first on, `alongside` at the same time, each lane
// on a database of its own. Tell gets each result, one at a time and in no
// order; when it returns false no further seed is begun.
func Many(ctx context.Context, o Options, first uint64, n, alongside int, tell func(Result) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	seeds := make(chan uint64)
	var mu sync.Mutex
	more := true
	told := func(r Result) {
		mu.Lock()
		defer mu.Unlock()
		if more && !tell(r) {
			more = false
			cancel(errEnough)
		}
	}
	var lanes sync.WaitGroup
	for range min(alongside, n) {
		lanes.Go(func() {
			if err := lane(ctx, o, seeds, told); err != nil {
				cancel(err)
			}
		})
	}
	func() {
		defer close(seeds)
		for i := range n {
			select {
			case seeds <- first + uint64(i):
			case <-ctx.Done():
				return
			}
		}
	}()
	lanes.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, errEnough) {
		return err
	}
	return nil
}

// errEnough ends lanes that have told enough.
var errEnough = errors.New("enough")

// lane lives seeds until there are no more.
func lane(ctx context.Context, o Options, seeds <-chan uint64, told func(Result)) (err error) {
	l, err := NewLane(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close(context.WithoutCancel(ctx))) }()
	for seed := range seeds {
		r, err := l.Live(ctx, seed)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		told(r)
	}
	return nil
}
