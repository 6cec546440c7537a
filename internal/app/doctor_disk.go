package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
		return one(checkDisk, Unknown, d.T("doctor.disk.elsewhere"), d.T("doctor.disk.elsewhere.do"))
	}
	free, err := freeBytes(existing(d.Config.DataDir))
	if err != nil {
		return one(checkDisk, Unknown, d.T("doctor.disk.unseen", "folder", d.Config.DataDir), d.T("doctor.disk.unseen.do"))
	}
	db, log := fileBytes(databasePath(d.Config)), fileBytes(databasePath(d.Config)+"-wal")
	says := d.T("doctor.disk.has", "free", d.decimal(float64(free)/giga, 1), "database", d.decimal(float64(db)/giga, 2), "log", log>>20)
	switch {
	case free < uint64(max(leastFree, db)):
		return one(checkDisk, Bad, says, d.T("doctor.disk.full.do"))
	case log > mostLog:
		return one(checkDisk, Look, says, d.T("doctor.disk.log.do"))
	}
	return one(checkDisk, Fine, says, "")
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
		there, wrong := d.private(name, path)
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
		found = one(checkPermissions, Unknown, d.T("doctor.permissions.none"), d.T("doctor.permissions.none.do"))
	default:
		found = one(checkPermissions, Fine, d.T("doctor.permissions.fine", "looked", looked), "")
	}
	if d.Config.Journal == "" {
		found = append(found, Finding{checkJournal, Look, d.T("doctor.journal.none"), d.T("doctor.journal.none.do")})
	}
	return found
}

// private finds fault with a file or folder that others may read.
func (d doctor) private(name, path string) (there bool, wrong []Finding) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // who needs it says so
	}
	if err != nil {
		return true, one(checkPermissions, Unknown, d.T("doctor.permissions.unseen", "name", name), d.T("doctor.permissions.unseen.do"))
	}
	if others := info.Mode().Perm() & 0o077; others != 0 {
		mode := "600"
		if info.IsDir() {
			mode = "700"
		}
		says := d.T("doctor.permissions.others", "name", name, "mode", fmt.Sprintf("%04o", info.Mode().Perm()))
		return true, one(checkPermissions, Bad, says, "chmod "+mode+" "+path)
	}
	return true, nil
}
