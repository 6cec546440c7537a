package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// Backup is a backup that was written.
type Backup struct {
	File  string    `json:"file"`
	Bytes int64     `json:"bytes"`
	At    time.Time `json:"at"`
	// KeepApart says where the secret is, which is not in the backup.
	KeepApart string `json:"keep_apart"`
}

// Refusals of backup and restore.
var (
	errMongoBackup = errors.New("this database is MongoDB: back it up with its own tools, as docs/operations.md says under Backup (mongodump --oplog --archive=FILE --gzip)")
	errMongoResto  = errors.New("this database is MongoDB: restore it with its own tools (mongorestore --oplogReplay --archive=FILE --gzip), with every worker stopped, and run 'sunday hold --restored-at TIME' before you start them")
	errNoDatabase  = errors.New("there is no database")
	errNoBackup    = errors.New("it is no backup that 'sunday backup' made")
	errNoSecret    = errors.New("the secret that the backup was made with is needed: put its file 'secret' into the data folder, or set SUNDAY_SECRET")
)

func databasePath(c config.Config) string { return filepath.Join(c.DataDir, "sunday.db") }

// WriteBackup writes the database as it is now into a new file, while other
// processes go on. Progress is told bytes; it may be nil.
func WriteBackup(ctx context.Context, c config.Config, file string, progress func(written, about int64)) (Backup, error) {
	if c.MongoURI != "" {
		return Backup{}, errMongoBackup
	}
	path, at := databasePath(c), time.Now().UTC().Truncate(time.Second)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Backup{}, fmt.Errorf("%w in %s: name its folder in SUNDAY_DATA", errNoDatabase, c.DataDir)
	}
	bytes, err := sqlitestore.Backup{
		Path: path, File: file, Progress: progress,
		Settings: map[string]string{settingBackup: strconv.FormatInt(at.UnixMilli(), 10)},
	}.Write(ctx)
	if err != nil {
		return Backup{}, fmt.Errorf("backup to %s: %w", file, err)
	}
	return Backup{File: file, Bytes: bytes, At: at, KeepApart: secretPlace(c)}, nil
}

// secretPlace is where the secret is, in words.
func secretPlace(c config.Config) string {
	if c.Secret != "" {
		return "SUNDAY_SECRET"
	}
	return filepath.Join(c.DataDir, "secret")
}

// Restored is a backup that was put in place.
type Restored struct {
	File string    `json:"file"`
	At   time.Time `json:"at"`
	// Path is the database, Kept where the one before it was moved, if there was one.
	Path string `json:"path"`
	Kept string `json:"kept,omitempty"`
}

// RestoreBackup puts a backup in the place of the database, held: nothing is
// sent before its release. With force a database that is there is kept beside it.
func RestoreBackup(ctx context.Context, c config.Config, file string, force bool) (Restored, error) {
	if c.MongoURI != "" {
		return Restored{}, errMongoResto
	}
	// before anything is said of a database, or a folder is made for one
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return Restored{}, fmt.Errorf("restore: there is no file %s; name a backup that 'sunday backup' made", file)
	}
	if err := makeDataDir(c.DataDir); err != nil {
		return Restored{}, err
	}
	now := time.Now().UTC()
	out := Restored{File: file, Path: databasePath(c)}
	r := sqlitestore.Restore{
		File: file, Path: out.Path, Gone: scheduler.WorkerPrefix,
		Check: func(settings map[string]string) (map[string]string, error) {
			at, err := checkBackup(c, settings)
			out.At = at
			return map[string]string{settingBackup: "", settingRestored: settings[settingBackup]}, err
		},
		Hold: func() notifications.Hold {
			return restoredHold(out.At, notifications.Millis(now.UnixMilli()))
		},
	}
	if _, err := os.Lstat(out.Path); err == nil && force {
		out.Kept = out.Path + ".before-restore-" + now.Format("20060102T150405Z")
		r.KeepAs = out.Kept
	}
	err := r.Run(ctx)
	if errors.Is(err, sqlitestore.ErrThere) {
		return Restored{}, fmt.Errorf("there is a database in %s already: --force keeps it beside the restored one", c.DataDir)
	}
	if err != nil {
		return Restored{}, fmt.Errorf("restore %s: %w", file, err)
	}
	return out, nil
}

// checkBackup refuses what is no backup, and one of another secret.
func checkBackup(c config.Config, settings map[string]string) (time.Time, error) {
	ms, err := strconv.ParseInt(settings[settingBackup], 10, 64)
	if err != nil {
		return time.Time{}, errNoBackup
	}
	at := time.UnixMilli(ms).UTC()
	current := string(c.Secret)
	if current == "" {
		path := filepath.Join(c.DataDir, "secret")
		if _, err := os.Stat(path); err != nil {
			return at, errNoSecret
		}
		if current, err = secret.LoadOrMake(path); err != nil {
			return at, fmt.Errorf("the secret in %s: %w", c.DataDir, err)
		}
	}
	keys, err := secret.Open(current, older(c)...)
	if err != nil {
		return at, err
	}
	if kept := settings[settingSecret]; kept != "" && !strings.Contains(strings.Join(keys.Checks(), "\n"), kept) {
		return at, ErrOtherSecret
	}
	return at, nil
}

func older(c config.Config) []string {
	out := make([]string, len(c.OlderSecrets))
	for i, s := range c.OlderSecrets {
		out[i] = string(s)
	}
	return out
}
