package paper_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

func TestPress_Enter(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var rows []string
	for n := range 5 {
		rows = append(rows, w.row(t, n, nil))
	}
	s := w.mustPrint(t)
	number := numbers(s)
	entries := []paper.Entry{
		{Number: number[rows[0]], Outcome: paper.Reached}, {Number: number[rows[1]], Outcome: paper.NotReached},
		{Number: number[rows[2]], Outcome: paper.WrongNumber}, {Number: number[rows[3]], Outcome: paper.NeverAgain},
		{Number: 99, Outcome: paper.Reached},
	}
	for round, want := range []paper.Said{paper.SaidSaved, paper.SaidAgain} {
		got, answers, err := w.press().Enter(t.Context(), s.ID, "form", "account:a", entries)
		must(t, err)
		for i, a := range answers[:4] {
			if a.Said != want {
				t.Errorf("round %d, entry %d: said %s, want %s", round, i, a.Said, want)
			}
		}
		if answers[4].Said != paper.SaidNoLine || got.Left() != 2 || got.State != paper.Open || got.Pending {
			t.Errorf("round %d: %s, %d left, %s, pending %v", round, answers[4].Said, got.Left(), got.State, got.Pending)
		}
		if l, _ := got.Line(number[rows[1]]); l.Tries != 1 {
			t.Errorf("round %d: %d tries", round, l.Tries)
		}
	}
	for i, want := range []string{"sent", "printed", "dead(refused)", "suppressed(opted_out)", "printed"} {
		if got := w.state(t, rows[i]); got != want {
			t.Errorf("row %d is %s, want %s", i, got, want)
		}
	}
	if !slices.Equal(w.facts.wrong, []string{"resident:002"}) || !slices.Equal(w.facts.never, []string{"resident:003"}) {
		t.Errorf("wrong %v, never again %v", w.facts.wrong, w.facts.never)
	}
	if said := w.enter(t, s, number[rows[0]], paper.NotReached, "other"); said != paper.SaidTaken {
		t.Errorf("another result for a line that is done: %s", said)
	}
	if said := w.enter(t, s, number[rows[1]], paper.Reached, "other"); said != paper.SaidSaved || w.state(t, rows[1]) != "sent" {
		t.Errorf("reached at the second call: %s, %s", said, w.state(t, rows[1]))
	}
}

func TestPress_Enter_lastLineCloses(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.row(t, 1, nil)
	s := w.mustPrint(t)
	w.enter(t, s, 1, paper.Reached, "form")
	got, _, err := w.set.Sheets.Get(t.Context(), s.ID)
	must(t, err)
	if got.State != paper.Closed || got.ClosedAt != w.now {
		t.Errorf("the sheet is %s at %d", got.State, got.ClosedAt)
	}
	if _, err := w.press().Undo(t.Context(), s.ID, 1, "undo", "account:a"); err != nil {
		t.Fatal(err)
	}
	got, _, err = w.set.Sheets.Get(t.Context(), s.ID)
	must(t, err)
	if got.State != paper.Open || got.ClosedAt != 0 {
		t.Errorf("after it was taken back the sheet is %s", got.State)
	}
}

// move is what the planner does when the facts have changed.
func (w *world) move(t *testing.T, rowID string) {
	t.Helper()
	r := w.stored(t)[rowID]
	next := r
	next.State, next.Told.Place = notifications.Planned, "elsewhere"
	applied, err := w.set.Ledger.Change(t.Context(), []notifications.Change{{SeenGen: r.Gen, SeenState: r.State, Row: next}})
	must(t, err)
	if !applied[0] {
		t.Fatal("the row did not move")
	}
}

