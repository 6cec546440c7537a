package account

import (
	"crypto/subtle"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Where the links of letters lead; the pages are there.
const (
	PasswordPath = "/staff/password/"
	AddressPath  = "/staff/address/"
	// ProofQuery carries the ticket of the address beside a link that sets a
	// password: only the mail has it, and not who made the link.
	ProofQuery = "mail"
)

// ticket names an account and proves it: nothing is kept of its token, which is
// made again and compared.
func ticket(account, token string) string { return account + "." + token }

// ParseTicket takes a ticket apart; ok is whether it has a ticket's form.
func ParseTicket(text string) (account, token string, ok bool) {
	account, token, found := strings.Cut(text, ".")
	if !found || !id.Valid(account) || !secret.LinkForm(token) {
		return "", "", false
	}
	return account, token, true
}

// proves tells whether the token is the account's of the purpose and generation.
func (s *Access) proves(token, purpose, account string, generation int) bool {
	for _, want := range s.Keys.Links(purpose, account, generation) {
		if subtle.ConstantTimeCompare([]byte(want), []byte(token)) == 1 {
			return true
		}
	}
	return false
}
