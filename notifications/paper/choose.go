package paper

import (
	"context"
	"fmt"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// classes are those of the ledger that a sheet's class covers.
func classes(c notifications.Class) []notifications.Class {
	if c == notifications.Urgent {
		return []notifications.Class{notifications.Urgent}
	}
	return []notifications.Class{notifications.Reply, notifications.Normal}
}

// choose rechecks what is due and gives what goes on the sheet, in its order.
func (p *Press) choose(ctx context.Context, w Want, sheets []Sheet, now notifications.Millis) ([]pick, error) {
	picks, err := p.strays(ctx, w, sheets, now)
	if err != nil {
		return nil, err
	}
	for _, class := range classes(w.Class) {
		after := Place{}
		for len(picks) < MaxLines {
			rows, err := p.o.Rows.Waiting(ctx, w.Unit, class, now, after, pageRows)
			if err != nil {
				return nil, fmt.Errorf("read waiting rows: %w", err)
			}
			if picks, err = p.recheck(ctx, w, rows, picks, now); err != nil {
				return nil, err
			}
			if len(rows) < pageRows {
				break
			}
			after = Place{Due: rows[len(rows)-1].Due, ID: rows[len(rows)-1].ID}
		}
	}
	inOrder(picks)
	return picks[:min(len(picks), MaxLines)], nil
}

// recheck asks for the rows and adds those that go on the sheet. What may not
// be printed at all is put away.
func (p *Press) recheck(ctx context.Context, w Want, rows []notifications.Row, picks []pick, now notifications.Millis) ([]pick, error) {
	if len(rows) == 0 {
		return picks, nil
	}
	verdicts, err := p.o.Source.Printable(ctx, now, rows)
	if err != nil {
		return nil, fmt.Errorf("recheck rows: %w", err)
	}
	if len(verdicts) != len(rows) {
		return nil, fmt.Errorf("recheck rows: %d of %d decided", len(verdicts), len(rows))
	}
	var away []notifications.Change
	for i, v := range verdicts {
		switch {
		case v.Do != notifications.DoSend:
			away = append(away, notifications.Change{SeenGen: rows[i].Gen, SeenState: rows[i].State, Row: putAway(rows[i], v, now)})
		case v.Village == w.Village && v.Kind == w.Kind:
			picks = append(picks, pick{rows[i], v})
		}
	}
	if len(away) == 0 {
		return picks, nil
	}
	_, err = p.o.Ledger.Change(ctx, away) // one that is missed was changed by others, and is theirs
	return picks, err
}

// putAway is the row that is not printed.
func putAway(r notifications.Row, v Verdict, now notifications.Millis) notifications.Row {
	r.Reason, r.EndedAt = v.Reason, now
	switch {
	case v.Do == notifications.DoDefer:
		r.State, r.EndedAt = notifications.Planned, 0
		r.NotBefore = v.NotBefore
		if v.Lane == (notifications.Lane{}) || v.Lane == r.Lane {
			r.NotBefore = max(v.NotBefore, now+minute)
		} else {
			r.Lane = v.Lane
		}
		r.Due = max(r.Wish, r.NotBefore)
	case r.WasUnknown:
		r.State, r.Reason = notifications.Unknown, notifications.ReasonLeft
	case v.Do == notifications.DoExpire:
		r.State = notifications.Expired
	default:
		r.State = notifications.Suppressed
	}
	return r
}

// strays are rows that are printed and on no sheet: what a press that died
// left, and a result that was taken back halfway.
func (p *Press) strays(ctx context.Context, w Want, sheets []Sheet, now notifications.Millis) ([]pick, error) {
	on := openLines(sheets)
	var picks []pick
	after := ""
	for {
		rows, err := p.o.Rows.Printed(ctx, w.Unit, after, pageRows)
		if err != nil {
			return nil, fmt.Errorf("read printed rows: %w", err)
		}
		var lost []notifications.Row
		for _, r := range rows {
			gen, ok := on[r.ID]
			if (!ok || gen != 0 && gen != r.Gen) && urgent(r.Class) == urgent(w.Class) {
				lost = append(lost, r)
			}
		}
		if picks, err = p.recheck(ctx, w, lost, picks, now); err != nil {
			return nil, err
		}
		if len(rows) < pageRows || len(picks) >= MaxLines {
			return picks, nil
		}
		after = rows[len(rows)-1].ID
	}
}

// openLines gives the gens of rows on open lines, 0 on a sheet in the making,
// whose rows are its own.
func openLines(sheets []Sheet) map[string]int64 {
	on := map[string]int64{}
	for _, s := range sheets {
		for _, l := range s.Lines {
			if l.IsOpen() {
				on[l.Row] = l.Gen
			}
		}
	}
	return on
}

func urgent(c notifications.Class) bool { return c == notifications.Urgent }
