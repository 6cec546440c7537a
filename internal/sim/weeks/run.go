package weeks

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// Options choose a simulation. All but MongoURI are required.
type Options struct {
	// Weeks and Units are how much happens, 1 or more of each.
	Weeks, Units int
	// Faults are names of Faults; none for a life without.
	Faults []string
	// MongoURI is a MongoDB server to live on, empty for SQLite.
	MongoURI string
}

// Result is one life of a seed.
type Result struct {
	Seed uint64 `json:"seed"`
	// History is what happened and how every row ended, line by line, without
	// anything random: the same on both stores.
	History    []string       `json:"-"`
	Violations []string       `json:"violations,omitempty"`
	Struck     map[string]int `json:"faults"`
	// Ends counts rows by state and reason.
	Ends map[string]int `json:"rows"`
	// HandOvers counts messages that reached the server, Duplicates those of
	// them that it accepted again.
	HandOvers  int `json:"hand_overs"`
	Duplicates int `json:"duplicates"`
	// WrongNumbers counts calls by which nobody can be reached any more.
	WrongNumbers int `json:"wrong_numbers"`
}

// Lane lives one seed after another on a database of its own. It is used by
// one goroutine at a time, and has to be closed.
type Lane struct {
	opt Options
	db  database
}

// NewLane prepares a database.
func NewLane(ctx context.Context, o Options) (*Lane, error) {
	l := &Lane{opt: o}
	var err error
	if o.MongoURI != "" {
		l.db, err = newDocuments(ctx, o.MongoURI, o.Units)
	} else {
		l.db, err = newFile(ctx, o.Units)
	}
	if err != nil {
		return nil, fmt.Errorf("prepare a database: %w", err)
	}
	return l, nil
}

// Close removes the database.
func (l *Lane) Close(ctx context.Context) error { return l.db.close(ctx) }

// Live lives one seed. An error is of the machine or of the simulation;
// whatever the program did wrong is among the result's violations.
func (l *Lane) Live(ctx context.Context, seed uint64) (Result, error) {
	p, err := newPlan(seed, l.opt.Weeks, l.opt.Units, l.opt.Faults)
	if err != nil {
		return Result{}, err
	}
	return l.play(ctx, p)
}

// play lives a plan.
func (l *Lane) play(ctx context.Context, p *plan) (Result, error) {
	c, err := l.db.fresh(ctx)
	if err != nil {
		return Result{}, err
	}
	w := newWorld(p, c)
	res := Result{Seed: p.seed, Ends: map[string]int{}}
	h, failed := w.lived(ctx)
	if err := ctx.Err(); err != nil {
		return res, err
	}
	if failed != nil {
		w.tellf("program", "failed: %v", failed)
		res.Violations = append(res.Violations, "L2 the program failed: "+failed.Error())
	} else {
		for _, v := range oracle.Check(h) {
			res.Violations = append(res.Violations, w.violation(v, h))
		}
	}
	slices.Sort(res.Violations)
	res.History, res.Struck = w.lines, w.struck
	res.count(h)
	return res, nil
}

// lived is the whole of a world: its life, its rows, its end.
func (w *world) lived(ctx context.Context) (h oracle.History, err error) {
	defer func() {
		if closing := w.close(); err == nil {
			err = closing
		}
	}()
	restless := w.live(ctx)
	if restless != nil && !errors.Is(restless, errRestless) {
		return h, restless
	}
	if h, err = w.history(ctx); err != nil {
		return h, err
	}
	w.order(h.Rows)
	for _, r := range h.Rows {
		w.lines = append(w.lines, "row "+w.names.row(r)+": "+end(r))
	}
	if restless != nil {
		err = w.tellLeft(ctx)
	}
	return h, errors.Join(restless, err)
}

// tellLeft tells what is not final.
func (w *world) tellLeft(ctx context.Context) error {
	for _, e := range w.plan.events {
		found, err := w.truth.Events.Get(ctx, e.id)
		if record.IgnoreAbsent(err) != nil {
			return err
		}
		if found.Dirty {
			w.lines = append(w.lines, "left dirty: "+w.names.event(e.id))
		}
		regs, err := w.truth.Registrations.Page(ctx, registration.Filter{Event: e.id}, page.Request{Limit: 100})
		if err != nil {
			return err
		}
		for _, r := range regs.Items {
			if r.Dirty {
				w.lines = append(w.lines, fmt.Sprintf("left dirty: %s of %s, %s %s", w.names.event(e.id), w.names.recipient("resident:"+r.Resident), r.State, r.Reason))
			}
		}
	}
	residents, err := w.truth.Residents.Dirty(ctx, 100)
	for _, r := range residents {
		w.lines = append(w.lines, "left dirty: "+w.names.recipient("resident:"+r.ID))
	}
	return err
}

// end is how a row ended.
func end(r notifications.Row) string {
	if r.Reason == "" {
		return string(r.State)
	}
	return string(r.State) + " " + string(r.Reason)
}

// violation names what a violation is about.
func (w *world) violation(v oracle.Violation, h oracle.History) string {
	for _, r := range h.Rows {
		if r.ID == v.Row {
			return v.Rule + " " + w.names.row(r) + ": " + w.readable(v.Text)
		}
	}
	return v.Rule + " " + w.readable(v.Text)
}

// count sums a history up.
func (r *Result) count(h oracle.History) {
	accepted := map[string]bool{}
	for _, o := range h.HandOvers {
		r.HandOvers++
		if o.Outcome != oracle.Accepted {
			continue
		}
		if accepted[o.Row.ID] {
			r.Duplicates++
		}
		accepted[o.Row.ID] = true
	}
	for _, c := range h.Calls {
		if c.Outcome == paper.WrongNumber {
			r.WrongNumbers++
		}
	}
	for _, row := range h.Rows {
		r.Ends[end(row)]++
	}
}
