package paper_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

func TestPress_Print(t *testing.T) {
	t.Parallel()
	w := setup(t)
	mine := []string{w.row(t, 1, nil), w.row(t, 2, nil), w.row(t, 3, func(r *notifications.Row) { r.Until, r.Told.Start = start+hour, start+hour/2 })}
	w.facts.people["resident:004"] = person{village: "v2", kind: paper.Calls}
	w.facts.people["resident:005"] = person{village: "v1", kind: paper.Letters}
	w.facts.people["resident:006"] = person{village: "v1", kind: paper.Calls, do: notifications.DoSuppress, reason: notifications.ReasonCancelled}
	others := []string{w.row(t, 4, nil), w.row(t, 5, nil), w.row(t, 7, func(r *notifications.Row) { r.Class = notifications.Normal }),
		w.row(t, 8, func(r *notifications.Row) { r.Due = start + 1 })}
	gone := w.row(t, 6, nil)

	s := w.mustPrint(t)
	if len(s.Lines) != 3 || s.Lines[0].Row != mine[2] || s.State != paper.Open || s.Until != start+2*hour {
		t.Fatalf("sheet %+v", s)
	}
	if got := s.Deadline(w.now); got != start+hour/2 {
		t.Errorf("people are to be called by %d, want the start of the first", got)
	}
	rows := w.stored(t)
	for i, l := range s.Lines {
		r := rows[l.Row]
		if l.Number != i+1 || r.State != notifications.Printed || r.Gen != l.Gen || r.Told.Start != l.Start || r.Batch != s.ID || r.Contact != "phone of "+r.Recipient {
			t.Errorf("line %+v of row %+v", l, r)
		}
	}
	for _, rowID := range others {
		if got := w.state(t, rowID); got != "planned" {
			t.Errorf("a row of another sheet is %s", got)
		}
	}
	if got := w.state(t, gone); got != "suppressed(cancelled)" {
		t.Errorf("what may not be printed is %s", got)
	}
	if diff := cmp.Diff(s, w.mustPrint(t)); diff != "" {
		t.Errorf("printed again (-first +second):\n%s", diff)
	}
	more := w.row(t, 9, nil)
	next := w.mustPrint(t)
	if next.ID == s.ID || len(next.Lines) != 1 || next.Lines[0].Row != more {
		t.Errorf("what came since is on %+v", next)
	}
}

func TestPress_Print_refused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if _, err := w.press().Print(t.Context(), urgentCalls("v1")); !errors.Is(err, paper.ErrNothing) {
		t.Errorf("with nothing due: %v", err)
	}
	w.row(t, 1, nil)
	must(t, w.set.Holds.Hold(t.Context(), notifications.Hold{Unit: "u", At: start}))
	if _, err := w.press().Print(t.Context(), urgentCalls("v1")); !errors.Is(err, paper.ErrHeld) {
		t.Errorf("under a hold: %v", err)
	}
}

// A mail that was refused and is printed as a letter names the address no more:
// what is said of the letter is not said of the address.
func TestPress_Print_letterAfterARefusedMail(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.facts.people["resident:001"] = person{village: "v1", kind: paper.Calls, letter: true}
	printed := w.row(t, 1, func(r *notifications.Row) { r.Contact = "address" })
	s := w.mustPrint(t)
	if got := w.stored(t)[printed].Contact; got != "" || s.Lines[0].Contact != "" {
		t.Errorf("printed for %q, with the line for %q", got, s.Lines[0].Contact)
	}
	w.enter(t, s, 1, paper.WrongNumber, "form")
	if got := w.state(t, printed); got != "dead(refused)" || len(w.facts.wrong) != 0 {
		t.Errorf("a letter that found nobody is %s, and %d addresses are wrong", got, len(w.facts.wrong))
	}
}

func TestPress_Print_ordinaryTakesReplies(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.row(t, 1, func(r *notifications.Row) { r.Class = notifications.Reply })
	w.row(t, 2, func(r *notifications.Row) { r.Class = notifications.Normal })
	want := urgentCalls("v1")
	want.Class = notifications.Normal
	s, err := w.press().Print(t.Context(), want)
	if err != nil || len(s.Lines) != 2 {
		t.Errorf("sheet of %d lines, %v", len(s.Lines), err)
	}
}

// A kill at any call of a port, before or after it took effect, leaves no row
// that nobody finds: the next print has them all, each on one sheet.
func TestPress_Print_killedAnywhere(t *testing.T) {
	t.Parallel()
	for _, side := range []gate.Side{gate.Before, gate.After} {
		for at := 1; ; at++ {
			w := setup(t)
			var rows []string
			for n := range 5 {
				rows = append(rows, w.row(t, n, nil))
			}
			kill := &gate.Counter{At: at, Side: side}
			_, err := w.pressOver(gate.Wrap(*w.set, kill)).Print(t.Context(), urgentCalls("v1"))
			if err == nil {
				if at < 6 {
					t.Errorf("only %d calls were made", at-1)
				}
				break
			}
			w.now += 5 * minute
			w.mustPrint(t)
			w.eachOnOneSheet(t, rows)
		}
	}
}

// eachOnOneSheet wants every row printed, and waiting on exactly one sheet.
func (w *world) eachOnOneSheet(t *testing.T, rows []string) {
	t.Helper()
	sheets, err := w.set.Sheets.List(t.Context(), paper.Filter{Unit: "u", Open: true}, "", 100)
	must(t, err)
	stored := w.stored(t)
	on := map[string]int{}
	for _, s := range sheets {
		if s.State != paper.Open {
			t.Errorf("sheet %s is %s", s.ID, s.State)
		}
		for _, l := range s.Lines {
			r := stored[l.Row]
			if r.State == notifications.Printed && r.Gen == l.Gen && r.Batch == s.ID && l.IsOpen() {
				on[l.Row]++
			}
		}
	}
	for _, rowID := range rows {
		if on[rowID] != 1 {
			t.Errorf("row %s is on %d sheets", rowID, on[rowID])
		}
	}
}

// Two who print at once share the rows out: none is on both sheets.
func TestPress_Print_twoAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var rows []string
	for n := range 40 {
		rows = append(rows, w.row(t, n, nil))
	}
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := w.press().Print(t.Context(), urgentCalls("v1"))
			if errors.Is(err, paper.ErrNothing) {
				err = nil
			}
			done <- err
		}()
	}
	must(t, <-done)
	must(t, <-done)
	w.eachOnOneSheet(t, rows)
}
