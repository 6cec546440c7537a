package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/store"
)

// maxProblems bounds what a check of the file tells.
const maxProblems = 5

// indexNames lists indexes that somebody made.
const indexNames = "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%' ORDER BY name"

// Inspect reads the whole file once, and compares its indexes with those that
// a new file has.
func (s healthStore) Inspect(ctx context.Context) (store.Inspection, error) {
	in := store.Inspection{Engine: "sqlite", Read: true}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return in, err
	}
	in.Wants = len(names)
	if in.Schema, err = one(ctx, s.Store, column[int], "PRAGMA user_version"); err != nil {
		return in, err
	}
	// A quick check reads every page; the full one would also compare each index
	// with its table.
	said, err := list(ctx, s.Store, column[string], "PRAGMA quick_check(5)")
	if err != nil {
		return in, err
	}
	if !slices.Equal(said, []string{"ok"}) {
		in.Problems = said[:min(len(said), maxProblems)]
	}
	has, err := list(ctx, s.Store, column[string], indexNames)
	if err != nil {
		return in, err
	}
	wanted, err := wantedIndexes(ctx)
	in.MissingIndexes = slices.DeleteFunc(wanted, func(name string) bool { return slices.Contains(has, name) })
	return in, translate(err)
}

// wantedIndexes asks a new database in memory.
func wantedIndexes(ctx context.Context) (wanted []string, err error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // each connection would have a database of its own
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, indexNames)
	err = eachRow(rows, err, func(rows *sql.Rows) error {
		name, err := column[string](rows)
		wanted = append(wanted, name)
		return err
	})
	return wanted, err
}
