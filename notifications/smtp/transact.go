package smtp

import (
	"errors"
	"fmt"
	"io"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// errNoAnswer is a message that was handed over in whole and not answered.
var errNoAnswer = errors.New("smtp: no answer to the message")

// stage is what a reply answers.
type stage uint8

const (
	toMail stage = iota
	toRcpt
	toContent
)

type reply struct {
	code int
	text string
}

func (r reply) good() bool { return r.code >= 200 && r.code < 300 }

// transact hands one message over, in one round trip where the server offers
// CHUNKING and PIPELINING, in two with PIPELINING alone, else in four.
func (s *session) transact(from, to string, content []byte) error {
	if s.client.Text.R.Buffered() > 0 {
		return s.lost(errors.New("the server spoke out of turn"))
	}
	t := &transaction{session: s, to: to, content: content}
	mail := "MAIL FROM:<" + from + ">" + s.parameters(from, to)
	rcpt := "RCPT TO:<" + to + ">"
	var err error
	switch {
	case s.pipelining && s.chunking:
		err = t.chunked(mail, rcpt)
	case s.pipelining:
		err = t.pipelined(mail, rcpt)
	default:
		err = t.stepwise(mail, rcpt)
	}
	if err != nil && !s.broken {
		s.reset()
	}
	return err
}

func (s *session) parameters(from, to string) string {
	p := ""
	if s.eightBit {
		p = " BODY=8BITMIME"
	}
	if !isASCII(from) || !isASCII(to) {
		p += " SMTPUTF8"
	}
	return p
}

// reset brings the server back to the start of a transaction.
func (s *session) reset() {
	if err := s.client.Reset(); err != nil {
		s.broken = true
	}
}

// lost is a connection that failed before the message was handed over.
func (s *session) lost(err error) error {
	s.broken = true
	return lostBefore(err)
}

func lostBefore(err error) *notifications.Refusal {
	return &notifications.Refusal{Temporary: true, NoTry: true, Text: Mask("connection lost: "+err.Error(), "")}
}

// transaction is one message on its way.
type transaction struct {
	*session
	to      string
	content []byte
}

// write sends lines and, behind them, more, at once: what is written in two
// parts wakes the server for the first of them. An error means that the last
// byte was not sent.
func (t *transaction) write(more []byte, lines ...string) error {
	t.out = t.out[:0]
	for _, line := range lines {
		t.out = append(append(t.out, line...), "\r\n"...)
	}
	t.out = append(t.out, more...)
	w := t.client.Text.W
	if _, err := w.Write(t.out); err != nil {
		return err
	}
	return w.Flush()
}

// read takes the next reply. After 421 the server is gone.
func (t *transaction) read() (reply, error) {
	code, text, err := t.client.Text.ReadResponse(0)
	if err != nil || code == 421 {
		t.broken = true
	}
	return reply{code, text}, err
}

// chunked sends all in one go. Once that is written, silence means unknown,
// unless a reply before it has refused.
func (t *transaction) chunked(mail, rcpt string) error {
	if err := t.write(t.content, mail, rcpt, fmt.Sprintf("BDAT %d LAST", len(t.content))); err != nil {
		return t.lost(err)
	}
	refused := t.answers(toMail, toRcpt)
	if errors.Is(refused, errUnread) {
		return errNoAnswer
	}
	if refused != nil {
		if !t.broken {
			_, _ = t.read() // BDAT's own reply, to stay in step
		}
		return refused
	}
	return t.verdict()
}

// errUnread is a reply that could not be read.
var errUnread = errors.New("smtp: no reply")

// answers reads one reply for each stage and returns the first refusal. All
// are read, or the next message would get the rest.
func (t *transaction) answers(stages ...stage) error {
	var refused error
	for _, st := range stages {
		r, err := t.read()
		if err != nil && refused == nil {
			return errUnread
		}
		if err == nil && !r.good() && refused == nil {
			refused = t.refusal(st, r)
		}
		if t.broken {
			break
		}
	}
	return refused
}

// verdict reads the reply to the content.
func (t *transaction) verdict() error {
	r, err := t.read()
	switch {
	case err != nil:
		return errNoAnswer
	case r.good():
		return nil
	case r.code >= 400 && r.code < 600:
		return t.refusal(toContent, r)
	default:
		t.broken = true
		return errNoAnswer
	}
}

// pipelined sends MAIL, RCPT and DATA together, then the content.
func (t *transaction) pipelined(mail, rcpt string) error {
	if err := t.write(nil, mail, rcpt, "DATA"); err != nil {
		return t.lost(err)
	}
	refused := t.answers(toMail, toRcpt)
	if errors.Is(refused, errUnread) {
		return t.lost(io.ErrUnexpectedEOF)
	}
	if t.broken {
		return refused
	}
	data, err := t.read()
	switch {
	case refused != nil:
		if err == nil && data.code == 354 {
			t.loneDot()
		}
		return refused
	case err != nil:
		return t.lost(err)
	case data.code != 354:
		return t.refusal(toContent, data)
	}
	return t.dotted()
}

// loneDot ends the DATA of a message whose recipient was refused, and ignores
// the reply (RFC 2920, 3.1).
func (t *transaction) loneDot() {
	if t.write(nil, ".") != nil {
		t.broken = true
		return
	}
	_, _ = t.read() // a failure has marked the connection
}

// dotted sends the content after 354.
func (t *transaction) dotted() error {
	w := t.client.Text.DotWriter()
	if _, err := w.Write(t.content); err != nil {
		return t.lost(err)
	}
	if err := w.Close(); err != nil {
		return t.lost(err)
	}
	return t.verdict()
}

// stepwise waits for each reply.
func (t *transaction) stepwise(mail, rcpt string) error {
	for _, step := range []struct {
		line  string
		stage stage
	}{{mail, toMail}, {rcpt, toRcpt}} {
		if err := t.write(nil, step.line); err != nil {
			return t.lost(err)
		}
		if refused := t.answers(step.stage); errors.Is(refused, errUnread) {
			return t.lost(io.ErrUnexpectedEOF)
		} else if refused != nil {
			return refused
		}
	}
	if err := t.write(nil, "DATA"); err != nil {
		return t.lost(err)
	}
	data, err := t.read()
	if err != nil {
		return t.lost(err)
	}
	if data.code != 354 {
		return t.refusal(toContent, data)
	}
	return t.dotted()
}
