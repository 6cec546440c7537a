package oracle

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// maxResends is how often L3 lets a row be handed over again after unknown.
const maxResends = 2

// once is L1: one row per id, and a second hand-over of a row only after the
// first was refused for now, or for good and by another reach, or was unknown
// and its rule says resend.
func (c *checker) once(h History) {
	seen := map[string]bool{}
	for _, r := range h.Rows {
		erased := r.Recipient == "" // its id cannot be made again
		if seen[r.ID] || !erased && r.ID != r.Key.ID() {
			c.addf("L1", r, "there twice, or not under the id of its key")
		}
		seen[r.ID] = true
	}
	last := map[string]HandOver{}
	for _, o := range h.HandOvers {
		before, again := last[o.Row.ID]
		last[o.Row.ID] = o
		if !again || o.Row.ID == "" {
			continue
		}
		switch {
		case before.Outcome == RefusedForNow: // nobody got it: it may go with others now, under another Message-ID
		case before.Outcome == RefusedForGood:
			// an unknown since is a refusal of which nobody heard
			if sameReach(before, o) && o.Row.Unknowns == before.Row.Unknowns {
				c.addf("L1", o.Row, "handed over after it was refused for good")
			}
		case before.Message.MessageID != o.Message.MessageID:
			c.addf("L1", o.Row, "handed over under another Message-ID")
		case !o.Row.WasUnknown:
			c.addf("L1", o.Row, "handed over again, and nobody knew it unknown")
		case !o.Row.Resend:
			c.addf("L1", o.Row, "handed over again after unknown, and its rule says leave")
		case o.Row.Unknowns > maxResends:
			c.addf("L3", o.Row, "handed over again after %d unknowns", o.Row.Unknowns)
		}
	}
}

// together is L11: the rows that share a mail share each hand-over of it, so that
// a resend goes to exactly those to whom it may have gone.
func (c *checker) together(h History) {
	times := map[string]map[string]int{}
	for _, o := range h.HandOvers {
		if times[o.Message.MessageID] == nil {
			times[o.Message.MessageID] = map[string]int{}
		}
		times[o.Message.MessageID][o.Row.ID]++
	}
	for _, o := range h.HandOvers {
		rows := times[o.Message.MessageID]
		for _, n := range rows {
			if n != rows[o.Row.ID] {
				c.addf("L11", o.Row, "its mail was handed over for %d rows, and not the same number of times for each", len(rows))
				break
			}
		}
	}
}

// sameReach reports whether both went by the same channel to the same contact.
func sameReach(a, b HandOver) bool {
	return a.Row.Channel == b.Row.Channel && a.Message.Contact == b.Message.Contact
}

// reasons are the closed lists of why a row ended in a state.
var reasons = map[notifications.State][]notifications.Reason{
	notifications.Sent:    {""},
	notifications.Dead:    {notifications.ReasonRefused, notifications.ReasonExhausted, notifications.ReasonMalformed},
	notifications.Unknown: {notifications.ReasonLeft},
	notifications.Suppressed: {
		notifications.ReasonCancelled, notifications.ReasonNotRegistered, notifications.ReasonNoConsent,
		notifications.ReasonOptedOut, notifications.ReasonNoContact, notifications.ReasonBlocked,
		notifications.ReasonRuleRemoved, notifications.ReasonErased, notifications.ReasonAlreadyTold,
		notifications.ReasonAnswered, notifications.ReasonMerged, notifications.ReasonBudget,
		notifications.ReasonContactBudget, notifications.ReasonNothingNew,
	},
	notifications.Expired: {
		notifications.ReasonLate, notifications.ReasonInConfirmation, notifications.ReasonQuiet,
		notifications.ReasonOver, notifications.ReasonNotReturned,
	},
}

// closed is the first half of L2: every row ended, with a reason of the list,
// and what was handed over is not said to be unsent.
func (c *checker) closed(h History) {
	accepted, reached := map[string]bool{}, c.reached(h)
	for _, o := range h.HandOvers {
		if o.Row.ID == "" {
			c.addf("L2", o.Row, "a message without a row: %s", o.Message.MessageID)
		}
		if o.Outcome == Accepted {
			accepted[o.Row.ID] = true
		}
	}
	for _, r := range h.Rows {
		allowed, final := reasons[r.State]
		if p, ever := reached[r.ID]; ever {
			c.onPaper(r, p)
			accepted[r.ID] = true
		}
		switch {
		case !final:
			c.addf("L2", r, "still %s (%s), due %d", r.State, r.Reason, r.Due)
		case !slices.Contains(allowed, r.Reason):
			c.addf("L2", r, "%s for %q, which is no reason for that", r.State, r.Reason)
		case r.State == notifications.Sent && !accepted[r.ID]:
			c.addf("L2", r, "sent, and no server accepted it, and nobody was reached")
		case accepted[r.ID] && r.State == notifications.Dead && r.WasUnknown: // refused when it came again
		case accepted[r.ID] && r.State != notifications.Sent && r.State != notifications.Unknown:
			c.addf("L2", r, "a server accepted it, and it is %s (%s)", r.State, r.Reason)
		}
	}
}

// Compare is the second half of L2: with a fault, every rule ended for every
// recipient as it did without one. A row whose rule says leave may have ended
// as unknown(left) instead of sent, or of suppressed for a budget, which is
// decided when it is marked; nothing else may differ.
func Compare(without, with History) []Violation {
	c := &checker{}
	want, got := ends(without), ends(with)
	for _, key := range sortedKeys(want) {
		w, g := want[key], got[key]
		switch {
		case g.ID == "":
			c.addf("L2", w, "missing, and %s (%s) without the fault", w.State, w.Reason)
		case w.State == g.State && w.Reason == g.Reason:
		case !w.Resend && (w.State == notifications.Sent || w.Reason == notifications.ReasonBudget) && g.Left():
		default:
			c.addf("L2", g, "%s (%s), and %s (%s) without the fault", g.State, g.Reason, w.State, w.Reason)
		}
	}
	for _, key := range sortedKeys(got) {
		if g := got[key]; want[key].ID == "" {
			c.addf("L2", g, "%s (%s), and not there without the fault", g.State, g.Reason)
		}
	}
	return c.found
}

func ends(h History) map[string]notifications.Row {
	rows := make(map[string]notifications.Row, len(h.Rows))
	for _, r := range h.Rows {
		rows[fmt.Sprintf("%s %s %s %d", r.Occurrence, r.Rule, r.Recipient, r.Round)] = r
	}
	return rows
}

func sortedKeys(rows map[string]notifications.Row) []string {
	keys := make([]string, 0, len(rows))
	for k := range rows {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare[string])
	return keys
}
