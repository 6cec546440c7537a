package text_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                  "",
		"  Nguyễn \t Thị\u00a0\u3000Lan  ":  "Nguyễn Thị Lan",
		"Nguye\u0302\u0303n":                "Nguyễn",
		"Nguye\u200b\u0302\u0303n":          "Nguyễn",
		"a\u202eb\u2066c\u200dd\ufeff\x00e": "abcde",
		"\r\none \r\n two\rthree\u2028":     "one\ntwo\nthree",
		"a \n\n b\n":                        "a\n\nb",
		"bad\xffbyte\u0085\u009bx":          "badbyte\nx",
		"\u3164\u115f":                      "",
	} {
		if got := text.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func checkClean(t interface{ Fatalf(string, ...any) }, in string) {
	got := text.Clean(in)
	switch {
	case text.Clean(got) != got:
		t.Fatalf("Clean(%q) = %q, and again %q", in, got, text.Clean(got))
	case !norm.NFC.IsNormalString(got) || !utf8.ValidString(got):
		t.Fatalf("Clean(%q) = %q is not NFC", in, got)
	case strings.Contains(got, "  ") || strings.TrimSpace(got) != got:
		t.Fatalf("Clean(%q) = %q has blanks to spare", in, got)
	case strings.ContainsFunc(got, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) }):
		t.Fatalf("Clean(%q) = %q has what cannot be seen", in, got)
	}
}

func TestClean_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkClean(t, rapid.String().Draw(t, "in")) })
}

func FuzzClean(f *testing.F) {
	f.Add("a \u202e\n\u0301b")
	f.Fuzz(func(t *testing.T, in string) { checkClean(t, in) })
}

func TestLineAndBlock(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		read    func(string, int) (string, error)
		in      string
		want    string
		wantErr error
	}{
		{text.Line, " Đạ Huoai ", "Đạ Huoai", nil},
		{text.Line, "Đạ Huoai\n", "Đạ Huoai", nil},
		{text.Line, "a\nb", "", text.ErrOneLine},
		{text.Line, "a\u2028b", "", text.ErrOneLine},
		{text.Line, "Đạ Huoai 2", "", text.ErrTooLong},
		{text.Line, "", "", nil},
		{text.Block, "a\r\nb", "a\nb", nil},
		{text.Block, strings.Repeat("ệ", 8), strings.Repeat("ệ", 8), nil},
		{text.Block, strings.Repeat("ệ", 9), "", text.ErrTooLong},
	} {
		got, err := tc.read(tc.in, 8)
		if got != tc.want || !errors.Is(err, tc.wantErr) {
			t.Errorf("%q: got %q, %v; want %q, %v", tc.in, got, err, tc.want, tc.wantErr)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Đạ Huoai":                "da huoai",
		"ĐẮK LẮK":                 "dak lak",
		"Nguye\u0302\u0303n":      "nguyen",
		"B'Lao":                   "blao",
		"B’Lao":                   "blao",
		"K'Ho":                    "kho",
		"Łódź":                    "lodz",
		"Straße Ærø":              "strasse aero",
		"ƯƠNG ươ":                 "uong uo",
		"İstanbul":                "istanbul",
		"Ｆｕｌｌ　ｗｉｄｔｈ":              "full width",
		"\u212aelvin \u0301 ﬁ":    "kelvin fi",
		"Thôn 3/2 – tổ\u200b dân": "thon 3/2 – to dan",
	} {
		if got := text.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func checkFold(t interface{ Fatalf(string, ...any) }, in string) {
	got := text.Fold(in)
	if again := text.Fold(got); again != got {
		t.Fatalf("Fold(%q) = %q, and again %q", in, got, again)
	}
	if nfd := text.Fold(norm.NFD.String(in)); nfd != got {
		t.Fatalf("Fold(%q) = %q, decomposed %q", in, got, nfd)
	}
	words := text.Words(in)
	for _, w := range words {
		if w == "" || !strings.Contains(got, w) {
			t.Fatalf("Words(%q) has %q, which is not in %q", in, w, got)
		}
	}
}

func TestFold_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkFold(t, rapid.String().Draw(t, "in")) })
}

func FuzzFold(f *testing.F) {
	f.Add("Đạ'Huoai İ ſ")
	f.Fuzz(func(t *testing.T, in string) { checkFold(t, in) })
}

func TestWords(t *testing.T) {
	t.Parallel()
	want := []string{"nguyen", "thi", "lan", "to", "3", "blao"}
	if diff := cmp.Diff(want, text.Words("Nguyễn Thị Lan (tổ 3), B'Lao - LAN")); diff != "" {
		t.Error(diff)
	}
	if got := text.Words(" – "); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

func TestSortKey(t *testing.T) {
	t.Parallel()
	want := []string{"an", "ăn", "ân", "ba", "da", "dũng", "đa", "em", "ghi", "la", "là", "ma", "na", "ôn", "ơn", "u", "ưa"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int { return bytes.Compare(text.SortKey(a), text.SortKey(b)) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if !bytes.Equal(text.SortKey(s), text.SortKey(norm.NFD.String(s)+" ")) {
			t.Fatalf("%q sorts by how it was typed", s)
		}
	})
}
