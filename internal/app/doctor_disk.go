package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	giga = 1 << 30
	// leastFree is how much room the disk of the data has to have.
	leastFree = 1 * giga
	// mostLog is how long the write-ahead log may be; it is cut at 64 MB when
	// nobody reads for a moment.
	mostLog = 512 << 20
)

// disk looks at the room for the embedded database and its log.
func (d doctor) disk(context.Context) []Finding {
	if d.Config.MongoURI != "" {
		return one("disk", Unknown, "the database is on other machines", "watch their disks there")
	}
	free, err := freeBytes(existing(d.Config.DataDir))
	if err != nil {
		return one("disk", Unknown, "how much is free in "+d.Config.DataDir+" cannot be found out", "look with df")
	}
	db, log := fileBytes(databasePath(d.Config)), fileBytes(databasePath(d.Config)+"-wal")
	says := fmt.Sprintf("%.1f GB free; the database has %.2f GB, its write-ahead log %d MB", float64(free)/giga, float64(db)/giga, log>>20)
	switch {
	case free < uint64(max(leastFree, db)):
		return one("disk", Bad, says, "make room: a backup or a restore needs as much as the database, and a full disk stops all writing")
	case log > mostLog:
		return one("disk", Look, says, "a reader that never ends keeps the log from being cut: restart what runs longest")
	}
	return one("disk", Fine, says, "")
}

// existing is the folder, or where it would be made the nearest that is there.
func existing(path string) string {
	path = filepath.Clean(path)
	for {
		if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

func fileBytes(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// permissions looks at who else may read the secrets and the data.
func (d doctor) permissions() []Finding {
	var found []Finding
	looked := 0
	look := func(name, path string) {
		there, wrong := private(name, path)
		if found = append(found, wrong...); there {
			looked++
		}
	}
	for _, line := range d.Environ {
		name, path, _ := strings.Cut(line, "=")
		if strings.HasPrefix(name, "SUNDAY_") && strings.HasSuffix(name, "_FILE") && path != "" {
			look(name, path)
		}
	}
	if d.Config.MongoURI == "" {
		for _, path := range []string{d.Config.DataDir, databasePath(d.Config), filepath.Join(d.Config.DataDir, "secret")} {
			look(path, path)
		}
	}
	if d.Config.Journal != "" {
		look("SUNDAY_JOURNAL", d.Config.Journal)
	}
	switch {
	case len(found) > 0:
	case looked == 0:
		found = one("permissions", Unknown, "there is no data folder and no file of secrets yet", "run it again once there is")
	default:
		found = one("permissions", Fine, fmt.Sprintf("their owner alone may read data, secrets and the journal (files and folders looked at: %d)", looked), "")
	}
	if d.Config.Journal == "" {
		found = append(found, Finding{"journal", Look, "there is none: what people refuse after the last backup would be lost with a restore", "set SUNDAY_JOURNAL to a file on another disk"})
	}
	return found
}

// private finds fault with a file or folder that others may read.
func private(name, path string) (there bool, wrong []Finding) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // who needs it says so
	}
	if err != nil {
		return true, one("permissions", Unknown, name+" cannot be looked at", "run the doctor as the user that runs the program")
	}
	if others := info.Mode().Perm() & 0o077; others != 0 {
		mode := "600"
		if info.IsDir() {
			mode = "700"
		}
		return true, one("permissions", Bad, fmt.Sprintf("%s may be read by others (mode %04o)", name, info.Mode().Perm()), "chmod "+mode+" "+path)
	}
	return true, nil
}

// oldBackup is the age at which a backup is too old.
const oldBackup = 25 * time.Hour

// backups looks for the newest file in the folder of backups.
func (d doctor) backups(context.Context) []Finding {
	const check = "backup"
	if d.Backups == "" {
		return one(check, Unknown, "nobody said where backups are", "name their folder: --backups FOLDER; docs/operations.md has a timer that makes them")
	}
	files, err := os.ReadDir(d.Backups)
	if err != nil {
		return one(check, Bad, "the folder of backups cannot be read", "see that "+d.Backups+" is there and may be read")
	}
	var newest fs.FileInfo
	for _, f := range files {
		if info, err := f.Info(); err == nil && info.Mode().IsRegular() && info.Size() > 0 && (newest == nil || info.ModTime().After(newest.ModTime())) {
			newest = info
		}
	}
	if newest == nil {
		return one(check, Bad, "there is none in "+d.Backups, "make one now: 'sunday backup FILE', and let a timer make them daily")
	}
	age := d.Now().Sub(newest.ModTime()).Round(time.Minute)
	says := fmt.Sprintf("the newest, %s, is %v old and has %.1f MB", newest.Name(), age, float64(newest.Size())/1e6)
	if age > oldBackup {
		return one(check, Bad, says, "see why the timer made none, and make one now: 'sunday backup FILE'")
	}
	return one(check, Fine, says, "")
}
