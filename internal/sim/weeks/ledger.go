package weeks

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// ledger is one actor's way to the ledger: it may stop half-way or be late, and
// tells the world which events have other rows now.
type ledger struct {
	notifications.Ledger

	world *world
	gate  *gatekeeper
}

// struck finds a strike on a write of many rows.
func (l *ledger) struck(call string) *strike {
	if l.gate.off || l.gate.killed {
		return nil
	}
	return l.world.due(l.gate.place, func(s *strike) bool {
		return (s.fault == faultHalfUpdate || s.fault == faultLateApply) && s.focus == call
	})
}

// write does a write of n things; do does the first ones of them. What comes
// late goes by the store of another: the caller may be dead by then.
func (l *ledger) write(ctx context.Context, call string, n int, do func(ctx context.Context, on notifications.Ledger, most int) error) error {
	s := l.struck(call)
	if s == nil || n == 0 {
		return do(ctx, l.Ledger, n)
	}
	l.gate.struck++
	l.world.tellf(l.gate.actor.name, "fault %s %s of %d", s.fault, call, n)
	l.world.struck[s.fault]++
	if s.twice {
		again := *s
		again.twice, again.done, again.skip = false, false, 0
		l.world.strikes = append(l.world.strikes, &again)
	}
	if s.fault == faultLateApply {
		l.world.later(s.lasts, func() error { return do(context.WithoutCancel(ctx), l.world.truth.Ledger, n) })
		return record.ErrAway
	}
	if n > 1 {
		if err := do(ctx, l.Ledger, n/2); err != nil {
			return err
		}
	}
	return record.ErrAway
}

func (l *ledger) Insert(ctx context.Context, rows []notifications.Row) (fresh []bool, err error) {
	for _, r := range rows {
		l.world.know(r)
	}
	err = l.write(ctx, "Ledger.Insert", len(rows), func(ctx context.Context, on notifications.Ledger, n int) (err error) {
		fresh, err = on.Insert(ctx, rows[:n])
		return err
	})
	return fresh, err
}

func (l *ledger) Change(ctx context.Context, changes []notifications.Change) (applied []bool, err error) {
	for _, c := range changes {
		l.world.stale(c.Row.ID)
	}
	err = l.write(ctx, "Ledger.Change", len(changes), func(ctx context.Context, on notifications.Ledger, n int) (err error) {
		applied, err = on.Change(ctx, changes[:n])
		return err
	})
	for i, done := range applied {
		if row := changes[i].Row; done && row.State == notifications.Printed {
			row.Gen = changes[i].SeenGen + 1
			err = errors.Join(err, l.world.onSheet(ctx, row))
		}
	}
	return applied, err
}

func (l *ledger) Mark(ctx context.Context, part int, seen []notifications.Row, m notifications.Mark) (rows []notifications.Row, err error) {
	for _, r := range seen {
		l.world.stale(r.ID)
	}
	l.onCue("Ledger.Mark", "", seen)
	err = l.write(ctx, "Ledger.Mark", len(seen), func(ctx context.Context, on notifications.Ledger, n int) (err error) {
		rows, err = on.Mark(ctx, part, seen[:n], m)
		return err
	})
	for _, r := range rows {
		l.world.flying(r, l.gate)
	}
	return rows, err
}

func (l *ledger) BySubject(ctx context.Context, part int, occurrence string, recipients []string) ([]notifications.Row, error) {
	l.onCue("Ledger.BySubject", occurrence, nil)
	return l.Ledger.BySubject(ctx, part, occurrence, recipients)
}

func (l *ledger) GiveBack(ctx context.Context, part int, backs []notifications.Back) error {
	for _, b := range backs {
		l.world.landed(b.ID)
	}
	return l.write(ctx, "Ledger.GiveBack", len(backs), func(ctx context.Context, on notifications.Ledger, n int) error {
		return on.GiveBack(ctx, part, backs[:n])
	})
}

func (l *ledger) Settle(ctx context.Context, part int, results []notifications.Result) error {
	for _, r := range results {
		l.world.landed(r.ID)
	}
	return l.write(ctx, "Ledger.Settle", len(results), func(ctx context.Context, on notifications.Ledger, n int) error {
		return on.Settle(ctx, part, results[:n])
	})
}

func (l *ledger) Sweep(ctx context.Context, part int, s notifications.Sweep) (int, error) {
	if !l.world.parts[part] {
		return 0, nil
	}
	n, err := l.Ledger.Sweep(ctx, part, s)
	if n > 0 {
		l.world.stalePart(part)
	}
	return n, err
}

func (l *ledger) Due(ctx context.Context, part int, lane notifications.Lane, now notifications.Millis, limit int) ([]notifications.Row, error) {
	if !l.world.parts[part] {
		return nil, nil
	}
	rows, err := l.Ledger.Due(ctx, part, lane, now, limit)
	l.onCue("Ledger.Due", "", rows)
	return rows, err
}