// A line of somebody who was erased, or wants to hear nothing, stands for nobody:
// no other line takes its place.
func TestPress_Enter_void(t *testing.T) {
	t.Parallel()
	w := setup(t)
	erased, silent, moved := w.row(t, 1, nil), w.row(t, 2, nil), w.row(t, 3, nil)
	s := w.mustPrint(t)
	number := numbers(s)
	for row, why := range map[string]notifications.Reason{erased: notifications.ReasonErased, silent: notifications.ReasonOptedOut} {
		r := w.stored(t)[row]
		next := r
		next.State, next.Reason = notifications.Suppressed, why
		_, err := w.set.Ledger.Change(t.Context(), []notifications.Change{{SeenGen: r.Gen, SeenState: r.State, Row: next}})
		must(t, err)
	}
	_, err := w.set.Reports.Erase(t.Context(), w.stored(t)[erased].Recipient, w.now)
	must(t, err)
	w.move(t, moved)
	for row, want := range map[string]paper.Said{erased: paper.SaidVoid, silent: paper.SaidVoid, moved: paper.SaidMoved} {
		l := s.Lines[number[row]-1]
		if got := l.Void(w.stored(t)[row]); got != (want == paper.SaidVoid) {
			t.Errorf("line %d is void: %v", number[row], got)
		}
		for _, outcome := range []paper.Outcome{paper.NotReached, paper.Reached} {
			if said := w.enter(t, s, number[row], outcome, "form "+string(outcome)); said != want {
				t.Errorf("line %d, %s: %s, want %s", number[row], outcome, said, want)
			}
		}
	}
}

func TestPress_Enter_moved(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first, second := w.row(t, 1, nil), w.row(t, 2, nil)
	s := w.mustPrint(t)
	number := numbers(s)
	w.move(t, first)
	w.move(t, second)
	if said := w.enter(t, s, number[first], paper.Reached, "form"); said != paper.SaidMoved || w.state(t, first) != "planned" {
		t.Errorf("reached for what has changed: %s, row %s", said, w.state(t, first))
	}
	if !slices.Equal(w.facts.again, []string{"resident:001"}) {
		t.Errorf("looked at again: %v", w.facts.again)
	}
	next := w.mustPrint(t)
	if next.ID == s.ID || len(next.Lines) != 2 {
		t.Fatalf("the new lines are on %+v", next)
	}
	if said := w.enter(t, s, number[second], paper.Reached, "form"); said != paper.SaidMoved || w.state(t, second) != "printed" {
		t.Errorf("reached by the old line: %s, row %s", said, w.state(t, second))
	}
	if said := w.enter(t, next, numbers(next)[second], paper.Reached, "form"); said != paper.SaidSaved {
		t.Errorf("reached by the new line: %s", said)
	}
}

// TestPress_Enter_neverAgain: the person's word counts whatever became of the
// message, and of the phone at which they said it: by the time the line comes
// back the message may have gone on to another contact.
func TestPress_Enter_neverAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	row := w.row(t, 3, nil)
	s := w.mustPrint(t)
	w.move(t, row)
	r := w.stored(t)[row]
	next := r
	next.Channel, next.Contact = "smtp", "address of resident:003"
	applied, err := w.set.Ledger.Change(t.Context(), []notifications.Change{{SeenGen: r.Gen, SeenState: r.State, Row: next}})
	must(t, err)
	if !applied[0] {
		t.Fatal("the row did not go on")
	}
	if said := w.enter(t, s, 1, paper.NeverAgain, "form"); said != paper.SaidSaved || !slices.Equal(w.facts.never, []string{"resident:003"}) {
		t.Errorf("never again by an old line: %s, %v", said, w.facts.never)
	}
	if want := []string{"phone of resident:003"}; !slices.Equal(w.facts.neverAt, want) {
		t.Errorf("left alone at %v, want %v", w.facts.neverAt, want)
	}
}

