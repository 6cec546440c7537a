package sqlitestore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"modernc.org/sqlite"
)

// faults is a driver around SQLite's that fails where a test says.
type faults struct {
	driver.Driver
	lose atomic.Bool
	// failing is a piece of the statements that fail, before they are run.
	failing atomic.Pointer[string]
	// onOpen is run on every new connection.
	onOpen string
}

var errFault = errors.New("a fault that the test made")

// registerFaults gives each test a driver of its own, as they are global.
func registerFaults(tb testing.TB) (name string, f *faults) {
	f = &faults{Driver: &sqlite.Driver{}}
	name = "faulty " + tb.Name()
	sql.Register(name, f)
	return name, f
}

// loseCommit has the next commit applied and its reply lost.
func (f *faults) loseCommit() { f.lose.Store(true) }

// fail has statements with the piece fail, "" for none.
func (f *faults) fail(piece string) { f.failing.Store(&piece) }

// Open implements driver.Driver.
func (f *faults) Open(name string) (driver.Conn, error) {
	c, err := f.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	if f.onOpen != "" {
		if _, err := c.(driver.ExecerContext).ExecContext(context.Background(), f.onOpen, nil); err != nil {
			return nil, err
		}
	}
	return &faultyConn{c, f}, nil
}

type faultyConn struct {
	driver.Conn
	faults *faults
}

func (c *faultyConn) Prepare(text string) (driver.Stmt, error) {
	s, err := c.Conn.Prepare(text)
	if err != nil {
		return nil, err
	}
	return &faultyStmt{s, text, c.faults}, nil
}

func (c *faultyConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, text, args)
}

type faultyStmt struct {
	driver.Stmt
	text   string
	faults *faults
}

func (s *faultyStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if piece := s.faults.failing.Load(); piece != nil && *piece != "" && strings.Contains(s.text, *piece) {
		return nil, errFault
	}
	r, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	if err == nil && s.text == "COMMIT" && s.faults.lose.CompareAndSwap(true, false) {
		return nil, errFault
	}
	return r, err
}

func (s *faultyStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}
