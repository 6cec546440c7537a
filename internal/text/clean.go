package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// The refusals of Line and Block.
var (
	ErrTooLong = fault.New(fault.Invalid, "text.too_long") // with "max", in characters
	ErrOneLine = fault.New(fault.Invalid, "text.one_line")
)

// Clean gives s in Unicode NFC without what cannot be seen and could mislead
// (bidirectional and zero-width characters, control characters, broken UTF-8).
// Line ends become \n, every other space one blank; blanks at the ends of lines
// and blank lines at the ends of the text are cut. Clean(Clean(s)) == Clean(s).
func Clean(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := false // a blank is due before the next visible character
	for _, r := range norm.NFC.String(visible(s)) {
		switch {
		case r == '\n':
			b.WriteByte('\n')
			blank = false
		case r == ' ':
			blank = true
		default:
			if blank && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte(' ')
			}
			blank = false
			b.WriteRune(r)
		}
	}
	return strings.Trim(b.String(), "\n")
}

// Line gives s cleaned if it is one line of at most limit characters, else
// ErrOneLine or ErrTooLong. An empty line is no error.
func Line(s string, limit int) (string, error) {
	s = Clean(s)
	if strings.Contains(s, "\n") {
		return "", ErrOneLine
	}
	return bounded(s, limit)
}

// Block gives s cleaned, of any number of lines, if it has at most limit
// characters, else ErrTooLong. An empty block is no error.
func Block(s string, limit int) (string, error) {
	return bounded(Clean(s), limit)
}

func bounded(s string, limit int) (string, error) {
	if utf8.RuneCountInString(s) > limit {
		return "", ErrTooLong.With("max", limit)
	}
	return s, nil
}

// visible comes before NFC: an invisible character between a letter and its
// accent would otherwise keep them apart, and a second Clean would join them.
func visible(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
			return '\n'
		case r == '\t', unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r),
			unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
			return -1
		}
		return r
	}, s)
}
