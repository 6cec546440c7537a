package exchange

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

// subject is one of them, with the words by which it is known.
type subject struct {
	name   string
	within []string // parts of the squeezed heading
	words  []string // whole words
	spelt  []string // whole words with their accents, one after the other
	whole  []string // all that the squeezed heading says
}

// never are the subjects of which nothing is ever kept of a person. Long words
// are found anywhere in a heading, however it is written, short ones as words of
// their own. Without accents "dao" and "dang" are in many good headings, and
// "cong giao" and "giao dan" in some, so they are looked for with them.
var never = []subject{
	{
		"religion", []string{"tôn giáo", "tín ngưỡng", "phật giáo", "thiên chúa", "religi", "wyznan", "denominat"},
		[]string{"faith", "creed", "church", "confession", "parish", "kościół", "wiara", "parafia", "parafii"},
		[]string{"theo đạo", "có đạo", "công giáo", "tin lành", "cao đài", "hòa hảo", "giáo dân", "giáo xứ", "giáo họ"},
		[]string{"đạo", "t giáo"},
	},
	{
		"ethnicity", []string{"dân tộc", "ethnic", "etniczn", "narodowość", "mniejszoś", "minorit", "indigenous", "sắc tộc"},
		[]string{"race", "tribe", "rasa", "dtts"},
		[]string{"thiểu số", "tộc người", "d tộc", "thành phần dt"},
		nil,
	},
	{
		"party", []string{"đảng viên", "đảng phái", "đảng tịch", "vào đảng", "chính đảng", "political", "polityczn", "partymember", "partyname", "partyjn", "communist"},
		[]string{"party", "partia", "partii", "partię", "cpv", "đcsvn"},
		[]string{"đảng", "chi bộ"},
		nil,
	},
	{
		"poverty", []string{"hộ nghèo", "cận nghèo", "thu nhập thấp", "povert", "low income", "ubóstw", "ubog", "destitut", "indigent"},
		[]string{"nghèo", "poor", "needy", "bieda", "biedny", "biedna", "biedni", "biednych", "ubodzy"},
		[]string{"hộ khó khăn", "hoàn cảnh khó khăn"},
		nil,
	},
}

// Forbidden gives the subject of a heading of which nothing is kept of a person
// (religion, ethnicity, party or poverty), or "". What stands in brackets counts.
func Forbidden(heading string) string {
	squeezed, words, spelt := squeeze(heading), text.Words(strings.ReplaceAll(heading, "_", " ")), spelling(heading)
	for _, n := range never {
		if slices.ContainsFunc(n.within, func(part string) bool { return strings.Contains(squeezed, squeeze(part)) }) ||
			slices.ContainsFunc(n.spelt, func(part string) bool { return strings.Contains(spelt, " "+part+" ") }) ||
			slices.ContainsFunc(n.whole, func(all string) bool { return squeezed == squeeze(all) }) {
			return n.name
		}
		for i, w := range words {
			if n.has(w) && !partySize(n.name, words[i:]) {
				return n.name
			}
		}
	}
	return ""
}

// spelling is a heading's words in small letters with their accents, with one
// blank around each.
func spelling(heading string) string {
	words := strings.FieldsFunc(strings.ToLower(text.Clean(heading)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	return " " + strings.Join(words, " ") + " "
}

func (s subject) has(word string) bool {
	return slices.ContainsFunc(s.words, func(w string) bool { return text.Fold(w) == word })
}

// partySize spares how many people come together.
func partySize(subject string, words []string) bool {
	return subject == "party" && len(words) > 1 && words[1] == "size"
}
