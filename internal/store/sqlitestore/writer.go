package sqlitestore

import (
	"context"
	"database/sql"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/record"
)

// maxGroup bounds one commit, and with it how long its first caller waits.
const maxGroup = 1024

// A write that is only a step (record.Soon) is committed without waiting for
// the disk, and what follows such a step is waited for a moment, so that the
// steps of one thing share the one sync of its last write: in the log, nothing
// outlives a power cut without all that was committed before it.
const (
	followWithin = 100 * time.Microsecond
	followMost   = 2
)

// shrinkEvery is how often the writer's page cache, up to 16 MB, is given up.
const shrinkEvery = 30 * time.Second

// enterAfter is how long after the last write results that were kept are entered.
const enterAfter = time.Second

// comeTimes is how often the writer lets others run before it asks whether any
// of them has queued something: the first time they hear of the commit, then
// they make ready what they write.
const comeTimes = 2

// Levels of SQLite's synchronous. Only what is FULL, or what the options ask
// for, is ever told to be durable.
const (
	syncFull = "FULL"
	syncSoon = "NORMAL"
)

// bulk is as how many writes an op counts that is worth a commit of its own: what
// comes meanwhile shares the next one, and a busy processor is not given away.
const bulk = 32

// op is one caller's write. run works on values that were made before it was
// queued, since its caller may have given up and gone on.
type op struct {
	run func(*session) error
	// ends are what an op without run has to settle: all of one commit are kept
	// together, after the runs.
	ends []ending
	soon bool
	// counts is as how many writes this one counts; see checkpointEvery.
	counts int
	done   chan error
	taken  atomic.Bool
	// outside has it run between transactions.
	outside bool
}

// take claims the op for the writer, or for a caller that gives it up;
// whoever is first decides.
func (o *op) take() bool { return o.taken.CompareAndSwap(false, true) }

// writer groups ops: what came while the last commit ran is the next group.
type writer struct {
	session *session
	full    bool   // whether commits are to outlive a power cut
	level   string // of the session now
	log     *slog.Logger
	queue   chan *op
	ended   chan struct{}
	results *results
	copies  *checkpointer
	since   int // writes since copies was last told

	mu      sync.RWMutex // held for reading while an op is queued
	stopped bool
}

func startWriter(s *session, beside *sql.DB, sync string, log *slog.Logger) *writer {
	w := &writer{
		session: s, full: sync == syncFull, level: sync, log: log, queue: make(chan *op, maxGroup), ended: make(chan struct{}),
		results: newResults(), copies: startCheckpointer(beside, log),
	}
	go w.loop()
	return w
}

// write queues run and waits until it is durable. A caller whose context ends
// is let go at once; its op may still be applied, and nobody else's suffers.
func (s *Store) write(ctx context.Context, run func(*session) error) error {
	return s.writeMany(ctx, 1, run)
}

// writeMany is write for what fills as many pages as so many writes do.
func (s *Store) writeMany(ctx context.Context, writes int, run func(*session) error) error {
	return s.do(ctx, &op{run: run, counts: writes, soon: s.writer.full && record.IsSoon(ctx), done: make(chan error, 1)})
}

// emptyLog moves the write-ahead log into the file and cuts it, as it still
// holds what was removed. A reader that is in the way only puts it off.
func (s *Store) emptyLog(ctx context.Context) error {
	return s.do(ctx, &op{run: s.writer.cutLog, done: make(chan error, 1), outside: true})
}

func (w *writer) cutLog(s *session) error {
	w.copies.alone.Lock()
	defer w.copies.alone.Unlock()
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
	shrink := time.NewTicker(shrinkEvery)
	defer shrink.Stop()
	quiet := time.NewTimer(enterAfter)
	defer quiet.Stop()
	for open := true; open; {
		select {
		case o, more := <-w.queue:
			if open = more; more {
				if o.counts < bulk {
					w.letCome()
				}
				w.work(w.gather(o))
				quiet.Reset(enterAfter)
			}
		case <-quiet.C:
			w.enterRest()
		case <-shrink.C:
			w.shrink()
		}
	}
	w.enterRest()
	w.copies.stop()
	if err := w.cutLog(w.session); err != nil {
		w.log.Warn("log not emptied", "code", codeOf(err))
	}
}

// enterRest enters what was kept while more results came.
func (w *writer) enterRest() {
	if w.results.n > 0 || w.results.lost {
		w.enter(w.results.enterAll)
	}
}

