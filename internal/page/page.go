package page

// How many items one page holds.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// Key is the place after which the next page starts: the values of the list's
// order, in that order, the last one unique. Values may hold any bytes.
type Key struct{ Values []string }

// Request asks for one page: the first one when After is nil.
type Request struct {
	After *Key
	Limit int
}

// Size is the number of items to read: Limit(r.Limit).
func (r Request) Size() int { return Limit(r.Limit) }

// Limit bounds what a client asked for to 1..MaxLimit; 0 and less mean
// DefaultLimit.
func Limit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, MaxLimit)
}

// List is one page; Next is nil on the last one.
type List[T any] struct {
	Items []T
	Next  *Key
}

// Cut makes a page of items read with a limit of one more than size: the item
// too many only tells that there is a next page, which starts after key(last).
func Cut[T any](items []T, size int, key func(T) Key) List[T] {
	if len(items) <= size || size <= 0 {
		return List[T]{Items: items}
	}
	items = items[:size]
	next := key(items[size-1])
	return List[T]{Items: items, Next: &next}
}
