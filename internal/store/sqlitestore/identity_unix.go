//go:build unix

package sqlitestore

import (
	"fmt"
	"os"
	"syscall"
)

// fileIdentity is "file:DEVICE:INODE": a copied file has another inode.
func fileIdentity(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", errBroken
	}
	return fmt.Sprintf("file:%d:%d", stat.Dev, stat.Ino), nil
}
