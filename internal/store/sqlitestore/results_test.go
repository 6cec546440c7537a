package sqlitestore_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/notifications"
)

const resultsPart = 7

// occurrenceIn7 is an event of resultsPart.
var occurrenceIn7 = sync.OnceValue(func() string {
	ids := id.Random()
	for {
		if o := ids.New(0); id.Part(o) == resultsPart {
			return o
		}
	}
})

// markMany inserts n rows and marks them in batches of each; it returns the
// results of their being sent, those of different batches in turns.
func markMany(t *testing.T, l notifications.Ledger, n, each int) []notifications.Result {
	t.Helper()
	var batches [][]notifications.Result
	for from := 0; from < n; from += each {
		rows := make([]notifications.Row, min(each, n-from))
		for i := range rows {
			r := notifications.Row{
				Part: resultsPart, Key: notifications.Key{Rule: "r", Occurrence: occurrenceIn7(), Recipient: fmt.Sprint("resident:", from+i)},
				Lane: notifications.Lane{Class: notifications.Normal, Channel: "smtp"}, State: notifications.Planned, Gen: 1,
			}
			r.ID = r.Key.ID()
			r.Group = r.ID
			rows[i] = r
		}
		if _, err := l.Insert(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		m := notifications.Mark{Batch: fmt.Sprint("batch ", from), Now: 1}
		marked, err := l.Mark(t.Context(), resultsPart, rows, m)
		if err != nil || len(marked) != len(rows) {
			t.Fatalf("marked %d rows (%v)", len(marked), err)
		}
		results := make([]notifications.Result, len(rows))
		for i, r := range marked {
			results[i] = notifications.Result{ID: r.ID, Batch: m.Batch, State: notifications.Sent, At: 2}
		}
		batches = append(batches, results)
	}
	var all []notifications.Result
	for i := range each {
		for _, b := range batches {
			if i < len(b) {
				all = append(all, b[i])
			}
		}
	}
	return all
}

// numberIn asks the file beside the program, which knows nothing of it.
func numberIn(t *testing.T, path, text string) int {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(text).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	keptNow = "SELECT coalesce(sum(json_array_length(ends)), 0) FROM ledger_results"
	sentNow = "SELECT count(*) FROM ledger WHERE state = 'sent'"
)

// settleInTens settles results ten at a time, as they come of many connections.
func settleInTens(t *testing.T, l notifications.Ledger, results []notifications.Result) {
	t.Helper()
	for len(results) > 0 {
		n := min(10, len(results))
		if err := l.Settle(t.Context(), resultsPart, results[:n]); err != nil {
			t.Fatal(err)
		}
		results = results[n:]
	}
}

func isSent(t *testing.T, l notifications.Ledger, n int) {
	t.Helper()
	rows, err := l.BySubject(t.Context(), resultsPart, occurrenceIn7(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, r := range rows {
		if r.State == notifications.Sent && r.Gen == 3 {
			sent++
		}
	}
	if sent != n {
		t.Errorf("%d of %d rows are sent, once each", sent, n)
	}
}

// Results of many marks are kept until they are many, entered by marks, and all
// of them soon after the last or when the file is closed.
func TestResults_AreEnteredByMarks(t *testing.T) {
	t.Parallel()
	const n = 80 * 32
	path := newPath(t)
	dropped := make(chan struct{}, 1)
	l := MustOpen(t, sqlitestore.Options{Path: path, Trace: func(text string) {
		if text == "DELETE FROM ledger_results" {
			select {
			case dropped <- struct{}{}:
			default:
			}
		}
	}}).Set().Ledger
	results := markMany(t, l, n, 32)
	settleInTens(t, l, results[:2000])
	kept, sent := numberIn(t, path, keptNow), numberIn(t, path, sentNow)
	if len(dropped) == 0 && (kept != 2000 || sent != 0) { // else it stood still for so long that all were entered
		t.Errorf("%d results are kept and %d rows sent, want all kept", kept, sent)
	}
	settleInTens(t, l, results[2000:])
	kept, sent = numberIn(t, path, keptNow), numberIn(t, path, sentNow)
	if sent == 0 || sent+kept < n || kept > 2200 {
		t.Errorf("%d results are kept and %d rows sent of %d", kept, sent, n)
	}
	<-dropped
	if _, err := l.Insert(t.Context(), nil); err != nil { // comes behind it
		t.Fatal(err)
	}
	if kept, sent := numberIn(t, path, keptNow), numberIn(t, path, sentNow); kept != 0 || sent != n {
		t.Errorf("%d results are left kept, %d rows are sent", kept, sent)
	}
	isSent(t, l, n)
}

func TestResults_AreEnteredAtTheEnd(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := MustOpen(t, sqlitestore.Options{Path: path})
	l := s.Set().Ledger
	settleInTens(t, l, markMany(t, l, 40, 32))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if kept, sent := numberIn(t, path, keptNow), numberIn(t, path, sentNow); kept != 0 || sent != 40 {
		t.Errorf("%d results are left kept, %d rows are sent", kept, sent)
	}
}

// A program that is killed leaves results that the next one enters.
func TestResults_OutliveTheirProgram(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	l := MustOpen(t, sqlitestore.Options{Path: path}).Set().Ledger
	settleInTens(t, l, markMany(t, l, 40, 32))
	left := filepath.Join(t.TempDir(), "left.db")
	for _, side := range []string{"", "-wal"} { // as a kill leaves it
		data, err := os.ReadFile(path + side)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(left+side, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if kept := numberIn(t, left, keptNow); kept != 40 {
		t.Fatalf("%d results are kept", kept)
	}
	next := MustOpen(t, sqlitestore.Options{Path: left})
	if kept := numberIn(t, left, keptNow); kept != 0 {
		t.Errorf("%d results are still kept", kept)
	}
	n, err := next.Set().Ledger.Sweep(t.Context(), resultsPart, notifications.Sweep{FenceBelow: 9, SendingBefore: 1 << 40, Limit: 9})
	if err != nil || n != 0 {
		t.Errorf("swept %d rows (%v), want none", n, err)
	}
	isSent(t, next.Set().Ledger, 40)
}

// Whatever is undone, what this process believes to be kept is kept, and no
// result is lost or entered twice.
func TestResults_AfterWhatWasUndone(t *testing.T) {
	t.Parallel()
	for _, failing := range []string{"INSERT INTO ledger_results", "UPDATE OR FAIL ledger", "DELETE FROM ledger_results", "COMMIT"} {
		t.Run(failing, func(t *testing.T) {
			t.Parallel()
			name, faults := registerFaults(t)
			l := MustOpen(t, sqlitestore.Options{Path: newPath(t), Driver: name}).Set().Ledger
			results := markMany(t, l, 70*32, 32)
			settleInTens(t, l, results[:2040])
			faults.fail(failing)
			failed := 0
			for i := 2040; i < 2100; i += 10 { // some marks too many to be kept
				if err := l.Settle(t.Context(), resultsPart, results[i:i+10]); err != nil {
					failed++
				}
			}
			_, err := l.BySubject(t.Context(), resultsPart, occurrenceIn7(), nil)
			if failed == 0 && err == nil {
				t.Error("nothing failed")
			}
			faults.fail("")
			settleInTens(t, l, results[2040:])
			isSent(t, l, len(results))
		})
	}
}

// However small marks are, no more is kept than may be.
func TestResults_OfSmallMarks(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	l := MustOpen(t, sqlitestore.Options{Path: path}).Set().Ledger
	const n = 3000
	settleInTens(t, l, markMany(t, l, n, 1))
	if kept := numberIn(t, path, keptNow); kept > 2100 {
		t.Errorf("%d results are kept", kept)
	}
	isSent(t, l, n)
}

// What is done for a mark whose rows have no result yet, and what fails beside it,
// leaves the results of others where they are.
func TestResults_StayForOthers(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	var entered atomic.Bool
	set := MustOpen(t, sqlitestore.Options{Path: path, Trace: func(text string) {
		entered.CompareAndSwap(false, text == "DELETE FROM ledger_results")
	}}).Set()
	l := set.Ledger
	results := markMany(t, l, 96, 32)
	of := func(batch int) []notifications.Result { // results come of all batches in turns
		var own []notifications.Result
		for i, r := range results {
			if i%3 == batch {
				own = append(own, r)
			}
		}
		return own
	}
	settleInTens(t, l, of(0))
	row := of(1)[0]
	err := errors.Join(
		l.Bind(t.Context(), resultsPart, []notifications.Bind{{ID: row.ID, Batch: row.Batch, MessageID: "m"}}),
		l.GiveBack(t.Context(), resultsPart, []notifications.Back{{ID: row.ID, Batch: row.Batch, NotBefore: 9}}),
	)
	if err != nil {
		t.Fatal(err)
	}
	c := contact.Contact{Head: record.Head{ID: "twice"}, Kind: contact.Email}
	for _, want := range []error{nil, record.ErrExists} {
		if err := set.Contacts.Create(t.Context(), &c); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if _, err := l.Sweep(t.Context(), resultsPart, notifications.Sweep{Limit: 9}); err != nil {
		t.Error(err)
	}
	if kept := numberIn(t, path, keptNow); !entered.Load() && kept != 32 { // else it stood still for a second
		t.Errorf("%d results are kept, want those of a mark", kept)
	}
	isSent(t, l, 32)
}

// Where nothing can be written, people see what there is, and those who decide by
// it are told.
func TestResults_WhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	name, faults := registerFaults(t)
	faults.onOpen = "PRAGMA busy_timeout = 1"
	path := newPath(t)
	set := MustOpen(t, sqlitestore.Options{Path: path, Driver: name}).Set()
	settleInTens(t, set.Ledger, markMany(t, set.Ledger, 40, 32))
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	all := notifications.Filter{Part: resultsPart, Occurrence: occurrenceIn7()}
	if rows, err := set.Reports.Rows(t.Context(), all, "", 99); err != nil || len(rows) != 40 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if _, err := set.Reports.Counts(t.Context(), resultsPart, occurrenceIn7()); err != nil {
		t.Errorf("counts: %v", err)
	}
	if _, err := set.Ledger.BySubject(t.Context(), resultsPart, occurrenceIn7(), nil); !errors.Is(err, notifications.ErrUnavailable) {
		t.Errorf("the planner is told %v", err)
	}
	if _, err := other.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	isSent(t, set.Ledger, 40)
}
