package scheduler

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

var errNotDue = errors.New("scheduler: not due")

// claim takes the job for this worker by one compare-and-set that moves its
// next run, so that two workers never begin it for the same time.
func (s *Scheduler) claim(ctx context.Context, j Job, now time.Time, force bool) (*claim, error) {
	if !s.reserve(j.Name) {
		return nil, ErrRunning
	}
	c, err := s.claimStored(ctx, j, now, force)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		delete(s.running, j.Name)
		return nil, err
	}
	s.running[j.Name] = c
	return c, nil
}

// reserve keeps the job's name in this process while the store is asked.
func (s *Scheduler) reserve(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[name] != nil {
		return false
	}
	s.running[name] = &claim{state: JobState{Name: name}, beat: s.opt.Process()}
	return true
}

func (s *Scheduler) claimStored(ctx context.Context, j Job, now time.Time, force bool) (*claim, error) {
	seen, err := s.opt.Jobs.JobState(ctx, j.Name)
	if err != nil {
		return nil, fmt.Errorf("read job %s: %w", j.Name, err)
	}
	if seen.Owner != "" && seen.Owner != s.opt.Owner && !s.abandoned(seen) {
		return nil, ErrRunning
	}
	if !force && seen.Gen > 0 && !j.due(seen.NextRun, now) {
		s.learn(j.Name, seen.NextRun)
		return nil, errNotDue
	}
	next := seen
	next.Name, next.Owner = j.Name, s.opt.Owner
	next.Fence, next.Gen = seen.Fence+1, seen.Gen+1
	next.LastStart, next.NextRun = now.UnixMilli(), j.next(now)
	at := s.opt.Process()
	ok, err := s.opt.Jobs.SwapJob(ctx, seen, next)
	if err != nil {
		return nil, fmt.Errorf("claim job %s: %w", j.Name, err)
	}
	if !ok {
		return nil, ErrRunning
	}
	return &claim{state: next, beat: at}, nil
}

// abandoned reports whether the process of another's claim is over, or its
// claim stood still for FreeAfter of this process's time since it was first seen.
func (s *Scheduler) abandoned(seen JobState) bool {
	if s.opt.Ended != nil && s.opt.Ended(seen.Owner) {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Process()
	g, ok := s.seen[seen.Name]
	if !ok || g.gen != seen.Gen {
		s.seen[seen.Name] = glance{seen.Gen, now}
		return false
	}
	return now-g.since >= FreeAfter
}

func (s *Scheduler) learn(name string, next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[name] = next
}

// run does the work of a claim and stores its end.
func (s *Scheduler) run(ctx context.Context, j Job, c *claim, now time.Time) error {
	began := s.opt.Process()
	err, panicked := call(ctx, j, now)
	outcome := outcomeOf(ctx, err, panicked)
	took := s.opt.Process() - began
	if outcome == Failed || outcome == Panicked {
		s.opt.Log.Error("job failed", "job", j.Name, "outcome", outcome, "err", err)
	}
	if s.opt.Metrics != nil {
		s.opt.Metrics.JobEnded(j.Name, outcome, took)
	}
	return errors.Join(err, s.end(ctx, j, c, outcome, err))
}

// call runs the job and turns a panic into an error.
func call(ctx context.Context, j Job, now time.Time) (err error, panicked bool) {
	ctx, cancel := context.WithTimeout(ctx, j.timeout())
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err, panicked = fmt.Errorf("job %s panicked: %v\n%s", j.Name, p, debug.Stack()), true
		}
	}()
	return j.Run(ctx, now), false
}

func outcomeOf(ctx context.Context, err error, panicked bool) Outcome {
	switch {
	case panicked:
		return Panicked
	case err == nil:
		return Succeeded
	case ctx.Err() != nil:
		return Stopped
	default:
		return Failed
	}
}

// end stores how the run went, unless another worker has claimed the job
// since. It works after ctx is done, or a stopped job would look claimed.
func (s *Scheduler) end(ctx context.Context, j Job, c *claim, o Outcome, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.running, j.Name)
	}()
	for {
		seen, err := s.opt.Jobs.JobState(ctx, j.Name)
		if err != nil {
			return fmt.Errorf("read job %s: %w", j.Name, err)
		}
		if seen.Fence != c.state.Fence || seen.Owner != s.opt.Owner {
			return nil
		}
		next := s.ended(j, seen, o, cause)
		ok, err := s.opt.Jobs.SwapJob(ctx, seen, next)
		if err != nil {
			return fmt.Errorf("end job %s: %w", j.Name, err)
		}
		if ok {
			s.learn(j.Name, next.NextRun)
			return nil
		}
	}
}

func (s *Scheduler) ended(j Job, seen JobState, o Outcome, cause error) JobState {
	now := s.opt.Now()
	next := seen
	next.Owner, next.Gen = "", seen.Gen+1
	next.LastEnd, next.LastOutcome, next.LastError = now.UnixMilli(), o, ""
	next.Runs++
	switch o {
	case Succeeded:
		next.InRow = 0
	case Stopped:
		next.NextRun = now.UnixMilli()
	default:
		next.Failures++
		next.InRow++
		next.LastError = firstLine(cause)
		next.NextRun = j.retry(now, next.InRow)
	}
	return next
}

// firstLine keeps a stored error short and without a stack.
func firstLine(err error) string {
	text := err.Error()
	for i, r := range text {
		if r == '\n' || i >= 300 {
			return text[:i]
		}
	}
	return text
}

// renew beats for the claims of this process, so that others see them alive.
func (s *Scheduler) renew(ctx context.Context) error {
	var err error
	for _, c := range s.dueBeats() {
		s.mu.Lock()
		fence, name := c.state.Fence, c.state.Name
		s.mu.Unlock()
		seen, readErr := s.opt.Jobs.JobState(ctx, name)
		if readErr != nil {
			err = errors.Join(err, fmt.Errorf("read job %s: %w", name, readErr))
			continue
		}
		if seen.Fence != fence || seen.Owner != s.opt.Owner {
			continue
		}
		next := seen
		next.Gen++
		if _, swapErr := s.opt.Jobs.SwapJob(ctx, seen, next); swapErr != nil {
			err = errors.Join(err, fmt.Errorf("renew job %s: %w", name, swapErr))
		}
	}
	return err
}

// dueBeats are the claims whose last beat is RenewEvery ago, in the
// timetable's order. Their next beat counts from now, whatever the store says.
func (s *Scheduler) dueBeats() []*claim {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Process()
	var due []*claim
	for _, j := range s.opt.Timetable {
		c := s.running[j.Name]
		if c != nil && c.state.Fence > 0 && now-c.beat >= RenewEvery {
			c.beat = now
			due = append(due, c)
		}
	}
	return due
}
