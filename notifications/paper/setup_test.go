package paper_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

const (
	start  = notifications.Millis(1_795_377_600_000)
	hour   = notifications.Millis(3_600_000)
	minute = notifications.Millis(60_000)
)

// person is what the facts say of a recipient.
type person struct {
	village string
	kind    paper.Kind
	// do is DoSend where 0.
	do     notifications.Do
	reason notifications.Reason
	// letter is true of who has no phone.
	letter bool
}

// facts is a source over a few people; "wrong" and "never" note what it was told.
type facts struct {
	people       map[string]person
	wrong, never []string
	// neverAt are the contacts that were told of.
	neverAt []string
	again   []string
	// next is the channel of whoever had a wrong number, if there is one.
	next string
	// freed is called when a number is right again, if it is set.
	freed func(notifications.Row)
}

func (f *facts) Printable(_ context.Context, _ notifications.Millis, rows []notifications.Row) ([]paper.Verdict, error) {
	out := make([]paper.Verdict, len(rows))
	for i, r := range rows {
		p := f.people[r.Recipient]
		out[i] = paper.Verdict{RowID: r.ID, Do: notifications.DoSend, Village: p.village, Kind: p.kind, Contact: "phone of " + r.Recipient}
		if p.letter {
			out[i].Contact = ""
		}
		if p.do != 0 {
			out[i].Do, out[i].Reason = p.do, p.reason
		}
		if slices.Contains(f.wrong, r.Recipient) {
			out[i].Do, out[i].Reason = notifications.DoSuppress, notifications.ReasonBlocked
		}
	}
	return out, nil
}

func (f *facts) WrongNumber(_ context.Context, _ string, _ notifications.Millis, r notifications.Row) (notifications.Lane, bool, error) {
	if !slices.Contains(f.wrong, r.Recipient) {
		f.wrong = append(f.wrong, r.Recipient)
	}
	return notifications.Lane{Class: r.Class, Channel: f.next}, f.next != "", nil
}

func (f *facts) RightNumber(_ context.Context, _ string, r notifications.Row) error {
	f.wrong = slices.DeleteFunc(f.wrong, func(s string) bool { return s == r.Recipient })
	if f.freed != nil {
		f.freed(r)
	}
	return nil
}

func (f *facts) NeverAgain(_ context.Context, _ string, r notifications.Row) error {
	if !slices.Contains(f.never, r.Recipient) {
		f.never, f.neverAt = append(f.never, r.Recipient), append(f.neverAt, r.Contact)
	}
	return nil
}

func (f *facts) LookAgain(_ context.Context, r notifications.Row) error {
	f.again = append(f.again, r.Recipient)
	return nil
}

// world is a press over a fresh SQLite file.
type world struct {
	set   *store.Set
	facts *facts
	now   notifications.Millis
	event string
	ids   id.Source
}

func setup(t *testing.T) *world {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "sunday.db"), Sync: "OFF"})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	ids := id.Seeded(11)
	return &world{set: s.Set(), facts: &facts{people: map[string]person{}}, now: start, event: ids.New(int64(start)), ids: ids}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) press() *paper.Press { return w.pressOver(*w.set) }

func (w *world) pressOver(set store.Set) *paper.Press {
	return paper.NewPress(paper.Options{
		Rows: set.Paper, Ledger: set.Ledger, Sheets: set.Sheets, Source: w.facts, Holds: set.Holds,
		Now:   func() notifications.Millis { return w.now },
		NewID: func(at notifications.Millis) string { return w.ids.New(int64(at)) },
	})
}

// row plans a row on paper for the n-th person and gives its id.
func (w *world) row(t *testing.T, n int, change func(*notifications.Row)) string {
	t.Helper()
	recipient := fmt.Sprintf("resident:%03d", n)
	if _, ok := w.facts.people[recipient]; !ok {
		w.facts.people[recipient] = person{village: "v1", kind: paper.Calls}
	}
	r := notifications.Row{
		Part: id.Part(w.event), Unit: "u",
		Key:  notifications.Key{Rule: "change", Occurrence: w.event, Recipient: recipient},
		Lane: notifications.Lane{Class: notifications.Urgent, Channel: paper.Channel}, State: notifications.Planned,
		Due: start - hour, Wish: start - hour, Until: start + 2*hour, Gen: 1,
	}
	if change != nil {
		change(&r)
	}
	r.ID = r.Key.ID()
	r.Group = r.ID
	_, err := w.set.Ledger.Insert(t.Context(), []notifications.Row{r})
	must(t, err)
	return r.ID
}

func (w *world) stored(t *testing.T) map[string]notifications.Row {
	t.Helper()
	rows, err := w.set.Ledger.BySubject(t.Context(), id.Part(w.event), w.event, nil)
	must(t, err)
	all := map[string]notifications.Row{}
	for _, r := range rows {
		all[r.ID] = r
	}
	return all
}

// state is the state and the reason of a row.
func (w *world) state(t *testing.T, rowID string) string {
	t.Helper()
	r := w.stored(t)[rowID]
	if r.Reason == "" {
		return string(r.State)
	}
	return string(r.State) + "(" + string(r.Reason) + ")"
}

func urgentCalls(village string) paper.Want {
	return paper.Want{Unit: "u", Village: village, Class: notifications.Urgent, Kind: paper.Calls, By: "account:a"}
}

func (w *world) mustPrint(t *testing.T) paper.Sheet {
	t.Helper()
	s, err := w.press().Print(t.Context(), urgentCalls("v1"))
	must(t, err)
	return s
}

// enter sends one result and gives what was said.
func (w *world) enter(t *testing.T, s paper.Sheet, number int, o paper.Outcome, form string) paper.Said {
	t.Helper()
	_, answers, err := w.press().Enter(t.Context(), s.ID, form, "account:a", []paper.Entry{{Number: number, Outcome: o}})
	must(t, err)
	return answers[0].Said
}

// numbers gives the number of each row's line.
func numbers(s paper.Sheet) map[string]int {
	out := map[string]int{}
	for _, l := range s.Lines {
		out[l.Row] = l.Number
	}
	return out
}
