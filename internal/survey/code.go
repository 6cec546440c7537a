package survey

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/sunday-with-the-people/sunday/internal/id"
)

// codeBytes makes a code of 128 random bits.
const codeBytes = 16

// newCode makes a code, 22 characters of base64url. It is derived from nothing,
// so that nobody can tell whose it is.
func newCode(ids id.Source) string {
	return base64.RawURLEncoding.EncodeToString(ids.Nonce(codeBytes))
}

// codeHash is what is kept of a code, 64 hex digits. The event is part of it,
// so that a code opens no other event's survey.
func codeHash(event, code string) string {
	sum := sha256.Sum256([]byte(event + "\x00" + code))
	return hex.EncodeToString(sum[:])
}

// codeForm tells whether s could be a code at all.
func codeForm(s string) bool {
	if len(s) != base64.RawURLEncoding.EncodedLen(codeBytes) {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil
}

func itemID(words string) string { return id.Hash("survey.item", words) }

func answerID(event, form string) string { return id.Hash("answer", event, form) }
