package jsondoc

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parser reads JSON of the one form in which encoding/json writes it, without
// reflection and without a copy of a string: the strings that it gives are cut
// out of the text. At anything else (space, escapes, null, a field that nobody
// named, the same list twice) it fails, and the library reads the text again.
type parser struct {
	text   string
	at     int
	failed bool
}

// done reports whether the whole text was read.
func (p *parser) done() bool { return !p.failed && p.at == len(p.text) }

func (p *parser) fail() { p.failed = true }

// peek is the next byte, 0 at the end and after a failure.
func (p *parser) peek() byte {
	if p.failed || p.at >= len(p.text) {
		return 0
	}
	return p.text[p.at]
}

// take steps over a byte that has to be there.
func (p *parser) take(b byte) {
	if p.peek() != b {
		p.fail()
		return
	}
	p.at++
}

// object calls field at the value of each field.
func (p *parser) object(field func(name string)) {
	p.items('{', '}', func() {
		name := p.string()
		p.take(':')
		if !p.failed {
			field(name)
		}
	})
}

// items calls item at each of the things between two brackets.
func (p *parser) items(opening, closing byte, item func()) {
	p.take(opening)
	if p.peek() == closing {
		p.at++
		return
	}
	for !p.failed {
		item()
		if p.peek() == closing {
			p.at++
			return
		}
		p.take(',')
	}
}

// string reads a string without escapes.
func (p *parser) string() string {
	p.take('"')
	if p.failed {
		return ""
	}
	length := strings.IndexByte(p.text[p.at:], '"')
	if length < 0 {
		p.fail()
		return ""
	}
	s := p.text[p.at : p.at+length]
	p.at += length + 1
	plain := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' {
			p.fail()
			return ""
		}
		plain = plain && s[i] < utf8.RuneSelf
	}
	if !plain && !utf8.ValidString(s) {
		p.fail()
	}
	return s
}

// strings reads a list into a place that has none yet.
func (p *parser) strings(into *[]string) {
	if *into != nil {
		p.fail()
		return
	}
	*into = []string{}
	p.items('[', ']', func() { *into = append(*into, p.string()) })
}

// list reads a list of objects into a place that has none yet; field is called at
// the value of each field of each.
func list[T any](p *parser, into *[]T, field func(name string, v *T)) {
	if *into != nil {
		p.fail()
		return
	}
	*into = []T{}
	p.items('[', ']', func() {
		var v T
		p.object(func(name string) { field(name, &v) })
		*into = append(*into, v)
	})
}

// bytes reads base64 into a place that has none yet.
func (p *parser) bytes(into *[]byte) {
	if *into != nil {
		p.fail()
		return
	}
	b, err := base64.StdEncoding.DecodeString(p.string())
	if err != nil {
		p.fail()
	}
	*into = b
}

// bool reads true or false.
func (p *parser) bool() bool {
	switch rest := p.text[p.at:]; {
	case strings.HasPrefix(rest, "true"):
		p.at += len("true")
		return true
	case strings.HasPrefix(rest, "false"):
		p.at += len("false")
	default:
		p.fail()
	}
	return false
}

// int64 reads a whole number.
func (p *parser) int64() int64 {
	start := p.at
	for c := p.peek(); c == '-' || c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	digits := p.text[start:p.at]
	n, err := strconv.ParseInt(digits, 10, 64)
	if bare := strings.TrimPrefix(digits, "-"); err != nil || len(bare) > 1 && bare[0] == '0' {
		p.fail()
	}
	return n
}

// int reads a whole number that fits in an int.
func (p *parser) int() int {
	n := p.int64()
	if int64(int(n)) != n {
		p.fail()
	}
	return int(n)
}
