package load

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"net"
	"slices"
	"sync"
	"time"
)

// Features that a Sink can offer.
const (
	Pipelining = "pipelining"
	Chunking   = "chunking"
)

// Features are those that a Sink offers unless it is told otherwise.
func Features() []string { return []string{Pipelining, Chunking} }

// sampleMost bounds the one message that a Sink keeps.
const sampleMost = 64 << 10

// SinkOptions say how a Sink answers. Now is required.
type SinkOptions struct {
	// Features are what EHLO announces.
	Features []string
	// Now is time since any instant, for the first and the last message.
	Now func() time.Duration
	// Expect is how many messages are to come: room for their names is made at once.
	Expect int
}

// Sink is a mail server that takes every message and keeps none but the first:
// of all others it remembers the Message-ID, and whether it came twice.
type Sink struct {
	opt      SinkOptions
	seed     maphash.Seed // of the names of Message-IDs
	listener net.Listener
	served   sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool // nil once closed
	count Count
	seen  *names
	first []byte
}

// Count is what a Sink has taken.
type Count struct {
	// Messages were accepted, each to its recipients at once; Twice of them had
	// a Message-ID that had come before, Nameless ones had none.
	Messages, Twice, Nameless int
	// Bytes are the messages' own, as their readers would have them.
	Bytes int64
	// First and Last are when the first and the last were accepted.
	First, Last time.Duration
}

// StartSink listens on a free port of 127.0.0.1.
func StartSink(opt SinkOptions) (*Sink, error) {
	for _, f := range opt.Features {
		if !slices.Contains(Features(), f) {
			return nil, fmt.Errorf("the sink has no feature %q: there are %v", f, Features())
		}
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the sink does not start: %w", err)
	}
	s := &Sink{opt: opt, listener: l, seed: maphash.MakeSeed(), conns: map[net.Conn]bool{}, seen: newNames(opt.Expect)}
	s.served.Go(s.accept)
	return s, nil
}

// Port is where it listens on 127.0.0.1.
func (s *Sink) Port() int {
	addr, ok := s.listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return addr.Port
}

// Count tells what was taken since the start, or the last Forget.
func (s *Sink) Count() Count {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Sample is the first message as it was taken, nil before.
func (s *Sink) Sample() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first
}

// Forget begins a new count and keeps the sample.
func (s *Sink) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count, s.seen = Count{}, newNames(s.opt.Expect)
}

// Close ends every connection.
func (s *Sink) Close() error {
	err := s.listener.Close()
	s.mu.Lock()
	for c := range s.conns {
		err = errors.Join(err, c.Close())
	}
	s.conns = nil
	s.mu.Unlock()
	s.served.Wait()
	return err
}

func (s *Sink) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		if !s.add(c) {
			_ = c.Close() // nobody has said a word
			return
		}
		s.served.Go(func() {
			s.Talk(c)
			s.remove(c)
		})
	}
}

func (s *Sink) add(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		return false
	}
	s.conns[c] = true
	return true
}

// remove closes a connection that Close has not closed.
func (s *Sink) remove(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns[c] {
		delete(s.conns, c)
		_ = c.Close() // the client has gone, or was told goodbye
	}
}

// offers tells whether EHLO announces a feature.
func (s *Sink) offers(feature string) bool { return slices.Contains(s.opt.Features, feature) }

// wants tells whether the next message is to be kept as the sample.
func (s *Sink) wants() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first == nil
}

// take counts one message.
func (s *Sink) take(m *message) {
	now := s.opt.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count.Messages == 0 {
		s.count.First = now
	}
	s.count.Last = now
	s.count.Messages++
	s.count.Bytes += m.size
	switch {
	case m.id == 0:
		s.count.Nameless++
	case !s.seen.add(m.id):
		s.count.Twice++
	}
	if s.first == nil && m.kept != nil {
		s.first = slices.Clone(m.kept)
	}
}