func TestPress_Enter_late(t *testing.T) {
	t.Parallel()
	w := setup(t)
	swept, unswept := w.row(t, 1, nil), w.row(t, 2, nil)
	s := w.mustPrint(t)
	number := numbers(s)
	w.now = start + 2*hour + 1
	if said := w.enter(t, s, number[unswept], paper.Reached, "form"); said != paper.SaidLate {
		t.Errorf("before the sweep: %s", said)
	}
	n, err := w.press().Sweep(t.Context(), w.now, 100)
	must(t, err)
	if n == 0 || w.state(t, swept) != "expired(not_returned)" || w.state(t, unswept) != "expired(not_returned)" {
		t.Errorf("sweep of %d left %s and %s", n, w.state(t, swept), w.state(t, unswept))
	}
	if said := w.enter(t, s, number[swept], paper.Reached, "form"); said != paper.SaidLate {
		t.Errorf("after the sweep: %s", said)
	}
	if said := w.enter(t, s, number[swept], paper.NeverAgain, "word"); said != paper.SaidSaved || len(w.facts.never) != 1 {
		t.Errorf("never again after the sweep: %s, %v", said, w.facts.never)
	}
	if _, err := w.press().Undo(t.Context(), s.ID, number[unswept], "undo", "account:a"); !errors.Is(err, paper.ErrLate) {
		t.Errorf("taken back too late: %v", err)
	}
}

func TestPress_Sweep_endsWhatNobodyPrinted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	plain := w.row(t, 1, nil)
	unknown := w.row(t, 2, func(r *notifications.Row) { r.WasUnknown = true })
	w.now = start + 3*hour
	_, err := w.press().Sweep(t.Context(), w.now, 100)
	must(t, err)
	if w.state(t, plain) != "expired(late)" || w.state(t, unknown) != "unknown(left)" {
		t.Errorf("rows are %s and %s", w.state(t, plain), w.state(t, unknown))
	}
	n, err := w.press().Sweep(t.Context(), w.now, 100)
	if n != 0 || err != nil {
		t.Errorf("a second sweep took %d, %v", n, err)
	}
}

func TestPress_Undo(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var rows []string
	for n := range 5 {
		rows = append(rows, w.row(t, n, nil))
	}
	s := w.mustPrint(t)
	number := numbers(s)
	undo := func(i int, form string) error {
		_, err := w.press().Undo(t.Context(), s.ID, number[rows[i]], form, "account:a")
		return err
	}
	for i, o := range []paper.Outcome{paper.Reached, paper.NotReached, paper.WrongNumber, paper.NeverAgain} {
		w.enter(t, s, number[rows[i]], o, "form")
	}
	for i, want := range []error{nil, nil, nil, paper.ErrOnlyPerson, paper.ErrEmpty} {
		for range 2 { // sent again it does nothing more
			if err := undo(i, "undo"); !errors.Is(err, want) {
				t.Errorf("row %d: %v, want %v", i, err, want)
			}
		}
	}
	for i, want := range []string{"printed", "printed", "printed", "suppressed(opted_out)", "printed"} {
		if got := w.state(t, rows[i]); got != want {
			t.Errorf("row %d is %s, want %s", i, got, want)
		}
	}
	if len(w.facts.wrong) != 0 {
		t.Errorf("numbers that are still wrong: %v", w.facts.wrong)
	}
	if said := w.enter(t, s, number[rows[0]], paper.Reached, "once more"); said != paper.SaidSaved || w.state(t, rows[0]) != "sent" {
		t.Errorf("entered after it was taken back: %s, %s", said, w.state(t, rows[0]))
	}
	if _, err := w.press().Undo(t.Context(), s.ID, 77, "undo", "x"); !errors.Is(err, paper.ErrLine) {
		t.Errorf("no such line: %v", err)
	}
	if _, err := w.press().Undo(t.Context(), "none", 1, "undo", "x"); !errors.Is(err, paper.ErrAbsent) {
		t.Errorf("no such sheet: %v", err)
	}
}

