package registration

import (
	"context"
	"slices"
	"sync"
)

// batchMost bounds how many wishes one write of a roll answers.
const batchMost = 256

// combiner gathers the wishes of many clients at one roll into one write:
// clients that each compare and set one document mostly fail. It has no
// goroutine of its own: whoever comes while nobody works on the event does the
// work for all who wait, and then hands it on.
type combiner struct {
	// run obeys the wishes of one event and fills in their answers.
	run func(ctx context.Context, event string, batch []*wish)

	mu     sync.Mutex
	queues map[string]*queue
}

type queue struct{ waiting []*wish }

// wish is the commands of one client, and their answer.
type wish struct {
	commands []Command
	// turn gets true when its client is to do the work, false when the answer is there.
	turn    chan bool
	changes []Change // of its own commands, and the promotions that they caused
	err     error
}

func newCombiner(run func(context.Context, string, []*wish)) *combiner {
	return &combiner{run: run, queues: make(map[string]*queue)}
}

// do gives the changes that the commands made. A client that gives up while
// its wish is in work learns nothing of it; the wish may be fulfilled.
func (c *combiner) do(ctx context.Context, event string, commands []Command) ([]Change, error) {
	w := &wish{commands: commands, turn: make(chan bool, 1)}
	if !c.join(event, w) {
		select {
		case lead := <-w.turn:
			if !lead {
				return w.changes, w.err
			}
		case <-ctx.Done():
			if c.leave(event, w) {
				return nil, ctx.Err()
			}
			if lead := <-w.turn; !lead {
				return w.changes, w.err
			}
		}
	}
	c.lead(ctx, event)
	return w.changes, w.err
}

// join queues the wish, and reports whether its client is to do the work.
func (c *combiner) join(event string, w *wish) (lead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.queues[event]
	if q == nil {
		q, lead = &queue{}, true
		c.queues[event] = q
	}
	q.waiting = append(q.waiting, w)
	return lead
}

// leave takes a wish back, and reports whether it was still waiting. One that
// was told to lead must do so, as others count on it; one in work is answered soon.
func (c *combiner) leave(event string, w *wish) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.queues[event]
	if q == nil || len(w.turn) > 0 {
		return false
	}
	i := slices.Index(q.waiting, w)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// lead works on one batch. The leader's own giving up stops nobody else.
func (c *combiner) lead(ctx context.Context, event string) {
	batch := c.take(event)
	defer c.release(event, batch)
	c.run(context.WithoutCancel(ctx), event, batch)
}

func (c *combiner) take(event string) []*wish {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.queues[event]
	n := min(len(q.waiting), batchMost)
	batch := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return batch
}

// release answers the batch and hands the work on to the first who waits. The
// leader's own answer is left in its channel, which nobody reads.
func (c *combiner) release(event string, batch []*wish) {
	c.mu.Lock()
	q := c.queues[event]
	if len(q.waiting) > 0 {
		q.waiting[0].turn <- true
	} else {
		delete(c.queues, event)
	}
	c.mu.Unlock()
	for _, w := range batch {
		w.turn <- false
	}
}
