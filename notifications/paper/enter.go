package paper

import (
	"context"
	"fmt"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Entry is one result as it was typed in.
type Entry struct {
	Number  int
	Outcome Outcome
}

// Said is what became of an entry.
type Said string

// What is said. Again: the same form brought it before. Taken: the line has
// another result, which has to be taken back first. Void: see Line.Void.
const (
	SaidSaved  Said = "saved"
	SaidAgain  Said = "again"
	SaidTaken  Said = "taken"
	SaidMoved  Said = "moved"
	SaidVoid   Said = "void"
	SaidLate   Said = "late"
	SaidNoLine Said = "no_line"
)

// Answer is what became of one entry.
type Answer struct {
	Number  int
	Outcome Outcome
	Said    Said
}

// Enter takes in results, in the order of the entries. The form's id makes it
// safe to send again. What was typed is kept first and acted on then, so that
// a kill in between loses nothing of it.
func (p *Press) Enter(ctx context.Context, sheet, form, by string, entries []Entry) (Sheet, []Answer, error) {
	for range maxTries {
		s, err := p.get(ctx, sheet)
		if err != nil {
			return Sheet{}, nil, err
		}
		rows, err := p.rows(ctx, s.Lines)
		if err != nil {
			return Sheet{}, nil, err
		}
		now := p.o.Now()
		answers, touched := s.enter(form, by, entries, rows, now)
		if touched {
			s.tidy(now)
			ok, err := p.o.Sheets.Swap(ctx, s)
			if err != nil {
				return Sheet{}, nil, fmt.Errorf("keep results: %w", err)
			}
			if !ok {
				continue
			}
			s.Ver++
		}
		if s, err = p.act(ctx, s); err != nil {
			return Sheet{}, nil, err
		}
		return s, corrected(s, form, answers, rows), nil
	}
	return Sheet{}, nil, ErrContended
}

// enter writes outcomes down, and reports whether that changed a line.
func (s *Sheet) enter(form, by string, entries []Entry, rows map[string]notifications.Row, now notifications.Millis) ([]Answer, bool) {
	answers := make([]Answer, len(entries))
	touched := false
	for i, e := range entries {
		answers[i] = Answer{e.Number, e.Outcome, SaidNoLine}
		if e.Number < 1 || e.Number > len(s.Lines) {
			continue
		}
		said, changed := s.Lines[e.Number-1].enter(s.ID, e.Outcome, form, by, rows, now)
		answers[i].Said, touched = said, touched || changed
	}
	return answers, touched
}

// enter writes an outcome down, where the line may take one.
func (l *Line) enter(sheet string, o Outcome, form, by string, rows map[string]notifications.Row, now notifications.Millis) (Said, bool) {
	switch {
	case l.Form == form && l.Outcome == o:
		return SaidAgain, false
	case l.Standing == Moved:
		return SaidMoved, false
	case l.Standing == Late && o != NeverAgain:
		return SaidLate, false
	case l.Standing == Entered || l.Standing == Done:
		return SaidTaken, false
	}
	l.Outcome, l.Form, l.By, l.At, l.After = o, form, by, now, 0
	if o != NotReached {
		l.Standing = Entered
		return SaidSaved, true
	}
	l.Tries++
	switch l.look(sheet, rows, now) {
	case isLate:
		l.Standing = Late
		return SaidLate, true
	case isMoved:
		l.Standing = Moved
		return SaidMoved, true
	}
	return SaidSaved, true
}

// corrected says of lines what acting on them found.
func corrected(s Sheet, form string, answers []Answer, rows map[string]notifications.Row) []Answer {
	for i, a := range answers {
		l, ok := s.Line(a.Number)
		if ok && a.Said == SaidMoved && l.Void(rows[l.Row]) {
			answers[i].Said = SaidVoid
		}
		if !ok || l.Form != form || a.Said != SaidSaved && a.Said != SaidAgain {
			continue
		}
		switch l.Standing {
		case Moved:
			answers[i].Said = SaidMoved
			if l.Void(rows[l.Row]) {
				answers[i].Said = SaidVoid
			}
		case Late:
			answers[i].Said = SaidLate
		}
	}
	return answers
}

// found is what a line's row is to it.
type found int

const (
	isMoved found = iota
	isLive
	isLate
	// isSent: the entry was acted on, and the sheet does not say so yet.
	isSent
)

// look compares a line with its row.
func (l Line) look(sheet string, rows map[string]notifications.Row, now notifications.Millis) found {
	r, ok := rows[l.Row]
	if !ok || r.Batch != sheet {
		return isMoved
	}
	switch {
	case r.State == notifications.Printed && r.Gen == l.Gen && l.Until != 0 && now > l.Until:
		return isLate
	case r.State == notifications.Printed && r.Gen == l.Gen:
		return isLive
	case r.Gen != l.Gen+1:
		return isMoved
	case r.State == notifications.Expired && r.Reason == notifications.ReasonNotReturned, r.Left():
		return isLate
	case r.State == notifications.Sent:
		return isSent
	}
	return isMoved
}

// Live reports whether a result of the line would still count at now.
func (s Sheet) Live(l Line, row notifications.Row, now notifications.Millis) bool {
	at := l.look(s.ID, map[string]notifications.Row{l.Row: row}, now)
	return l.IsOpen() && at == isLive
}
