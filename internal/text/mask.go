package text

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	emailLike = regexp.MustCompile(`(?:"[^"]*"|[^\s<>@＠,;:"]+)(?:@|＠|%40)[^\s<>@＠,;"']+`)
	tokenLike = regexp.MustCompile(`[0-9a-fA-F]{16,}|[A-Za-z0-9_-]{20,}`)
	phoneLike = regexp.MustCompile(`\+?\(?\p{Nd}(?:[ ().\-/]{0,3}\p{Nd}){7,}`)
)

// Mask gives a foreign server's error text as one clean line in which what
// looks like an e-mail address, a phone number or a token is replaced, since
// such texts repeat the recipient. It hides rather too much: an IP address or
// a date may look like a phone number.
func Mask(s string) string {
	s = strings.ReplaceAll(Clean(s), "\n", " ")
	s = emailLike.ReplaceAllString(s, "[email]")
	s = tokenLike.ReplaceAllStringFunc(s, func(t string) string {
		if strings.ContainsFunc(t, notPlain) {
			return "[token]"
		}
		return t
	})
	return phoneLike.ReplaceAllString(s, "[phone]")
}

// notPlain spares long hyphenated words, in which a token of that length is
// next to impossible.
func notPlain(r rune) bool { return unicode.IsDigit(r) || unicode.IsUpper(r) }
