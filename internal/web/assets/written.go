package assets

import (
	"html/template"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
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

// Wrote is what staff wrote, to be put into a text that Within shows.
func (Page) Wrote(text string) i18n.Written { return i18n.Written(text) }

// Within shows a sentence of the page's language; what staff wrote in it, as
// i18n.Written marks it, is shown as Vi does.
func (p Page) Within(sentence string) template.HTML {
	var out strings.Builder
	for piece, written := range i18n.Pieces(sentence) {
		if written {
			out.WriteString(string(p.Vi(piece)))
		} else {
			out.WriteString(template.HTMLEscapeString(piece))
		}
	}
	return template.HTML(out.String()) //nolint:gosec // all of it is escaped
}

func marked(text string) template.HTML {
	return template.HTML(`<span lang="` + written + `">` + template.HTMLEscapeString(text) + `</span>`) //nolint:gosec // it is escaped
}

// vietnamese tells letters that neither English nor Polish has.
func vietnamese(r rune) bool {
	return r >= 'Ạ' && r <= 'ỹ' || strings.ContainsRune("ĂăÂâĐđÊêÔôƠơƯưÀàÁáÃãÈèÌìÍíĨĩÒòÕõÙùÚúŨũÝý", r)
}
