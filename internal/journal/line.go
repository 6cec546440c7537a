package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Line is one line: all that a thing refused, at the time of writing. The
// newest line of a thing stands for all before it.
type Line struct {
	// N counts from 1.
	N int64 `json:"n"`
	// At is when it was written, UTC milliseconds.
	At int64 `json:"at"`
	// Thing is kind and id, as "contact:...".
	Thing string `json:"thing"`
	// State is what its kind makes of it: JSON without names or addresses.
	State json.RawMessage `json:"state"`
}

// maxLine bounds a line; no honest one comes near it.
const maxLine = 1 << 20

// Damage says where a journal is not what was written.
type Damage struct {
	// Line counts from 1.
	Line int64
	Why  string
}

// Error names the line.
func (d *Damage) Error() string {
	return fmt.Sprintf("line %d of the journal is damaged: %s", d.Line, d.Why)
}

var errTorn = errors.New("torn")

// A line ends with the hash of the line before it and of its own text up to
// here, so that what was changed, taken out or put in is seen.
const (
	hashField = `,"hash":"`
	hashEnd   = `"}`
	tailBytes = len(hashField) + 2*sha256.Size + len(hashEnd)
)

// chain is where a reader or writer of lines stands.
type chain struct {
	n    int64
	hash string // of the last line, empty before the first
	// bytes is how long the whole lines are that were read.
	bytes int64
}

func (c chain) sum(text []byte) string {
	h := sha256.New()
	h.Write([]byte(c.hash))
	h.Write([]byte{'\n'})
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil))
}

// format makes the next line, with its end of line.
func (c *chain) format(at int64, thing string, state json.RawMessage) ([]byte, error) {
	text, err := json.Marshal(Line{N: c.n + 1, At: at, Thing: thing, State: state})
	if err != nil {
		return nil, err
	}
	text = text[:len(text)-1]
	hash := c.sum(text)
	text = append(text, hashField+hash+hashEnd+"\n"...)
	c.n, c.hash, c.bytes = c.n+1, hash, c.bytes+int64(len(text))
	return text, nil
}

// parse reads the next line, without its end of line.
func (c *chain) parse(line []byte) (Line, error) {
	damaged := func(why string) (Line, error) { return Line{}, &Damage{Line: c.n + 1, Why: why} }
	if len(line) <= tailBytes {
		return damaged("it is too short")
	}
	text, tail := line[:len(line)-tailBytes], line[len(line)-tailBytes:]
	hash := c.sum(text)
	if string(tail) != hashField+hash+hashEnd {
		return damaged("it does not follow from the line before it")
	}
	var l Line
	d := json.NewDecoder(bytes.NewReader(append(bytes.Clone(text), '}')))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil || d.More() || l.N != c.n+1 || l.Thing == "" {
		return damaged("it is no line of a journal")
	}
	c.n, c.hash, c.bytes = l.N, hash, c.bytes+int64(len(line))+1
	return l, nil
}

// Read calls each for every line, in order. A last line without its end was
// torn by a crash before anybody was told that it was kept, and is left out;
// any other damage is a *Damage.
func Read(r io.Reader, each func(Line) error) error {
	var c chain
	return c.read(r, each)
}

func (c *chain) read(r io.Reader, each func(Line) error) error {
	in := bufio.NewReaderSize(r, 1<<16)
	for {
		line, err := c.next(in)
		if errors.Is(err, io.EOF) || errors.Is(err, errTorn) {
			return nil
		}
		if err != nil {
			return err
		}
		l, err := c.parse(line)
		if err != nil {
			return err
		}
		if err := each(l); err != nil {
			return err
		}
	}
}

// next is the next whole line, without its end.
func (c *chain) next(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		piece, err := in.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, errTorn
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line) > maxLine:
			return nil, &Damage{Line: c.n + 1, Why: "it is too long"}
		}
	}
}
