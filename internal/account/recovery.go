package account

import (
	"encoding/base32"
	"slices"
	"strings"
	"unicode"

	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Recovery codes are 10 signs, 50 bits: no letter is taken for a digit, and what
// is kept of them are keyed hashes, so that nobody can try all of them on a copy of
// the database.
const (
	recoveryCodes = 10
	recoverySigns = "0123456789abcdefghjkmnpqrstvwxyz"
	recoveryChars = 10
)

var (
	recoveryText    = base32.NewEncoding(recoverySigns).WithPadding(base32.NoPadding)
	base32NoPadding = base32.StdEncoding.WithPadding(base32.NoPadding)
)

// CodeForm gives the one form of a code as somebody typed it, "" for what can be
// none: 6 digits of an app, or 10 signs of a recovery code. Blanks and dashes may
// stand anywhere, letters that look like digits are those digits.
func CodeForm(typed string) string {
	const most = 64
	if len(typed) > most {
		return ""
	}
	code := strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case unicode.IsSpace(r) || r == '-':
			return -1
		case r == 'o':
			return '0'
		case r == 'i' || r == 'l':
			return '1'
		}
		return r
	}, typed)
	switch {
	case len(code) == codeDigits.Length() && strings.Trim(code, "0123456789") == "":
		return code
	case len(code) == recoveryChars && strings.Trim(code, recoverySigns) == "":
		return code
	}
	return ""
}

// newRecovery makes recovery codes: as they are shown this once, and what is kept.
func (s *Access) newRecovery(account string) (shown, kept []string) {
	const bytes = 7 // 56 bits, of which 50 are used
	for range recoveryCodes {
		code := recoveryText.EncodeToString(s.IDs.Nonce(bytes))[:recoveryChars]
		shown = append(shown, code[:recoveryChars/2]+"-"+code[recoveryChars/2:])
		kept = append(kept, secret.LinkHash(s.Keys.Link(secret.LinkRecovery, account+" "+code, 0)))
	}
	return shown, kept
}

// spend takes a recovery code out of those that are left, and tells whether it was
// one of them.
func (s *Access) spend(second *SecondStep, account, code string) bool {
	for _, sum := range s.Keys.Links(secret.LinkRecovery, account+" "+code, 0) {
		if i := slices.Index(second.Recovery, secret.LinkHash(sum)); i >= 0 {
			second.Recovery = slices.Delete(slices.Clone(second.Recovery), i, i+1)
			return true
		}
	}
	return false
}
