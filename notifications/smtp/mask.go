package smtp

import (
	"regexp"
	"strings"
	"unicode"
)

const (
	masked      = "[...]"
	textMost    = 200
	patternMost = 2000
)

// secrets are an address in any spelling, and digits as long as a phone number.
var secrets = regexp.MustCompile(`(?i)\S*(?:@|＠|%40|=40)\S*|\+?\d[\d .-]{6,}\d`)

// Mask makes a server's answer fit to be kept: one line of at most 200 bytes,
// without anything like an address or a phone number, and without the local
// part of the address that the message went to.
func Mask(text, to string) string {
	text = strings.ToValidUTF8(text, "?")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if len(text) > patternMost {
		text = strings.ToValidUTF8(text[:patternMost], "")
	}
	text = secrets.ReplaceAllString(text, masked)
	local, _, _ := strings.Cut(to, "@")
	if local != "" {
		text = naming(local).ReplaceAllString(text, masked)
	}
	text = strings.TrimSpace(text)
	if len(text) > textMost {
		text = strings.ToValidUTF8(text[:textMost], "")
	}
	return text
}

// naming matches a word with the local part in it, or, where that is so short
// that many words contain it, the local part alone.
func naming(local string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(strings.ToValidUTF8(local, ""))
	if len(local) < 3 {
		return regexp.MustCompile(`(?i)\b` + quoted + `\b`)
	}
	return regexp.MustCompile(`(?i)\S*` + quoted + `\S*`)
}
