package oracle

import (
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// announced is L2 of announcements: whoever agreed to news, and could read of an
// event that took place, has a row of each announcement, whatever became of it.
func (c *checker) announced(h History) {
	there := map[toldOf]bool{}
	for _, r := range h.Rows {
		there[toldOf{r.Rule, r.Occurrence, r.Recipient}] = true
	}
	for _, f := range h.Readers {
		for _, r := range f.holding() {
			row := notifications.Row{Key: notifications.Key{Rule: r.ID, Occurrence: f.Event.ID, Recipient: "resident:" + f.Resident.ID}}
			if news(r) && f.agreed(h.since(f, r.ID)) && !there[toldOf{row.Rule, row.Occurrence, row.Recipient}] {
				c.addf("L2", row, "nothing is written of an announcement of %s, not even why not", f.Event.ID)
			}
		}
	}
}

// since is when the rule, and whatever overrides it or did, was as it is.
func (h History) since(f Facts, rule string) notifications.Millis {
	var at notifications.Millis
	for _, r := range f.Reminders {
		if r.ID == rule || r.Overrides == rule {
			at = max(at, h.RuleAt[r.ID])
		}
	}
	return at
}

// agreed reports whether the person, whose record is one and is still there, had
// agreed to news of the event an hour before its end, when the rule was there too.
func (f Facts) agreed(rule notifications.Millis) bool {
	over := f.Event.State == event.Done || f.Event.State == event.Reported
	if !over || !f.there() || len(f.Resident.Aliases) > 0 || !f.reads() {
		return false
	}
	end, given := notifications.Millis(f.Event.EndAt)-anHour, false
	for _, c := range f.Resident.Consents {
		if c.Purpose == resident.ForNews {
			given = c.Given && notifications.Millis(c.At) < end
		}
	}
	// an event that was restored when it was over was announced to nobody
	return given && rule != 0 && rule < end && notifications.Millis(f.Event.LastEditAt) < end
}
