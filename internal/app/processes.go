package app

import (
	"os"
	"path/filepath"
	"time"
)

// processes knows which workers of this machine are over. Each keeps a file of
// its name locked while it lives, which the system unlocks when the process
// ends in whatever way: so after a crash the next worker goes on at once,
// instead of waiting for leases to run out. Of workers on other machines, or in
// containers with other files, nothing is known.
type processes struct {
	dir  string
	mine *os.File
}

// lockAge is how old a lock of a dead process is before it is cleared away.
const lockAge = 24 * time.Hour

// lockDir is where workers on the same database find each other's locks.
func (a *App) lockDir() string {
	if a.opt.Config.MongoURI == "" {
		return filepath.Join(a.opt.Config.DataDir, "workers")
	}
	return filepath.Join(os.TempDir(), "sunday-workers-"+userID())
}

// ended is scheduler's question, nil where processes are not told apart.
func (a *App) ended() func(owner string) bool {
	if a.processes == nil {
		return nil
	}
	return a.processes.ended
}
