package smtp

import (
	"bytes"
	"crypto/rand"
	"io"
	"mime/quotedprintable"
	"slices"
	"sync"
	"time"

	"github.com/go-mail/mail/v2"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// form is a mail as the library composed it, cut where messages that say the same
// differ: what thousands are told is composed and encoded once for many of them.
type form struct {
	// of is what it was composed of, without anything that is one message's own.
	of   notifications.Message
	cuts []cut
	rest []byte // behind the last cut
}

// cut is the bytes up to a gap.
type cut struct {
	before []byte
	gap    gap
	// piece is the place of an own piece in its part.
	piece int
}

// gap is what stands in a place that is cut out.
type gap uint8

const (
	gapTo gap = iota
	gapDate
	gapMessageID
	gapUnsubscribe
	gapBoundary
	gapText
	gapHTML
)

// What the library composes in the place of a header's own value: it is in no
// message, and has no space at which a line would be folded.
var (
	nonce     = rand.Text()
	headerGap = map[gap]string{
		gapTo: nonce + "to", gapDate: nonce + "da", gapMessageID: nonce + "id", gapUnsubscribe: nonce + "un", gapBoundary: nonce + "bo",
	}
)

// In a body a gap is a control that no text has. It is encoded in three bytes,
// which are never parted by the end of a line.
var (
	bodyGap    = []byte{0x1A}
	encodedGap = []byte("=1A")
)

// forms keeps what was composed last, for all connections of a channel.
type forms struct {
	mu   sync.Mutex
	kept map[words]*form
}

// formsMost bounds them, at some 6 KB each.
const formsMost = 128

// words are where the words of a message begin in memory: good enough to find the
// form that may serve.
type words struct{ text, page *byte }

func wordsOf(m *notifications.Message) words { return words{firstOf(m.Text), firstOf(m.HTML)} }

func firstOf(t notifications.Text) *byte {
	if len(t) == 0 || len(t[0]) == 0 {
		return nil
	}
	return &t[0][0]
}

// of gives a form that says what the message does, one from before if it can.
func (f *forms) of(m *notifications.Message, from *sender) (*form, error) {
	key := wordsOf(m)
	f.mu.Lock()
	found := f.kept[key]
	f.mu.Unlock()
	if found != nil && found.serves(m) {
		return found, nil
	}
	made, err := newForm(*m, from)
	if err != nil || !made.isShared() {
		return made, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil || len(f.kept) >= formsMost {
		f.kept = make(map[words]*form)
	}
	f.kept[key] = made
	return made, nil
}

// isShared reports whether others may say the same: a letter to one person, with
// the link in its words, is forgotten.
func (f *form) isShared() bool { return len(f.of.Text) > 1 || len(f.of.HTML) > 1 }

// newForm has the library compose a message with gaps.
func newForm(m notifications.Message, from *sender) (*form, error) {
	f := &form{of: shared(m)}
	var composed bytes.Buffer
	if _, err := composeForm(f.of, from).WriteTo(&composed); err != nil {
		return nil, malformed("the message could not be written")
	}
	if !bytes.HasSuffix(composed.Bytes(), crlf) {
		composed.Write(crlf)
	}
	return f, f.cut(composed.Bytes())
}

// shared leaves of a message what others may have in common with it.
func shared(m notifications.Message) notifications.Message {
	m.To, m.Contact, m.MessageID, m.Boundary, m.Date = "", "", "", "", 0
	if m.Unsubscribe != "" {
		m.Unsubscribe = headerGap[gapUnsubscribe]
	}
	m.Text, m.HTML = sharedText(m.Text), sharedText(m.HTML)
	return m
}

func sharedText(t notifications.Text) notifications.Text {
	t = slices.Clone(t)
	for i := 1; i < len(t); i += 2 {
		t[i] = bodyGap
	}
	return t
}

// serves reports whether the form says what the message does.
func (f *form) serves(m *notifications.Message) bool {
	of := &f.of
	return of.From == m.From && of.Subject == m.Subject && of.Language == m.Language && of.Method == m.Method &&
		(of.Unsubscribe == "") == (m.Unsubscribe == "") && alike(of.Text, m.Text) && alike(of.HTML, m.HTML) && same(of.Calendar, m.Calendar)
}

// alike reports whether two texts share their words.
func alike(a, b notifications.Text) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i += 2 {
		if !same(a[i], b[i]) {
			return false
		}
	}
	return true
}

// same reports whether two pieces are the same bytes in the same place, which
// nobody changes.
func same(a, b []byte) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

func composeForm(m notifications.Message, from *sender) *mail.Message {
	msg := mail.NewMessage()
	msg.SetAddressHeader("From", from.address, from.name)
	msg.SetHeader("To", headerGap[gapTo])
	msg.SetHeader("Subject", m.Subject)
	msg.SetHeader("Date", headerGap[gapDate])
	msg.SetHeader("Message-ID", "<"+headerGap[gapMessageID]+">")
	msg.SetHeader("Auto-Submitted", "auto-generated")
	if m.Language != "" {
		msg.SetHeader("Content-Language", m.Language)
	}
	if m.Unsubscribe != "" {
		msg.SetHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		msg.SetHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	addParts(msg, m)
	return msg
}

// addParts puts all parts on one level: a boundary that is set once would be
// used on every level. A page without a text is the one part there is.
func addParts(msg *mail.Message, m notifications.Message) {
	msg.SetBoundary(headerGap[gapBoundary])
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

// cut cuts the mail at its gaps.
func (f *form) cut(composed []byte) error {
	body := max(bytes.Index(composed, blankLine), 0)
	for {
		at, gap, size := firstGap(composed, body)
		if size == 0 {
			f.rest = composed
			return f.number()
		}
		f.cuts = append(f.cuts, cut{before: composed[:at], gap: gap})
		composed = composed[at+size:]
		body = max(body-at-size, 0)
	}
}

// firstGap finds the gap that comes first, where the body begins at body: how an
// own piece is encoded may stand in a header too.
func firstGap(composed []byte, body int) (at int, first gap, size int) {
	at = len(composed)
	if i := bytes.Index(composed[body:], encodedGap); i >= 0 {
		at, first, size = body+i, gapText, len(encodedGap)
	}
	for g, name := range headerGap {
		if i := bytes.Index(composed[:at], []byte(name)); i >= 0 {
			at, first, size = i, g, len(name)
		}
	}
	return at, first, size
}

// number tells the own pieces apart: they come in their order, those of the text
// first.
func (f *form) number() error {
	texts, pages := len(f.of.Text)/2, len(f.of.HTML)/2
	n := 0
	for i := range f.cuts {
		c := &f.cuts[i]
		if c.gap != gapText {
			continue
		}
		if c.piece = 2*n + 1; n >= texts {
			c.gap, c.piece = gapHTML, 2*(n-texts)+1
		}
		n++
	}
	if n != texts+pages {
		return malformed("the message has a control character")
	}
	return nil
}

// filled is a form with the values of one message.
type filled struct {
	*form
	message *notifications.Message
	to      string
}

var _ io.WriterTo = filled{}

// WriteTo implements io.WriterTo.
func (f filled) WriteTo(w io.Writer) (n int64, err error) {
	c := &counting{w: w}
	for _, cut := range f.cuts {
		c.write(cut.before)
		switch cut.gap {
		case gapTo:
			c.writeString(f.to)
		case gapDate:
			c.write(time.UnixMilli(int64(f.message.Date)).UTC().AppendFormat(c.room[:0], time.RFC1123Z))
		case gapMessageID:
			c.writeString(f.message.MessageID)
		case gapUnsubscribe:
			c.writeString(f.message.Unsubscribe)
		case gapBoundary:
			c.writeString(f.message.Boundary)
		case gapText:
			c.encode(f.message.Text[cut.piece])
		case gapHTML:
			c.encode(f.message.HTML[cut.piece])
		}
	}
	c.write(f.rest)
	return c.n, c.err
}

// counting writes until something goes wrong.
type counting struct {
	w    io.Writer
	n    int64
	last byte
	err  error
	room [32]byte // for a date
}

var _ io.Writer = (*counting)(nil)

// Write implements io.Writer.
func (c *counting) Write(p []byte) (int, error) {
	if c.err != nil || len(p) == 0 {
		return 0, c.err
	}
	n, err := c.w.Write(p)
	c.n, c.err, c.last = c.n+int64(n), err, p[len(p)-1]
	return n, err
}

func (c *counting) write(p []byte) { _, _ = c.Write(p) } // err keeps what went wrong

func (c *counting) writeString(s string) { c.write([]byte(s)) }

// encode writes an own piece on lines of its own: what stands before and behind
// it was encoded without it, and its lines have no room for more.
func (c *counting) encode(piece []byte) {
	if len(piece) == 0 {
		return
	}
	c.breakLine()
	w := quotedprintable.NewWriter(c)
	_, _ = w.Write(piece)
	_ = w.Close() // as Write: what went wrong stays in c
	c.breakLine()
}

// breakLine ends a line that no reader sees ended.
func (c *counting) breakLine() {
	if c.last != '\n' {
		c.write(softBreak)
	}
}

var (
	crlf      = []byte("\r\n")
	blankLine = []byte("\r\n\r\n")
	softBreak = []byte("=\r\n")
)
