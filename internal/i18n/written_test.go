package i18n_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// What people wrote comes out of a sentence as it went in, whatever they wrote.
func TestPieces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return text.Clean(rapid.String().Draw(t, "text")) }), 1, 6).Draw(t, "texts")
		var sentence, plain strings.Builder
		var want []string
		for i, one := range texts {
			plain.WriteString(one)
			if i%2 == 0 {
				sentence.WriteString(one)
				continue
			}
			sentence.WriteString(i18n.Written(one).String())
			if one != "" {
				want = append(want, one)
			}
		}
		var got []string
		all := ""
		for piece, written := range i18n.Pieces(sentence.String()) {
			all += piece
			if written {
				got = append(got, piece)
			}
		}
		if i18n.Plain(sentence.String()) != plain.String() {
			t.Fatalf("%q is %q for programs", sentence.String(), i18n.Plain(sentence.String()))
		}
		if all != plain.String() || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Fatalf("%q: %q, %q, want %q, %q", sentence.String(), all, got, plain.String(), want)
		}
	})
	for broken, want := range map[string]string{"a\u2068b": "ab", "a\u2069b": "a\u2069b", "\u2068\u2069": "", "\u2068a\u2068b\u2069": "a\u2068b"} {
		all := ""
		for piece := range i18n.Pieces(broken) {
			all += piece
		}
		if all != want {
			t.Errorf("%q: %q, want %q", broken, all, want)
		}
	}
}
