// Package scheduler runs a timetable of jobs, each on one worker at a time, and
// shares named leases among workers. It knows no domain: jobs derive their work
// from state, so that a worker that was down catches up with one run.
package scheduler
