package outreach

import "sync"

// turns has the passes over each part's dirty facts begin where the last one
// came to its limit, or failed: what stays dirty for long at the head would
// keep all behind it from being planned. It saves time and guards nothing: a
// process that has forgotten it begins at the head.
type turns[T any, K comparable] struct {
	key     func(T) K
	compare func(a, b K) int

	mu sync.Mutex
	at map[int]K
}

func newTurns[T any, K comparable](key func(T) K, compare func(a, b K) int) *turns[T, K] {
	return &turns[T, K]{key: key, compare: compare, at: make(map[int]K)}
}

// take lists at most limit of the part's facts from its turn on, and then from
// the head. Read gives them after a key.
func (t *turns[T, K]) take(part, limit int, read func(after K, limit int) ([]T, error)) ([]T, error) {
	var head K
	t.mu.Lock()
	from := t.at[part]
	t.mu.Unlock()
	found, err := read(from, limit)
	if err != nil || from == head || len(found) >= limit {
		return found, err
	}
	rest, err := read(head, limit-len(found))
	for _, v := range rest {
		if t.compare(t.key(v), from) <= 0 {
			found = append(found, v)
		}
	}
	return found, err
}

// begun says that the next pass goes on after the fact, even if its planning fails.
func (t *turns[T, K]) begun(part int, v T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at[part] = t.key(v)
}

// done says that all that was taken was planned; what was fewer than the limit
// was all there is.
func (t *turns[T, K]) done(part, taken, limit int) {
	if taken >= limit {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.at, part)
}
