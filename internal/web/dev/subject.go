package dev

import (
	"html/template"
	"strings"
	"unicode"

	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// subject shows a mail's subject in the language that the mail names. What people
// wrote in it is guessed by its letters, since a mail does not say which words
// those are: words with letters of Vietnamese, and one without between two such.
func subject(p assets.Page, m mailcatch.Mail) template.HTML {
	lang := m.Get("Content-Language")
	if lang == "" || lang == p.Lang() {
		return guessed(p, m.Subject)
	}
	if lang == "vi" {
		return inLang(lang, template.HTML(template.HTMLEscapeString(m.Subject))) //nolint:gosec // it is escaped
	}
	return inLang(lang, guessed(p, m.Subject))
}

func inLang(lang string, words template.HTML) template.HTML {
	return template.HTML(`<span lang="`+template.HTMLEscapeString(lang)+`">`) + words + `</span>` //nolint:gosec // it is escaped
}

func guessed(p assets.Page, sentence string) template.HTML {
	words := strings.SplitAfter(sentence, " ")
	theirs := make([]bool, len(words))
	for i, word := range words {
		theirs[i] = p.LangOf(word) != ""
	}
	for i := 1; i < len(words)-1; i++ {
		goesOn := strings.TrimRightFunc(words[i-1], outside)+" " == words[i-1]
		theirs[i] = theirs[i] || theirs[i-1] && goesOn && p.LangOf(words[i+1]) != ""
	}
	var out strings.Builder
	for i := 0; i < len(words); {
		from := i
		for i < len(words) && theirs[i] == theirs[from] {
			i++
		}
		part := strings.Join(words[from:i], "")
		inner := strings.TrimFunc(part, outside)
		before, after, _ := strings.Cut(part, inner)
		out.WriteString(template.HTMLEscapeString(before) + string(p.Vi(inner)) + template.HTMLEscapeString(after))
	}
	return template.HTML(out.String()) //nolint:gosec // all of it is escaped
}

// outside is what stands around words: blanks, quotes, commas.
func outside(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }
