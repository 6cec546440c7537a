package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Refusals of backups.
var (
	// ErrThere: the file to write is there already.
	ErrThere = fault.New(fault.Conflict, "backup.there")
	// ErrDamaged: the file is no database, or not a whole one.
	ErrDamaged = fault.New(fault.Invalid, "backup.damaged")
	// ErrOpen: a process has the database open.
	ErrOpen = fault.New(fault.Conflict, "backup.open")
)

// progressEvery is how often the caller of a backup hears how far it is.
const progressEvery = 100 * time.Millisecond

// Backup is one to write. Path and File are required.
type Backup struct {
	// Path is the database, File the backup; it must not be there.
	Path, File string
	// Settings are written into the backup alone.
	Settings map[string]string
	// Progress is told how many bytes are written, of about how many; may be nil.
	Progress func(written, about int64)
}

// Write copies the database as it is at one moment, while other processes go
// on writing, into one file of its own; checks that it is whole; and gives its
// size in bytes. The file appears under its name only then.
func (b Backup) Write(ctx context.Context) (int64, error) {
	if _, err := os.Stat(b.Path); err != nil {
		return 0, translate(err)
	}
	if _, err := os.Lstat(b.File); !errors.Is(err, fs.ErrNotExist) {
		return 0, ErrThere
	}
	part, err := os.CreateTemp(filepath.Dir(b.File), filepath.Base(b.File)+partMark+"*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(part.Name())
	if err := part.Close(); err != nil {
		return 0, err
	}
	if err := b.vacuum(ctx, part.Name()); err != nil {
		return 0, err
	}
	if err := finish(ctx, part.Name(), b.Settings); err != nil {
		return 0, err
	}
	return place(part.Name(), b.File)
}

// vacuum writes all that is live into the file, which is empty: a snapshot of
// one read transaction, which no writer waits for.
func (b Backup) vacuum(ctx context.Context, to string) error {
	db, err := openPlain(b.Path, "query_only(OFF)")
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		b.watch(ctx, db, to)
	}()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	stop()
	<-watched
	if err == nil && b.Progress != nil {
		b.Progress(1, 1)
	}
	return translate(err)
}

// watch tells the progress until ctx is done.
func (b Backup) watch(ctx context.Context, db *sql.DB, to string) {
	if b.Progress == nil {
		return
	}
	var about int64
	row := db.QueryRowContext(ctx, "SELECT page_size * page_count FROM pragma_page_size, pragma_page_count")
	if row.Scan(&about) != nil {
		return
	}
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if info, err := os.Stat(to); err == nil {
				b.Progress(min(info.Size(), about), about)
			}
		case <-ctx.Done():
			return
		}
	}
}

// finish writes the settings into a copy and checks it.
func finish(ctx context.Context, path string, settings map[string]string) error {
	db, err := openPlain(path, "synchronous(FULL)")
	if err != nil {
		return err
	}
	err = func() error {
		for key, value := range settings {
			if _, err := db.ExecContext(ctx, upsertSetting, key, value); err != nil {
				return translate(err)
			}
		}
		return whole(ctx, db)
	}()
	return errors.Join(err, db.Close())
}

// whole checks that no page of the database is damaged.
func whole(ctx context.Context, db *sql.DB) error {
	var said string
	err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said)
	switch code := codeOf(err) & 0xff; {
	case code == sqlite3.SQLITE_NOTADB || code == sqlite3.SQLITE_CORRUPT:
		return ErrDamaged.Because(err)
	case err != nil:
		return translate(err)
	case said != "ok":
		return ErrDamaged.Because(errors.New(said))
	}
	return nil
}

// openPlain opens a file with one connection that leaves its journal as it is.
func openPlain(path string, pragmas ...string) (*sql.DB, error) {
	dsn, err := Options{Path: path}.dsn(append(pragmas, "secure_delete(ON)")...) // what VACUUM writes takes it over
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(2)
	return db, nil
}

// place makes a written file durable and gives it its name, unless that was
// taken in the meantime.
func place(part, file string) (int64, error) {
	size, err := syncFile(part)
	if err != nil {
		return 0, err
	}
	switch err := os.Link(part, file); {
	case errors.Is(err, fs.ErrExist):
		return 0, ErrThere.Because(err)
	case err != nil: // a file system without links
		if err := os.Rename(part, file); err != nil {
			return 0, err
		}
	}
	return size, syncDir(filepath.Dir(file))
}

func syncFile(path string) (int64, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), f.Sync()
}

// syncDir makes the names in a folder durable, where the system can.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !strings.Contains(err.Error(), "invalid") {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}
