package sqlitestore

import (
	"context"
	"database/sql"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/record"
)

// query runs a statement on a read connection and calls each for every row. A
// caller who has given up is not asked to wait, but a statement under way is not
// interrupted: all of them are short, and a context that can end costs two
// goroutines a statement.
func (s *Store) query(ctx context.Context, each func(*sql.Rows) error, text string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	stmt, err := s.prepare(ctx, text) //nolint:sqlclosecheck // kept for the next call; it ends with its connection
	if err != nil {
		return translate(err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	return translate(eachRow(rows, err, each))
}

func (s *Store) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	s.options.Trace(text)
	if stmt, ok := s.stmts.Load(text); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.readDB.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if other, ok := s.stmts.LoadOrStore(text, stmt); ok {
		_ = stmt.Close() //nolint:sqlclosecheck // another call prepared the same first, and that one is kept
		return other.(*sql.Stmt), nil
	}
	return stmt, nil
}

// list reads every row of a statement.
func list[T any](ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), text string, args ...any) ([]T, error) {
	return listInto(ctx, s, nil, scan, text, args...)
}

// listInto adds every row of a statement to out, which may have room for them.
func listInto[T any](ctx context.Context, s *Store, out []T, scan func(*sql.Rows) (T, error), text string, args ...any) ([]T, error) {
	err := s.query(ctx, func(rows *sql.Rows) error {
		v, err := scan(rows)
		out = append(out, v)
		return err
	}, text, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// one reads the first row, record.ErrAbsent if there is none.
func one[T any](ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), text string, args ...any) (T, error) {
	found, err := list(ctx, s, scan, text, args...)
	if err == nil && len(found) == 0 {
		err = record.ErrAbsent
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return found[0], nil
}

// column scans rows of one column.
func column[T any](rows *sql.Rows) (T, error) {
	var v T
	err := rows.Scan(&v)
	return v, err
}

// leap reads the different values of an indexed column, in order, by one seek
// each: SQLite would walk all rows. from ends where the condition on the
// column begins; limit bounds the values.
func leap[T ~int | ~string](ctx context.Context, s *Store, limit int, name, from string, args ...any) ([]T, error) {
	var values []T
	var last T
	for condition := " >= ?"; len(values) < limit; condition = " > ?" {
		found, err := list(ctx, s, column[T], "SELECT "+name+" "+from+name+condition+" ORDER BY "+name+" LIMIT 1", slices.Concat(args, []any{last})...)
		if err != nil || len(found) == 0 {
			return values, err
		}
		last = found[0]
		values = append(values, last)
	}
	return values, nil
}
