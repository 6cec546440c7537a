package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Job is one row of the timetable.
type Job struct {
	// Name is unique, as `sunday job NAME` takes it.
	Name string
	// Every is the time between two runs on the domain clock, at least a
	// second; runs fall on its multiples since 1970.
	Every time.Duration
	// Run does what is to be done at now. It derives its work from state, may
	// run twice, and ends soon after ctx is done.
	Run func(ctx context.Context, now time.Time) error
	// Timeout ends a run on the real clock; 0 means 10 minutes.
	Timeout time.Duration
}

const defaultTimeout = 10 * time.Minute

func (j Job) timeout() time.Duration {
	if j.Timeout == 0 {
		return defaultTimeout
	}
	return j.Timeout
}

// next is the first multiple of Every after now, so that ticks that come a
// little late do not push each other on.
func (j Job) next(now time.Time) int64 {
	every := j.Every.Milliseconds()
	return (now.UnixMilli()/every + 1) * every
}

// due reports whether the job's time has come. A next run further away than
// one interval was written under another clock: it does not bind.
func (j Job) due(next int64, now time.Time) bool {
	at := now.UnixMilli()
	return next <= at || next > at+j.Every.Milliseconds()
}

// retry is when a failed job runs again: after a minute, doubled with every
// further failure, and never later than its ordinary next run.
func (j Job) retry(now time.Time, inRow int64) int64 {
	wait := time.Minute << min(max(inRow-1, 0), 10)
	return min(j.next(now), now.Add(wait).UnixMilli())
}

// Timetable is the list of jobs in the order in which they are listed and begun.
type Timetable []Job

// Check reports every fault of the timetable.
func (t Timetable) Check() error {
	var faults []error
	seen := map[string]bool{}
	for _, j := range t {
		switch {
		case j.Name == "":
			faults = append(faults, errors.New("scheduler: a job has no name"))
		case seen[j.Name]:
			faults = append(faults, fmt.Errorf("scheduler: job %q is there twice", j.Name))
		case j.Every < time.Second:
			faults = append(faults, fmt.Errorf("scheduler: job %q runs more often than once a second", j.Name))
		case j.Run == nil:
			faults = append(faults, fmt.Errorf("scheduler: job %q does nothing", j.Name))
		}
		seen[j.Name] = true
	}
	return errors.Join(faults...)
}

func (t Timetable) find(name string) (Job, bool) {
	for _, j := range t {
		if j.Name == name {
			return j, true
		}
	}
	return Job{}, false
}

// Outcome says how a run ended.
type Outcome string

// The outcomes. Stopped is a run that ended because its worker stops: no failure.
const (
	Succeeded Outcome = "succeeded"
	Failed    Outcome = "failed"
	Panicked  Outcome = "panicked"
	Stopped   Outcome = "stopped"
)

// JobStatus is a job as `sunday jobs` lists it.
type JobStatus struct {
	Name  string
	Every time.Duration
	// Running says that a worker has claimed it, Owner which.
	Running bool
	Owner   string
	// LastStart and LastEnd are zero before the first run; NextRun is zero
	// where the job is due at once.
	LastStart, LastEnd, NextRun time.Time
	LastOutcome                 Outcome
	LastError                   string
	Runs, Failures, InRow       int64
}

func status(j Job, s JobState) JobStatus {
	return JobStatus{
		Name: j.Name, Every: j.Every,
		Running: s.Owner != "", Owner: s.Owner,
		LastStart: instant(s.LastStart), LastEnd: instant(s.LastEnd), NextRun: instant(s.NextRun),
		LastOutcome: s.LastOutcome, LastError: s.LastError,
		Runs: s.Runs, Failures: s.Failures, InRow: s.InRow,
	}
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
