package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
)

// session is the writer's connection with its prepared statements. Only the
// writer's goroutine uses it. Its context is never a caller's: a statement
// that a caller interrupts would take the whole group with it.
type session struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	trace func(string)
}

func newSession(conn *sql.Conn, trace func(string)) *session {
	return &session{conn: conn, stmts: map[string]*sql.Stmt{}, trace: trace}
}

// exec runs a statement and returns how many rows it changed.
func (s *session) exec(text string, args ...any) (int64, error) {
	stmt, err := s.prepare(text) //nolint:sqlclosecheck // kept for the next call; it ends with its connection
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query calls each for every row.
func (s *session) query(each func(*sql.Rows) error, text string, args ...any) error {
	stmt, err := s.prepare(text) //nolint:sqlclosecheck // kept for the next call; it ends with its connection
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(context.Background(), args...)
	return eachRow(rows, err, each)
}

// script runs statements that are not worth preparing.
func (s *session) script(text string) error {
	s.trace(text)
	_, err := s.conn.ExecContext(context.Background(), text)
	return err
}

// close ends the statements: while one is left, the file stays open, with its
// locks, whatever is closed beside it.
func (s *session) close() error {
	var errs []error
	for text, stmt := range s.stmts {
		errs = append(errs, stmt.Close())
		delete(s.stmts, text)
	}
	return errors.Join(errs...)
}

func (s *session) prepare(text string) (*sql.Stmt, error) {
	s.trace(text)
	if stmt, ok := s.stmts[text]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	s.stmts[text] = stmt
	return stmt, nil
}

func eachRow(rows *sql.Rows, err error, each func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
