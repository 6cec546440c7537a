package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Generate makes a new secret: 256 random bits as 43 characters of base64url.
func Generate() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: it ends the process rather than give bad bytes
	return base64.RawURLEncoding.EncodeToString(b)
}

// LoadOrMake gives the secret kept in the file at path, and makes one first if
// there is no such file. The file is for its owner only (mode 0600): one that
// others may read is ErrFileMode. Two processes that start at once agree.
func LoadOrMake(path string) (string, error) {
	text, err := load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	if err := makeFile(path, Generate()); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return load(path)
}

func load(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", ErrFileMode
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(b))
	if len(text) < MinBytes {
		return "", ErrTooShort
	}
	return text, nil
}

// makeFile writes beside path and links it there, since a link is made whole
// or not at all: a reader never sees half a secret, and the first one stays.
func makeFile(path, text string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".secret-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString(text + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the new name survive a power cut: a secret that is lost makes
// everything sealed with it unreadable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
