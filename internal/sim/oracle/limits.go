package oracle

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// inLimit is the other half of L6: a row's own limit is that of its rule, read
// from the rule and the event alone.
func (c *checker) inLimit(o HandOver) {
	for _, r := range o.Facts.Reminders {
		if r.ID != o.Row.Rule || o.Row.WasUnknown {
			continue
		}
		wish, ok := wished(r, o.Facts.Event)
		if late := notifications.Millis(r.LateMinutes) * 60 * 1000; ok && o.At > wish+late+begunWithin {
			c.addf("L6", o.Row, "handed over %d ms after its rule's time, of use for %d", o.At-wish, late)
		}
	}
}

// wished is when a rule of before the event would go at the earliest.
func wished(r reminder.Rule, e event.Event) (notifications.Millis, bool) {
	start := notifications.Millis(e.StartAt)
	if r.MinutesBefore > 0 {
		return start - notifications.Millis(r.MinutesBefore)*60*1000, true
	}
	zone, err := time.LoadLocation(e.Zone)
	if err != nil || r.At == "" || r.MinutesAfter > 0 || r.DaysAfter > 0 {
		return 0, false
	}
	day := time.UnixMilli(int64(start)).In(zone).AddDate(0, 0, -r.DaysBefore)
	clock, err := time.Parse("15:04", r.At)
	if err != nil {
		return 0, false
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)
	return notifications.Millis(at.UnixMilli()), true
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
		for _, rule := range f.Reminders {
			if !rule.Removed && !rule.Off && len(rule.Audience) == 0 {
				rules = append(rules, rule.ID)
			}
		}
		for _, rule := range rules {
			row := notifications.Row{Key: notifications.Key{Rule: rule, Occurrence: f.Event.ID, Recipient: "resident:" + r.Resident}}
			if !there[rule+" "+row.Occurrence+" "+row.Recipient] {
				c.addf("L2", row, "there is no row, not even one that says why not")
			}
		}
	}
}
