package app

import (
	"context"
	"runtime/debug"
	"time"
)

// trimEvery is how often memory that is not in use goes back to the system,
// at some 10 ms each time. Left alone, what a start or a busy hour took would
// stay for long with a program that mostly rests beside others.
const trimEvery = 15 * time.Second

// TendMemory sees to it that a process is small at rest, until ctx is done.
func TendMemory(ctx context.Context) {
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
