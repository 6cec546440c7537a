package scheduler

import (
	"sync/atomic"
	"time"
)

// The times of a lease, all on the holder's own process clock.
const (
	// RenewEvery is the time between two beats of a held lease.
	RenewEvery = 10 * time.Second
	// BeginWithin is how long after its last renewal a lease allows to begin work.
	BeginWithin = 20 * time.Second
	// FreeAfter is how long a beat has to stand still for another to take the lease.
	FreeAfter = 35 * time.Second
	// leaveWithin is how long a lease that is to be given up is kept for what is
	// under way in its part: whatever is begun under one ends within it.
	leaveWithin = 70 * time.Second
)

// Lease is one held lease. Its methods may be called by any goroutine, also
// after it was lost.
type Lease struct {
	part    int
	name    string
	fence   int64
	takenAt time.Duration
	orphan  bool
	swept   atomic.Bool
	process func() time.Duration
	// leaving says that it is about to be given up, leftAt since when; leftAt
	// belongs to the holder's Step.
	leaving atomic.Bool
	leftAt  time.Duration
	// renewed is the process time just before the last renewal that was
	// acknowledged, or lost.
	renewed atomic.Int64
}

// lost is a renewal so long ago that no clock comes near it.
const lost = int64(-1 << 62)

// Part is the lease's place in the holder's list of names.
func (l *Lease) Part() int { return l.part }

// Name is the lease's name.
func (l *Lease) Name() string { return l.name }

// Fence is higher for every new owner.
func (l *Lease) Fence() int64 { return l.fence }

// TakenAt is the process time at which the lease was taken.
func (l *Lease) TakenAt() time.Duration { return l.takenAt }

// Orphan reports whether the lease was taken from an owner whose process is
// over: nothing that was begun under it is still under way.
func (l *Lease) Orphan() bool { return l.orphan }

// Swept is told by the holder's worker that what the owner before left behind is
// taken care of.
func (l *Lease) Swept() { l.swept.Store(true) }

// inheritance reports whether what a dead owner left behind is still to be taken
// care of. Only who took the lease from the dead knows that nothing is under way:
// to any owner after it that one is alive, and has to be waited for.
func (l *Lease) inheritance() bool { return l.orphan && !l.swept.Load() }

// MayBegin reports whether work under the lease may still be begun: the last
// renewal is less than BeginWithin ago and the lease is not given up, nor about to be.
func (l *Lease) MayBegin() bool {
	return !l.leaving.Load() && l.process()-time.Duration(l.renewed.Load()) < BeginWithin
}

// leave has nothing be begun any more, and gives since when.
func (l *Lease) leave(now time.Duration) time.Duration {
	if !l.leaving.Load() {
		l.leftAt = now
		l.leaving.Store(true)
	}
	return l.leftAt
}

func (l *Lease) stay() { l.leaving.Store(false) }

func (l *Lease) lose() { l.renewed.Store(lost) }