// enter enters results as a step: what a power cut takes back of it is still kept.
func (w *writer) enter(which func(*session) error) {
	if _, err := w.attempt([]*op{{run: which, soon: w.full}}); err != nil {
		w.log.Warn("results not entered", "code", codeOf(err))
	}
}

// shrink gives the page cache up, which a busy hour filled. What is needed
// again comes from the system's own cache.
func (w *writer) shrink() {
	if err := w.session.script("PRAGMA shrink_memory"); err != nil {
		w.log.Warn("page cache not given up", "code", codeOf(err))
	}
}

// work commits the steps of a group, and those that follow them soon, before
// the rest, for which it waits for the disk.
func (w *writer) work(group []*op) {
	var outside []*op
	steps, last := w.apart(group, &outside)
	for n := 0; len(steps) > 0; n++ {
		w.commit(steps)
		if steps = nil; len(last) > 0 && n < followMost {
			more, rest := w.apart(w.following(), &outside)
			steps, last = more, append(last, rest...)
		}
	}
	w.commit(last)
	if w.results.enough() { // those who wait for the commit know of it by now
		w.enter(w.results.enterSome)
	}
	for _, o := range outside {
		o.done <- o.run(w.session)
	}
}

// count has the log copied once enough was written. Where nothing waits for the
// disk it is left to the commits.
func (w *writer) count(group []*op) {
	for _, o := range group {
		w.since += max(o.counts, 1)
	}
	if w.full && w.since >= checkpointEvery {
		w.since = 0
		w.copies.due()
	}
}

// apart parts steps from what is to be durable, and puts aside what runs in no
// transaction.
func (w *writer) apart(group []*op, outside *[]*op) (steps, last []*op) {
	for _, o := range group {
		switch {
		case o.outside:
			*outside = append(*outside, o)
		case o.soon:
			steps = append(steps, o)
		default:
			last = append(last, o)
		}
	}
	return steps, last
}

// following gives what comes within a moment.
func (w *writer) following() []*op {
	soon := time.NewTimer(followWithin)
	defer soon.Stop()
	select {
	case o := <-w.queue: // nil once the queue is closed and empty
		return w.gather(o)
	case <-soon.C:
		return nil
	}
}

// letCome lets those run who were told of the last commit just now: what they
// write next is queued by then, and shares this commit instead of the one after
// it. Where nobody else has anything to do it takes no time.
func (w *writer) letCome() {
	for before := -1; before < len(w.queue) && before < maxGroup; {
		before = len(w.queue)
		for range comeTimes {
			runtime.Gosched()
		}
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
	defer w.count(group)
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

// runAll runs the ops until one fails.
func (w *writer) runAll(group []*op) error {
	var ends []ending
	for _, o := range group {
		ends = append(ends, o.ends...)
		if o.run == nil {
			continue
		}
		if err := o.run(w.session); err != nil {
			return err
		}
	}
	return w.results.keep(w.session, ends)
}

// sync has the next commit wait for the disk, or not.
func (w *writer) sync(soon bool) error {
	level := w.level
	switch {
	case !w.full:
	case soon:
		level = syncSoon
	default:
		level = syncFull
	}
	if level == w.level {
		return nil
	}
	if err := w.session.script("PRAGMA synchronous = " + level); err != nil {
		return err
	}
	w.level = level
	return nil
}

// attempt runs the ops in one transaction. undone means that an op failed, or
// the commit did, and that nothing was written for sure; it is worth trying
// each op alone. Otherwise a failed group never began, or nobody knows.
func (w *writer) attempt(group []*op) (undone bool, err error) {
	if err := w.sync(group[0].soon); err != nil {
		return false, err
	}
	w.results.touched = false
	if _, err := w.session.exec("BEGIN IMMEDIATE"); err != nil {
		w.log.Warn("no write lock", "ops", len(group), "code", codeOf(err))
		return false, err
	}
	err = w.runAll(group)
	failedOp := err != nil
	if err == nil {
		if _, err = w.session.exec("COMMIT"); err == nil {
			return false, nil
		}
	}
	// Some errors end the transaction by themselves: then ROLLBACK finds none,
	// and a commit that failed so may or may not have been written.
	_, rollback := w.session.exec("ROLLBACK")
	w.results.undone()
	w.log.Warn("group undone", "ops", len(group), "code", codeOf(err), "by_op", failedOp)
	return failedOp || rollback == nil, err
}
