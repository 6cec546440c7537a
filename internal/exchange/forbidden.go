package exchange

import (
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

// subject is one of them, with the words by which it is known.
type subject struct {
	name   string
	within []string // parts of the squeezed heading
	words  []string // whole words
}

// never are the subjects of which nothing is ever kept of a person. Long words
// are found anywhere in a heading, however it is written, short ones as words of
// their own. Without accents "dao" and "dang" are in many good headings, so they
// are not looked for alone.
var never = []subject{
	{"religion", []string{"tôn giáo", "tín ngưỡng", "religi", "wyznan"}, []string{"faith", "creed", "church", "kościół"}},
	{"ethnicity", []string{"dân tộc", "ethnic", "etniczn", "narodowość", "sắc tộc"}, []string{"race", "tribe", "rasa", "dtts"}},
	{"party", []string{"đảng viên", "đảng phái", "đảng tịch", "vào đảng", "chính đảng", "political", "polityczn", "partymember", "partyjn"}, []string{"party", "partia", "partii"}},
	{"poverty", []string{"hộ nghèo", "cận nghèo", "povert", "ubóstw"}, []string{"nghèo", "poor", "bieda", "biedny", "biedna"}},
}

// Forbidden gives the subject of a heading of which nothing is kept of a person
// (religion, ethnicity, party or poverty), or "".
func Forbidden(heading string) string {
	squeezed, words := Squeeze(heading), text.Words(strings.ReplaceAll(heading, "_", " "))
	for _, n := range never {
		for _, part := range n.within {
			if strings.Contains(squeezed, Squeeze(part)) {
				return n.name
			}
		}
		for i, w := range words {
			if n.has(w) && !partySize(n.name, words[i:]) {
				return n.name
			}
		}
	}
	return ""
}

func (s subject) has(word string) bool {
	return slices.ContainsFunc(s.words, func(w string) bool { return text.Fold(w) == word })
}

// partySize spares how many people come together.
func partySize(subject string, words []string) bool {
	return subject == "party" && len(words) > 1 && words[1] == "size"
}
