package sqlitestore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"strconv"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// schema is what all migrations together make of a new file, which takes a fifth
// of the time. TestSchema writes it and holds it to them.
//
//go:embed schema.sql
var schema string

// lowestVersion is the number of the first program that understands what the
// newest migration made; see Settings.
const (
	lowestVersion    = 21
	lowestVersionKey = "lowest_version"
)

// startWAL switches the file to its write-ahead log. The switch fails at once
// where another process makes the same file, whatever the busy timeout, so it
// is tried for some seconds.
func startWAL(ctx context.Context, s *session) error {
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for tries := 0; ; tries++ {
		err := s.script("PRAGMA journal_mode = WAL")
		if err == nil || codeOf(err)&0xff != sqlite3.SQLITE_BUSY || tries == 250 {
			return err
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// migrate runs the migrations that the file has not seen, all in one
// transaction whose write lock keeps other processes out.
func migrate(s *session) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	if err := s.script("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := migrateLocked(s, names); err != nil {
		return errors.Join(err, s.script("ROLLBACK"))
	}
	return s.script("COMMIT")
}

func migrateLocked(s *session, names []string) error {
	version, err := number(s, "PRAGMA user_version")
	if err != nil {
		return err
	}
	if version > len(names) {
		return mayOpen(s, len(names))
	}
	if version == len(names) {
		return nil
	}
	if err := catchUp(s, version, names); err != nil {
		return err
	}
	if _, err := s.exec(upsertSetting, lowestVersionKey, strconv.Itoa(lowestVersion)); err != nil {
		return err
	}
	return s.script("PRAGMA user_version = " + strconv.Itoa(len(names)))
}

// catchUp makes the tables of a new file, or changes those of an older one.
func catchUp(s *session, version int, names []string) error {
	if version == 0 {
		return s.script(schema)
	}
	for _, name := range names[version:] {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if err := s.script(string(text)); err != nil {
			return err
		}
	}
	return nil
}

// mayOpen refuses a file that a newer program changed so that this one would
// misread it.
func mayOpen(s *session, has int) error {
	needs, err := number(s, selectSetting, lowestVersionKey)
	if err == nil && needs > has {
		err = ErrNewer.With("needs", needs, "has", has)
	}
	return err
}

func number(s *session, text string, args ...any) (int, error) {
	var n int
	err := s.query(func(rows *sql.Rows) error { return rows.Scan(&n) }, text, args...)
	return n, err
}
