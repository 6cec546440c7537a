package app

import (
	"context"
	"os"
	"runtime/debug"
	"time"
)

const (
	// garbagePercent is how much may be thrown away, of what lives, before it is
	// collected. So little lives here (some 10 to 20 MB) that the usual 100 would
	// have a busy process collect very often; with much more than this, sending
	// in bulk would need more than 120 MB.
	garbagePercent = 150
	// trimEvery is how often memory that is not in use goes back to the system,
	// at some 10 ms each time. Left alone, what a start or a busy hour took would
	// stay for long with a program that mostly rests beside others.
	trimEvery = 15 * time.Second
)

// TendMemory sees to it that a busy process is fast and one at rest is small,
// until ctx is done. A GOGC that is set is left as it is.
func TendMemory(ctx context.Context) {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(garbagePercent)
	}
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
