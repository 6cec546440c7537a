package paper

import (
	"context"
	"fmt"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Sweep ends what time has ended, at most limit rows and sheets of each kind,
// and returns how many: printed rows that nobody reported back become
// expired(not_returned), and those on paper that nobody printed expired(late);
// entries that a kill left are acted on; sheets whose time is over are closed.
func (p *Press) Sweep(ctx context.Context, now notifications.Millis, limit int) (int, error) {
	pending, err := p.o.Sheets.Pending(ctx, limit)
	if err != nil {
		return 0, fmt.Errorf("read pending sheets: %w", err)
	}
	total := 0
	for _, s := range pending {
		if _, err := p.act(ctx, s); err != nil {
			return total, err
		}
		total++
	}
	for _, state := range []notifications.State{notifications.Printed, notifications.Planned} {
		n, err := p.expire(ctx, state, now, limit)
		if total += n; err != nil {
			return total, err
		}
	}
	n, err := p.closeOver(ctx, now, limit)
	return total + n, err
}

func (p *Press) expire(ctx context.Context, state notifications.State, now notifications.Millis, limit int) (int, error) {
	rows, err := p.o.Rows.Overdue(ctx, state, now, limit)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	changes := make([]notifications.Change, len(rows))
	for i, r := range rows {
		changes[i] = notifications.Change{SeenGen: r.Gen, SeenState: r.State, Row: overdue(r, now)}
	}
	applied, err := p.o.Ledger.Change(ctx, changes)
	n := 0
	for _, ok := range applied {
		if ok {
			n++
		}
	}
	return n, err
}

// overdue is the row after its time.
func overdue(r notifications.Row, now notifications.Millis) notifications.Row {
	reason := notifications.ReasonLate
	if r.State == notifications.Printed {
		reason = notifications.ReasonNotReturned
	}
	r.State, r.Reason, r.EndedAt = notifications.Expired, reason, now
	return leftIfUnknown(r)
}

// closeOver closes sheets none of whose lines can be reported back any more,
// and finishes those whose making was broken off.
func (p *Press) closeOver(ctx context.Context, now notifications.Millis, limit int) (int, error) {
	sheets, err := p.o.Sheets.Over(ctx, now, limit)
	if err != nil {
		return 0, fmt.Errorf("read sheets that are over: %w", err)
	}
	for _, s := range sheets {
		if s.State == Making {
			if _, err := p.finish(ctx, s, now); err != nil {
				return 0, err
			}
			continue
		}
		if s.Pending {
			continue // acted on in the next round
		}
		for i := range s.Lines {
			if s.Lines[i].Standing == Waiting {
				s.Lines[i].Standing = Late
			}
		}
		s.tidy(now)
		if _, err := p.o.Sheets.Swap(ctx, s); err != nil {
			return 0, fmt.Errorf("close a sheet: %w", err)
		}
	}
	return len(sheets), nil
}

// Purge deletes sheets that were closed before the instant.
func (p *Press) Purge(ctx context.Context, before notifications.Millis, limit int) (int, error) {
	return p.o.Sheets.Purge(ctx, before, limit)
}
