package sqlitestore

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sunday-with-the-people/sunday/internal/record"
)

// maxGroup bounds one commit, and with it how long its first caller waits.
const maxGroup = 1024

// op is one caller's write. run works on values that were made before it was
// queued, since its caller may have given up and gone on.
type op struct {
	run   func(*session) error
	done  chan error
	taken atomic.Bool
	// outside has it run between transactions.
	outside bool
}

// take claims the op for the writer, or for a caller that gives it up;
// whoever is first decides.
func (o *op) take() bool { return o.taken.CompareAndSwap(false, true) }

// writer groups ops: what came while the last commit ran is the next group.
type writer struct {
	session *session
	log     *slog.Logger
	queue   chan *op
	ended   chan struct{}

	mu      sync.RWMutex // held for reading while an op is queued
	stopped bool
}

func startWriter(s *session, log *slog.Logger) *writer {
	w := &writer{session: s, log: log, queue: make(chan *op, maxGroup), ended: make(chan struct{})}
	go w.loop()
	return w
}

// write queues run and waits until it is durable. A caller whose context ends
// is let go at once; its op may still be applied, and nobody else's suffers.
func (s *Store) write(ctx context.Context, run func(*session) error) error {
	return s.do(ctx, &op{run: run, done: make(chan error, 1)})
}

// emptyLog moves the write-ahead log into the file and cuts it, as it still
// holds what was removed. A reader that is in the way only puts it off.
func (s *Store) emptyLog(ctx context.Context) error {
	return s.do(ctx, &op{run: cutLog, done: make(chan error, 1), outside: true})
}

func cutLog(s *session) error {
	return s.script("PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 10000")
}

func (s *Store) do(ctx context.Context, o *op) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.writer.enqueue(ctx, o); err != nil {
		return err
	}
	select {
	case err := <-o.done:
		return translate(err)
	case <-ctx.Done():
		o.take()
		return ctx.Err()
	}
}

func (w *writer) enqueue(ctx context.Context, o *op) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.stopped {
		return record.ErrAway
	}
	select {
	case w.queue <- o:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop ends the writer once everything that is queued has been written.
func (w *writer) stop() {
	w.mu.Lock()
	if !w.stopped {
		w.stopped = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.ended
}

func (w *writer) loop() {
	defer close(w.ended)
	for o := range w.queue {
		group := w.gather(o)
		inside := slices.DeleteFunc(slices.Clone(group), func(o *op) bool { return o.outside })
		w.commit(inside)
		for _, o := range group {
			if o.outside {
				o.done <- o.run(w.session)
			}
		}
	}
	if err := cutLog(w.session); err != nil {
		w.log.Warn("log not emptied", "code", codeOf(err))
	}
}

// gather takes what is queued by now, without waiting for more.
func (w *writer) gather(first *op) []*op {
	var group []*op
	for o := first; o != nil; {
		if o.take() {
			group = append(group, o)
		}
		o = nil
		if len(group) < maxGroup {
			select {
			case o = <-w.queue: // nil once the queue is closed and empty
			default:
			}
		}
	}
	return group
}

// commit writes a group. If one op fails, each is written alone, so that the
// failure is its own only.
func (w *writer) commit(group []*op) {
	if len(group) == 0 {
		return
	}
	undone, err := w.attempt(group)
	if err != nil && undone && len(group) > 1 {
		for _, o := range group {
			_, err := w.attempt([]*op{o})
			o.done <- err
		}
		return
	}
	for _, o := range group {
		o.done <- err
	}
}

// attempt runs the ops in one transaction. undone means that an op failed, or
// the commit did, and that nothing was written for sure; it is worth trying
// each op alone. Otherwise a failed group never began, or nobody knows.
func (w *writer) attempt(group []*op) (undone bool, err error) {
	if _, err := w.session.exec("BEGIN IMMEDIATE"); err != nil {
		w.log.Warn("no write lock", "ops", len(group), "code", codeOf(err))
		return false, err
	}
	for _, o := range group {
		if err = o.run(w.session); err != nil {
			break
		}
	}
	failedOp := err != nil
	if err == nil {
		if _, err = w.session.exec("COMMIT"); err == nil {
			return false, nil
		}
	}
	// Some errors end the transaction by themselves: then ROLLBACK finds none,
	// and a commit that failed so may or may not have been written.
	_, rollback := w.session.exec("ROLLBACK")
	w.log.Warn("group undone", "ops", len(group), "code", codeOf(err), "by_op", failedOp)
	return failedOp || rollback == nil, err
}
