package account

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// The rules are those of NIST SP 800-63B-4, section 3.1.1: a least length, no
// composition, no end of validity, nothing that is guessed first.
const (
	// MinPasswordRunes is the least length of a password.
	MinPasswordRunes = 10
	// maxPasswordRunes is far beyond what anybody types, and bounds the work.
	maxPasswordRunes = 200
)

// commonText are passwords of MinPasswordRunes and more that leaks show most
// often, one a line, lower case.
//
//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if word := strings.TrimSpace(line); word != "" {
			set[word] = true
		}
	}
	return set
})

// normalPassword is the one form of a password: the same letters typed with
// another keyboard of Vietnamese come as other characters.
func normalPassword(typed string) string { return norm.NFKC.String(typed) }

// CheckPassword adds to c what is wrong with a password that somebody chose,
// under the field's name, and gives its one form.
func CheckPassword(c *fault.Check, field, typed, login string) string {
	if len(typed) > utf8.UTFMax*maxPasswordRunes || !utf8.ValidString(typed) {
		c.Add(field, "account.password_long", "max", maxPasswordRunes)
		return ""
	}
	password := normalPassword(typed)
	folded := strings.ToLower(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinPasswordRunes:
		c.Add(field, "account.password_short", "min", MinPasswordRunes)
	case n > maxPasswordRunes:
		c.Add(field, "account.password_long", "max", maxPasswordRunes)
	case login != "" && strings.Contains(folded, login):
		c.Add(field, "account.password_login")
	case isCommon(folded):
		c.Add(field, "account.password_common")
	}
	return password
}

// isCommon looks for the password as it is, without accents, without the
// digits and signs that people put at its ends, and for what is no word at all.
func isCommon(folded string) bool {
	plain := strings.ReplaceAll(text.Fold(folded), " ", "")
	core := strings.TrimFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) })
	set := common()
	return set[folded] || set[plain] || set[core] || repeats(folded) || runs(folded)
}

// repeats tells whether the text is a piece of at most 4 characters again and
// again: "aaaaaaaaaa", "abcabcabca".
func repeats(s string) bool {
	runes := []rune(s)
	for size := 1; size <= 4 && size < len(runes); size++ {
		same := true
		for i := size; i < len(runes); i++ {
			same = same && runes[i] == runes[i-size]
		}
		if same {
			return true
		}
	}
	return false
}

// rows are what fingers run along.
var rows = []string{"01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"}

// runs tells whether the text is nothing but a row of keys, to and fro.
func runs(s string) bool {
	for _, row := range rows {
		back := []rune(row)
		for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
			back[i], back[j] = back[j], back[i]
		}
		if strings.Contains(row+row, s) || strings.Contains(string(back)+string(back), s) {
			return true
		}
	}
	return false
}
