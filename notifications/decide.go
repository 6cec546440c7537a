package notifications

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// decide has marked rows decided by the Source, puts away those that are not
// to be sent, and returns the others.
func (b *batch) decide(ctx context.Context, rows []Row) ([]parcel, error) {
	rows, results := b.outdated(rows)
	var backs []Back
	verdicts, err := b.ask(ctx, rows, b.decider)
	if err != nil {
		var failed []Row
		if rows, verdicts, failed = b.askEach(ctx, rows, err); len(rows) == 0 {
			return nil, b.undecided(ctx, failed, results, err)
		}
		b.d.opt.Log.Warn("rows not decided", "rows", len(failed), "err", err)
		backs = b.aside(ctx, failed)
	}
	parcels := make([]parcel, 0, len(rows))
	place := make(map[string]int, len(rows))
	for i, v := range verdicts {
		row := rows[i]
		switch v.Do {
		case DoSend:
			place[row.ID] = len(parcels)
			parcels = append(parcels, parcel{[]Row{row}, v.Message})
		case DoJoin:
			p := &parcels[place[v.Lead]]
			p.rows = append(p.rows, row)
		case DoSuppress:
			results = append(results, b.closed(row, Suppressed, v.Reason))
		case DoExpire:
			results = append(results, b.closed(row, Expired, v.Reason))
		case DoLeave:
			results = append(results, b.closed(row, Unknown, ReasonLeft))
		case DoDefer:
			backs = append(backs, b.deferred(row, v))
		}
	}
	if err := b.putAway(ctx, results, backs, parcels); err != nil {
		return nil, err
	}
	return parcels, b.bind(ctx, parcels)
}

// putAway stores what is not sent, before anything is: a kill in the middle of
// the hand-overs must not make it unknown, nor the row under way one that
// nobody began.
func (b *batch) putAway(ctx context.Context, results []Result, backs []Back, parcels []parcel) error {
	b.worked += len(results) + len(backs)
	if len(results)+len(backs) == 0 {
		return nil
	}
	if err := b.put(ctx, b.lease.Part(), results, backs, thisOne); err != nil {
		return errors.Join(err, b.giveBack(ctx, parcels))
	}
	return nil
}

// outdated ends rows whose last instant is over, without asking.
func (b *batch) outdated(rows []Row) (open []Row, ended []Result) {
	over := func(r Row) bool { return r.Until != 0 && r.Until < b.now }
	if !slices.ContainsFunc(rows, over) {
		return rows, nil
	}
	for _, r := range rows {
		if over(r) {
			ended = append(ended, b.closed(r, Expired, ReasonLate))
		} else {
			open = append(open, r)
		}
	}
	return open, ended
}

// ask calls the Source. A panic in a template or a rule is its error: it must
// not end the worker, which would meet the same row again.
func (b *batch) ask(ctx context.Context, rows []Row, by decider) (verdicts []Verdict, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("source panicked: %v", p)
		}
	}()
	verdicts, err = by(ctx, b.now, rows)
	if err != nil {
		return nil, err
	}
	if len(verdicts) != len(rows) {
		return nil, fmt.Errorf("source decided %d of %d rows", len(verdicts), len(rows))
	}
	return verdicts, decided(rows, verdicts)
}

// decided refuses verdicts that are not on the rows, and messages that nobody
// leads.
func decided(rows []Row, verdicts []Verdict) error {
	led := make(map[string]bool, len(rows))
	for i, v := range verdicts {
		id := rows[i].ID
		if v.RowID != id || v.Do < DoSend || v.Do > DoJoin || v.Do == DoJoin && !led[v.Lead] {
			return fmt.Errorf("source gave no decision on row %s", id)
		}
		led[id] = v.Do == DoSend
	}
	return nil
}

// askEach asks for one group at a time after the rows could not be decided
// together, so that one of them does not keep all others for ever. Where the
// store is away, or no time is left to hand anything over, the rest counts as
// failed.
func (b *batch) askEach(ctx context.Context, rows []Row, cause error) (decided []Row, verdicts []Verdict, failed []Row) {
	for alone := firstGroup(rows) == len(rows); len(rows) > 0; {
		if alone || errors.Is(cause, ErrUnavailable) || !b.mayBegin(ctx) {
			return decided, verdicts, append(failed, rows...)
		}
		group := rows[:firstGroup(rows)]
		rows = rows[len(group):]
		v, err := b.ask(ctx, group, b.d.opt.Source.Decide)
		if err != nil {
			failed, cause = append(failed, group...), err
			continue
		}
		decided, verdicts = append(decided, group...), append(verdicts, v...)
	}
	return decided, verdicts, failed
}

// undecided gives rows back of which none could be decided.
func (b *batch) undecided(ctx context.Context, rows []Row, results []Result, cause error) error {
	backs := b.aside(ctx, rows)
	return errors.Join(fmt.Errorf("decide rows: %w", cause), b.put(ctx, b.lease.Part(), results, backs, later))
}

// aside gives rows back for a minute, so that one that cannot be decided does
// not stand before all others.
func (b *batch) aside(ctx context.Context, rows []Row) []Back {
	backs := make([]Back, len(rows))
	for i, r := range rows {
		backs[i] = unchanged(r)
		if ctx.Err() == nil {
			backs[i].NotBefore, backs[i].Reason = b.now+decideAgain, ReasonBackoff
		}
	}
	b.stats.Returned += len(backs)
	return backs
}

// closed is the result of a row that is not handed over now. What was unknown
// once may have been received: it is left, and never said to be unsent.
func (b *batch) closed(row Row, state State, reason Reason) Result {
	if row.WasUnknown {
		state, reason = Unknown, ReasonLeft
	}
	res := Result{ID: row.ID, Batch: row.Batch, State: state, Reason: reason, At: b.now}
	b.count(row, res)
	return res
}

// deferred is the row given back as the Source wishes. In its own lane it may
// not come back at once, or it would be decided for ever.
func (b *batch) deferred(row Row, v Verdict) Back {
	notBefore := v.NotBefore
	sameLane := v.Lane == (Lane{}) || v.Lane == row.Lane
	if sameLane && notBefore <= b.now {
		notBefore = b.now + minute
	}
	b.stats.Deferred++
	b.d.opt.Metrics.RowBack(row.Lane, v.Reason)
	return Back{ID: row.ID, Batch: row.Batch, NotBefore: notBefore, Reason: v.Reason, Lane: v.Lane}
}
