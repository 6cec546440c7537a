package app

import (
	"context"
	"strings"
	"time"
)

const (
	// workerAway is how long ago the last job began where no worker runs: several
	// begin every minute.
	workerAway = 5 * time.Minute
	// failing is how many failures in a row are no accident.
	failing = 3
)

// jobs looks whether a worker runs, and whether its jobs come to an end.
func (d doctor) jobs(ctx context.Context, a *App) []Finding {
	list, err := a.jobs.Status(ctx)
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
	age := d.Now().Sub(last).Round(time.Second)
	switch {
	case last.IsZero():
		return one(checkWorker, Look, d.T("doctor.worker.never"), d.T("doctor.worker.never.do"))
	case age > workerAway:
		return one(checkWorker, Bad, d.T("doctor.worker.away", "age", d.span(age)), d.T("doctor.worker.away.do"))
	case len(fail) > 0:
		return one(checkWorker, Bad, d.T("doctor.worker.fails", "jobs", strings.Join(fail, ", ")), d.T("doctor.worker.fails.do"))
	}
	return one(checkWorker, Fine, d.T("doctor.worker.fine", "age", d.span(max(age, 0))), "")
}
