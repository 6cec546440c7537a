package reminder

import (
	"cmp"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/event"
)

// MaxEffective is how many rules hold for one event; where units and event
// have more, those that come from farthest away do not hold.
const MaxEffective = 10

// Held is a rule as it holds for an event: with all that it took over from
// what it overrides, and with the id that its rows have.
type Held struct {
	// Rule has the id of the rule farthest away that it stands for.
	Rule
	// Own is the id of the very document. Its owner is a unit, or the event; what
	// is Off was switched off by that owner and holds no more.
	Own string
	// Replaced says that it holds no more though nobody removed it: see Replaced.
	Replaced bool
}

// Effective gives the rules that hold for an event of the type, farthest
// first: those of its lead unit's ancestors from the top down to the unit, then
// those of the same units for events of its type, then the event's own. A rule
// that overrides one from farther away takes its place and its id. Above are
// the lead unit and all above it, nearest first; rules may be any, in any
// order, and those of others do not count. What was switched off is listed too.
func Effective(eventID string, t event.Type, above []string, rules []Rule) []Held {
	var held []Held
	lay := func(owner string, ofType event.Type) {
		for _, r := range level(rules, owner, ofType) {
			held = r.over(held)
		}
	}
	for _, unit := range slices.Backward(above) {
		lay(unit, "")
	}
	if t != "" {
		for _, unit := range slices.Backward(above) {
			lay(unit, t)
		}
	}
	if eventID != "" {
		lay(eventID, "")
	}
	return nearest(held)
}

// Living gives those of the rules that hold, as planning wants them.
func Living(held []Held) []Rule {
	var rules []Rule
	for _, h := range held {
		if !h.Off {
			rules = append(rules, h.Rule)
		}
	}
	return rules
}

// Replaced gives the living rules of the owner that are not in the list of those
// that hold: of two that override the same and were added at the same moment
// the later holds alone, and of too many the nearest ones do. Whoever sees only
// what holds could never remove the others.
func Replaced(owner string, rules []Rule, held []Held) []Held {
	var out []Held
	for _, r := range rules {
		there := slices.ContainsFunc(held, func(h Held) bool { return h.Own == r.ID })
		if r.Owner == owner && !r.Removed && !there {
			h := r.held()
			h.Replaced = true
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b Held) int { return cmp.Compare(a.Own, b.Own) })
	return out
}

// level gives the living rules of one owner for one type, ordered by id.
func level(rules []Rule, owner string, t event.Type) []Rule {
	var found []Rule
	for _, r := range rules {
		if r.Owner == owner && r.Type == t && !r.Removed {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, byID)
	return slices.CompactFunc(found, func(a, b Rule) bool { return a.ID == b.ID })
}

// over lays the rule over those from farther away.
func (r Rule) over(held []Held) []Held {
	h := r.held()
	if i := slices.IndexFunc(held, func(o Held) bool { return o.ID == h.ID }); i >= 0 {
		h.Rule = h.inherit(held[i].Rule)
		held = slices.Delete(held, i, i+1)
	}
	h = h.filled()
	if !h.timed() {
		h.Off = true // what it took its time from is gone
	}
	return append(held, h)
}

// inherit takes over what the rule leaves out. Two from the same owner that
// override the same are laid one over the other like those of two owners.
func (r Rule) inherit(from Rule) Rule {
	if !r.timed() {
		r.MinutesBefore, r.MinutesAfter = from.MinutesBefore, from.MinutesAfter
		r.DaysBefore, r.DaysAfter, r.At = from.DaysBefore, from.DaysAfter, from.At
	}
	if len(r.Audience) == 0 || r.Phase() != from.Phase() {
		r.Audience = from.Audience
	}
	if r.LateMinutes == 0 {
		r.LateMinutes = from.LateMinutes
	}
	if r.OnUnknown == "" {
		r.OnUnknown = from.OnUnknown
	}
	if len(r.Channels) == 0 {
		r.Channels = from.Channels
	}
	return r
}

func (r Rule) timed() bool { return r.MinutesBefore > 0 || r.MinutesAfter > 0 || r.At != "" }

// filled puts the defaults where nobody said anything.
func (h Held) filled() Held {
	in := Input{
		Audience: h.Audience, LateMinutes: h.LateMinutes, OnUnknown: h.OnUnknown, Channels: h.Channels,
	}.defaults()
	h.Audience, h.LateMinutes, h.OnUnknown, h.Channels = in.Audience, in.LateMinutes, in.OnUnknown, in.Channels
	return h
}

// nearest leaves out those from farthest away beyond MaxEffective.
func nearest(held []Held) []Held {
	extra := len(Living(held)) - MaxEffective
	return slices.DeleteFunc(held, func(h Held) bool {
		if h.Off || extra <= 0 {
			return false
		}
		extra--
		return true
	})
}

func byID(a, b Rule) int {
	switch {
	case a.ID < b.ID:
		return -1
	case a.ID > b.ID:
		return 1
	}
	return 0
}

// held is the rule under the id that its rows have.
func (r Rule) held() Held {
	h := Held{Rule: r, Own: r.ID}
	if r.Overrides != "" {
		h.ID = r.Overrides
	}
	return h
}
