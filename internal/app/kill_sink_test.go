package app_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// sink is a mail server that counts by Message-ID what it accepted. It may be
// restarted on its port, with its connections cut wherever they are.
type sink struct {
	addr string

	mu       sync.Mutex
	accepted map[string]int
	to       map[string]string // Message-ID -> the address it went to
	wrong    []string
	total    int
	grown    chan struct{} // closed and replaced with every mail
	server   *smtp.Server
	served   chan struct{}
}

func startSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{addr: "127.0.0.1:0", accepted: map[string]int{}, to: map[string]string{}, grown: make(chan struct{})}
	s.start(t)
	t.Cleanup(func() { s.stop(t) })
	return s
}

func (s *sink) start(t *testing.T) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }))
	server.Domain = "localhost"
	server.ErrorLog = log.New(io.Discard, "", 0)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(l) // ends with Close
	}()
	s.server, s.served = server, served
}

// stop ends the server and cuts its connections.
func (s *sink) stop(t *testing.T) {
	t.Helper()
	if err := s.server.Close(); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
		t.Error(err)
	}
	<-s.served
}

func (s *sink) port(t *testing.T) int {
	t.Helper()
	addr, err := net.ResolveTCPAddr("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	return addr.Port
}

// wait returns once n mails were accepted, or the context is over.
func (s *sink) wait(ctx context.Context, n int) error {
	for {
		s.mu.Lock()
		total, grown := s.total, s.grown
		s.mu.Unlock()
		if total >= n {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// count is how many messages were accepted, and how many of them again.
func (s *sink) count() (messages, again int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.accepted), s.total - len(s.accepted)
}

func (s *sink) accept(id, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, ok := s.to[id]; ok && before != to || id == "" {
		s.wrong = append(s.wrong, id)
	}
	s.accepted[id]++
	s.to[id] = to
	s.total++
	close(s.grown)
	s.grown = make(chan struct{})
}

type sinkSession struct {
	sink *sink
	to   string
}

func (*sinkSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *sinkSession) Data(r io.Reader) error {
	in := bufio.NewReader(r)
	header, err := textproto.NewReader(in).ReadMIMEHeader()
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	s.sink.accept(strings.Trim(header.Get("Message-Id"), "<>"), s.to)
	return nil
}

func (*sinkSession) Reset()        {}
func (*sinkSession) Logout() error { return nil }
