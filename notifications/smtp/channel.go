package smtp

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Channel is the mail channel with its pool of connections.
type Channel struct {
	opt   Options
	slots chan struct{}
	rate  *time.Ticker // nil without a limit
	forms forms

	mu     sync.Mutex
	idle   []*parked
	closed bool
}

var _ notifications.Channel = (*Channel)(nil)

// parked is an open connection that nobody uses.
type parked struct {
	session *session
	timer   *time.Timer
}

var errClosed = errors.New("smtp: the channel is closed")

// New checks the options. It connects to nobody.
func New(opt Options) (*Channel, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	opt = opt.withDefaults()
	c := &Channel{opt: opt, slots: make(chan struct{}, opt.Connections)}
	if opt.Rate > 0 {
		c.rate = time.NewTicker(time.Second / time.Duration(opt.Rate))
	}
	return c, nil
}

// Name is "smtp".
func (c *Channel) Name() string { return "smtp" }

// Open returns a parked connection that still answers, or a new one. It waits
// while as many as allowed are in use.
func (c *Channel) Open(ctx context.Context) (notifications.Conn, error) {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s, err := c.session(ctx)
	if err != nil {
		<-c.slots
		return nil, err
	}
	return &conn{channel: c, session: s}, nil
}

func (c *Channel) session(ctx context.Context) (*session, error) {
	for {
		s, err := c.unpark()
		if err != nil {
			return nil, err
		}
		if s == nil {
			return dial(ctx, c.opt)
		}
		if s.alive(ctx) {
			return s, nil
		}
		_ = s.Close() // its server has gone: nothing is left to be said
	}
}

// unpark takes the connection that was used last.
func (c *Channel) unpark() (*session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClosed
	}
	if len(c.idle) == 0 {
		return nil, nil
	}
	p := c.idle[len(c.idle)-1]
	c.idle = c.idle[:len(c.idle)-1]
	p.timer.Stop()
	return p.session, nil
}

// park keeps a connection for IdleFor.
func (c *Channel) park(s *session) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return s.Close()
	}
	p := &parked{session: s}
	p.timer = time.AfterFunc(c.opt.IdleFor, func() { c.expire(p) })
	c.idle = append(c.idle, p)
	return nil
}

func (c *Channel) expire(p *parked) {
	if c.remove(p) {
		_ = p.session.Close() // nobody is there to be told
	}
}

func (c *Channel) remove(p *parked) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, q := range c.idle {
		if q == p {
			c.idle = append(c.idle[:i], c.idle[i+1:]...)
			return true
		}
	}
	return false
}

// Close ends all parked connections; those in use end when they are closed.
func (c *Channel) Close() error {
	c.mu.Lock()
	idle := c.idle
	c.idle, c.closed = nil, true
	c.mu.Unlock()
	if c.rate != nil {
		c.rate.Stop()
	}
	var err error
	for _, p := range idle {
		p.timer.Stop()
		err = errors.Join(err, p.session.Close())
	}
	return err
}

// conn is a connection in use.
type conn struct {
	channel *Channel
	session *session
	done    bool
}

var _ notifications.Conn = (*conn)(nil)

// Send composes the message, waits for the rate, and hands it over.
func (c *conn) Send(ctx context.Context, m notifications.Message) error {
	e, err := c.session.compose(m, &c.channel.forms)
	if err != nil {
		return err
	}
	if err := c.pace(ctx); err != nil {
		return lostBefore(err)
	}
	stop := c.session.within(ctx)
	defer stop()
	return c.session.handOver(e)
}

func (c *conn) pace(ctx context.Context) error {
	if c.channel.rate == nil {
		return nil
	}
	select {
	case <-c.channel.rate.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Usable reports whether the connection is open and in step.
func (c *conn) Usable() bool { return !c.done && !c.session.broken }

// Close parks a connection that may be used again, and ends any other.
func (c *conn) Close() error {
	if c.done {
		return nil
	}
	c.done = true
	defer func() { <-c.channel.slots }()
	if c.session.broken {
		return c.session.Close()
	}
	return c.channel.park(c.session)
}
