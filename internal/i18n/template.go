package i18n

import (
	"fmt"
	"strings"
)

// Template is one text with named places, written {{.name}}. It holds no logic,
// so that filling it can neither fail nor surprise a translator.
type Template struct {
	// parts alternate: words, name, words, name, words; so an odd number.
	parts []string
}

// Compile reads a text. The only thing allowed between {{ and }} is .name,
// letters, digits and underscores.
func Compile(text string) (Template, error) {
	var parts []string
	for {
		words, rest, found := strings.Cut(text, "{{")
		parts = append(parts, words)
		if !found {
			return Template{parts: parts}, nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		name = strings.TrimSpace(name)
		if !closed || !strings.HasPrefix(name, ".") || !isName(name[1:]) {
			return Template{}, fmt.Errorf("text has a place that is not {{.name}}")
		}
		parts = append(parts, name[1:])
		text = after
	}
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// Names lists the places that are still to be filled, in the order of the text.
func (t Template) Names() []string {
	var names []string
	for i := 1; i < len(t.parts); i += 2 {
		names = append(names, t.parts[i])
	}
	return names
}

func appendValue(dst []byte, name string, values map[string]string) []byte {
	if v, ok := values[name]; ok {
		return append(dst, v...)
	}
	dst = append(dst, '{')
	dst = append(dst, name...)
	return append(dst, '}')
}

// Text is the text with its places filled. A place without a value stays as
// "{name}", so that it is seen.
func (t Template) Text(values map[string]string) string {
	if len(t.parts) == 1 {
		return t.parts[0]
	}
	var text []byte
	for i, part := range t.parts {
		if i%2 == 0 {
			text = append(text, part...)
			continue
		}
		text = appendValue(text, part, values)
	}
	return string(text)
}

func (t Template) source() string {
	named := map[string]string{}
	for _, name := range t.Names() {
		named[name] = "{{." + name + "}}"
	}
	return t.Text(named)
}
