//go:build unix

package app

import "syscall"

// freeBytes is how much an ordinary user may still write to the disk of a path.
func freeBytes(path string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}
