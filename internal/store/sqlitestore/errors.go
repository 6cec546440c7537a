package sqlitestore

import (
	"context"
	"errors"
	"io/fs"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// ErrNewer refuses a file whose lowest version is above this program's; its
// arguments are "needs" and "has", numbers of migrations.
var ErrNewer = fault.New(fault.PreconditionFailed, "store.newer")

// errBroken is a fault of the store itself, such as a damaged file.
var errBroken = fault.New(fault.Internal, "store.broken")

// codeOf is SQLite's extended result code, 0 for other errors.
func codeOf(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// translate turns the driver's errors into the sentinels of package record, by
// code. What is no driver's error, and the end of a context, stays.
func translate(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return record.ErrAway.Because(err)
	}
	code := codeOf(err)
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
		return record.ErrExists.Because(err)
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL:
		return record.ErrAway.Because(err)
	}
	return errBroken.Because(err)
}

// portError is a store's error as a package outside internal knows it: both
// its own sentinel and the store's are found with errors.Is.
type portError struct{ sentinel, err error }

func (e *portError) Error() string   { return e.err.Error() }
func (e *portError) Unwrap() []error { return []error{e.sentinel, e.err} }

func forNotifications(err error) error { return forPort(notifications.ErrUnavailable, err) }
func forScheduler(err error) error     { return forPort(scheduler.ErrUnavailable, err) }

func forPort(sentinel, err error) error {
	if errors.Is(err, record.ErrAway) {
		return &portError{sentinel, err}
	}
	return err
}
