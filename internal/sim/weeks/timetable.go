package weeks

import (
	"context"
	"maps"
	"slices"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

// timetable is what all workers of a world know of their jobs: when each ran
// last, and who runs it. It stands in for the store's, whose contract storetest
// proves and on which no message depends; calls of it were a third of all
// calls, and half of all writes. Faults strike them all the same.
type timetable struct{ jobs map[string]scheduler.JobState }

var _ scheduler.Jobs = (*timetable)(nil)

// JobState gives what is known of a job.
func (t *timetable) JobState(_ context.Context, name string) (scheduler.JobState, error) {
	if s, known := t.jobs[name]; known {
		return s, nil
	}
	return scheduler.JobState{Name: name}, nil
}

// SwapJob stores next where nobody else was faster.
func (t *timetable) SwapJob(_ context.Context, seen, next scheduler.JobState) (bool, error) {
	if t.jobs[seen.Name].Gen != seen.Gen {
		return false, nil
	}
	t.jobs[next.Name] = next
	return true, nil
}

// ListJobs gives all in the order of their names.
func (t *timetable) ListJobs(context.Context) ([]scheduler.JobState, error) {
	var all []scheduler.JobState
	for _, name := range slices.Sorted(maps.Keys(t.jobs)) {
		all = append(all, t.jobs[name])
	}
	return all, nil
}
