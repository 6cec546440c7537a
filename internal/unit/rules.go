package unit

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

const (
	maxNameRunes = 120
	maxKindBytes = 32
	// MaxDepth bounds the tree: nation, province, commune, village and a few more.
	MaxDepth = 8
)

// Open tells whether the unit lives at now.
func (u Unit) Open(now calendar.Instant) bool {
	return u.ValidFrom <= now && (u.ValidUntil == 0 || now < u.ValidUntil)
}

// Above returns the unit and all above it, nearest first: whose grants on plans,
// counts and scores reach the unit.
func (u Unit) Above() []string {
	return append([]string{u.ID}, u.Ancestors...)
}

// Scope is who may see the plan of something that lead and others hold
// together: them and all their ancestors, each once, the lead's first.
func Scope(lead Unit, others ...Unit) []string {
	scope := lead.Above()
	for _, o := range others {
		for _, above := range o.Above() {
			if !slices.Contains(scope, above) {
				scope = append(scope, above)
			}
		}
	}
	return scope
}

// Within tells whether the unit is that one or lies below it.
func (u Unit) Within(ancestor string) bool {
	return slices.Contains(u.Above(), ancestor)
}

// index fills what lists and searches use from the names. Events are listed by
// the name too, so that a unit which may have some is dirty after a change.
func (u *Unit) index(now calendar.Instant) {
	var all []string
	for _, locale := range slices.Sorted(maps.Keys(u.Names)) {
		for _, w := range text.Words(u.Names[locale]) {
			if !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	u.Words = all
	key := text.SortKey(u.Names["vi"])
	if u.Ver > 0 && !bytes.Equal(key, u.SortKey) {
		u.Touch()
		u.NamedAt = now
	}
	u.SortKey = key
}

// checkNames gives the names cleaned. Locales are short language tags; vi has
// to be there.
func checkNames(c *fault.Check, names map[string]string) (map[string]string, error) {
	clean := make(map[string]string, len(names))
	for _, locale := range slices.Sorted(maps.Keys(names)) {
		field := "names." + locale
		if !validLocale(locale) {
			c.Add("names", "locale.unknown")
			continue
		}
		name, err := text.Line(names[locale], maxNameRunes)
		if err := c.Take(field, err); err != nil {
			return nil, err
		}
		if name != "" {
			clean[locale] = name
		}
	}
	if clean["vi"] == "" && names["vi"] == "" {
		c.Add("names.vi", "required")
	}
	return clean, nil
}

// validLocale takes tags such as "vi", "kpm" and "pt-BR".
func validLocale(tag string) bool {
	language, rest, _ := strings.Cut(tag, "-")
	return len(language) >= 2 && len(language) <= 3 && strings.Trim(language, lowerLetters) == "" && len(rest) <= 12 &&
		strings.Trim(strings.ToLower(rest), lowerLetters+"0123456789-") == ""
}

const lowerLetters = "abcdefghijklmnopqrstuvwxyz"

func validKind(k Kind) bool {
	return k != "" && len(k) <= maxKindBytes && strings.Trim(string(k), lowerLetters+"_") == ""
}
