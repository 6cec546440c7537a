package table

import (
	"encoding/xml"
	"errors"
	"io"
)

// shared is a workbook's table of texts, end to end in one piece of memory.
type shared struct {
	bytes []byte
	ends  []uint32
}

// maxShared bounds the number of texts, of which empty ones cost no bytes.
const maxShared = 10_000_000

func (s *shared) read(p *parts, name string, limits Limits) error {
	body, err := p.open(name)
	if err != nil || body == nil {
		return err
	}
	defer body.Close()
	d := xml.NewDecoder(body)
	var t textOf
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken(err, 0)
		}
		if s.bytes = t.take(token, s.bytes); t.ended(token, "si") {
			s.ends = append(s.ends, uint32(len(s.bytes)))
		}
		if int64(len(s.bytes)) > limits.SharedBytes || len(s.ends) > maxShared {
			return ErrTooLarge.With("mb", limits.SharedBytes>>20)
		}
	}
}

// text gives one text, and whether there is one of the number.
func (s shared) text(n int) (string, bool) {
	if n < 0 || n >= len(s.ends) {
		return "", false
	}
	from := uint32(0)
	if n > 0 {
		from = s.ends[n-1]
	}
	return string(s.bytes[from:s.ends[n]]), true
}

// textOf gathers what stands in the t elements of a text, of which one with
// several fonts has several; how it is pronounced (rPh) is left out.
type textOf struct{ in, spoken bool }

func (t *textOf) take(token xml.Token, to []byte) []byte {
	switch token := token.(type) {
	case xml.StartElement:
		switch token.Name.Local {
		case "t":
			t.in = !t.spoken
		case "rPh":
			t.spoken = true
		}
	case xml.EndElement:
		switch token.Name.Local {
		case "t":
			t.in = false
		case "rPh":
			t.spoken = false
		}
	case xml.CharData:
		if t.in {
			return append(to, token...)
		}
	}
	return to
}

func (t *textOf) ended(token xml.Token, name string) bool {
	e, ok := token.(xml.EndElement)
	return ok && e.Name.Local == name
}
