package text

import (
	"net/mail"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// The refusals of Email and Phone.
var (
	ErrEmail = fault.New(fault.Invalid, "text.email")
	ErrPhone = fault.New(fault.Invalid, "text.phone")
)

const (
	maxEmailBytes = 254 // RFC 5321's path of 256 without its brackets
	maxLocalBytes = 64
	maxPhoneBytes = 40
)

// hosts is stricter than idna.Lookup: a name that DNS could not hold is a typo.
var hosts = idna.New(
	idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true),
)

// Email gives the address in s with its host in lower case and in ASCII (IDN
// hosts in their xn-- form), or ErrEmail. Display names, comments, quoted or
// non-ASCII local parts, hosts without a dot and control characters anywhere
// are refused, so that the result is safe in a header and in an SMTP command.
func Email(s string) (string, error) {
	s = strings.Trim(s, " ")
	if len(s) > maxEmailBytes || strings.ContainsFunc(s, unsafeInEmail) {
		return "", ErrEmail
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Name != "" || parsed.Address != s {
		return "", ErrEmail
	}
	at := strings.LastIndexByte(s, '@')
	local := s[:at]
	host, err := hosts.ToASCII(s[at+1:])
	if err != nil || len(local) > maxLocalBytes || strings.ContainsFunc(local, nonASCII) || !isHost(host) {
		return "", ErrEmail
	}
	if s = local + "@" + host; len(s) > maxEmailBytes {
		return "", ErrEmail
	}
	return s, nil
}

// Phone gives the number in s in E.164 form (+84912345678), or ErrPhone. One
// without a country code is read as region's (ISO 3166, "VN" if empty).
// Extensions and letters are refused.
func Phone(s, region string) (string, error) {
	if region == "" {
		region = "VN"
	}
	s = Clean(s)
	if len(s) > maxPhoneBytes || strings.ContainsFunc(s, unicode.IsLetter) {
		return "", ErrPhone
	}
	n, err := phonenumbers.Parse(s, region)
	if err != nil || n.GetExtension() != "" || !phonenumbers.IsValidNumber(n) {
		return "", ErrPhone
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

func unsafeInEmail(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) ||
		strings.ContainsRune(`"()<>[]\,;:`, r)
}

func nonASCII(r rune) bool { return r > unicode.MaxASCII }

// isHost wants a dot and a last label that is no number, lest an IP address
// pass for a name.
func isHost(host string) bool {
	dot := strings.LastIndexByte(host, '.')
	return dot > 0 && strings.Trim(host[dot+1:], "0123456789") != ""
}
