package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
)

// ownTables are those that a database keeps of itself, and that no stage hands
// over. Chains of blocks belong to a database too: lines come unsealed, and the
// program seals them.
var ownTables = []string{"settings", "leases", "jobs", "holds", "audit_blocks"}

// baseTables are what a stage begins with, beside the settings in baseSettings.
var baseTables = []string{"units", "unit_ancestors", "unit_words", "accounts", "consent_texts", "score_tables"}

// baseSettings are the check value of the secret, and that the units are laid.
var baseSettings = []string{"secret_check", "state_units"}

// base is the empty province on which every stage begins.
type base struct {
	// dir is the data folder, in which stages have theirs; secret and url are
	// those of the program that people look at.
	dir, secret, url string
	own              string // the folder of the base itself
}

func (b *base) file() string { return filepath.Join(b.own, databaseName) }

// make writes the base anew from the database that people look at.
func (b *base) make(ctx context.Context) error {
	if err := b.close(); err != nil {
		return err
	}
	var err error
	if b.own, err = os.MkdirTemp(b.dir, stagePattern); err != nil {
		return fmt.Errorf("make a folder for the sample: %w", err)
	}
	made, err := sqlitestore.Open(ctx, sqlitestore.Options{Path: b.file(), Sync: "OFF"})
	if err != nil {
		return err
	}
	if err := made.Close(); err != nil {
		return err
	}
	return transfer(ctx, filepath.Join(b.dir, databaseName), b.file(), func(do statement) error {
		for _, table := range baseTables {
			//nolint:unqueryvet // every column, whatever it is: the base has the same tables
			if _, err := do("INSERT INTO main." + table + " SELECT * FROM source." + table); err != nil {
				return err
			}
		}
		for _, key := range baseSettings {
			if _, err := do("INSERT INTO main.settings SELECT key, value FROM source.settings WHERE key = ?", key); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *base) close() error {
	if b.own == "" {
		return nil
	}
	dir := b.own
	b.own = ""
	return os.RemoveAll(dir)
}

// sweep removes what a process left that was killed.
func (b *base) sweep() error {
	left, err := filepath.Glob(filepath.Join(b.dir, stagePattern))
	if err != nil {
		return err
	}
	for _, dir := range left {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// carry moves what was lived on an ended stage into the database that people
// look at, and notes how far the sample is: all of it in one transaction, so
// that whoever is killed has a unit whole or not at all. What is there already
// stays as it is.
func (b *base) carry(ctx context.Context, s *stage, key, seen, value string) error {
	into := filepath.Join(b.dir, databaseName)
	tables, err := tablesOf(ctx, into)
	if err != nil {
		return err
	}
	return transfer(ctx, s.database(), into, func(do statement) error {
		for _, table := range tables {
			if _, err := do(carryText(table)); err != nil {
				return fmt.Errorf("carry %s: %w", table, err)
			}
		}
		if seen == "" {
			_, err := do("INSERT INTO main.settings (key, value) VALUES (?, ?)", key, value)
			return err
		}
		changed, err := do("UPDATE main.settings SET value = ? WHERE key = ? AND value = ?", value, key, seen)
		if err == nil && changed == 0 {
			err = errTwo
		}
		return err
	})
}

func carryText(table string) string {
	switch table {
	case "audit_lines":
		return "INSERT OR IGNORE INTO main.audit_lines (id, unit, thing, at, block, doc) SELECT id, unit, thing, at, 0, doc FROM source.audit_lines"
	case "score_tables": // a card is pinned to one that is frozen
		return "INSERT OR REPLACE INTO main.score_tables SELECT * FROM source.score_tables"
	}
	//nolint:unqueryvet // every column, whatever it is: the stage has the same tables
	return "INSERT OR IGNORE INTO main." + table + " SELECT * FROM source." + table
}

// openFile opens a database beside the program that has it open.
func openFile(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	return sql.Open("sqlite", "file:"+name+"?_pragma=busy_timeout(20000)&_pragma=synchronous(OFF)")
}

// tablesOf lists the tables that are carried.
func tablesOf(ctx context.Context, path string) (tables []string, err error) {
	db, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		if !slices.Contains(ownTables, name) && !strings.HasPrefix(name, "sqlite_") {
			tables = append(tables, name)
		}
	}
	return tables, rows.Err()
}

// statement runs one statement and gives how many rows it changed.
type statement func(text string, args ...any) (int64, error)

// transfer runs one transaction on the database into, with from attached to it
// as source. Another process that writes there meanwhile waits, or is waited for.
func transfer(ctx context.Context, from, into string, work func(do statement) error) (err error) {
	db, err := openFile(into)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	do := func(text string, args ...any) (int64, error) {
		result, err := conn.ExecContext(ctx, text, args...)
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}
	if _, err := do("ATTACH DATABASE ? AS source", from); err != nil {
		return err
	}
	if _, err := do("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := work(do); err != nil {
		_, undone := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, undone)
	}
	_, err = do("COMMIT")
	return err
}
