package gate

import (
	"errors"
	"sync"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Gate is passed by every call of the ports behind it. Calls are named as
// "Ledger.Mark": the field of store.Set, or Source, Channel, Conn, and the method.
type Gate interface {
	// Before is asked before the call. With an error the call is not made and
	// its caller gets the error.
	Before(call string) error
	// After is asked once the call was made. With an error its caller gets that
	// and nothing else: what was done is done, and the reply is lost.
	After(call string) error
}

// ErrKilled is what a killed actor gets from every call.
var ErrKilled = errors.New("gate: the actor was killed")

// Source puts the gate before a source of messages.
func Source(next notifications.Source, g Gate) notifications.Source { return &gatedSource{next, g} }

// Channel puts the gate before a channel and the connections that it opens.
func Channel(next notifications.Channel, g Gate) notifications.Channel {
	return &gatedChannel{next, g}
}

// Side is where a fault strikes a call.
type Side int

// The sides of a call.
const (
	Before Side = iota
	After
)

// String names the side.
func (s Side) String() string {
	if s == After {
		return "after"
	}
	return "before"
}

// Counter numbers the calls of one actor from 1 and strikes one of them. It may
// be used by several goroutines; numbers mean the same in each run only where
// there is one.
type Counter struct {
	// At is the number of the call that is struck, 0 for none, and Side where.
	At   int
	Side Side
	// Err is what the struck call gives instead of its answer, once. Nil kills:
	// this call and all later ones give ErrKilled.
	Err error
	// Counts chooses the calls that are numbered; nil for all.
	Counts func(call string) bool

	mu     sync.Mutex
	calls  []string
	struck bool
}

var _ Gate = (*Counter)(nil)

// Before numbers the call, and strikes it where its turn has come.
func (c *Counter) Before(call string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.struck && c.Err == nil {
		return ErrKilled
	}
	if c.Counts != nil && !c.Counts(call) {
		return nil
	}
	c.calls = append(c.calls, call)
	if c.Side == Before {
		return c.strike()
	}
	return nil
}

// After strikes the call that was just made where its turn has come.
func (c *Counter) After(call string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.struck && c.Err == nil {
		return ErrKilled
	}
	if c.Side == Before || c.Counts != nil && !c.Counts(call) {
		return nil
	}
	return c.strike()
}

// strike gives the fault if the last numbered call is the one to strike.
func (c *Counter) strike() error {
	if c.struck || c.At == 0 || len(c.calls) != c.At {
		return nil
	}
	c.struck = true
	if c.Err != nil {
		return c.Err
	}
	return ErrKilled
}

// Struck reports whether the fault has happened.
func (c *Counter) Struck() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.struck
}

// Killed reports whether the actor is dead.
func (c *Counter) Killed() bool { return c.Struck() && c.Err == nil }

// Calls are the names of the calls that were numbered, in their order.
func (c *Counter) Calls() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.calls...)
}
