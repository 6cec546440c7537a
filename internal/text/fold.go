package text

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// unsplit are letters that Unicode does not take apart into a plain letter and
// an accent, as people who search without accents expect it.
var unsplit = strings.NewReplacer(
	"đ", "d", "ð", "d", "ɖ", "d", "ɗ", "d", "ł", "l", "ƚ", "l", "ø", "o", "ɔ", "o", "ħ", "h",
	"ŧ", "t", "ƀ", "b", "ɓ", "b", "ŋ", "ng", "ɲ", "nh", "ı", "i", "ɛ", "e", "ƙ", "k", "ƈ", "c",
	"ß", "ss", "æ", "ae", "œ", "oe", "þ", "th",
)

// apostrophes stand inside names such as B'Lao and K'Ho, are typed in many
// ways and often left out.
const apostrophes = "'`´’‘ʼʻʹ′＇ˈ"

// Fold gives s cleaned, in lower case, without accents and apostrophes, so
// that "Đạ Huoai" and "da huoai" are equal: for searching and matching names.
func Fold(s string) string {
	s = strings.Map(lower, norm.NFKD.String(Clean(s)))
	s = unsplit.Replace(norm.NFKD.String(s))
	return Clean(norm.NFC.String(strings.Map(bare, s)))
}

// Words gives the different words of Fold(s), letters and digits only, in
// their order: what a search by the beginnings of words looks up.
func Words(s string) []string {
	words := strings.FieldsFunc(Fold(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
	kept := words[:0]
	for _, w := range words {
		if !slices.Contains(kept, w) {
			kept = append(kept, w)
		}
	}
	return kept
}

func lower(r rune) rune { return unicode.ToLower(r) }

func bare(r rune) rune {
	if unicode.Is(unicode.Mn, r) || strings.ContainsRune(apostrophes, r) {
		return -1
	}
	return r
}
