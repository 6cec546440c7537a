package load

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// watched is the mail channel, with its hand-overs counted and timed as the
// program sees them.
type watched struct {
	notifications.Channel
	now         func() time.Duration
	accepted    atomic.Int64
	first, last atomic.Int64 // process time
}

// Open opens a connection of the channel.
func (w *watched) Open(ctx context.Context) (notifications.Conn, error) {
	c, err := w.Channel.Open(ctx)
	if err != nil {
		return nil, err
	}
	return watchedConn{c, w}, nil
}

type watchedConn struct {
	notifications.Conn
	channel *watched
}

// Send hands a message over and notes when it was accepted.
func (c watchedConn) Send(ctx context.Context, m notifications.Message) error {
	err := c.Conn.Send(ctx, m)
	if err == nil {
		at := int64(c.channel.now())
		c.channel.first.CompareAndSwap(0, at)
		c.channel.last.Store(at)
		c.channel.accepted.Add(1)
	}
	return err
}
