package load

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
)

const (
	rawCommit    = 1000 // rows that the planner writes at once: two rules for 500 people
	rawStatement = 50
	// rawPragmas are those of the program's own writer.
	rawPragmas = "?_pragma=synchronous(FULL)&_pragma=cache_size(-8000)&_pragma=wal_autocheckpoint(16000)&_pragma=secure_delete(ON)"
)

type rawSQLite struct {
	from, to *sql.DB
	now      func() time.Duration
}

func openRawSQLite(ctx context.Context, b *bench) (rawTable, error) {
	path := filepath.Join(b.conf.DataDir, "raw.db")
	made, err := sqlitestore.Open(ctx, sqlitestore.Options{Path: path})
	if err != nil {
		return nil, err
	}
	if err := made.Close(); err != nil {
		return nil, err
	}
	r := rawSQLite{now: b.now}
	if r.from, err = sql.Open("sqlite", filepath.Join(b.conf.DataDir, "sunday.db")); err != nil {
		return nil, err
	}
	if r.to, err = sql.Open("sqlite", path+rawPragmas); err != nil {
		return nil, err
	}
	r.to.SetMaxOpenConns(1)
	return r, nil
}

func (r rawSQLite) close() error { return errors.Join(r.from.Close(), r.to.Close()) }

func (r rawSQLite) copy(ctx context.Context, event string) (int, time.Duration, error) {
	rows, err := r.read(ctx, event)
	if err != nil {
		return 0, 0, err
	}
	began := r.now()
	for at := 0; at < len(rows); at += rawCommit {
		if err := r.commit(ctx, rows[at:min(at+rawCommit, len(rows))]); err != nil {
			return 0, 0, err
		}
	}
	return len(rows), r.now() - began, nil
}

// read gives the rows in the order in which they were inserted.
func (r rawSQLite) read(ctx context.Context, event string) (all [][]any, err error) {
	//nolint:unqueryvet // every column, whatever it is: the copy has the same table
	rows, err := r.from.QueryContext(ctx, "SELECT * FROM ledger WHERE occurrence = ? ORDER BY rowid", event)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, values)
	}
	return all, rows.Err()
}

func (r rawSQLite) commit(ctx context.Context, rows [][]any) error {
	tx, err := r.to.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for at := 0; at < len(rows) && err == nil; at += rawStatement {
		some := rows[at:min(at+rawStatement, len(rows))]
		args := make([]any, 0, len(some)*len(rows[0]))
		for _, row := range some {
			args = append(args, row...)
		}
		_, err = tx.ExecContext(ctx, insertText(len(some), len(rows[0])), args...)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func insertText(rows, columns int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", columns), ", ") + ")"
	return "INSERT INTO ledger VALUES " + strings.TrimSuffix(strings.Repeat(one+", ", rows), ", ")
}