// A number that is right again is planned for at once: the row may be another
// before it is back on its line. Then the entry is taken back all the same, also
// where somebody else enters a result at that moment; what the line said stands
// on a new one.
func TestPress_Undo_plannerIsFaster(t *testing.T) {
	t.Parallel()
	for _, contended := range []bool{false, true} {
		w := setup(t)
		rows := []string{w.row(t, 1, nil), w.row(t, 2, nil)}
		s := w.mustPrint(t)
		number := numbers(s)
		w.enter(t, s, number[rows[0]], paper.WrongNumber, "form")
		w.facts.freed = func(r notifications.Row) {
			next := r
			next.State, next.Reason = notifications.Planned, ""
			applied, err := w.set.Ledger.Change(t.Context(), []notifications.Change{{SeenGen: r.Gen, SeenState: r.State, Row: next}})
			must(t, err)
			if !applied[0] {
				t.Fatal("the planner was not faster")
			}
			if contended {
				w.enter(t, s, number[rows[1]], paper.NotReached, "other")
			}
		}
		for range 2 { // sent again it does nothing more
			after, err := w.press().Undo(t.Context(), s.ID, number[rows[0]], "undo", "account:a")
			must(t, err)
			if l, _ := after.Line(number[rows[0]]); l.Standing != paper.Moved || l.Outcome != "" {
				t.Errorf("contended %v: the line is %+v", contended, l)
			}
		}
		if len(w.facts.wrong) != 0 || w.state(t, rows[0]) != "planned" {
			t.Errorf("contended %v: wrong are %v, and the row is %s", contended, w.facts.wrong, w.state(t, rows[0]))
		}
		w.facts.freed = nil
		if said := w.enter(t, s, number[rows[0]], paper.Reached, "old line"); said != paper.SaidMoved {
			t.Errorf("contended %v: the old line says %s", contended, said)
		}
		if next := w.mustPrint(t); next.ID == s.ID || len(next.Lines) != 1 || next.Lines[0].Row != rows[0] {
			t.Errorf("contended %v: printed again: %+v", contended, next)
		}
	}
}

// Nobody may be called at a wrong number, so the planner has the row within a
// second. The number is right again all the same until the row went another way.
func TestPress_Undo_wrongNumberPlannedSince(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		state notifications.State
		want  error
	}{{notifications.Planned, nil}, {notifications.Printed, paper.ErrMoved}, {notifications.Sent, paper.ErrMoved}} {
		w := setup(t)
		w.facts.next = paper.Channel
		one := w.row(t, 1, nil)
		s := w.mustPrint(t)
		w.enter(t, s, 1, paper.WrongNumber, "form")
		rows, err := w.set.Ledger.BySubject(t.Context(), s.Lines[0].Part, w.event, []string{"resident:001"})
		must(t, err)
		next := rows[0]
		next.State, next.Contact, next.Batch = tt.state, "", "another sheet"
		applied, err := w.set.Ledger.Change(t.Context(), []notifications.Change{{SeenGen: rows[0].Gen, SeenState: rows[0].State, Row: next}})
		must(t, err)
		if !applied[0] || w.state(t, one) != string(tt.state) {
			t.Fatal("the planner did not have the row")
		}
		after, err := w.press().Undo(t.Context(), s.ID, 1, "undo", "account:a")
		if !errors.Is(err, tt.want) {
			t.Fatalf("%s: %v, want %v", tt.state, err, tt.want)
		}
		if tt.want != nil {
			continue
		}
		if l, _ := after.Line(1); l.Standing != paper.Moved || l.Outcome != "" || len(w.facts.wrong) != 0 {
			t.Errorf("the line is %+v, wrong are %v", l, w.facts.wrong)
		}
	}
}

