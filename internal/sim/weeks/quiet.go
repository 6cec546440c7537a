package weeks

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// quiet answers without asking where the answer is known: a worker looks into
// all 64 parts again and again, and runs jobs that no message depends on.
func quiet(set store.Set, w *world) store.Set {
	set.Events = quietEvents{set.Events, w}
	set.Registrations = quietRegistrations{set.Registrations, w}
	set.Jobs = quietJobs{set.Jobs, w}
	return set
}

type quietEvents struct {
	event.Store

	world *world
}

func (q quietEvents) Dirty(ctx context.Context, part int, after string, limit int) ([]event.Event, error) {
	if !q.world.parts[part] {
		return nil, nil
	}
	return q.Store.Dirty(ctx, part, after, limit)
}

type quietRegistrations struct {
	registration.Store

	world *world
}

func (q quietRegistrations) Dirty(ctx context.Context, part int, after registration.DirtyKey, limit int) ([]registration.Registration, error) {
	if !q.world.parts[part] {
		return nil, nil
	}
	return q.Store.Dirty(ctx, part, after, limit)
}

// asideJobs count, order and seal what people did; no message depends on them.
var asideJobs = []string{
	"follow-names", "count-facts", "scorecards", "audit-relay", "audit-seal", "purge-audit", "purge-ledger", "purge-sessions", "account-mail",
}

// restOf is how long a job rests at least while nothing is known to be due for
// it: a worker on a simulated clock looks seldom, but a clock of minutes would
// have it look at the same things all night.
var restOf = map[string]millis{
	"lapse": 6 * hour, "close-events": 6 * hour, "plan-surveys": 6 * hour, "open-surveys": 6 * hour,
	"close-surveys": 6 * hour, "plan": 20 * minute, "dissolve": day, "purge-registrations": day, "check-forms": day, "purge-sheets": day,
}

type quietJobs struct {
	scheduler.Jobs

	world *world
}

// JobState says of a job that is left aside, or rests, that it is not due yet.
func (q quietJobs) JobState(ctx context.Context, name string) (scheduler.JobState, error) {
	w := q.world
	rests := w.now < w.ran[name]+restOf[name] && !w.facts.due(w.now)
	if !w.claimed[name] && (rests || slices.Contains(asideJobs, name)) {
		return scheduler.JobState{Name: name, Gen: 1, NextRun: int64(w.now) + 1}, nil
	}
	return q.Jobs.JobState(ctx, name)
}

// SwapJob notes which jobs run.
func (q quietJobs) SwapJob(ctx context.Context, seen, next scheduler.JobState) (bool, error) {
	done, err := q.Jobs.SwapJob(ctx, seen, next)
	if err == nil && done {
		q.world.claimed[next.Name] = next.Owner != ""
		q.world.ran[next.Name] = q.world.now
	}
	return done, err
}
