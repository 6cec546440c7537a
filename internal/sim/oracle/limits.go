package oracle

import (
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// inLimit is the other half of L6: a row's own limit is that of its rule, read
// from the rule and the event alone.
func (c *checker) inLimit(o HandOver) {
	if o.Row.WasUnknown {
		return
	}
	most := notifications.Millis(-1)
	for _, f := range append([]Facts{o.Facts}, o.Before...) {
		r, holds := f.rule(o.Row.Rule)
		wish, ok := wished(r, f.Event)
		if !holds || !ok || o.At <= wish+late(r)+begunWithin {
			return
		}
		most = max(most, wish+late(r))
	}
	c.addf("L6", o.Row, "handed over %d ms after its rule's message was of use", o.At-most)
}

// expired is what L6 says of what an outage delayed: only what is of no use any
// more expires for that. An event or a rule that was edited since may have given
// the row a later end than it had. A reminder wished for after the start never is
// of use, which is known before.
func (c *checker) expired(h History) {
	edited := map[string]notifications.Millis{}
	for _, f := range slices.Concat(h.Facts, h.Readers) {
		edited[f.Event.ID] = notifications.Millis(f.Event.LastEditAt)
	}
	for _, r := range h.Rows {
		late := r.State == notifications.Expired && r.Reason == notifications.ReasonLate
		if late && r.EndedAt <= r.Until && max(edited[r.Occurrence], h.RuleAt[r.Rule]) <= r.EndedAt && !h.vain(r) {
			c.addf("L6", r, "expired as late at %d, and of use until %d", r.EndedAt, r.Until)
		}
	}
}

// vain reports whether a reminder is wished for after the start, as its rule and
// the event say. Of who was erased there may be no more than the row.
func (h History) vain(r notifications.Row) bool {
	for _, f := range slices.Concat(h.Facts, h.Readers) {
		if f.Event.ID == r.Occurrence {
			rule, _ := f.rule(r.Rule)
			wish, ok := wished(rule, f.Event)
			return ok && !afterwards(rule) && wish > notifications.Millis(f.Event.StartAt)
		}
	}
	return r.Recipient == "" && r.Wish > r.Until
}

// complete is L2 for those of whom nothing is written at all: whoever counts at
// an event that was shown has a row of the confirmation and of each of its own
// reminder rules that speaks to the registered, whatever became of it.
func (c *checker) complete(h History) {
	there := map[string]bool{}
	for _, r := range h.Rows {
		there[r.Rule+" "+r.Occurrence+" "+r.Recipient] = true
	}
	for _, f := range h.Facts {
		r := f.Registration
		came := r.State == registration.Registered || r.State == registration.Attended || r.State == registration.NotRecorded
		if !came || !r.Confirmed || f.Event.PublishedAt == 0 || f.Resident.ID == "" || f.Resident.ErasedAt != 0 || f.Resident.MergedInto != "" {
			continue
		}
		rules := []string{confirmation}
		for _, rule := range f.holding() {
			if len(rule.Audience) == 0 || slices.Contains(rule.Audience, reminder.Registered) {
				rules = append(rules, rule.ID)
			}
		}
		for _, rule := range rules {
			row := notifications.Row{Key: notifications.Key{Rule: rule, Occurrence: f.Event.ID, Recipient: "resident:" + r.Resident}}
			// what was said under an id of before a merge is not said again
			if !slices.ContainsFunc(append(f.ids(), r.Resident), func(id string) bool { return there[rule+" "+f.Event.ID+" resident:"+id] }) {
				c.addf("L2", row, "there is no row, not even one that says why not")
			}
		}
	}
}
