package mailcatch

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"

	"github.com/emersion/go-smtp"
)

// keepMost is how many mails are kept; older ones go first.
const keepMost = 2000

// sizeMost is the largest mail that is taken, in bytes.
const sizeMost = 4 << 20

// Catcher is a running server.
type Catcher struct {
	server   *smtp.Server
	listener net.Listener
	served   chan struct{}

	mu       sync.Mutex
	mails    []Mail
	received int
	grown    chan struct{} // closed and replaced with every mail
}

// Start listens on a free port of 127.0.0.1.
func Start() (*Catcher, error) { return StartAt("127.0.0.1:0") }

// StartAt listens on an address, such as one that an earlier catcher had.
func StartAt(addr string) (*Catcher, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("mailcatch: %w", err)
	}
	c := &Catcher{listener: listener, served: make(chan struct{}), grown: make(chan struct{})}
	c.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{catcher: c}, nil
	}))
	c.server.Domain = "localhost"
	c.server.EnableSMTPUTF8 = true
	c.server.MaxMessageBytes = sizeMost
	c.server.ErrorLog = log.New(io.Discard, "", 0)
	go func() {
		defer close(c.served)
		_ = c.server.Serve(listener) // ends with Close
	}()
	return c, nil
}

// Addr is the address as "127.0.0.1:port".
func (c *Catcher) Addr() string { return c.listener.Addr().String() }

// Port is the port of Addr.
func (c *Catcher) Port() int {
	addr, ok := c.listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return addr.Port
}

// Mails returns what is kept, oldest first.
func (c *Catcher) Mails() []Mail {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.newest()
}

func (c *Catcher) newest() []Mail {
	return slices.Clone(c.mails[max(0, len(c.mails)-keepMost):])
}

// Received is how many mails were taken since the start.
func (c *Catcher) Received() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.received
}

// Wait returns what is kept once n mails were received since the start, or
// ctx's error with what there is.
func (c *Catcher) Wait(ctx context.Context, n int) ([]Mail, error) {
	for {
		c.mu.Lock()
		received, grown := c.received, c.grown
		c.mu.Unlock()
		if received >= n {
			return c.Mails(), nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return c.Mails(), fmt.Errorf("mailcatch: %d of %d mails: %w", received, n, ctx.Err())
		}
	}
}

// Close ends the server and its connections. What was caught can still be read.
func (c *Catcher) Close() error {
	err := c.server.Close()
	_ = c.listener.Close() // a server that has not begun to serve does not know it
	<-c.served
	return err
}

// Keep adds a mail that did not come by the server, as if it had come now.
func (c *Catcher) Keep(m Mail) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.received++
	m.Number = c.received
	c.mails = append(c.mails, m)
	if len(c.mails) >= 2*keepMost { // seldom, since it copies
		c.mails = c.newest()
	}
	close(c.grown)
	c.grown = make(chan struct{})
}

// session is one client's connection.
type session struct {
	catcher *Catcher
	from    string
	to      []string
}

var _ smtp.Session = (*session)(nil)

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m := Parse(raw)
	m.From = s.from
	for _, to := range s.to {
		m.To = to
		s.catcher.Keep(m)
	}
	return nil
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }
