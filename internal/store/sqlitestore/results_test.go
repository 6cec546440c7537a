package sqlitestore_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/id"
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

// markMany inserts n rows and marks them in batches of 32; it returns the
// results of their being sent, those of different batches in turns.
func markMany(t *testing.T, l notifications.Ledger, n int) []notifications.Result {
	t.Helper()
	var batches [][]notifications.Result
	for from := 0; from < n; from += 32 {
		rows := make([]notifications.Row, min(32, n-from))
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
	for i := range 32 {
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
	results := markMany(t, l, n)
	settleInTens(t, l, results[:2000])
	if kept, sent := numberIn(t, path, keptNow), numberIn(t, path, sentNow); kept != 2000 || sent != 0 {
		t.Errorf("%d results are kept and %d rows sent, want all kept", kept, sent)
	}
	settleInTens(t, l, results[2000:])
	kept, sent := numberIn(t, path, keptNow), numberIn(t, path, sentNow)
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
	settleInTens(t, l, markMany(t, l, 40))
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
	settleInTens(t, l, markMany(t, l, 40))
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
	next := MustOpen(t, sqlitestore.Options{Path: left})
	if kept := numberIn(t, left, keptNow); kept != 40 {
		t.Fatalf("%d results are kept", kept)
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
			results := markMany(t, l, 70*32)
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
