package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// PlanOptions are what is to be planned.
type PlanOptions struct {
	Options
	// Rows, of which each registration has two: confirmation and reminder.
	Rows int
}

// PlanReport is how fast it went.
type PlanReport struct {
	Store     string  `json:"store"`
	Rows      int     `json:"rows"`
	PerSecond float64 `json:"per_second"`
	Usage
	// CPUMicros is the processor time of one row in microseconds.
	CPUMicros float64 `json:"cpu_micros"`
	// RawPerSecond is how fast the same rows are inserted into the same empty
	// table in batches, with nothing to read or decide; Share is planning
	// beside it.
	RawPerSecond float64 `json:"raw_per_second"`
	Share        float64 `json:"share"`
}

// Plan measures the planner on whole events, and then the inserting of the
// rows that it made, as they are, into an empty table.
func Plan(ctx context.Context, opt PlanOptions) (report PlanReport, err error) {
	b, err := newBench(opt.Options)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, b.drop()) }()
	people := (opt.Rows + 1) / 2
	events, err := b.layPlan(ctx, people)
	if err != nil {
		return report, err
	}
	a, _, err := b.open(ctx, factsAt, app.Options{})
	if err != nil {
		return report, err
	}
	report, err = b.plan(ctx, a, events, 2*people)
	if err = errors.Join(err, a.Close()); err != nil {
		return report, err
	}
	took, err := b.insertRaw(ctx, events, 2*people)
	report.RawPerSecond = float64(2*people) / took.Seconds()
	report.Share = report.PerSecond / report.RawPerSecond
	return report, err
}

func (b *bench) layPlan(ctx context.Context, people int) (events []event.Event, err error) {
	a, clock, err := b.open(ctx, factsAt, app.Options{SyncOff: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	laid := 0
	f := newFacts(a, clock, func(n int) { laid += n; b.opt.Progress("people", laid, people) }, resident.ForRegistration, resident.ForReminders)
	return f.lay(ctx, people)
}

// plan has the worker's planner go on until nothing is dirty, and counts.
func (b *bench) plan(ctx context.Context, a *app.App, events []event.Event, rows int) (PlanReport, error) {
	r := PlanReport{Store: b.store(), Rows: rows}
	m := startMeter(b.now)
	for dirty := 1; dirty > 0; {
		if err := a.Plan(ctx); err != nil {
			return r, fmt.Errorf("plan: %w", err)
		}
		parts, err := a.Store().Events.DirtyParts(ctx)
		if err != nil {
			return r, err
		}
		dirty = len(parts)
		b.opt.Progress("planning", 1, 1+dirty)
	}
	r.Usage = m.end()
	r.PerSecond = float64(rows) / r.Seconds
	r.CPUMicros = r.CPUSeconds / float64(rows) * 1e6
	made := 0
	for _, e := range events {
		counts, err := a.Store().Reports.Counts(ctx, e.Part, e.ID)
		if err != nil {
			return r, err
		}
		for _, c := range counts {
			made += c.Rows
		}
	}
	if made != rows {
		return r, fmt.Errorf("%d rows were planned, not %d", made, rows)
	}
	return r, nil
}

// insertRaw inserts the rows of the measured database into a new one, in
// commits of as many as the planner writes at once. Only that is timed.
func (b *bench) insertRaw(ctx context.Context, events []event.Event, rows int) (took time.Duration, err error) {
	to, err := b.rawTable(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	done := 0
	for _, e := range events {
		n, spent, err := to.copy(ctx, e.ID)
		if err != nil {
			return 0, fmt.Errorf("insert rows alone: %w", err)
		}
		took += spent
		done += n
		b.opt.Progress("inserting", done, rows)
	}
	if done != rows {
		return 0, fmt.Errorf("%d of %d rows were inserted alone", done, rows)
	}
	return took, nil
}

// rawTable is the ledger's table or collection in a database of its own,
// without the program in between.
type rawTable interface {
	// copy inserts the rows of an event and says how many there were, and how
	// long inserting took.
	copy(ctx context.Context, event string) (int, time.Duration, error)
	close() error
}

func (b *bench) rawTable(ctx context.Context) (rawTable, error) {
	if b.opt.MongoURI != "" {
		return openRawMongo(ctx, b)
	}
	return openRawSQLite(ctx, b)
}
