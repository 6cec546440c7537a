package storetest

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/page"
)

// walk reads all pages of the size, and checks that none is longer and that
// only the last has no next.
func walk[T any](t testing.TB, size int, read func(page.Request) (page.List[T], error), each func(T)) {
	t.Helper()
	const tooMany = 1000
	r := page.Request{Limit: size}
	for range tooMany {
		l, err := read(r)
		must(t, err)
		if len(l.Items) > size || l.Next != nil && len(l.Items) < size {
			t.Fatalf("a page of %d has %d items, next %v", size, len(l.Items), l.Next)
		}
		for _, v := range l.Items {
			each(v)
		}
		if l.Next == nil {
			return
		}
		r.After = l.Next
	}
	t.Fatal("the list has no end")
}
