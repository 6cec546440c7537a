package outreach

import "strings"

// Places in a compiled mail where a person's own links go. They are valid URLs,
// so that the HTML template lets them through as they are.
const (
	gapOwn     = "https://gap.invalid/own"
	gapConfirm = "https://gap.invalid/confirm"
	gapOptOut  = "https://gap.invalid/optout"
	gapSurvey  = "https://gap.invalid/survey"
)

// gapped is a text cut at its gaps: words, gap, words, gap, words.
type gapped struct {
	parts []string
	size  int
}

// gaps cuts a text at its gaps.
func gaps(s string) gapped {
	g := gapped{size: len(s)}
	for {
		at, gap := firstGap(s)
		if gap == "" {
			g.parts = append(g.parts, s)
			return g
		}
		g.parts = append(g.parts, s[:at], gap)
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

// fill puts the links into the gaps.
func (g gapped) fill(l Links) string {
	var b strings.Builder
	b.Grow(g.size + 128)
	for i, part := range g.parts {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		switch part {
		case gapOwn:
			b.WriteString(l.Own)
		case gapConfirm:
			b.WriteString(l.Confirm)
		case gapOptOut:
			b.WriteString(l.OptOut)
		case gapSurvey:
			b.WriteString(l.Survey)
		}
	}
	return b.String()
}
