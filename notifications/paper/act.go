package paper

import (
	"context"
	"fmt"
	"slices"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// act does what the entries of a sheet ask for, and writes down what came of
// it. Called again, or by two at once, it does the same once.
func (p *Press) act(ctx context.Context, s Sheet) (Sheet, error) {
	for range maxTries {
		if !s.Pending {
			return s, nil
		}
		now := p.o.Now()
		before := slices.Clone(s.Lines)
		if err := p.actLines(ctx, &s, now); err != nil {
			return Sheet{}, err
		}
		s.tidy(now)
		ok, err := p.o.Sheets.Swap(ctx, s)
		if err != nil {
			return Sheet{}, fmt.Errorf("keep what was done: %w", err)
		}
		if ok {
			s.Ver++
			return s, nil
		}
		acted := s.Lines
		if s, err = p.get(ctx, s.ID); err != nil {
			return Sheet{}, err
		}
		carry(&s, before, acted)
	}
	return Sheet{}, ErrContended
}

// carry takes what was done over to a sheet that somebody else changed
// meanwhile: those of its lines that are as they were.
func carry(s *Sheet, before, acted []Line) {
	for i := range s.Lines {
		if i < len(before) && s.Lines[i] == before[i] {
			s.Lines[i] = acted[i]
		}
	}
	s.Pending = true // to be written
}

// actLines acts on every entered line: facts first, then rows in one write.
func (p *Press) actLines(ctx context.Context, s *Sheet, now notifications.Millis) error {
	rows, err := p.rows(ctx, s.Lines)
	if err != nil {
		return err
	}
	var changes []notifications.Change
	var changed []int
	for i := range s.Lines {
		if s.Lines[i].Standing != Entered {
			continue
		}
		next, ok, err := p.actLine(ctx, s.ID, &s.Lines[i], rows, now)
		if err != nil {
			return err
		}
		if ok {
			seen := rows[s.Lines[i].Row]
			changes = append(changes, notifications.Change{SeenGen: seen.Gen, SeenState: seen.State, Row: next})
			changed = append(changed, i)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	applied, err := p.o.Ledger.Change(ctx, changes)
	if err != nil {
		return fmt.Errorf("settle rows: %w", err)
	}
	for n, i := range changed {
		if err := p.settled(ctx, s.ID, &s.Lines[i], applied[n], now); err != nil {
			return err
		}
	}
	return nil
}

// settled ends a line whose row was to be changed. Where somebody else was
// faster, the row is read once more: a reply may have been lost.
func (p *Press) settled(ctx context.Context, sheet string, l *Line, applied bool, now notifications.Millis) error {
	if applied || l.Outcome == WrongNumber || l.Outcome == NeverAgain {
		if applied {
			l.After = l.Gen + 1
		}
		if l.Standing == Entered {
			l.Standing = Done
		}
		return nil
	}
	rows, err := p.rows(ctx, []Line{*l})
	if err != nil {
		return err
	}
	switch l.look(sheet, rows, now) {
	case isSent:
		l.Standing, l.After = Done, l.Gen+1
		return nil
	case isLate:
		l.Standing = Late
		return nil
	}
	l.Standing = Moved
	return p.lookAgain(ctx, rows[l.Row])
}

// actLine tells the facts what the call told, and gives the row as it becomes;
// false where the row stays as it is.
func (p *Press) actLine(ctx context.Context, sheet string, l *Line, rows map[string]notifications.Row, now notifications.Millis) (notifications.Row, bool, error) {
	row := rows[l.Row]
	at := l.look(sheet, rows, now)
	if at == isSent && l.Outcome == Reached {
		l.Standing, l.After = Done, l.Gen+1
		return row, false, nil
	}
	// a person's "never again" counts whatever became of the message, and of the
	// phone at which they said it, wherever the message goes by now
	if l.Outcome == NeverAgain && row.Recipient != "" {
		called := row
		called.Contact = l.Contact
		if err := p.o.Source.NeverAgain(ctx, l.By, called); err != nil {
			return row, false, fmt.Errorf("never again: %w", err)
		}
		if at != isLive && at != isLate {
			l.Standing = Done
			return row, false, nil
		}
	}
	switch at {
	case isLive:
		next, err := p.ended(ctx, *l, row, now)
		return next, true, err
	case isLate:
		if l.Standing = Late; l.Outcome == NeverAgain {
			l.Standing = Done
		}
		if l.Outcome == WrongNumber && row.Contact != "" {
			if _, _, err := p.o.Source.WrongNumber(ctx, l.By, now, row); err != nil {
				return row, false, fmt.Errorf("wrong number: %w", err)
			}
		}
		return overdue(row, now), row.State == notifications.Printed, nil
	default:
		l.Standing = Moved
		return row, false, p.lookAgain(ctx, row)
	}
}

// ended is the row of a live line with its outcome.
func (p *Press) ended(ctx context.Context, l Line, row notifications.Row, now notifications.Millis) (notifications.Row, error) {
	row.EndedAt = now
	switch l.Outcome {
	case Reached:
		row.State, row.Reason, row.Error = notifications.Sent, "", ""
		return row, nil
	case WrongNumber:
		return p.nextReach(ctx, l, row, now)
	}
	row.State, row.Reason = notifications.Suppressed, notifications.ReasonOptedOut
	return leftIfUnknown(row), nil
}

// nextReach is the row after a wrong number: planned again where there is
// another way to the person, and dead where there is none.
func (p *Press) nextReach(ctx context.Context, l Line, row notifications.Row, now notifications.Millis) (notifications.Row, error) {
	if row.Contact == "" {
		return dead(row, now), nil // a letter found nobody
	}
	lane, more, err := p.o.Source.WrongNumber(ctx, l.By, now, row)
	if err != nil {
		return row, fmt.Errorf("wrong number: %w", err)
	}
	if !more || row.WasUnknown {
		return dead(row, now), nil
	}
	row.State, row.Reason, row.EndedAt = notifications.Planned, "", 0
	row.Lane, row.NotBefore, row.Due = lane, now, max(row.Wish, now)
	return row, nil
}

func dead(row notifications.Row, now notifications.Millis) notifications.Row {
	row.State, row.Reason, row.EndedAt = notifications.Dead, notifications.ReasonRefused, now
	return leftIfUnknown(row)
}

// leftIfUnknown keeps what may have been received from being said to be unsent.
func leftIfUnknown(r notifications.Row) notifications.Row {
	if r.WasUnknown {
		r.State, r.Reason = notifications.Unknown, notifications.ReasonLeft
	}
	return r
}

func (p *Press) lookAgain(ctx context.Context, row notifications.Row) error {
	if row.ID == "" || row.Recipient == "" {
		return nil
	}
	return p.o.Source.LookAgain(ctx, row)
}
