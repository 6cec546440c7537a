package smtp

import (
	"errors"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/go-mail/mail/v2"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// What may stand in a header as it is: the library encodes none of them.
var (
	messageIDs = regexp.MustCompile(`^[A-Za-z0-9._+-]{1,120}@[A-Za-z0-9.-]{1,120}$`)
	boundaries = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,70}$`)
	languages  = regexp.MustCompile(`^[A-Za-z0-9-]{1,35}$`)
	methods    = regexp.MustCompile(`^[A-Z]{1,20}$`)
)

const (
	urlMost     = 900 // a line of a mail has 998 bytes at most
	subjectMost = 1000
)

// envelope is a composed message and the two addresses of its hand-over.
type envelope struct {
	from, to string
	mail     *mail.Message
}

// wide reports whether the addresses need SMTPUTF8.
func (e envelope) wide() bool { return !isASCII(e.from) || !isASCII(e.to) }

// sender is the last address that a connection sent from: as good as always
// the next one too.
type sender struct{ text, address, name string }

func (s *sender) parse(text string) (err error) {
	if s.address != "" && s.text == text {
		return nil
	}
	s.text = text
	s.address, s.name, err = ParseAddress(text)
	return err
}

// compose makes the mail. Its error is a *notifications.Refusal and names
// nothing of what was in the message.
func compose(m notifications.Message, from *sender) (envelope, error) {
	if err := from.parse(m.From); err != nil {
		return envelope{}, malformed("the sender is " + err.Error())
	}
	to, _, err := ParseAddress(m.To)
	if err != nil {
		return envelope{}, &notifications.Refusal{Recipient: true, Text: err.Error()}
	}
	if err := checkHeaders(m); err != nil {
		return envelope{}, malformed(err.Error())
	}
	msg := mail.NewMessage()
	msg.SetAddressHeader("From", from.address, from.name)
	msg.SetAddressHeader("To", to, "")
	msg.SetHeader("Subject", m.Subject)
	msg.SetDateHeader("Date", time.UnixMilli(int64(m.Date)).UTC())
	msg.SetHeader("Message-ID", "<"+m.MessageID+">")
	msg.SetHeader("Auto-Submitted", "auto-generated")
	if m.Language != "" {
		msg.SetHeader("Content-Language", m.Language)
	}
	if m.Unsubscribe != "" {
		msg.SetHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		msg.SetHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	addParts(msg, m)
	return envelope{from.address, to, msg}, nil
}

// addParts puts all parts on one level: a boundary that is set once would be
// used on every level. A page without a text is the one part there is.
func addParts(msg *mail.Message, m notifications.Message) {
	msg.SetBoundary(m.Boundary)
	if m.Text == nil {
		msg.SetBodyWriter("text/html", writing(m.HTML))
		return
	}
	msg.SetBodyWriter("text/plain", writing(m.Text))
	if m.HTML != nil {
		msg.AddAlternativeWriter("text/html", writing(m.HTML))
	}
	if len(m.Calendar) > 0 {
		msg.AddAlternativeWriter("text/calendar; method="+m.Method, writing(notifications.Text{m.Calendar}))
	}
}

func writing(t notifications.Text) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := t.WriteTo(w)
		return err
	}
}

func checkHeaders(m notifications.Message) error {
	switch {
	case m.Text == nil && (m.HTML == nil || len(m.Calendar) > 0):
		return errors.New("the message has no text")
	case len(m.Subject) > subjectMost:
		return errors.New("the subject is too long")
	case m.Date <= 0:
		return errors.New("the message has no date")
	case !messageIDs.MatchString(m.MessageID):
		return errors.New("the message id is malformed")
	case m.Language != "" && !languages.MatchString(m.Language):
		return errors.New("the language is malformed")
	case m.Text != nil && (m.HTML != nil || len(m.Calendar) > 0) && !boundaries.MatchString(m.Boundary):
		return errors.New("the boundary is malformed")
	case len(m.Calendar) > 0 && !methods.MatchString(m.Method):
		return errors.New("the calendar method is malformed")
	}
	return checkURL(m.Unsubscribe)
}

func checkURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("the unsubscribe address is malformed")
	}
	visible := func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }
	if len(text) > urlMost || strings.ContainsFunc(text, visible) {
		return errors.New("the unsubscribe address does not fit in a header")
	}
	return nil
}

func malformed(text string) *notifications.Refusal {
	return &notifications.Refusal{Text: text}
}
