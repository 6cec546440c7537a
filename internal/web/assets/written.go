package assets

import (
	"html/template"
	"strings"
	"unicode"
)

// written is the language of what staff write: titles, names, places, reasons.
const written = "vi"

// Vi shows what staff wrote: on a page in another language it is marked as
// Vietnamese, so that a screen reader reads it as that (WCAG 3.1.2). What has no
// letter of Vietnamese is left alone: a unit may have a name in each language.
func (p Page) Vi(text string) template.HTML {
	if !p.foreign(text) {
		return template.HTML(template.HTMLEscapeString(text)) //nolint:gosec // it is escaped
	}
	return marked(text)
}

// LangOf is Vi for what holds text alone, such as a field: the attribute with a
// blank before it, or nothing.
func (p Page) LangOf(text string) template.HTMLAttr {
	if !p.foreign(text) {
		return ""
	}
	return ` lang="` + written + `"`
}

func (p Page) foreign(text string) bool {
	return p.Lang() != written && strings.ContainsFunc(text, vietnamese)
}

// Within is Vi for a sentence of the page's language with such words in it. They
// are told by their letters; one word without any that stands between two such, with no
// sign before it, is one too.
func (p Page) Within(sentence string) template.HTML {
	if !p.foreign(sentence) {
		return p.Vi(sentence)
	}
	words := strings.SplitAfter(sentence, " ")
	theirs := make([]bool, len(words))
	for i, word := range words {
		theirs[i] = strings.ContainsFunc(word, vietnamese)
	}
	for i := 1; i < len(words)-1; i++ {
		goesOn := strings.TrimRightFunc(words[i-1], outside)+" " == words[i-1]
		theirs[i] = theirs[i] || theirs[i-1] && goesOn && strings.ContainsFunc(words[i+1], vietnamese)
	}
	var out strings.Builder
	for i := 0; i < len(words); {
		from := i
		for i < len(words) && theirs[i] == theirs[from] {
			i++
		}
		part := strings.Join(words[from:i], "")
		if !theirs[from] {
			out.WriteString(template.HTMLEscapeString(part))
			continue
		}
		inner := strings.TrimFunc(part, outside)
		before, after, _ := strings.Cut(part, inner)
		out.WriteString(template.HTMLEscapeString(before) + string(marked(inner)) + template.HTMLEscapeString(after))
	}
	return template.HTML(out.String()) //nolint:gosec // all of it is escaped
}

func marked(text string) template.HTML {
	return template.HTML(`<span lang="` + written + `">` + template.HTMLEscapeString(text) + `</span>`) //nolint:gosec // it is escaped
}

// outside is what stands around words: blanks, quotes, commas.
func outside(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }

// vietnamese tells letters that neither English nor Polish has.
func vietnamese(r rune) bool {
	return r >= 'Ạ' && r <= 'ỹ' || strings.ContainsRune("ĂăÂâĐđÊêÔôƠơƯưÀàÁáÃãÈèÌìÍíĨĩÒòÕõÙùÚúŨũÝý", r)
}
