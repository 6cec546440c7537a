package resident_test

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// dump is every row of every table, to see whether anything changed.
func (w *world) dump(tb testing.TB) map[string][]string {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+w.file+"?mode=ro")
	must(tb, err)
	defer func() { _ = db.Close() }()
	out := map[string][]string{}
	for _, table := range column(tb, db, "SELECT name FROM sqlite_master WHERE type = 'table'") {
		out[table] = rows(tb, db, table)
	}
	if len(slices.Collect(maps.Keys(out))) < 10 {
		tb.Fatal("hardly a table was found")
	}
	return out
}

func column(tb testing.TB, db *sql.DB, query string) []string {
	tb.Helper()
	found, err := db.Query(query)
	must(tb, err)
	defer func() { _ = found.Close() }()
	var out []string
	for found.Next() {
		var s string
		must(tb, found.Scan(&s))
		out = append(out, s)
	}
	must(tb, found.Err())
	return out
}

func rows(tb testing.TB, db *sql.DB, table string) []string {
	tb.Helper()
	found, err := db.Query(`SELECT * FROM "` + table + `"`) //nolint:unqueryvet // every column is what is compared
	must(tb, err)
	defer func() { _ = found.Close() }()
	names, err := found.Columns()
	must(tb, err)
	var out []string
	for found.Next() {
		values := make([]any, len(names))
		for i := range values {
			values[i] = new(sql.RawBytes)
		}
		must(tb, found.Scan(values...))
		line := ""
		for _, v := range values {
			line += fmt.Sprintf("%q ", *v.(*sql.RawBytes))
		}
		out = append(out, line)
	}
	must(tb, found.Err())
	slices.Sort(out)
	return out
}
