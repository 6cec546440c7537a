package smtp

import (
	"errors"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// errAddress names no address: it may reach a log.
var errAddress = errors.New("not an address that mail can be sent to")

// ParseAddress takes "a@b" or "Name <a@b>" and returns address and name. It
// refuses what is allowed in a header but not safe in a command: quoted local
// parts, domain literals, controls. Its error repeats nothing of the text.
func ParseAddress(text string) (address, name string, err error) {
	if isAddress(text) && isASCII(text) { // as good as always
		return text, "", nil
	}
	if strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) {
		return "", "", errAddress
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil {
		return "", "", errAddress
	}
	if !isAddress(parsed.Address) || strings.ContainsFunc(parsed.Name, unicode.IsControl) {
		return "", "", errAddress
	}
	return parsed.Address, parsed.Name, nil
}

// isAddress reports whether s is safe in a command as it is.
func isAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && len(s) <= 254 && len(local) <= 64 && dotted(local, atomByte) && dotted(domain, domainByte)
}

// dotted reports whether s is made of parts of allowed bytes between dots.
func dotted(s string, allowed func(byte) bool) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" {
			return false
		}
	}
	for i := range len(s) {
		if s[i] != '.' && s[i] < utf8.RuneSelf && !allowed(s[i]) {
			return false
		}
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf && !unicode.IsGraphic(r) || unicode.IsSpace(r) })
}

func atomByte(b byte) bool {
	return domainByte(b) || strings.IndexByte("!#$%&'*+/=?^_`{|}~", b) >= 0
}

func domainByte(b byte) bool {
	return b == '-' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
