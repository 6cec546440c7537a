package table

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decode gives the text of a file in UTF-8: by its byte order mark, else as
// UTF-8, else as Windows-1258, in which Vietnamese was written before.
func decode(file io.ReaderAt, size int64) (io.Reader, error) {
	whole := io.NewSectionReader(file, 0, size)
	start := make([]byte, min(size, 4))
	if _, err := io.ReadFull(whole, start); err != nil {
		return nil, err
	}
	if _, err := whole.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(start, []byte("\xFF\xFE")) || bytes.HasPrefix(start, []byte("\xFE\xFF")) {
		return transform.NewReader(whole, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()), nil
	}
	c, err := takeCensus(io.NewSectionReader(file, 0, size))
	if err != nil {
		return nil, err
	}
	if c.zero {
		return nil, ErrUnknown
	}
	if bytes.HasPrefix(start, []byte("\xEF\xBB\xBF")) {
		return io.NewSectionReader(file, 3, size-3), nil
	}
	if c.vietnamese() {
		return transform.NewReader(whole, charmap.Windows1258.NewDecoder()), nil
	}
	return whole, nil
}

// census is what the bytes of a text look like.
type census struct {
	zero bool // there is a zero byte: it is no text
	wide int  // characters of several bytes that are UTF-8
	bad  int  // bytes that are not
}

// vietnamese tells a text in Windows-1258 from one in UTF-8 of which a few bytes
// broke: hardly any letter of the first is UTF-8 by chance.
func (c census) vietnamese() bool { return c.bad > 0 && c.wide < 10*c.bad }

func takeCensus(r io.Reader) (census, error) {
	var c census
	buf := make([]byte, 64<<10)
	kept := 0 // bytes of a character that the next read may end
	for {
		n, err := r.Read(buf[kept:])
		over := errors.Is(err, io.EOF)
		if err != nil && !over {
			return c, err
		}
		if kept = c.take(buf[:kept+n], buf, over); over {
			return c, nil
		}
	}
}

// take counts text and moves what may be half a character to the start of buf.
func (c *census) take(text, buf []byte, last bool) (kept int) {
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			c.zero = c.zero || text[0] == 0
			text = text[1:]
			continue
		}
		if !last && !utf8.FullRune(text) {
			return copy(buf, text)
		}
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			c.bad++
		} else {
			c.wide++
		}
		text = text[size:]
	}
	return 0
}
