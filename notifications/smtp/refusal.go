package smtp

import (
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// refusal says what a reply that is not good means for the message.
//
// Only what surely concerns this recipient or this message is permanent. A
// server that refuses our sender, our sequence of commands or our sign-in would
// refuse everybody: that is a fault to be mended, and the message waits for it.
func (t *transaction) refusal(st stage, r reply) *notifications.Refusal {
	out := &notifications.Refusal{Code: r.code, Text: Mask(r.text, t.to)}
	switch {
	case r.code == 421:
		out.Temporary, out.NoTry = true, true
	case r.code < 500 || r.code > 599:
		out.Temporary = true
		if r.code < 400 || r.code > 499 {
			t.broken = true // out of step
		}
	case st == toMail || ofTheServer(r.code) || full(st, r) || ofUs(st, r):
		out.Temporary = true
	default:
		out.Recipient = st == toRcpt && !strings.HasPrefix(r.text, "5.7.")
	}
	return out
}

// ofTheServer are replies about commands and sign-in.
func ofTheServer(code int) bool {
	switch code {
	case 500, 502, 503, 504, 530, 534, 535, 538, 555:
		return true
	default:
		return false
	}
}

// aboutUs are words by which a server refuses whoever sends: it hands on nobody's
// mail for us, or nobody's until we sign in, or has found our host on a list of
// those that send what nobody wants.
var aboutUs = []string{
	"relay", "rcpthosts", "authenticat",
	"client host", "blocked using", "blacklist", "black list", "blocklist", "block list", "dnsbl", "spamhaus",
}

// ofUs is a reply about the sender that came to a recipient: many servers say so
// only when they hear one, with the code of an address that there is not. One that
// speaks of the address says that by its status: "5.1.1 User unknown in relay
// recipient table".
func ofUs(st stage, r reply) bool {
	text := strings.ToLower(r.text)
	if st != toRcpt || strings.HasPrefix(text, "5.1.") || strings.HasPrefix(text, "5.2.") {
		return false
	}
	return slices.ContainsFunc(aboutUs, func(word string) bool { return strings.Contains(text, word) })
}

// full is a mailbox that has no room now.
func full(st stage, r reply) bool {
	return st == toRcpt && r.code == 552 || strings.HasPrefix(r.text, "5.2.2")
}
