package app

import (
	"context"
	"runtime/debug"
	"time"
)

// trimEvery is how often memory that is not in use goes back to the system.
const trimEvery = time.Minute

// Trim gives unused memory back until ctx is done. Go keeps twice of what
// lives, and of a start or a busy hour much more for long; this program mostly
// rests beside others on a small machine. It costs some 10 ms a minute.
func Trim(ctx context.Context) {
	tick := time.NewTicker(trimEvery)
	defer tick.Stop()
	for {
		debug.FreeOSMemory()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
