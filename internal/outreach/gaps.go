package outreach

import (
	"strings"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Places in a compiled mail where a person's own links go. They are valid URLs,
// so that the HTML template lets them through as they are.
const (
	gapOwn     = "https://gap.invalid/own"
	gapConfirm = "https://gap.invalid/confirm"
	gapOptOut  = "https://gap.invalid/optout"
	gapSurvey  = "https://gap.invalid/survey"
)

// gapped is a text cut at its gaps.
type gapped []piece

// piece is the words up to a gap, which the last piece has not.
type piece struct {
	words []byte
	gap   string
}

// gaps cuts a text at its gaps.
func gaps(s string) (g gapped) {
	for {
		at, gap := firstGap(s)
		g = append(g, piece{[]byte(s[:at]), gap})
		if gap == "" {
			return g
		}
		s = s[at+len(gap):]
	}
}

// firstGap finds the gap that comes first in the text.
func firstGap(s string) (at int, gap string) {
	at = len(s)
	for _, g := range []string{gapOwn, gapConfirm, gapOptOut, gapSurvey} {
		if i := strings.Index(s, g); i >= 0 && i < at {
			at, gap = i, g
		}
	}
	return at, gap
}

// fill puts the links into the gaps. All that it fills share the words.
func (g gapped) fill(l Links) notifications.Text {
	text := make(notifications.Text, 0, 2*len(g))
	for _, p := range g {
		text = append(text, p.words)
		switch p.gap {
		case gapOwn:
			text = append(text, []byte(l.Own))
		case gapConfirm:
			text = append(text, []byte(l.Confirm))
		case gapOptOut:
			text = append(text, []byte(l.OptOut))
		case gapSurvey:
			text = append(text, []byte(l.Survey))
		}
	}
	return text
}
