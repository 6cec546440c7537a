//go:build !unix

package sqlitestore

import (
	"os"
	"path/filepath"
)

// fileIdentity is the file's absolute path where the system has no inodes.
func fileIdentity(path string) (string, error) {
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	abs, err := filepath.Abs(path)
	return "file:" + abs, err
}
