package load

import (
	"bufio"
	"bytes"
	"errors"
	"hash/maphash"
	"io"
	"strconv"
)

const (
	lineMost  = 4096 // of a command, in bytes
	chunkMost = 64 << 20
)

// talk is one connection's conversation. What it answers is sent when there is
// nothing more to read, so that commands in one go have answers in one go.
type talk struct {
	sink *Sink
	r    *bufio.Reader
	w    *bufio.Writer

	from, to bool
	msg      message
	open     bool // a message is coming in chunks
}

// message is what is remembered of a message while it comes in.
type message struct {
	size int64
	id   uint64 // a hash of the Message-ID, 0 before
	kept []byte // nil unless it is wanted as the sample
	// head says that lines are still header fields; line is what has come of one.
	head bool
	line []byte
	seed maphash.Seed
}

func newTalk(s *Sink, c io.ReadWriter) *talk {
	return &talk{sink: s, r: bufio.NewReaderSize(c, 2*lineMost), w: bufio.NewWriterSize(c, 1024)}
}

// Talk has the sink serve a connection that is open already, until the client
// has gone.
func (s *Sink) Talk(c io.ReadWriter) { newTalk(s, c).serve() }

var errGoodbye = errors.New("goodbye")

// serve answers until the client has gone.
func (t *talk) serve() {
	t.say("220 sink")
	for {
		line, err := t.line()
		if err == nil {
			err = t.command(line)
		}
		if err != nil {
			_ = t.w.Flush() // the client may be gone
			return
		}
	}
}

// line reads one command without its end. It first sends what was answered, if
// the client may be waiting for it.
func (t *talk) line() ([]byte, error) {
	if t.r.Buffered() == 0 {
		if err := t.w.Flush(); err != nil {
			return nil, err
		}
	}
	line, err := t.r.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

func (t *talk) say(answer string) {
	_, _ = t.w.WriteString(answer) // the next flush fails too
	_, _ = t.w.WriteString("\r\n")
}

// command does one command. Its error ends the connection.
func (t *talk) command(line []byte) error {
	verb, rest, _ := bytes.Cut(line, []byte(" "))
	switch string(bytes.ToUpper(verb)) {
	case "EHLO":
		t.reset()
		t.hello()
	case "HELO", "RSET":
		t.reset()
		t.say("250 OK")
	case "NOOP":
		t.say("250 OK")
	case "MAIL":
		t.reset()
		t.from = true
		t.say("250 OK")
	case "RCPT":
		t.rcpt()
	case "DATA":
		return t.data()
	case "BDAT":
		return t.chunk(rest)
	case "QUIT":
		t.say("221 goodbye")
		return errGoodbye
	default:
		t.say("500 unknown command")
	}
	return nil
}

func (t *talk) hello() {
	t.say("250-sink")
	if t.sink.offers(Pipelining) {
		t.say("250-PIPELINING")
	}
	if t.sink.offers(Chunking) {
		t.say("250-CHUNKING")
	}
	t.say("250 8BITMIME")
}

func (t *talk) rcpt() {
	if !t.from || t.open {
		t.say("503 MAIL first")
		return
	}
	t.to = true
	t.say("250 OK")
}

func (t *talk) reset() { t.from, t.to, t.open = false, false, false }

// begin starts a message.
func (t *talk) begin() {
	t.msg = message{head: true, line: t.msg.line[:0], seed: t.sink.seed}
	if t.sink.wants() {
		t.msg.kept = []byte{}
	}
}

// end accepts the message.
func (t *talk) end() {
	t.sink.take(&t.msg)
	t.reset()
	t.say("250 taken")
}

// data takes a message up to the line with nothing but a dot.
func (t *talk) data() error {
	if !t.to || t.open {
		t.say("503 RCPT first")
		return nil
	}
	t.say("354 go on")
	if err := t.w.Flush(); err != nil {
		return err
	}
	t.begin()
	for start := true; ; {
		part, err := t.r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if start && part[0] == '.' {
			if string(part) == ".\r\n" {
				t.end()
				return nil
			}
			part = part[1:] // a dot before another was put there by the client
		}
		t.msg.add(part)
		start = err == nil
	}
}

// chunk takes a part of a message, "BDAT size [LAST]".
func (t *talk) chunk(rest []byte) error {
	digits, last, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
	size, err := strconv.ParseInt(string(digits), 10, 64)
	final := bytes.EqualFold(bytes.TrimSpace(last), []byte("LAST"))
	if err != nil || size < 0 || size > chunkMost || len(last) > 0 && !final {
		t.say("501 BDAT size [LAST]")
		return errGoodbye // whatever follows, nobody knows how much of it is a chunk
	}
	if !t.to || !t.sink.offers(Chunking) {
		t.say("503 RCPT first")
		_, err := io.CopyN(io.Discard, t.r, size)
		return err
	}
	if !t.open {
		t.begin()
		t.open = true
	}
	if err := t.body(size); err != nil {
		return err
	}
	if final {
		t.end()
	} else {
		t.say("250 more")
	}
	return nil
}

// body reads so many bytes of the message: line by line as long as they are
// header fields, and then whatever is there.
func (t *talk) body(size int64) error {
	for size > 0 {
		if _, err := t.r.Peek(1); err != nil {
			return err
		}
		part, err := t.r.Peek(int(min(size, int64(t.r.Buffered()))))
		if err != nil {
			return err
		}
		if end := bytes.IndexByte(part, '\n') + 1; t.msg.head && end > 0 {
			part = part[:end]
		}
		t.msg.add(part)
		n, err := t.r.Discard(len(part))
		if err != nil {
			return err
		}
		size -= int64(n)
	}
	return nil
}

// add takes bytes of the message in: while they are header fields, no more than
// one line at once.
func (m *message) add(part []byte) {
	m.size += int64(len(part))
	if m.kept != nil && len(m.kept)+len(part) <= sampleMost {
		m.kept = append(m.kept, part...)
	}
	if !m.head {
		return
	}
	if m.line = append(m.line, part...); !bytes.HasSuffix(part, []byte("\n")) && len(m.line) < sampleMost {
		return
	}
	m.field(bytes.TrimRight(m.line, "\r\n"))
	m.line = m.line[:0]
}

// field looks at one line of the header.
func (m *message) field(line []byte) {
	if len(line) == 0 {
		m.head = false
		return
	}
	name, value, found := bytes.Cut(line, []byte(":"))
	if found && m.id == 0 && bytes.EqualFold(name, []byte("Message-ID")) {
		m.id = max(maphash.Bytes(m.seed, bytes.TrimSpace(value)), 1)
	}
}
