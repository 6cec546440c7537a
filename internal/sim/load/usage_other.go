//go:build !linux

package load

import "time"

// cpuTime, forgetPeak and peakMemory are known on Linux only.
func cpuTime() time.Duration { return 0 }

func forgetPeak() {}

func peakMemory() int64 { return 0 }
