package secret

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
)

// The purposes of links. A survey has none: its codes are random.
const (
	LinkOwn     = "own"     // a resident's own page of one registration
	LinkOptOut  = "optout"  // stops messages to one contact
	LinkCheckIn = "checkin" // shown at the door on the day
	LinkConfirm = "confirm" // the button of the first mail
	// LinkPassword lets a member of staff set a password, once.
	LinkPassword = "password"
	// LinkReset is mailed to who forgot a password, LinkAddress to confirm the
	// address of an account.
	LinkReset   = "reset"
	LinkAddress = "address"
	// LinkDevice marks a browser in which somebody has signed in.
	LinkDevice = "device"
	// LinkRecovery makes the keyed hash of a recovery code.
	LinkRecovery = "recovery"
)

const linkBytes = 16

// Link is the token of one purpose for one subject: 128 bits of HMAC as 22
// characters of base64url. It is the same each time, so that a mail sent again
// has the same link; raising the generation revokes it.
func (k *Keys) Link(purpose, subject string, generation int) string {
	return k.Links(purpose, subject, generation)[0]
}

// Links gives the token under each key, the current one first: after a key was
// changed, a resend looks for the one whose LinkHash the record keeps.
func (k *Keys) Links(purpose, subject string, generation int) []string {
	tokens := make([]string, len(k.rings))
	for i, r := range k.rings {
		sum := r.mac("link", purpose, subject, strconv.Itoa(generation))
		tokens[i] = base64.RawURLEncoding.EncodeToString(sum[:linkBytes])
	}
	return tokens
}

// LinkHash is what a record keeps of a token: its SHA-256 in hex.
func LinkHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// LinkForm tells whether s could be a token at all; one that could not needs
// no look into the store.
func LinkForm(s string) bool {
	if len(s) != base64.RawURLEncoding.EncodedLen(linkBytes) {
		return false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == linkBytes
}
