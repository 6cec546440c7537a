package outreach

import (
	"cmp"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// anHour is how near in time planned messages of one line are: reminders go at
// one instant, but confirmations and what is tried again are spread.
const anHour = notifications.Millis(time.Hour / time.Millisecond)

// tally counts the messages of a view.
type tally struct {
	view
	tongues           tongues
	people, unsettled int
	lines             map[string]map[Alike]*Lot
}

func newTally(v view, texts *i18n.Catalogue) *tally {
	return &tally{view: v, tongues: newTongues(texts), lines: map[string]map[Alike]*Lot{}}
}

// person counts the messages of somebody as they are once the planner has looked.
func (t *tally) person(p Person) {
	t.people++
	if p.Unsettled {
		t.unsettled++
	}
	for _, row := range t.project(p) {
		a, at := t.alike(p, row)
		a.Language = t.tongues.of(p.Resident.Locale)
		t.count(row.Rule, a, at)
	}
}

// loose counts a row of somebody who is not known any more.
func (t *tally) loose(row notifications.Row) {
	a, at := t.alike(Person{}, row)
	t.count(row.Rule, a, at)
}

func (t *tally) count(rule string, a Alike, at notifications.Millis) {
	if t.lines[rule] == nil {
		t.lines[rule] = make(map[Alike]*Lot)
	}
	l := t.lines[rule][a]
	if l == nil {
		l = &Lot{Alike: a, First: at, Last: at}
		t.lines[rule][a] = l
	}
	l.First, l.Last = min(l.First, at), max(l.Last, at)
	l.Messages++
}

// tongues are the languages that messages to locales are in.
type tongues struct {
	texts *i18n.Catalogue
	known map[string]string
}

func newTongues(texts *i18n.Catalogue) tongues { return tongues{texts, map[string]string{}} }

func (t tongues) of(locale string) string {
	if t.known[locale] == "" {
		t.known[locale] = t.texts.For(locale).Lang()
	}
	return t.known[locale]
}

// alike is what the row shares with others of its line, and when it goes out.
func (v view) alike(p Person, row notifications.Row) (Alike, notifications.Millis) {
	a := Alike{State: row.State, Reason: row.Reason, Class: row.Class, Channel: row.Channel}
	if row.State != notifications.Planned {
		return a, 0
	}
	at := row.Due
	a.Reason = ""
	switch want := v.wanted(p, row); {
	case row.NotBefore > v.now && row.NotBefore == row.Due:
		a.Reason = row.Reason // the dispatcher put it off
	case want.After > v.now:
		a.Reason, at = notifications.ReasonQuietHours, want.After
	case want.moved:
		a.Reason = notifications.ReasonQuietHours
	case p.Unsettled:
		a.Reason = notifications.ReasonUnsettled
	case v.held && at <= v.now:
		a.Reason = notifications.ReasonHeld
	}
	at = max(at, v.now)
	a.hour = at / anHour
	return a, at
}

// wanted is the verdict that a planned row rests on.
func (v view) wanted(p Person, row notifications.Row) Want {
	for _, rule := range v.rules {
		if rule.ID == row.Rule {
			return When(rule, v.facts, p, v.now)
		}
	}
	return Want{}
}

// timeline gives what was counted: rules in the order in which they are
// planned, what holds no more last.
func (t *tally) timeline() Timeline {
	out := Timeline{
		Event: t.facts.Event, At: t.now, Supposed: t.supposed, Held: t.held,
		People: t.people, Unsettled: t.unsettled,
	}
	for _, id := range t.order(t.lines) {
		line := t.ruleLine(id)
		line.Lots = sortedLots(t.lines[id])
		if line.Reminder != nil || len(line.Lots) > 0 {
			out.Rules = append(out.Rules, line)
		}
	}
	return out
}

func (t *tally) order(counted map[string]map[Alike]*Lot) []string {
	ids := make([]string, 0, len(t.rules))
	for _, r := range t.rules {
		ids = append(ids, r.ID)
	}
	return withGone(ids, counted)
}

// withGone adds the rules that are counted and hold no more, by their ids.
func withGone[V any](ids []string, counted map[string]V) []string {
	var gone []string
	for id := range counted {
		if !slices.Contains(ids, id) {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	return append(ids, gone...)
}

// ruleLine is what the view knows of the rule.
func (v view) ruleLine(id string) RuleLine {
	line := RuleLine{Rule: id, Gone: true}
	for _, r := range v.rules {
		if r.ID != id {
			continue
		}
		line.Gone, line.Reminder = false, r.Reminder
		if r.Reminder != nil {
			wish, until, reading := reminder.Fires(*r.Reminder, reminder.TimesOf(v.facts.Event))
			line.Fires, line.Until, line.Reading = notifications.Millis(wish), notifications.Millis(until), reading
		}
	}
	return line
}

func sortedLots(by map[Alike]*Lot) []Lot {
	lines := make([]Lot, 0, len(by))
	for _, l := range by {
		lines = append(lines, *l)
	}
	slices.SortFunc(lines, func(a, b Lot) int {
		return cmp.Or(cmp.Compare(a.First, b.First), a.Alike.compare(b.Alike))
	})
	return lines
}

func (a Alike) compare(b Alike) int {
	return cmp.Or(
		cmp.Compare(a.State, b.State), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Class, b.Class),
		cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Language, b.Language), cmp.Compare(a.hour, b.hour),
	)
}
