package limit

import (
	"sync"
	"time"
)

// maxBuckets bounds the memory of a limiter: about 20 MB. Whoever has that many
// addresses gets past it, as with any limit per address.
const maxBuckets = 100_000

// Rate allows Burst at once, and one more after each Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Or is the rate, or d where it says nothing.
func (r Rate) Or(d Rate) Rate {
	if r.Burst <= 0 || r.Every <= 0 {
		return d
	}
	return r
}

// Limiter is a token bucket per key, in memory. Full buckets are not kept. It
// may be used concurrently.
type Limiter struct {
	rate Rate
	now  func() time.Time

	mu sync.Mutex
	// full holds for each key when its bucket is full again.
	full map[string]time.Time
}

// New makes a limiter on the real clock.
func New(r Rate, now func() time.Time) *Limiter {
	return &Limiter{rate: r, now: now, full: map[string]time.Time{}}
}

// Wait is how long it takes until the key may take one, 0 for at once.
func (l *Limiter) Wait(key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, now := l.full[key], l.now()
	if !at.After(now) {
		return 0
	}
	return max(0, at.Sub(now)-time.Duration(l.rate.Burst-1)*l.rate.Every)
}

// Take uses n up; the bucket may become as empty as it goes and no emptier.
func (l *Limiter) Take(key string, n int) {
	if n <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	at, known := l.full[key]
	if !known && len(l.full) >= maxBuckets {
		l.makeRoom(now)
	}
	if at.Before(now) {
		at = now
	}
	limit := now.Add(time.Duration(l.rate.Burst) * l.rate.Every)
	if at = at.Add(time.Duration(n) * l.rate.Every); at.After(limit) {
		at = limit
	}
	l.full[key] = at
}

// Give gives n back that were taken before it was known whether they count: of
// many who ask at once, none is let in beyond the limit.
func (l *Limiter) Give(key string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, known := l.full[key]; known {
		l.full[key] = at.Add(-time.Duration(n) * l.rate.Every)
	}
}

// makeRoom drops what is full again and, if that is little, a tenth of the rest.
func (l *Limiter) makeRoom(now time.Time) {
	for key, at := range l.full {
		if !at.After(now) {
			delete(l.full, key)
		}
	}
	for key := range l.full {
		if len(l.full) <= maxBuckets*9/10 {
			return
		}
		delete(l.full, key)
	}
}
