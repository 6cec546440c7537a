package load

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// Usage is what a stretch of work took of the machine.
type Usage struct {
	// Seconds it lasted, and CPUSeconds that the process was busy, sink included.
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
	// PeakBytes is the most memory that was resident, 0 where the system does
	// not tell; PeakHeapBytes is the most that Go's objects took.
	PeakBytes     int64 `json:"peak_bytes"`
	PeakHeapBytes int64 `json:"peak_heap_bytes"`
}

const (
	heapName  = "/memory/classes/heap/objects:bytes"
	heapEvery = 20 * time.Millisecond
)

// meter measures one stretch.
type meter struct {
	now   func() time.Duration
	began time.Duration
	cpu   time.Duration
	stop  context.CancelFunc
	watch sync.WaitGroup
	heap  uint64
}

// startMeter forgets what came before: what was filled in is not charged.
func startMeter(now func() time.Duration) *meter {
	runtime.GC()
	debug.FreeOSMemory()
	forgetPeak()
	ctx, stop := context.WithCancel(context.Background())
	m := &meter{now: now, began: now(), cpu: cpuTime(), stop: stop}
	m.watch.Go(func() { m.watchHeap(ctx) })
	return m
}

func (m *meter) watchHeap(ctx context.Context) {
	sample := []metrics.Sample{{Name: heapName}}
	tick := time.NewTicker(heapEvery)
	defer tick.Stop()
	for {
		metrics.Read(sample)
		m.heap = max(m.heap, sample[0].Value.Uint64())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// end gives what was used since the start.
func (m *meter) end() Usage {
	u := Usage{Seconds: (m.now() - m.began).Seconds(), CPUSeconds: (cpuTime() - m.cpu).Seconds(), PeakBytes: peakMemory()}
	m.stop()
	m.watch.Wait()
	u.PeakHeapBytes = int64(m.heap)
	return u
}
