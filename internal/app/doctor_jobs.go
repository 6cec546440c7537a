package app

import (
	"context"
	"fmt"
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
	const check = "worker"
	list, err := a.jobs.Status(ctx)
	if err != nil {
		return one(check, Bad, "its jobs cannot be read: "+firstLine(Say(err)), "run it again")
	}
	var last time.Time
	var fail []string
	for _, j := range list {
		if j.LastStart.After(last) {
			last = j.LastStart
		}
		if j.InRow >= failing {
			fail = append(fail, fmt.Sprintf("%s (%d times)", j.Name, j.InRow))
		}
	}
	age := d.Now().Sub(last).Round(time.Second)
	switch {
	case last.IsZero():
		return one(check, Look, "none has run on this database yet: nothing is planned, sent or deleted", "start 'sunday run', or 'sunday worker' beside 'sunday serve'")
	case age > workerAway:
		return one(check, Bad, fmt.Sprintf("none runs: the last job began %v ago, and nothing is planned, sent or deleted", age), "start 'sunday run', or 'sunday worker' beside 'sunday serve', and see its log")
	case len(fail) > 0:
		return one(check, Bad, "jobs that failed again and again: "+strings.Join(fail, ", "), "see the log of the worker; 'sunday jobs' lists them, 'sunday job NAME' runs one")
	}
	return one(check, Fine, fmt.Sprintf("one runs: the last job began %v ago, and none fails", max(age, 0)), "")
}
