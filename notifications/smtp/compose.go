package smtp

import (
	"errors"
	"io"
	"net/url"
	"strings"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// What may stand in a header as it is: the library encodes none of them.
func isMessageID(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	return found && isWord(local, "._+-", 120) && isWord(domain, ".-", 120)
}

// A longer boundary would be folded.
func isBoundary(s string) bool { return isWord(s, "_.-", 60) }

func isLanguage(s string) bool { return isWord(s, "-", 35) }

func isMethod(s string) bool {
	small := func(r rune) bool { return r < 'A' || r > 'Z' }
	return isWord(s, "", 20) && !strings.ContainsFunc(s, small)
}

// isWord reports whether s is made of letters, digits and some more, one byte at
// least and so many at most.
func isWord(s, more string, most int) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && strings.IndexByte(more, c) < 0 {
			return false
		}
	}
	return s != "" && len(s) <= most
}

const (
	urlMost     = 900 // a line of a mail has 998 bytes at most
	subjectMost = 1000
)

// envelope is a composed message and the two addresses of its hand-over.
type envelope struct {
	from, to string
	mail     io.WriterTo
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

// compose makes the mail, by a form that is kept where one serves. Its error is a
// *notifications.Refusal and names nothing of what was in the message.
func (s *session) compose(m notifications.Message, kept *forms) (envelope, error) {
	if err := s.from.parse(m.From); err != nil {
		return envelope{}, malformed("the sender is " + err.Error())
	}
	to, _, err := ParseAddress(m.To)
	if err != nil {
		return envelope{}, &notifications.Refusal{Recipient: true, Text: err.Error()}
	}
	if err := checkHeaders(m); err != nil {
		return envelope{}, malformed(err.Error())
	}
	f, err := kept.of(&m, &s.from)
	if err != nil {
		return envelope{}, err
	}
	return envelope{s.from.address, to, filled{f, &m, to}}, nil
}

func checkHeaders(m notifications.Message) error {
	switch {
	case m.Text == nil && (m.HTML == nil || len(m.Calendar) > 0):
		return errors.New("the message has no text")
	case len(m.Subject) > subjectMost:
		return errors.New("the subject is too long")
	case m.Date <= 0:
		return errors.New("the message has no date")
	case !isMessageID(m.MessageID):
		return errors.New("the message id is malformed")
	case m.Language != "" && !isLanguage(m.Language):
		return errors.New("the language is malformed")
	case m.Text != nil && (m.HTML != nil || len(m.Calendar) > 0) && !isBoundary(m.Boundary):
		return errors.New("the boundary is malformed")
	case len(m.Calendar) > 0 && !isMethod(m.Method):
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
