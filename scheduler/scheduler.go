package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Errors of RunOnce and Start.
var (
	ErrUnknownJob = errors.New("scheduler: no job of this name")
	ErrRunning    = errors.New("scheduler: the job is running")
	ErrStopped    = errors.New("scheduler: stopped")
)

// Metrics is told what happens to jobs.
type Metrics interface {
	// JobEnded is called after every run, with the real time that it took.
	JobEnded(name string, outcome Outcome, took time.Duration)
	// JobSkipped is called when a job is due while it still runs here.
	JobSkipped(name string)
}

// Options are what a Scheduler needs. Log and Metrics may be nil.
type Options struct {
	Jobs      Jobs
	Timetable Timetable
	// Owner is this worker's id, new with every start of a process.
	Owner string
	// Now is domain time.
	Now func() time.Time
	// Process is monotonic process time.
	Process func() time.Duration
	// Ended reports whether the process of another owner is known to be over.
	// Nil where that can't be known.
	Ended   func(owner string) bool
	Log     *slog.Logger
	Metrics Metrics
}

// Scheduler runs the jobs of a timetable when they are due. Several schedulers
// may share one store: each job runs on one of them at a time.
type Scheduler struct {
	opt Options

	mu      sync.Mutex
	cron    *cron.Cron
	cancel  context.CancelFunc
	stopped bool
	running map[string]*claim
	next    map[string]int64 // the last known next run
	seen    map[string]glance
	wg      sync.WaitGroup
}

// claim is a run of this process.
type claim struct {
	state JobState
	beat  time.Duration
}

// glance is another worker's claim and the process time since which it stood still.
type glance struct {
	gen   int64
	since time.Duration
}

// New checks the timetable and makes a scheduler that does not tick yet.
func New(opt Options) (*Scheduler, error) {
	if err := opt.Timetable.Check(); err != nil {
		return nil, err
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Scheduler{
		opt: opt, running: map[string]*claim{},
		next: map[string]int64{}, seen: map[string]glance{},
	}, nil
}

// Start ticks once a second until Stop. A second Start does nothing; one after
// Stop fails with ErrStopped.
func (s *Scheduler) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return ErrStopped
	}
	if s.cron != nil {
		return nil
	}
	run, cancel := context.WithCancel(ctx)
	c := cron.New(cron.WithLogger(cron.DiscardLogger))
	if _, err := c.AddFunc("@every 1s", func() { s.tickLogged(run) }); err != nil {
		cancel()
		return fmt.Errorf("scheduler: %w", err)
	}
	s.cron, s.cancel = c, cancel
	c.Start()
	return nil
}

// Stop ends ticking, cancels what runs and waits for it until ctx is done. It
// may be called before Start, and twice.
func (s *Scheduler) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	if s.cron != nil {
		s.cron.Stop()
		s.cancel()
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("scheduler: jobs still run: %w", ctx.Err())
	}
}

func (s *Scheduler) tickLogged(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			s.opt.Log.Error("tick panicked", "panic", fmt.Sprint(p))
		}
	}()
	if err := s.Tick(ctx); err != nil && ctx.Err() == nil {
		s.opt.Log.Warn("tick failed", "err", err)
	}
}

// Tick starts every job that is due and waits for those that it started. A job
// that still runs here from an earlier tick is skipped and its claim renewed.
// Ticks may overlap. The error is the store's; failures of jobs are logged and
// counted, and reported by Status.
func (s *Scheduler) Tick(ctx context.Context) error {
	var started sync.WaitGroup
	return s.tick(ctx, started.Go, started.Wait)
}

// Step is a Tick that runs one job after the other in this goroutine, in the
// timetable's order: the same calls of ports for the same answers.
func (s *Scheduler) Step(ctx context.Context) error {
	return s.tick(ctx, func(run func()) { run() }, func() {})
}

func (s *Scheduler) tick(ctx context.Context, start func(run func()), wait func()) error {
	if !s.enter() {
		return ErrStopped
	}
	defer s.wg.Done()
	err := s.renew(ctx)
	now := s.opt.Now()
	for _, j := range s.candidates(now) {
		c, claimErr := s.claim(ctx, j, now, false)
		if claimErr != nil && !errors.Is(claimErr, ErrRunning) && !errors.Is(claimErr, errNotDue) {
			err = errors.Join(err, claimErr)
		}
		if claimErr == nil {
			start(func() { _ = s.run(ctx, j, c, now) })
		}
	}
	wait()
	return err
}

// RunOnce claims and runs one job now, whether or not it is due, and returns
// its error. ErrRunning says that it runs here or on another worker.
func (s *Scheduler) RunOnce(ctx context.Context, name string, now time.Time) error {
	j, ok := s.opt.Timetable.find(name)
	if !ok {
		return fmt.Errorf("%w: %s", ErrUnknownJob, name)
	}
	if !s.enter() {
		return ErrStopped
	}
	defer s.wg.Done()
	c, err := s.claim(ctx, j, now, true)
	if err != nil {
		return err
	}
	return s.run(ctx, j, c, now)
}

// Status lists all jobs in the timetable's order.
func (s *Scheduler) Status(ctx context.Context) ([]JobStatus, error) {
	states, err := s.opt.Jobs.ListJobs(ctx)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	byName := map[string]JobState{}
	for _, st := range states {
		byName[st.Name] = st
	}
	list := make([]JobStatus, len(s.opt.Timetable))
	for i, j := range s.opt.Timetable {
		list[i] = status(j, byName[j.Name])
	}
	return list, nil
}

// enter counts a call that Stop waits for.
func (s *Scheduler) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.wg.Add(1)
	return true
}

// candidates are the jobs that may be due by what is known here; claim reads
// the store again.
func (s *Scheduler) candidates(now time.Time) []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	var jobs []Job
	for _, j := range s.opt.Timetable {
		if c := s.running[j.Name]; c != nil {
			if j.due(c.state.NextRun, now) {
				s.skipped(j.Name)
			}
			continue
		}
		if next, known := s.next[j.Name]; !known || j.due(next, now) {
			jobs = append(jobs, j)
		}
	}
	return jobs
}

func (s *Scheduler) skipped(name string) {
	if s.opt.Metrics != nil {
		s.opt.Metrics.JobSkipped(name)
	}
}
