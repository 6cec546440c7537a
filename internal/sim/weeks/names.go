package weeks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// names turns ids into what histories call them.
type names struct {
	events, rules, people, units map[string]string
}

func newNames(p *plan) names {
	n := names{map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}}
	for i, e := range p.events {
		n.events[e.id] = fmt.Sprintf("event-%02d", i)
		maps.Copy(n.rules, e.rules)
	}
	maps.Copy(n.rules, p.rules)
	for i, one := range p.people {
		for _, id := range one.ids(p) {
			n.people[id] = fmt.Sprintf("person-%02d", i)
		}
	}
	for i, u := range p.units {
		n.units[u] = fmt.Sprintf("unit-%d", i)
	}
	return n
}

func or(name, fallback string) string {
	if name == "" {
		return fallback
	}
	return name
}

func (n names) event(id string) string { return or(n.events[id], "an event") }

// rule is a built-in rule's own name, or the name of a reminder.
func (n names) rule(id string) string {
	switch {
	case n.rules[id] != "":
		return n.rules[id]
	case len(id) == 32 || len(id) == 36:
		return "a reminder"
	}
	return id
}

func (n names) recipient(r string) string {
	_, id, _ := strings.Cut(r, ":")
	return or(n.people[id], "somebody")
}

// readable puts names in the place of the ids in a text.
func (w *world) readable(text string) string {
	for _, ids := range []map[string]string{w.names.events, w.names.rules, w.names.people, w.names.units} {
		for _, id := range slices.Sorted(maps.Keys(ids)) {
			text = strings.ReplaceAll(text, id, ids[id])
		}
	}
	return text
}

// row says which row it is.
func (n names) row(r notifications.Row) string {
	text := n.event(r.Occurrence) + " " + n.rule(r.Rule) + " " + n.recipient(r.Recipient)
	if r.Round > 0 {
		text += fmt.Sprintf(" round %d", r.Round)
	}
	return text
}
