package app

import (
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// jobLimit bounds what one call of a job takes; a job goes on until it finds
// less than that.
const jobLimit = 200

// work is a job's step: it does at most limit things and says how many it did.
type work func(ctx context.Context, now calendar.Instant, limit int) (int, error)

// timetable is every job, in the order in which `sunday jobs` lists them. Each
// derives its work from state, so that a worker that was down catches up.
func (a *App) timetable() scheduler.Timetable {
	s := a.Services
	return scheduler.Timetable{
		{Name: "settle", Every: time.Second, Run: all(s.Registrations.Settle)},
		{Name: "lapse", Every: time.Minute, Run: all(s.Registrations.Lapse)},
		{Name: "offers", Every: 15 * time.Second, Run: all(s.Registrations.Offers)},
		{Name: "follow-names", Every: time.Minute, Run: all(s.Events.FollowNames)},
		{Name: "close-events", Every: time.Minute, Run: all(s.Events.CloseEnded)},
		{Name: "plan-surveys", Every: time.Minute, Run: all(s.Surveys.EnsureDue)},
		{Name: "open-surveys", Every: time.Minute, Run: all(s.Surveys.OpenDue)},
		{Name: "close-surveys", Every: time.Minute, Run: all(s.Surveys.CloseDue)},
		{Name: "count-facts", Every: 10 * time.Second, Run: all(s.Emulation.Count)},
		{Name: "scorecards", Every: time.Minute, Run: all(s.Emulation.Refresh)},
		{Name: "audit-relay", Every: 5 * time.Second, Run: all(a.relay)},
		{Name: "audit-seal", Every: time.Minute, Run: all(s.Audit.Seal)},
		{Name: "plan", Every: time.Minute, Run: a.planAll},
		{Name: "paper", Every: 10 * time.Second, Run: all(a.sweepPaper)},
		{Name: "dissolve", Every: time.Hour, Run: all(s.Attendance.Dissolve)},
		{Name: "purge-registrations", Every: time.Hour, Run: all(s.Registrations.Purge)},
		{Name: "check-forms", Every: time.Hour, Run: all(s.Registrations.CheckForms)},
		{Name: "purge-ledger", Every: time.Hour, Run: all(a.purgeLedger)},
		{Name: "purge-sheets", Every: time.Hour, Run: all(a.purgeSheets)},
		{Name: "account-mail", Every: time.Minute, Run: all(s.Access.SendLetters)},
		{Name: "purge-sessions", Every: time.Hour, Run: all(s.Access.PurgeSessions)},
		{Name: "purge-audit", Every: 24 * time.Hour, Run: all(s.Audit.Purge)},
	}
}

// all runs the step until it finds nothing more to do.
func all(step work) func(context.Context, time.Time) error {
	return func(ctx context.Context, now time.Time) error {
		for {
			n, err := step(ctx, calendar.FromTime(now), jobLimit)
			if err != nil || n < jobLimit {
				return err
			}
		}
	}
}

func (a *App) relay(ctx context.Context, _ calendar.Instant, limit int) (int, error) {
	return a.Services.Audit.Relay(ctx, limit)
}

func (a *App) purgeLedger(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	before := now.Add(-outreach.KeptFor)
	return a.store.Reports.Forget(ctx, notifications.Millis(before), limit)
}

// planAll plans every part, whoever holds its lease: leases save work and
// guard nothing.
func (a *App) planAll(ctx context.Context, _ time.Time) error {
	if _, err := a.planner.FanOut(ctx, fanOutLimit); err != nil {
		return err
	}
	dirty, err := a.planner.DirtyParts(ctx)
	if err != nil {
		return err
	}
	for _, part := range dirty {
		if _, err := a.planner.Plan(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// Job is one job of the timetable and how it last went.
type Job struct {
	Name      string     `json:"name"`
	Every     string     `json:"every"`
	LastStart *time.Time `json:"last_start,omitempty"`
	// Outcome is of the last run that ended, empty before the first.
	Outcome  string     `json:"outcome,omitempty"`
	Next     *time.Time `json:"next,omitempty"`
	Failures int64      `json:"failures"`
}

// Jobs lists the timetable with how each job last went.
func (a *App) Jobs(ctx context.Context) ([]Job, error) {
	list, err := a.jobs.Status(ctx)
	out := make([]Job, len(list))
	for i, j := range list {
		out[i] = Job{
			Name: j.Name, Every: j.Every.String(), LastStart: instant(j.LastStart),
			Outcome: string(j.LastOutcome), Next: instant(j.NextRun), Failures: j.Failures,
		}
	}
	return out, err
}

// instant is nil for the zero time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
