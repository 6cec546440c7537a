//nolint:testpackage // gives the tests what they cannot see from outside
package mongostore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Gather is a gather of numbers.
type Gather struct{ *gather[int] }

func NewGather(call func(context.Context, []int) error) Gather { return Gather{newGather(call)} }

func (g Gather) Ask(ctx context.Context, items ...int) error { return g.ask(ctx, items) }

// Waiting is how many calls of Settle wait for their turn.
func Waiting(l notifications.Ledger) int {
	g := l.(*ledger).sent
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting)
}
