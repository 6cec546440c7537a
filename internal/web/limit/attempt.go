package limit

import "time"

// Bucket is the bucket of a key in a limiter.
type Bucket struct {
	Limiter *Limiter
	Key     string
}

// Attempt is one thing that somebody tries, and counts in all its buckets.
type Attempt []Bucket

// Take counts the attempt in all its buckets, or in none where one of them is
// empty: then it says how long that takes to change.
func (a Attempt) Take() (wait time.Duration) {
	for _, b := range a {
		wait = max(wait, b.Limiter.Wait(b.Key))
	}
	if wait > 0 {
		return wait
	}
	for _, b := range a {
		b.Limiter.Take(b.Key, 1)
	}
	return 0
}

// Back takes back what was taken: it was no attempt.
func (a Attempt) Back() {
	for _, b := range a {
		b.Limiter.Give(b.Key, 1)
	}
}
