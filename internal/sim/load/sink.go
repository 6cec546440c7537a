package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// messageMost bounds what a Sink takes, in bytes.
const messageMost = 4 << 20

// Sink is a mail server that takes every message and keeps none but the first:
// of all others it remembers the Message-ID. It offers PIPELINING and CHUNKING.
type Sink struct {
	now    func() time.Duration
	seed   maphash.Seed // of the names of Message-IDs
	port   int
	server *smtp.Server
	served chan struct{}

	mu     sync.Mutex
	count  Count
	named  *names
	closed bool
	first  []byte
}

// Count is what a Sink has taken.
type Count struct {
	// Messages were accepted, each to its recipients at once; Nameless ones had no
	// Message-ID.
	Messages, Nameless int
	// Bytes are the messages' own, as their readers would have them.
	Bytes int64
	// First and Last are when the first and the last were accepted.
	First, Last time.Duration
}

// StartSink listens on a free port of 127.0.0.1. now is the time since any
// instant, for the first and the last message.
func StartSink(now func() time.Duration) (*Sink, error) {
	named, err := newNames()
	if err != nil {
		return nil, fmt.Errorf("the sink does not start: %w", err)
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the sink does not start: %w", err), named.close())
	}
	s := &Sink{
		now: now, seed: maphash.MakeSeed(), port: l.Addr().(*net.TCPAddr).Port,
		served: make(chan struct{}), named: named,
	}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &taking{sink: s}, nil }))
	s.server.Domain = "sink"
	s.server.MaxMessageBytes = messageMost
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	go func() {
		defer close(s.served)
		_ = s.server.Serve(gathering{l}) // ends with Close
	}()
	return s, nil
}

// Port is where it listens on 127.0.0.1.
func (s *Sink) Port() int { return s.port }

// Count tells what was taken since the start, or the last Forget.
func (s *Sink) Count() Count {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Twice is how many of the messages had a Message-ID that had come before. It is
// not for a closed sink.
func (s *Sink) Twice() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.named.twice()
}

// Sample is the first message as it was taken, nil before.
func (s *Sink) Sample() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first
}

// Forget begins a new count and keeps the sample. It is not for a closed sink.
func (s *Sink) Forget() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count = Count{}
	return s.named.forget()
}

// Close ends every connection.
func (s *Sink) Close() error {
	err := s.server.Close()
	<-s.served
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return err
	}
	s.closed = true
	return errors.Join(err, s.named.close())
}

var errSinkClosed = errors.New("the sink is closed")

// take counts one message. Where it fails the message is refused.
func (s *Sink) take(content []byte) error {
	now, name := s.now(), s.name(content)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errSinkClosed
	}
	if name == 0 {
		s.count.Nameless++
	} else if err := s.named.add(name); err != nil {
		return err
	}
	if s.count.Messages == 0 {
		s.count.First = now
	}
	s.count.Last = now
	s.count.Messages++
	s.count.Bytes += int64(len(content))
	if s.first == nil {
		s.first = slices.Clone(content)
	}
	return nil
}

// name is a hash of the message's Message-ID, 0 where it has none.
func (s *Sink) name(content []byte) uint64 {
	for line := range bytes.Lines(content) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if field, value, found := bytes.Cut(line, []byte(":")); found && bytes.EqualFold(field, []byte("Message-ID")) {
			return max(maphash.Bytes(s.seed, bytes.TrimSpace(value)), 1)
		}
	}
	return 0
}

// taking is one client's connection.
type taking struct {
	sink    *Sink
	content bytes.Buffer // of the message under way; its room serves the next
}

var _ smtp.Session = (*taking)(nil)

func (t *taking) Mail(string, *smtp.MailOptions) error { return nil }
func (t *taking) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (t *taking) Reset()                               {}
func (t *taking) Logout() error                        { return nil }

// Data takes a message.
func (t *taking) Data(r io.Reader) error {
	t.content.Reset()
	if _, err := t.content.ReadFrom(r); err != nil {
		return err
	}
	return t.sink.take(t.content.Bytes())
}

// gathering accepts connections whose answers leave together.
type gathering struct{ net.Listener }

func (l gathering) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &gathered{Conn: c, in: bufio.NewReaderSize(c, gatheredMost)}, nil
}

// gathered sends the answers to commands that came together as one, once the
// server waits for more of them, as RFC 2920 (3.2) has a server do that offers
// PIPELINING. Who waits for each answer gets each at once.
type gathered struct {
	net.Conn
	in *bufio.Reader // of the Conn

	mu   sync.Mutex
	said []byte
}

// gatheredMost is as much as is read at once, messages of the usual size as a whole.
const gatheredMost = 8 << 10

func (c *gathered) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, p...)
	return len(p), nil
}

func (c *gathered) Read(p []byte) (int, error) {
	if c.in.Buffered() == 0 {
		if err := c.say(); err != nil {
			return 0, err
		}
	}
	return c.in.Read(p)
}

func (c *gathered) Close() error { return errors.Join(c.say(), c.Conn.Close()) }

func (c *gathered) say() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.said) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.said)
	c.said = c.said[:0]
	return err
}
