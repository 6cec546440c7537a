package smtp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/smtp"
	"time"

	"github.com/go-mail/mail/v2"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// session is one open connection to a server.
type session struct {
	wire   *wire
	client *smtp.Client
	buf    bytes.Buffer // of the message
	out    []byte       // of what is sent at once
	from   sender

	pipelining, chunking, eightBit, utf8 bool
	// broken says that nothing can be sent here any more.
	broken bool
}

var _ mail.SendCloser = (*session)(nil)

// Send composes the message before it says a word to the server, and hands it
// over to its one recipient.
func (s *session) Send(from string, to []string, msg io.WriterTo) error {
	if len(to) != 1 {
		return malformed("a message goes to one address")
	}
	s.buf.Reset()
	if _, err := msg.WriteTo(&s.buf); err != nil {
		return malformed("the message could not be written")
	}
	if !bytes.HasSuffix(s.buf.Bytes(), []byte("\r\n")) {
		s.buf.WriteString("\r\n")
	}
	return s.transact(from, to[0], s.buf.Bytes())
}

func (s *session) handOver(e envelope) error {
	if e.wide() && !s.utf8 {
		return &notifications.Refusal{Recipient: true, Text: "the server takes no such address"}
	}
	return s.Send(e.from, []string{e.to}, e.mail)
}

// Close says goodbye to a server that is in step, and ends the connection.
func (s *session) Close() error {
	if s.broken {
		return s.client.Close()
	}
	s.broken = true
	ctx, cancel := context.WithTimeout(context.Background(), aliveWithin)
	defer cancel()
	stop := s.within(ctx)
	defer stop()
	if s.client.Quit() != nil {
		return s.client.Close()
	}
	return nil
}

// within ends all reading and writing when ctx ends, until stop is called.
func (s *session) within(ctx context.Context) (stop func()) {
	s.wire.allow()
	deadline, _ := ctx.Deadline()
	_ = s.wire.SetDeadline(deadline) // a closed connection says so when it is used
	release := context.AfterFunc(ctx, func() { _ = s.wire.SetDeadline(longAgo) })
	return func() {
		if !release() {
			s.broken = true
		}
	}
}

var longAgo = time.Unix(1, 0)

// answerMost is how much a server may say within one exchange, TLS included.
const answerMost = 1 << 20

var errTalks = errors.New("the server says too much")

// wire is the connection under TLS, with a limit to what a server may say.
type wire struct {
	net.Conn
	left int
}

func (w *wire) allow() { w.left = answerMost }

func (w *wire) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, errTalks
	}
	n, err := w.Conn.Read(p)
	w.left -= n
	return n, err
}
