package account

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// deviceBytes are random, so that every browser has a mark of its own.
const deviceBytes = 16

// KnownDevice gives a mark for a browser in which the account has signed in.
// It opens nothing: with it, guesses of others cannot keep the account's owner
// out, since what they get wrong is not counted for that browser.
func (s *Access) KnownDevice(account string) string {
	name := base64.RawURLEncoding.EncodeToString(s.IDs.Nonce(deviceBytes))
	return name + "." + s.Keys.Link(secret.LinkDevice, account+" "+name, 0)
}

// IsKnown gives the name of the browser whose mark it is, "" where it is none of
// the login's.
func (s *Access) IsKnown(ctx context.Context, login, mark string) (string, error) {
	name, sum, found := strings.Cut(mark, ".")
	if !found || len(name) != base64.RawURLEncoding.EncodedLen(deviceBytes) || !secret.LinkForm(sum) {
		return "", nil
	}
	a, err := s.Accounts.ByLogin(ctx, FoldLogin(login))
	if err != nil {
		return "", record.IgnoreAbsent(err)
	}
	for _, want := range s.Keys.Links(secret.LinkDevice, a.ID+" "+name, 0) {
		if subtle.ConstantTimeCompare([]byte(want), []byte(sum)) == 1 {
			return name, nil
		}
	}
	return "", nil
}
