package scheduler

import (
	"context"
	"errors"
)

// ErrUnavailable is wrapped by every port whose store cannot be reached.
var ErrUnavailable = errors.New("scheduler: store unavailable")

// LeaseRow is one lease as it is stored. A stored row has a Fence of at least
// 1; the row with the name alone stands for one that is absent.
type LeaseRow struct {
	Name string `json:"_id"`
	// Owner is the worker, empty where the lease was given up.
	Owner string `json:"owner"`
	// Fence is raised by every new owner, Beat by every renewal and every new owner.
	Fence int64 `json:"fence"`
	Beat  int64 `json:"beat"`
}

// LeaseSwap is one compare-and-set of a whole row.
type LeaseSwap struct {
	Seen LeaseRow
	// Next has the name of Seen. A Fence of 0 removes the row.
	Next LeaseRow
}

// Leases keeps lease rows. It never reads a clock.
type Leases interface {
	// ListLeases returns the rows whose name begins with the prefix, ordered by
	// name. At most some hundred exist.
	ListLeases(ctx context.Context, prefix string) ([]LeaseRow, error)
	// SwapLeases applies each swap whose stored row equals Seen in every field
	// (absent: Seen has a Fence of 0), and reports for each whether it did. The
	// swaps are of different names and do not depend on each other; a store
	// may write them at once. After an error some may have been applied.
	SwapLeases(ctx context.Context, swaps []LeaseSwap) ([]bool, error)
}

// JobState is what is kept of one job. Times are Unix milliseconds of domain
// time, 0 for never. A stored row has a Gen of at least 1; the row with the
// name alone stands for one that is absent.
type JobState struct {
	Name string `json:"_id"`
	// Owner is the worker that runs it now, empty if none does.
	Owner string `json:"owner"`
	// Fence is raised by every claim: an end is stored only by the last claim.
	Fence     int64 `json:"fence"`
	NextRun   int64 `json:"next_run"`
	LastStart int64 `json:"last_start"`
	LastEnd   int64 `json:"last_end"`
	// LastOutcome is an Outcome, empty before the first end.
	LastOutcome Outcome `json:"last_outcome"`
	// LastError is the text of the last failure, empty after a success.
	LastError string `json:"last_error"`
	// Runs counts ended runs, Failures all failed ones, InRow those since the last success.
	Runs     int64 `json:"runs"`
	Failures int64 `json:"failures"`
	InRow    int64 `json:"in_row"`
	// Gen is raised by every write.
	Gen int64 `json:"gen"`
}

// Jobs keeps the states of jobs.
type Jobs interface {
	// JobState returns the row, or the absent one with the name alone.
	JobState(ctx context.Context, name string) (JobState, error)
	// SwapJob stores next where the stored Gen is seen.Gen (0: absent), and
	// reports whether it did. next.Gen is seen.Gen+1.
	SwapJob(ctx context.Context, seen, next JobState) (bool, error)
	// ListJobs returns all rows, ordered by name.
	ListJobs(ctx context.Context) ([]JobState, error)
}

// Store keeps both.
type Store interface {
	Leases
	Jobs
}
