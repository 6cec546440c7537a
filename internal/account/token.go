package account

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// MaxTokenLife is the longest a token may last, and how long it lasts where
// nothing else is asked for.
const MaxTokenLife = 365 * 24 * time.Hour

// The prefix lets people and scanners for leaked secrets know a token by sight.
const (
	tokenPrefix = "sunday_"
	tokenBytes  = 32
)

const maxScopes = 32

// newToken gives the text of a token of tokenBytes random bytes.
func newToken(random []byte) string {
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(random)
}

// TokenForm tells whether s could be a token at all; one that could not needs
// no look into the store.
func TokenForm(s string) bool {
	rest, ok := strings.CutPrefix(s, tokenPrefix)
	if !ok || len(rest) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	return err == nil
}

// TokenHash is what is kept of a token: its SHA-256 in hex, as its id.
func TokenHash(s string) string { return secret.LinkHash(s) }

// Live tells whether the token may be used at now.
func (t Token) Live(now calendar.Instant) bool {
	return t.RevokedAt == 0 && now < t.ExpiresAt
}

// expiry gives the end of a token's life: want, or the longest if it is 0.
func expiry(c *fault.Check, now, want calendar.Instant) calendar.Instant {
	longest := now.Add(MaxTokenLife)
	switch {
	case want == 0:
		return longest
	case want <= now:
		c.Add("expires_at", "account.token_past")
	case want > longest:
		c.Add("expires_at", "account.token_too_long", "days", int(MaxTokenLife.Hours()/24))
	}
	return want
}
