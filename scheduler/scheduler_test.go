package scheduler_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

func mustNew(t *testing.T, s *store, c *clock, owner string, jobs ...scheduler.Job) *scheduler.Scheduler {
	t.Helper()
	sched, err := scheduler.New(scheduler.Options{
		Jobs: s, Timetable: jobs, Owner: owner, Now: c.now, Process: c.process,
	})
	if err != nil {
		t.Fatal(err)
	}
	return sched
}

func mustTick(t *testing.T, s *scheduler.Scheduler) {
	t.Helper()
	if err := s.Tick(t.Context()); err != nil {
		t.Fatalf("Tick() = %v", err)
	}
}

// counting is a job that counts its runs.
func counting(name string, every time.Duration, n *atomic.Int64) scheduler.Job {
	return scheduler.Job{Name: name, Every: every, Run: func(context.Context, time.Time) error {
		n.Add(1)
		return nil
	}}
}

func TestScheduler_Tick(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	var runs atomic.Int64
	a := mustNew(t, s, c, "a", counting("plan", time.Minute, &runs))
	b := mustNew(t, s, c, "b", counting("plan", time.Minute, &runs))
	for range 300 { // five minutes
		mustTick(t, a)
		mustTick(t, b)
		c.pass(time.Second)
	}
	if got := runs.Load(); got != 6 {
		t.Errorf("two workers ran the job %d times in five minutes, want once at first and 5 times", got)
	}
}

func TestScheduler_CatchesUpOnce(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	var runs atomic.Int64
	a := mustNew(t, s, c, "a", counting("plan", time.Minute, &runs))
	mustTick(t, a)
	c.pass(5 * time.Hour)
	for range 20 { // the rest of the minute
		mustTick(t, a)
		c.pass(time.Second)
	}
	if got := runs.Load(); got != 2 {
		t.Errorf("after five hours the job ran %d times, want 2", got)
	}
}

// TestScheduler_ClockSetBack does not wait for a time that was far ahead.
func TestScheduler_ClockSetBack(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	var runs atomic.Int64
	a := mustNew(t, s, c, "a", counting("plan", time.Hour, &runs))
	mustTick(t, a)
	c.set(c.now().AddDate(-1, 0, 0))
	mustTick(t, a)
	if got := runs.Load(); got != 2 {
		t.Errorf("the job ran %d times, want again after the clock was set back", got)
	}
}

func TestScheduler_Failures(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	outcomes := []func() error{
		func() error { return errors.New("no paper") },
		func() error { panic("no ink") },
		func() error { return nil },
	}
	n := 0
	a := mustNew(t, s, c, "a", scheduler.Job{Name: "print", Every: 24 * time.Hour, Run: func(context.Context, time.Time) error {
		n++
		return outcomes[n-1]()
	}})
	start := c.now()
	mustTick(t, a)
	c.pass(time.Minute)
	mustTick(t, a)
	c.pass(2 * time.Minute)
	got := mustStatus(t, a)
	want := scheduler.JobStatus{
		Name: "print", Every: 24 * time.Hour, LastStart: start.Add(time.Minute), LastEnd: start.Add(time.Minute),
		NextRun: start.Add(3 * time.Minute), LastOutcome: scheduler.Panicked, LastError: "job print panicked: no ink",
		Runs: 2, Failures: 2, InRow: 2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status after two failures (-want +got):\n%s", diff)
	}
	mustTick(t, a)
	got = mustStatus(t, a)
	if got.LastOutcome != scheduler.Succeeded || got.InRow != 0 || got.Failures != 2 || got.LastError != "" || got.Running {
		t.Errorf("status after a success = %+v", got)
	}
}

func mustStatus(t *testing.T, s *scheduler.Scheduler) scheduler.JobStatus {
	t.Helper()
	list, err := s.Status(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("Status() = %+v, %v", list, err)
	}
	return list[0]
}

// TestScheduler_Overrun skips a job that still runs, here and on another
// worker, for as long as its worker lives; then another takes it over.
func TestScheduler_Overrun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := newStore(), newClock()
		release := make(chan struct{})
		var runs atomic.Int64
		job := scheduler.Job{Name: "long", Every: time.Second, Timeout: time.Hour, Run: func(context.Context, time.Time) error {
			runs.Add(1)
			<-release
			return nil
		}}
		a, b := mustNew(t, s, c, "a", job), mustNew(t, s, c, "b", job)
		first := make(chan error)
		go func() { first <- a.Tick(t.Context()) }()
		synctest.Wait()
		for range 100 {
			c.pass(time.Second)
			mustTick(t, a) // beats
			mustTick(t, b)
		}
		if err := b.RunOnce(t.Context(), "long", c.now()); !errors.Is(err, scheduler.ErrRunning) {
			t.Errorf("RunOnce() = %v, want ErrRunning", err)
		}
		if got := runs.Load(); got != 1 {
			t.Errorf("the job was begun %d times, want 1", got)
		}
		second := make(chan error)
		for range 40 { // a is paused
			c.pass(time.Second)
			go func() { second <- b.Tick(t.Context()) }()
			synctest.Wait()
			if runs.Load() == 2 {
				break
			}
			<-second
		}
		if got := runs.Load(); got != 2 {
			t.Errorf("the job of a worker without a beat was begun %d times, want 2", got)
		}
		close(release)
		if err := errors.Join(<-first, <-second); err != nil {
			t.Errorf("Tick() = %v", err)
		}
		if got := mustStatus(t, a); got.Runs != 1 || got.Running {
			t.Errorf("status = %+v, want the end of the later claim alone", got)
		}
	})
}

