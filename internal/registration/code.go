package registration

import (
	"encoding/base64"
	"encoding/hex"

	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// codeKeyChars is the registration's id in base64url, before its token.
const codeKeyChars = 22

// code is the check-in code of a registration: which one it is, and a token
// that nobody else can make.
func (s *Service) code(r Registration) string {
	return CodeOf(s.p.Keys, r)
}

// CodeOf makes the check-in code: 44 letters, digits, - or _. It is good on
// the day for being counted, and for nothing else.
func CodeOf(keys *secret.Keys, r Registration) string {
	key, err := hex.DecodeString(r.ID)
	if err != nil || len(key) != keyBytes {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(key) + keys.Link(secret.LinkCheckIn, r.ID, r.LinkGeneration)
}

// ParseCode takes a check-in code apart; ok is whether it has a code's form.
func ParseCode(code string) (registration, token string, ok bool) {
	if len(code) <= codeKeyChars || !secret.LinkForm(code[codeKeyChars:]) {
		return "", "", false
	}
	key, err := base64.RawURLEncoding.Strict().DecodeString(code[:codeKeyChars])
	if err != nil || len(key) != keyBytes {
		return "", "", false
	}
	return hex.EncodeToString(key), code[codeKeyChars:], true
}
