package paper

import (
	"context"
	"errors"
	"fmt"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Undo takes the last entry of a line back, as long as nothing has come of it
// since: ErrMoved, ErrLate, ErrEmpty, and ErrOnlyPerson for "never again".
// Sending it again does nothing more.
func (p *Press) Undo(ctx context.Context, sheet string, number int, form, by string) (Sheet, error) {
	right := false
	for range maxTries {
		s, err := p.get(ctx, sheet)
		if err != nil {
			return Sheet{}, err
		}
		if s, err = p.act(ctx, s); err != nil {
			return Sheet{}, err
		}
		l, ok := s.Line(number)
		if !ok {
			return Sheet{}, ErrLine
		}
		if l.Form == form && l.Outcome == "" {
			return s, nil
		}
		now := p.o.Now()
		back, err := p.takeBack(ctx, s, l, now, &right)
		switch {
		case right && errors.Is(err, ErrMoved): // the planner was faster with the row, and the number is right all the same
			back = l
			back.Standing = Moved
		case err != nil:
			return Sheet{}, err
		default:
			back.Standing = Waiting
		}
		back.Outcome, back.After = "", 0
		back.Form, back.By, back.At = form, by, now
		s.Lines[number-1] = back
		s.tidy(now)
		done, err := p.o.Sheets.Swap(ctx, s)
		if err != nil {
			return Sheet{}, fmt.Errorf("take back: %w", err)
		}
		if done {
			s.Ver++
			return s, nil
		}
	}
	return Sheet{}, ErrContended
}

// takeBack brings the row back to where it was printed, and gives the line with
// the row's new gen. It sets right once a number counts as right again.
func (p *Press) takeBack(ctx context.Context, s Sheet, l Line, now notifications.Millis, right *bool) (Line, error) {
	switch {
	case l.Outcome == "":
		return l, ErrEmpty
	case l.Standing == Moved:
		return l, ErrMoved
	case l.Standing == Late, l.Until != 0 && now > l.Until:
		return l, ErrLate
	case l.Outcome == NeverAgain:
		return l, ErrOnlyPerson
	case l.Outcome == NotReached:
		l.Tries--
		return l, nil
	}
	rows, err := p.rows(ctx, []Line{l})
	if err != nil {
		return l, err
	}
	row := rows[l.Row]
	if row.Batch == s.ID && row.State == notifications.Printed && row.Gen == l.After+1 {
		l.Gen = row.Gen // taken back before, and the sheet does not say so yet
		return l, p.lookAgain(ctx, row)
	}
	if l.After == 0 || row.Gen != l.After || row.Batch != s.ID {
		return l, p.rightAgain(ctx, l, row, right)
	}
	if l.Outcome == WrongNumber && row.Contact != "" {
		if err := p.o.Source.RightNumber(ctx, l.By, row); err != nil {
			return l, fmt.Errorf("right number: %w", err)
		}
		*right = true
	}
	next := row
	next.State, next.Reason, next.EndedAt = notifications.Printed, "", 0
	next.Channel = Channel // a wrong number may have moved it on
	applied, err := p.o.Ledger.Change(ctx, []notifications.Change{{SeenGen: row.Gen, SeenState: row.State, Row: next}})
	switch {
	case err != nil:
		return l, fmt.Errorf("take back: %w", err)
	case !applied[0]:
		return l, ErrMoved
	}
	l.Gen = row.Gen + 1
	// the facts may have moved while the row counted as told
	return l, p.lookAgain(ctx, next)
}

// rightAgain takes a wrong number back whose row the planner has had since: it
// comes within a second, as nobody may be called there any more. Nothing has come
// of that as long as the row waits to be printed; it then stands on a new line.
func (p *Press) rightAgain(ctx context.Context, l Line, row notifications.Row, right *bool) error {
	if l.Outcome != WrongNumber || l.Contact == "" || row.State != notifications.Planned || row.Recipient == "" {
		return ErrMoved
	}
	called := row
	called.Contact = l.Contact
	if err := p.o.Source.RightNumber(ctx, l.By, called); err != nil {
		return fmt.Errorf("right number: %w", err)
	}
	*right = true
	return ErrMoved
}