func TestScheduler_RunOnce(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	var runs atomic.Int64
	a := mustNew(t, s, c, "a", counting("plan", time.Hour, &runs))
	for range 3 {
		if err := a.RunOnce(t.Context(), "plan", c.now()); err != nil {
			t.Errorf("RunOnce() = %v", err)
		}
	}
	if got := runs.Load(); got != 3 {
		t.Errorf("the job ran %d times, want 3", got)
	}
	if err := a.RunOnce(t.Context(), "plam", c.now()); !errors.Is(err, scheduler.ErrUnknownJob) {
		t.Errorf("RunOnce() of an unknown job = %v", err)
	}
}

func TestScheduler_StoreAway(t *testing.T) {
	t.Parallel()
	s, c := newStore(), newClock()
	var runs atomic.Int64
	a := mustNew(t, s, c, "a", counting("plan", time.Minute, &runs))
	s.setAway(true)
	if err := a.Tick(t.Context()); !errors.Is(err, errAway) {
		t.Errorf("Tick() = %v, want the store's error", err)
	}
	s.setAway(false)
	mustTick(t, a)
	if got := runs.Load(); got != 1 {
		t.Errorf("the job ran %d times, want 1", got)
	}
}

// TestScheduler_StartStop uses cron's real ticks in the bubble's time.
func TestScheduler_StartStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore()
		began := time.Now()
		var runs atomic.Int64
		stopped := make(chan struct{})
		a, err := scheduler.New(scheduler.Options{
			Jobs: s, Owner: "a", Now: time.Now, Process: func() time.Duration { return time.Since(began) },
			Timetable: scheduler.Timetable{
				counting("often", time.Second, &runs),
				{Name: "for ever", Every: time.Second, Run: func(ctx context.Context, _ time.Time) error {
					<-ctx.Done()
					close(stopped)
					return ctx.Err()
				}},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(a.Start(t.Context()), a.Start(t.Context())); err != nil {
			t.Errorf("Start() = %v", err)
		}
		pass(10 * time.Second)
		if err := errors.Join(a.Stop(t.Context()), a.Stop(t.Context())); err != nil {
			t.Errorf("Stop() = %v", err)
		}
		<-stopped
		if got := runs.Load(); got < 9 || got > 11 {
			t.Errorf("the job ran %d times in 10 s", got)
		}
		if got := s.jobs["for ever"]; got.LastOutcome != scheduler.Stopped || got.Failures != 0 || got.Owner != "" {
			t.Errorf("state of the stopped job = %+v", got)
		}
		if err := a.Start(t.Context()); !errors.Is(err, scheduler.ErrStopped) {
			t.Errorf("Start() after Stop = %v", err)
		}
		if err := a.Tick(t.Context()); !errors.Is(err, scheduler.ErrStopped) {
			t.Errorf("Tick() after Stop = %v", err)
		}
	})
}

func TestScheduler_StopBeforeStart(t *testing.T) {
	t.Parallel()
	var runs atomic.Int64
	a := mustNew(t, newStore(), newClock(), "a", counting("plan", time.Minute, &runs))
	if err := a.Stop(t.Context()); err != nil {
		t.Errorf("Stop() = %v", err)
	}
}

func TestNew_Faults(t *testing.T) {
	t.Parallel()
	var runs atomic.Int64
	_, err := scheduler.New(scheduler.Options{Timetable: scheduler.Timetable{
		counting("", time.Minute, &runs), counting("twice", time.Minute, &runs), counting("twice", time.Minute, &runs),
		counting("fast", time.Millisecond, &runs), {Name: "idle", Every: time.Minute},
	}})
	for _, want := range []string{"no name", `"twice" is there twice`, `"fast" runs more often`, `"idle" does nothing`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New() = %v, want it to say %q", err, want)
		}
	}
}

// pass lets the bubble's clock run.
func pass(d time.Duration) { <-time.After(d) }
