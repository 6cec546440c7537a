package sqlitestore_test

import (
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
)

// tiny are tables that may be read whole, with the reason.
var tiny = map[string]string{
	"holds":          "a hold is put by a person; every round reads all",
	"jobs":           "one row per job of the timetable",
	"ledger_results": "results of some marks, read to be entered",
	"json_each":      "the list that came with the statement",
	"sqlite_master":  "what the migrations made, read by the doctor",
}

var (
	scanned = regexp.MustCompile(`^SCAN (\S+)( USING (?:COVERING )?INDEX (\S+))?`)
	// wholePart is a walk through a 64th of the ledger.
	wholePart = regexp.MustCompile(`ledger_(id|due) \(part=\?\)`)

	partial = regexp.MustCompile(`(?i)CREATE INDEX (\S+) ON (\S+) \([^)]*\) WHERE (.*)`)
	// literal is a condition of a partial index that a parameter may be compared with.
	literal = regexp.MustCompile(`(\w+) = ('[^']*'|\d+)`)
	bare    = regexp.MustCompile(`\b(\w+) = \?( \|\| '')?`)
	tables  = regexp.MustCompile(`(?:FROM|JOIN|UPDATE(?: OR FAIL)?|INTO) (\w+)`)
)

// checkPlans explains every statement that ran: each is answered by an index.
// To walk a whole index is allowed where that is the list itself: a partial
// index, or one read in its order up to a limit.
func checkPlans(t *testing.T, texts map[string]bool) {
	t.Helper()
	if len(texts) < 60 {
		t.Fatalf("only %d statements were recorded", len(texts))
	}
	path := newPath(t)
	MustOpen(t, sqlitestore.Options{Path: path})
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	partials, literals := partialIndexes(t, db)
	for text := range texts {
		verb, _, _ := strings.Cut(strings.TrimSpace(text), " ")
		if !slices.Contains([]string{"SELECT", "UPDATE", "DELETE", "INSERT"}, verb) {
			continue
		}
		checkBare(t, text, literals)
		steps := explain(t, db, text)
		checkEntry(t, text, strings.Join(steps, "\n"))
		for _, step := range steps {
			m := scanned.FindStringSubmatch(step)
			if m == nil || tiny[m[1]] != "" || strings.HasPrefix(m[1], "(") {
				continue
			}
			if index := m[3]; partials[index] || index != "" && strings.Contains(text, "LIMIT") && strings.Contains(text, "ORDER BY") {
				continue
			}
			if strings.HasSuffix(step, "-ROW VALUES CLAUSE") {
				continue // what is inserted
			}
			if text == "SELECT max(rowid) FROM ledger" {
				continue // the last leaf of the table, in spite of the word
			}
			t.Errorf("no index answers\n%s\n%s", text, step)
		}
	}
}

// checkEntry: a page's index is entered at the page's key, and chosen ids are
// looked up one by one.
func checkEntry(t *testing.T, text, plan string) {
	t.Helper()
	byWord := strings.Contains(text, "word >= ?") // sorts what the prefix finds
	if strings.Contains(text, ") > (?") && !byWord && !strings.Contains(plan, ")>(?") {
		t.Errorf("a page is not entered at its key\n%s\n%s", text, plan)
	}
	if strings.Contains(text, "WHERE id IN (SELECT value") && !strings.Contains(plan, "(id=?)") {
		t.Errorf("ids are not looked up\n%s\n%s", text, plan)
	}
	if wholePart.MatchString(plan) {
		t.Errorf("a whole part is read\n%s\n%s", text, plan)
	}
	if strings.Contains(text, "ledger.id = json_each.key") && !strings.Contains(plan, "ledger_id (part=? AND id=?)") {
		t.Errorf("results are not looked up\n%s\n%s", text, plan)
	}
}

// checkBare: no bare parameter is compared with a column of which a partial index
// asks for a certain value. SQLite looks into the parameter then, and prepares the
// statement anew whenever it is bound; an expression of it is left alone.
func checkBare(t *testing.T, text string, literals map[string]bool) {
	t.Helper()
	chooses := text
	if strings.HasPrefix(text, "UPDATE") {
		_, chooses, _ = strings.Cut(text, "WHERE") // what it sets is no condition
	}
	for _, of := range tables.FindAllStringSubmatch(text, -1) {
		for _, m := range bare.FindAllStringSubmatch(chooses, -1) {
			if m[2] == "" && literals[of[1]+" "+m[1]] {
				t.Errorf("prepared anew whenever %s is bound: say %[1]s = ? || ''\n%s", m[1], text)
			}
		}
	}
}

// partialIndexes gives the names of partial indexes, and what they compare with a
// literal: table and column.
func partialIndexes(t *testing.T, db *sql.DB) (names, literals map[string]bool) {
	t.Helper()
	rows, err := db.Query("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, literals = map[string]bool{}, map[string]bool{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		m := partial.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		names[m[1]] = true
		for _, of := range literal.FindAllStringSubmatch(m[3], -1) {
			literals[m[2]+" "+of[1]] = true
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names, literals
}

func explain(t *testing.T, db *sql.DB, text string) []string {
	t.Helper()
	args := make([]any, strings.Count(text, "?"))
	rows, err := db.Query("EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return steps
}
