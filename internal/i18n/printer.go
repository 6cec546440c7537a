package i18n

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Printer gives texts in one language. It may be used concurrently.
type Printer struct {
	lang     string
	messages map[string]message
	plural   *goi18n.Localizer
	fallback *Printer
}

// message holds one template per plural form; "other" is always there.
type message map[string]Template

// Lang is the language of the texts, "vi", "en" or "pl": what belongs into the
// lang attribute of a page.
func (p *Printer) Lang() string { return p.lang }

// Text gives the text with its places filled from data. A missing text is given
// in Vietnamese, and as its id where there is none: a page with a gap serves a
// person better than no page. Tests use Lookup.
func (p *Printer) Text(id string, data map[string]any) string {
	return p.Template(id).Text(values(data))
}

// Count gives the text in the plural form of n, which fills {{.count}}.
func (p *Printer) Count(id string, n int, data map[string]any) string {
	v := values(data)
	if v == nil {
		v = map[string]string{}
	}
	v["count"] = fmt.Sprint(n)
	return p.Plural(id, n).Text(v)
}

// Lookup gives the text's words without falling back to another language.
func (p *Printer) Lookup(id string) (string, error) {
	m, ok := p.messages[id]
	if !ok {
		return "", fmt.Errorf("no message %q in %s", id, p.lang)
	}
	return m["other"].source(), nil
}

// IDs lists the ids of this language's texts, in order.
func (p *Printer) IDs() []string { return slices.Sorted(maps.Keys(p.messages)) }

// Template gives the text to be filled again and again; the fallback is Text's.
func (p *Printer) Template(id string) Template {
	m, _ := p.find(id)
	return m["other"]
}

// Plural gives the template for n in its plural form; {{.count}} is not filled.
func (p *Printer) Plural(id string, n int) Template {
	m, from := p.find(id)
	if t, ok := m[from.form(n)]; ok {
		return t
	}
	return m["other"]
}

// Fault gives the text for an error: "error.<code>" filled from its arguments,
// else that of its kind. An error that nobody classified is internal and tells
// nothing of itself.
func (p *Printer) Fault(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind != fault.Internal && p.knows("error."+e.Code) {
		return p.Text("error."+e.Code, e.Args)
	}
	return p.Text("error."+fault.KindOf(err).String(), nil)
}

// Field gives the text for a refused field.
func (p *Printer) Field(f fault.Field) string {
	if p.knows("error." + f.Code) {
		return p.Text("error."+f.Code, f.Args)
	}
	return p.Text("error."+fault.CodeInvalid, nil)
}

func (p *Printer) knows(id string) bool {
	return p.messages[id] != nil || p.fallback.messages[id] != nil
}

func (p *Printer) find(id string) (message, *Printer) {
	if m, ok := p.messages[id]; ok {
		return m, p
	}
	if m, ok := p.fallback.messages[id]; ok {
		return m, p.fallback
	}
	return message{"other": {parts: []string{id}}}, p
}

// form names the plural form of n in the printer's language.
func (p *Printer) form(n int) string {
	name, err := p.plural.Localize(&goi18n.LocalizeConfig{MessageID: formID, PluralCount: n})
	if err != nil {
		return "other"
	}
	return name
}

func (p *Printer) add(messages []*goi18n.Message) error {
	for _, m := range messages {
		if p.messages[m.ID] != nil {
			return fmt.Errorf("message %q is there twice", m.ID)
		}
		compiled, err := compileForms(m)
		if err != nil {
			return fmt.Errorf("message %q: %w", m.ID, err)
		}
		p.messages[m.ID] = compiled
	}
	return nil
}

func compileForms(m *goi18n.Message) (message, error) {
	forms := map[string]string{
		"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other,
	}
	compiled := message{}
	for form, text := range forms {
		if text == "" {
			continue
		}
		t, err := Compile(text)
		if err != nil {
			return nil, err
		}
		compiled[form] = t
	}
	if _, ok := compiled["other"]; !ok {
		return nil, fmt.Errorf("no form \"other\"")
	}
	return compiled, nil
}

func values(data map[string]any) map[string]string {
	if len(data) == 0 {
		return nil
	}
	v := make(map[string]string, len(data)+1)
	for name, value := range data {
		if s, ok := value.(string); ok {
			v[name] = s
			continue
		}
		v[name] = fmt.Sprint(value)
	}
	return v
}
