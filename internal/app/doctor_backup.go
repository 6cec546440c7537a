package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
)

const (
	// oldBackup is the age at which a backup is too old.
	oldBackup = 25 * time.Hour
	// soonest is how far ahead of this machine's clock a file may be that another
	// machine wrote. One of later would hide for as long that no newer one comes.
	soonest = time.Hour
)

// backups looks at the newest file in the folder of backups.
func (d doctor) backups(context.Context) []Finding {
	if d.Backups == "" {
		return one(checkBackups, Unknown, d.T("doctor.backup.unsaid"), d.T("doctor.backup.unsaid.do"))
	}
	files, err := os.ReadDir(d.Backups)
	if err != nil {
		return one(checkBackups, Bad, d.T("doctor.backup.unread"), d.T("doctor.backup.unread.do", "folder", d.Backups))
	}
	var newest fs.FileInfo
	for _, f := range files {
		info, err := f.Info()
		if err != nil || !info.Mode().IsRegular() || sqlitestore.IsPart(info.Name()) {
			continue
		}
		if newest == nil || info.ModTime().After(newest.ModTime()) {
			newest = info
		}
	}
	if newest == nil {
		return one(checkBackups, Bad, d.T("doctor.backup.none", "folder", d.Backups), d.T("doctor.backup.none.do"))
	}
	return d.backup(newest)
}

// backup tells of one file how old it is and what.
func (d doctor) backup(file fs.FileInfo) []Finding {
	age := d.Now().Sub(file.ModTime()).Round(time.Minute)
	if age < -soonest {
		return one(checkBackups, Look, d.T("doctor.backup.future", "file", file.Name(), "ahead", d.span(-age)), d.T("doctor.backup.future.do"))
	}
	says := func(id string) string {
		return d.T(id, "file", file.Name(), "age", d.span(max(age, 0)), "size", d.decimal(float64(file.Size())/1e6, 1))
	}
	switch kind := whatBackup(filepath.Join(d.Backups, file.Name()), file.Size()); {
	case kind == backupEmpty:
		return one(checkBackups, Bad, says("doctor.backup.empty"), d.T("doctor.backup.none.do"))
	case kind == backupOther:
		return one(checkBackups, Bad, says("doctor.backup.other"), d.T("doctor.backup.other.do"))
	case kind == backupShort:
		return one(checkBackups, Bad, says("doctor.backup.short"), d.T("doctor.backup.none.do"))
	case age > oldBackup:
		return one(checkBackups, Bad, says("doctor.backup.newest"), d.T("doctor.backup.old.do"))
	case kind == backupShut:
		return one(checkBackups, Unknown, says("doctor.backup.shut"), d.T("doctor.backup.shut.do"))
	case kind == backupClosed:
		return one(checkBackups, Unknown, says("doctor.backup.closed"), d.T("doctor.backup.closed.do"))
	}
	return one(checkBackups, Fine, says("doctor.backup.newest"), "")
}

// backupKind is what a file is, as far as its beginning and its size tell.
type backupKind int

const (
	backupData   backupKind = iota // a database, or what mongodump writes
	backupClosed                   // packed or encrypted in a way that is not looked into
	backupShut                     // not to be read by who asks
	backupEmpty
	backupShort // a database whose end is missing
	backupOther // words, or nothing but zeros
)

const (
	// mongoArchive begins what mongodump --archive writes, and gzipped what gzip does.
	mongoArchive, gzipped = "\x6d\xe2\x99\x81", "\x1f\x8b"
	// headBytes is how much of a file is looked at: the header of a database, and more.
	headBytes = 512
)

// encryptedWords begin files of words that are encrypted all the same.
var encryptedWords = []string{"-----BEGIN PGP MESSAGE-----", "-----BEGIN AGE ENCRYPTED FILE-----", "age-encryption.org/"}

// whatBackup looks at the beginning of a file, and of what is packed in it by gzip,
// as mongodump does.
func whatBackup(path string, size int64) backupKind {
	if size == 0 {
		return backupEmpty
	}
	f, err := os.Open(path)
	if err != nil {
		return backupShut
	}
	defer f.Close()
	head, err := headOf(f)
	if err != nil {
		return backupShut
	}
	if !bytes.HasPrefix(head, []byte(gzipped)) {
		return kindOf(head, size)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return backupShut
	}
	packed, err := gzip.NewReader(f)
	if err != nil {
		return backupOther
	}
	if head, err = headOf(packed); err != nil {
		return backupOther
	}
	if len(head) == 0 {
		return backupEmpty
	}
	return kindOf(head, -1)
}

func headOf(r io.Reader) ([]byte, error) {
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// kindOf judges a beginning; size is that of the whole, -1 where it is not known.
func kindOf(head []byte, size int64) backupKind {
	if whole, ok := sqlitestore.SizeSaid(head); ok {
		if size >= 0 && size < whole {
			return backupShort
		}
		return backupData
	}
	switch {
	case bytes.HasPrefix(head, []byte(mongoArchive)):
		return backupData
	case len(bytes.Trim(head, "\x00")) == 0:
		return backupOther
	case !readable(head):
		return backupClosed
	}
	for _, begin := range encryptedWords {
		if strings.HasPrefix(string(head), begin) {
			return backupClosed
		}
	}
	return backupOther
}

// readable reports whether people could read the bytes.
func readable(head []byte) bool {
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		cut := len(head) < utf8.UTFMax && !utf8.FullRune(head)
		if r == utf8.RuneError && n < 2 && !cut || r < ' ' && !strings.ContainsRune("\t\n\r\f\x1b", r) {
			return false
		}
		head = head[n:]
	}
	return true
}
