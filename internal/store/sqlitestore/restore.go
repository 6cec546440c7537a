package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Restore is a backup to put in the place of a database. File and Path are
// required.
type Restore struct {
	// File is the backup, Path where the database goes.
	File, Path string
	// KeepAs is what a database at Path is moved to; without it one that is
	// there is ErrThere.
	KeepAs string
	// Check is given the settings of the backup before anything is changed, and
	// those to be written after it; may be nil.
	Check func(settings map[string]string) (write map[string]string, err error)
	// Gone begins the names of leases of workers that are no more.
	Gone string
	// Hold gives the hold of everything that the restored database begins with,
	// after Check.
	Hold func() notifications.Hold
}

// sides are what SQLite keeps beside an open file.
var sides = []string{"-wal", "-shm", "-journal"}

// Run copies, checks and holds the backup, and then swaps it in. It fails with
// ErrThere, ErrOpen, ErrDamaged, ErrNewer or Check's error and changes nothing.
func (r Restore) Run(ctx context.Context) error {
	_, err := os.Lstat(r.Path)
	there := !errors.Is(err, fs.ErrNotExist)
	if there && r.KeepAs == "" {
		return ErrThere
	}
	part, err := copyFile(r.File, r.Path)
	if err != nil {
		return err
	}
	defer os.Remove(part)
	if err := r.prepare(ctx, part); err != nil {
		return err
	}
	if _, err := syncFile(part); err != nil {
		return err
	}
	if !there {
		_, err := place(part, r.Path)
		return err
	}
	return r.swap(ctx, part)
}

// copyFile copies the backup into the folder of the database.
func copyFile(from, beside string) (string, error) {
	in, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(beside), filepath.Base(beside)+partMark+"*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return "", errors.Join(err, os.Remove(out.Name()))
	}
	return out.Name(), nil
}

// prepare checks the copy, and makes it a database that begins held, with
// nothing claimed by the processes that had it when it was backed up.
func (r Restore) prepare(ctx context.Context, path string) error {
	db, err := openPlain(path, "synchronous(FULL)")
	if err != nil {
		return err
	}
	err = func() error {
		if err := whole(ctx, db); err != nil {
			return err
		}
		conn, err := db.Conn(ctx)
		if err != nil {
			return translate(err)
		}
		defer conn.Close()
		s := newSession(conn, func(string) {})
		err = known(s)
		if err == nil {
			err = r.mark(s)
		}
		return errors.Join(err, s.close())
	}()
	return errors.Join(err, db.Close())
}

// known refuses a file that is no database of this program, or of a newer one.
func known(s *session) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	version, err := number(s, "PRAGMA user_version")
	switch {
	case err != nil:
		return translate(err)
	case version == 0:
		return ErrDamaged
	case version > len(names):
		return translate(mayOpen(s, len(names)))
	}
	return nil
}

func (r Restore) mark(s *session) error {
	settings := map[string]string{}
	err := s.query(func(rows *sql.Rows) error {
		var key, value string
		err := rows.Scan(&key, &value)
		settings[key] = value
		return err
	}, "SELECT key, value FROM settings")
	if err != nil {
		return translate(err)
	}
	var write map[string]string
	if r.Check != nil {
		if write, err = r.Check(settings); err != nil {
			return err
		}
	}
	hold, err := json.Marshal(r.Hold())
	if err != nil {
		return err
	}
	for key, value := range write {
		if _, err := s.exec(upsertSetting, key, value); err != nil {
			return translate(err)
		}
	}
	_, err = s.exec("INSERT INTO holds (unit, doc) VALUES ('', ?) ON CONFLICT (unit) DO UPDATE SET doc = excluded.doc", string(hold))
	if err != nil {
		return translate(err)
	}
	if _, err := s.exec("DELETE FROM leases WHERE ? <> '' AND substr(name, 1, length(?)) = ?", r.Gone, r.Gone, r.Gone); err != nil {
		return translate(err)
	}
	return translate(s.script(`UPDATE leases SET owner = '';
		UPDATE jobs SET doc = json_set(doc, '$.owner', '')`))
}

// swap moves the database away and the copy into its place, while nobody can
// open it.
func (r Restore) swap(ctx context.Context, part string) error {
	unlock, err := lockFile(ctx, r.Path)
	if err != nil {
		return err
	}
	if err := moveAside(r.Path, r.KeepAs); err != nil {
		return errors.Join(err, unlock())
	}
	if _, err := place(part, r.Path); err != nil {
		return errors.Join(err, os.Rename(r.KeepAs, r.Path), unlock())
	}
	return unlock()
}

// moveAside renames a database and what SQLite keeps beside it.
func moveAside(path, to string) error {
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return ErrThere
	}
	for _, side := range sides {
		if err := os.Rename(path+side, to+side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Rename(path, to)
}

// lockFile empties the log of a database into its file and keeps everybody
// else out until the returned function is called; ErrOpen where a process has
// it open. A damaged one, that nobody can use, is left as it is.
func lockFile(ctx context.Context, path string) (unlock func() error, err error) {
	db, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	// The journal is changed only where no other connection is open at all.
	for _, text := range []string{"PRAGMA busy_timeout = 0", "PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"} {
		if _, err = db.ExecContext(ctx, text); err != nil {
			break
		}
	}
	switch codeOf(err) & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return nil, errors.Join(ErrOpen.Because(err), db.Close())
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		err = nil
	}
	if err != nil {
		return nil, errors.Join(translate(err), db.Close())
	}
	return db.Close, nil
}
