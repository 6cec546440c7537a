//go:build unix

package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

func userID() string { return strconv.Itoa(os.Geteuid()) }

// claimProcess locks a file of the owner's name.
func claimProcess(dir, owner string, now time.Time) (*processes, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of the workers' locks: %w", err)
	}
	p := &processes{dir: dir}
	if !p.trusted(dir) {
		return nil, fmt.Errorf("the folder of the workers' locks, %s, belongs to somebody else or may be written by others", dir)
	}
	p.clear(now)
	// locked before it has its name, so that nobody ever finds it unlocked
	fresh, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return nil, fmt.Errorf("a lock of this worker: %w", err)
	}
	if err := errors.Join(lock(fresh), os.Rename(fresh.Name(), p.path(owner))); err != nil {
		return nil, errors.Join(fmt.Errorf("a lock of this worker: %w", err), fresh.Close(), os.Remove(fresh.Name()))
	}
	p.mine = fresh
	return p, nil
}

func (p *processes) path(owner string) string { return filepath.Join(p.dir, owner+".lock") }

// trusted reports whether only this user can have put files there.
func (p *processes) trusted(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o022 != 0 {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// ended reports whether the owner's file is there and nobody holds it.
func (p *processes) ended(owner string) bool {
	if owner == "" || filepath.Base(owner) != owner {
		return false
	}
	return unlocked(p.path(owner))
}

func unlocked(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	free := lock(f) == nil
	return f.Close() == nil && free
}

// clear takes away files that dead processes left long ago.
func (p *processes) clear(now time.Time) {
	names, err := filepath.Glob(filepath.Join(p.dir, "*"))
	if err != nil {
		return
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err == nil && now.Sub(info.ModTime()) > lockAge && unlocked(name) {
			_ = os.Remove(name) // the next start tries again
		}
	}
}

// release ends the claim of a process that has left nothing behind.
func (p *processes) release(owner string) error {
	return errors.Join(os.Remove(p.path(owner)), p.mine.Close())
}
