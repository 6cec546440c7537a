package weeks

import (
	"context"
	"errors"
	"fmt"
	randv2 "math/rand/v2"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/outreach/desk"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// desk plans who prints call lists and letters of a unit in a week, and what
// comes back of them: at once, much later, in two parts, or never.
func (w *writer) desk(u, week int) {
	sundayMorning := w.begins + millis(week)*7*day + 6*day
	for range 4 + w.r.IntN(4) {
		at := sundayMorning - millis(w.r.IntN(10)/4)*day + millis(w.r.IntN(540))*minute // from 8 to 17
		if w.chance(30) {
			at = w.hotTime(u) + millis(w.r.IntN(40))*minute
		}
		w.add(at, "office", fmt.Sprintf("prints what unit-%d is to be told", u), prints(u))
		for range w.r.IntN(3) {
			back := w.between(at+minute, at+[]millis{hour, 5 * hour, 30 * hour}[w.r.IntN(3)])
			w.add(back, "office", fmt.Sprintf("enters results of unit-%d", u), enters(u))
		}
	}
}

// prints makes every kind of sheet of a unit that there is something for.
func prints(u int) doing {
	return func(ctx context.Context, w *world) error {
		defer w.landedAll(w.office.gate)
		for _, village := range []string{"", w.plan.villages[u]} {
			for _, o := range []desk.Order{{Urgent: true, Kind: paper.Calls}, {Kind: paper.Calls}, {Kind: paper.Letters}} {
				o.Unit, o.Village = w.plan.units[u], village
				sheet, err := w.office.app.Services.Desk.Print(ctx, w.organizer(), o)
				var refused *fault.Error
				if errors.As(err, &refused) && refused.Kind == fault.Conflict {
					continue
				}
				if err != nil {
					return err
				}
				w.tellf("office", "has a sheet of %d lines, %d open: %s %s", len(sheet.Lines), sheet.Left(), sheet.Class, sheet.Kind)
			}
		}
		return nil
	}
}

// enters types in what somebody wrote beside the lines of a sheet that has not
// come back yet, and now and then takes a result back.
func enters(u int) doing {
	return func(ctx context.Context, w *world) error {
		sheets, err := w.truth.Sheets.List(ctx, paper.Filter{Unit: w.plan.units[u]}, "", 20)
		if err != nil {
			return err
		}
		r := randv2.New(randv2.NewPCG(w.plan.seed, uint64(w.now)^uint64(u))) //nolint:gosec // see crew.set
		for _, s := range sheets {
			if s.State == paper.Making || r.IntN(100) < 35 {
				continue
			}
			if err := w.enterSheet(ctx, s, r); err != nil {
				return err
			}
		}
		return nil
	}
}

func (w *world) enterSheet(ctx context.Context, s paper.Sheet, r *randv2.Rand) error {
	var entries []paper.Entry
	for _, l := range s.Lines {
		if !l.IsOpen() && r.IntN(100) < 80 {
			continue
		}
		outcomes := []paper.Outcome{paper.Reached, paper.Reached, paper.Reached, paper.NotReached, paper.NotReached, paper.WrongNumber, paper.NeverAgain, ""}
		if o := outcomes[r.IntN(len(outcomes))]; o != "" {
			entries = append(entries, paper.Entry{Number: l.Number, Outcome: o})
		}
	}
	if len(entries) == 0 {
		return nil
	}
	form := fmt.Sprintf("results-%d-%d", w.now, len(w.calls))
	after, answers, err := w.office.app.Services.Desk.Enter(ctx, w.organizer(), s.ID, form, entries)
	if err != nil {
		return err
	}
	for i, a := range answers {
		w.tellf("office", "line %d, %s: %s", a.Number, a.Outcome, a.Said)
		if err := w.called(ctx, after.Lines[entries[i].Number-1], a); err != nil {
			return err
		}
	}
	if r.IntN(100) < 20 {
		return w.undo(ctx, after, entries[r.IntN(len(entries))].Number)
	}
	return nil
}

// called notes what a line's result means to the rules.
func (w *world) called(ctx context.Context, l paper.Line, a paper.Answer) error {
	row := w.lineRow(l.Row, l.Gen)
	facts, err := w.factsOf(ctx, row)
	if err != nil {
		return err
	}
	now := notifications.Millis(w.now)
	counted := a.Said == paper.SaidSaved
	w.calls = append(w.calls, oracle.Call{At: now, Row: l.Row, Gen: l.Gen, Outcome: a.Outcome, Counted: counted, Facts: facts})
	switch {
	case row.Contact == "" || !counted:
	case a.Outcome == paper.WrongNumber:
		w.refuses(row.Contact, "L8")
	case a.Outcome == paper.NeverAgain:
		w.refuses(row.Contact, "L4")
	}
	return nil
}

// lineRow is a row as it was put on a line: it may have been printed again since,
// for another contact.
func (w *world) lineRow(row string, gen int64) notifications.Row {
	at := slices.IndexFunc(w.prints, func(p oracle.Print) bool { return p.Row.ID == row && p.Row.Gen == gen })
	return w.prints[at].Row
}

// undo takes the last result of a line back.
func (w *world) undo(ctx context.Context, s paper.Sheet, number int) error {
	l := s.Lines[number-1]
	_, err := w.office.app.Services.Desk.Undo(ctx, w.organizer(), s.ID, number, fmt.Sprintf("undo-%d", w.now))
	if refused, is := errors.AsType[*fault.Error](err); is {
		w.tellf("office", "line %d cannot be taken back: %s", number, refused.Code)
		return nil
	}
	if err != nil {
		return err
	}
	w.tellf("office", "line %d is taken back", number)
	for i := range w.calls {
		if w.calls[i].Row == l.Row && w.calls[i].Gen == l.Gen {
			w.calls[i].Counted = false
		}
	}
	if l.Outcome == paper.WrongNumber {
		w.forgives(w.lineRow(l.Row, l.Gen).Contact, "L8")
	}
	return nil
}

// refuses notes that a contact is to be left alone from now on, forgives that
// it may be used again.
func (w *world) refuses(contact, rule string) {
	w.refusals = append(w.refusals, oracle.Refusal{Contact: contact, From: notifications.Millis(w.now), Rule: rule})
}

func (w *world) forgives(contact, rule string) {
	for i := range w.refusals {
		if r := &w.refusals[i]; r.Contact == contact && r.Rule == rule && r.To == 0 {
			r.To = notifications.Millis(w.now)
		}
	}
}

// paperRows notes which rows are about to be printed: what is true from then on
// may stand on their lines.
type paperRows struct {
	paper.Rows

	world *world
	gate  *gatekeeper
}

func (p paperRows) Waiting(ctx context.Context, unit string, class notifications.Class, now notifications.Millis, after paper.Place, limit int) ([]notifications.Row, error) {
	return p.fly(p.Rows.Waiting(ctx, unit, class, now, after, limit))
}

func (p paperRows) Printed(ctx context.Context, unit, after string, limit int) ([]notifications.Row, error) {
	return p.fly(p.Rows.Printed(ctx, unit, after, limit))
}

func (p paperRows) fly(rows []notifications.Row, err error) ([]notifications.Row, error) {
	for _, r := range rows {
		p.world.flying(r, p.gate)
	}
	return rows, err
}

// onSheet keeps what was put on a sheet with what the store says then. A line
// whose result is taken back says what it said.
func (w *world) onSheet(ctx context.Context, row notifications.Row) error {
	if w.flight[row.ID] == nil {
		for _, p := range slices.Backward(w.prints) {
			if p.Row.ID == row.ID {
				p.Row.Gen = row.Gen
				w.prints = append(w.prints, p)
				return nil
			}
		}
	}
	facts, err := w.factsOf(ctx, row)
	if err != nil {
		return err
	}
	one := oracle.Print{At: notifications.Millis(w.now), Row: row, Facts: facts, Before: w.before(row.ID)}
	w.prints = append(w.prints, one)
	w.tellf("office", "%s is printed", w.names.row(row))
	return nil
}