// A kill at any call of a port while a result is taken back: sent again it is taken
// back, and the planner looks at what may have moved while it counted as told.
func TestPress_Undo_killedAnywhere(t *testing.T) {
	t.Parallel()
	for _, side := range []gate.Side{gate.Before, gate.After} {
		for at := 1; ; at++ {
			w := setup(t)
			row := w.row(t, 1, nil)
			s := w.mustPrint(t)
			w.enter(t, s, 1, paper.Reached, "form")
			kill := &gate.Counter{At: at, Side: side}
			if _, err := w.pressOver(gate.Wrap(*w.set, kill)).Undo(t.Context(), s.ID, 1, "undo", "a"); err == nil {
				break
			}
			_, err := w.press().Undo(t.Context(), s.ID, 1, "undo", "a")
			must(t, err)
			if w.state(t, row) != "printed" || len(w.facts.again) == 0 {
				t.Errorf("killed at call %d: %s, and looked at again are %v", at, w.state(t, row), w.facts.again)
			}
			if said := w.enter(t, s, 1, paper.Reached, "once more"); said != paper.SaidSaved {
				t.Errorf("killed at call %d: entered once more: %s", at, said)
			}
		}
	}
}

// A kill at any call of a port while results are entered: the same form sent
// again, or the sweep alone, ends every line, and nothing is done twice.
func TestPress_Enter_killedAnywhere(t *testing.T) {
	t.Parallel()
	entries := []paper.Entry{{1, paper.Reached}, {2, paper.NotReached}, {3, paper.WrongNumber}, {4, paper.NeverAgain}}
	for _, again := range []bool{true, false} {
		for _, side := range []gate.Side{gate.Before, gate.After} {
			for at := 1; ; at++ {
				w := setup(t)
				for n := range 4 {
					w.row(t, n, nil)
				}
				s := w.mustPrint(t)
				kill := &gate.Counter{At: at, Side: side}
				_, _, err := w.pressOver(gate.Wrap(*w.set, kill)).Enter(t.Context(), s.ID, "form", "a", entries)
				if err == nil {
					break
				}
				kept, _, err := w.set.Sheets.Get(t.Context(), s.ID)
				must(t, err)
				if again {
					_, _, err = w.press().Enter(t.Context(), s.ID, "form", "a", entries)
				} else {
					_, err = w.press().Sweep(t.Context(), w.now, 100)
				}
				must(t, err)
				if again || kept.Lines[0].Outcome != "" {
					w.entered(t, s)
				}
			}
		}
	}
}

func (w *world) entered(t *testing.T, s paper.Sheet) {
	t.Helper()
	got, _, err := w.set.Sheets.Get(t.Context(), s.ID)
	must(t, err)
	for i, want := range []string{"sent", "printed", "dead(refused)", "suppressed(opted_out)"} {
		l := got.Lines[i]
		if state := w.state(t, l.Row); state != want || l.IsOpen() != (i == 1) || l.Tries > 1 {
			t.Errorf("line %+v of a row %s, want %s", l, state, want)
		}
	}
}

// After a wrong number the same row goes by the next reach; a letter that
// finds nobody has none.
func TestPress_Enter_nextReach(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.facts.next = "smtp"
	called := w.row(t, 1, nil)
	s := w.mustPrint(t)
	w.enter(t, s, 1, paper.WrongNumber, "form")
	if r := w.stored(t)[called]; r.State != notifications.Planned || r.Channel != "smtp" || r.Due != w.now {
		t.Errorf("the row is %s in %s, due at %d", r.State, r.Channel, r.Due)
	}
	letter := w.row(t, 2, nil)
	s = w.mustPrint(t)
	r := w.stored(t)[letter]
	next := r
	next.Contact = ""
	_, err := w.set.Ledger.Change(t.Context(), []notifications.Change{{SeenGen: r.Gen, SeenState: r.State, Row: next}})
	must(t, err)
	s.Lines[0].Gen = r.Gen + 1
	ok, err := w.set.Sheets.Swap(t.Context(), s)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if said := w.enter(t, s, 1, paper.WrongNumber, "form"); said != paper.SaidSaved || w.state(t, letter) != "dead(refused)" {
		t.Errorf("a letter that found nobody: %s, %s", said, w.state(t, letter))
	}
}
