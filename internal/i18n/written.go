package i18n

import (
	"iter"
	"strings"
)

// Written is what people wrote, as a value of a text. In the text it stands between
// the isolates of Unicode (UAX 9), as other localisation systems put their values:
// whoever shows the text sees from there, and not from letters, which of its words
// are not of its language. Nothing that is stored holds an isolate; see text.Clean.
type Written string

const (
	isolate = "\u2068"
	release = "\u2069"
)

// String is the value as it stands in a text, nothing for nothing.
func (w Written) String() string {
	if w == "" {
		return ""
	}
	return isolate + string(w) + release
}

// Plain is a text without isolates, for programs.
func Plain(text string) string {
	return strings.NewReplacer(isolate, "", release, "").Replace(text)
}

// Pieces takes a text apart into what people wrote and what stands around it, in
// order and without the isolates.
func Pieces(text string) iter.Seq2[string, bool] {
	return func(yield func(piece string, written bool) bool) {
		for text != "" {
			around, rest, found := strings.Cut(text, isolate)
			if around != "" && !yield(around, false) || !found {
				return
			}
			words, rest, _ := strings.Cut(rest, release)
			if words != "" && !yield(words, true) {
				return
			}
			text = rest
		}
	}
}
