package app

import (
	"context"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

const (
	// workerAway is how old the last sign of a worker may be. It gives one every
	// scheduler.RenewEvery by its own machine's clock, from which this one's may be
	// apart.
	workerAway = scheduler.ClockSlack
	// jobsAway is how long ago the last job began where no jobs run: several begin
	// every minute.
	jobsAway = 5 * time.Minute
	// failing is how many failures in a row are no accident.
	failing = 3
)

// jobs looks whether a worker runs, and whether its jobs come to an end.
func (d doctor) jobs(ctx context.Context, a *App) []Finding {
	list, err := a.jobs.Status(ctx)
	if err != nil {
		return one(checkWorker, Bad, d.T("doctor.worker.unread", "why", d.why(err)), d.T("doctor.again"))
	}
	running, sign, err := d.workers(ctx, a)
	if err != nil {
		return one(checkWorker, Bad, d.T("doctor.worker.unread", "why", d.why(err)), d.T("doctor.again"))
	}
	var last time.Time
	var fail []string
	for _, j := range list {
		if j.LastStart.After(last) {
			last = j.LastStart
		}
		if j.InRow >= failing {
			fail = append(fail, d.T("doctor.worker.fails.job", "job", j.Name, "times", j.InRow))
		}
	}
	switch {
	case sign.IsZero():
		return one(checkWorker, Look, d.T("doctor.worker.never"), d.T("doctor.worker.never.do"))
	case running == 0:
		return one(checkWorker, Bad, d.T("doctor.worker.away", "age", d.since(sign)), d.T("doctor.worker.away.do"))
	case d.Now().Sub(last) > jobsAway:
		return one(checkWorker, Bad, d.T("doctor.worker.idle", "age", d.since(last)), d.T("doctor.worker.idle.do"))
	case len(fail) > 0:
		return one(checkWorker, Bad, d.T("doctor.worker.fails", "jobs", strings.Join(fail, ", ")), d.T("doctor.worker.fails.do"))
	}
	return one(checkWorker, Fine, d.T("doctor.worker.fine", "workers", running, "age", d.since(sign)), "")
}

// workers counts the workers that run, and gives when the last sign came of any. A
// sign is a good tick of a worker's clock, which commands that do one thing and end
// keep none of; a job that began is none, since they run jobs too.
func (d doctor) workers(ctx context.Context, a *App) (running int, last time.Time, err error) {
	rows, err := a.store.Leases.ListLeases(ctx, tickPrefix)
	if err != nil {
		return 0, last, err
	}
	here := processes{dir: a.lockDir()}
	for _, row := range rows {
		sign := time.UnixMilli(row.Beat)
		if sign.After(last) {
			last = sign
		}
		// one that ended has given its row up, and of one that was killed on this
		// machine the lock is open
		if row.Owner != "" && d.Now().Sub(sign) <= workerAway && !here.ended(row.Owner) {
			running++
		}
	}
	return running, last, nil
}

// since is how long ago something was, in words.
func (d doctor) since(at time.Time) string {
	return d.span(max(d.Now().Sub(at).Round(time.Second), 0))
}
