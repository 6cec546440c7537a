//go:build !linux

package load

import "time"

// cpuTime, forgetPeak and peakMemory are known on Linux only.
func cpuTime() time.Duration { return 0 }

func forgetPeak() {}

func peakMemory() int64 { return 0 }

func makeSlots(n int) []uint64 { return make([]uint64, n) }

func dropSlots([]uint64) {}
