package oracle

import (
	"cmp"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// mail is the channel of a rule that names none.
const mail = "smtp"

// mostRules is how many reminder rules hold for one event.
const mostRules = 10

// holding are the reminder rules that hold for the event: those of the units
// above it from the top down, then the same units' for events of its type, then
// its own. One that overrides another from farther away stands in its place,
// under its id.
func (f Facts) holding() []reminder.Rule {
	var held []reminder.Rule
	lay := func(owner string, kind event.Type) {
		level := slices.DeleteFunc(slices.Clone(f.Reminders), func(r reminder.Rule) bool {
			return r.Owner != owner || r.Type != kind || r.Removed
		})
		slices.SortFunc(level, func(a, b reminder.Rule) int { return cmp.Compare(a.ID, b.ID) })
		for _, r := range level {
			r.ID = cmp.Or(r.Overrides, r.ID)
			if at := slices.IndexFunc(held, func(h reminder.Rule) bool { return h.ID == r.ID }); at >= 0 {
				r = over(r, held[at])
				held = slices.Delete(held, at, at+1)
			}
			held = append(held, r)
		}
	}
	for _, kind := range slices.Compact([]event.Type{"", f.Event.Type}) {
		for _, unit := range slices.Backward(f.Above) {
			lay(unit, kind)
		}
	}
	lay(f.Event.ID, "")
	held = slices.DeleteFunc(held, func(r reminder.Rule) bool { return r.Off || !timed(r) })
	return held[max(0, len(held)-mostRules):]
}

// over fills what a rule leaves out from that which it overrides.
func over(r, from reminder.Rule) reminder.Rule {
	if !timed(r) {
		r.MinutesBefore, r.MinutesAfter, r.At = from.MinutesBefore, from.MinutesAfter, from.At
		r.DaysBefore, r.DaysAfter = from.DaysBefore, from.DaysAfter
	}
	if len(r.Audience) == 0 {
		r.Audience = from.Audience
	}
	r.LateMinutes, r.OnUnknown = cmp.Or(r.LateMinutes, from.LateMinutes), cmp.Or(r.OnUnknown, from.OnUnknown)
	if len(r.Channels) == 0 {
		r.Channels = from.Channels
	}
	return r
}

func timed(r reminder.Rule) bool { return r.MinutesBefore > 0 || r.MinutesAfter > 0 || r.At != "" }

// rule is that of the row among those that hold.
func (f Facts) rule(id string) (reminder.Rule, bool) {
	held := f.holding()
	at := slices.IndexFunc(held, func(r reminder.Rule) bool { return r.ID == id })
	if at < 0 {
		return reminder.Rule{}, false
	}
	return held[at], true
}

// afterwards and news say when in an event's life a rule speaks.
func afterwards(r reminder.Rule) bool {
	return slices.Contains(r.Audience, reminder.Attended) || slices.Contains(r.Audience, reminder.NotRecorded)
}

func news(r reminder.Rule) bool { return slices.Contains(r.Audience, reminder.News) }

// late is how long after its time a rule's message is of use.
func late(r reminder.Rule) notifications.Millis {
	minutes := r.LateMinutes
	switch {
	case minutes == 0 && news(r):
		minutes = 24 * 60
	case minutes == 0:
		minutes = 120
	}
	return notifications.Millis(minutes) * 60 * 1000
}

// speaksTo reports whether the person is of the rule's audience.
func (f Facts) speaksTo(r reminder.Rule) bool {
	to := r.Audience
	if len(to) == 0 {
		to = []reminder.Audience{reminder.Registered}
	}
	return slices.ContainsFunc(to, func(a reminder.Audience) bool {
		reg := f.Registration
		switch a {
		case reminder.NotAnswered:
			return reg.State == registration.Registered && !(reg.Answer == registration.Coming && reg.AnsweredRevision == f.Event.Revision)
		case reminder.News:
			return f.reads()
		}
		return string(reg.State) == string(a)
	})
}

// reads reports whether the event is news to the person: it is in their village,
// or led by their unit where it is in none, and they hold no registration.
func (f Facts) reads() bool {
	who, e := f.Resident, f.Event
	near := e.Village != "" && who.Village == e.Village || e.Village == "" && who.Unit == e.Unit
	return near && f.Registration.ID == "" && len(f.Others) == 0
}

// refuseReminder says why a reminder or an announcement should not have gone.
func (f Facts) refuseReminder(row notifications.Row) string {
	r, living := f.rule(row.Rule)
	if !living {
		return "reminded by a rule that is gone"
	}
	over := f.Event.State == event.Done || f.Event.State == event.Reported
	if f.Event.State != event.Published && !(afterwards(r) && over) {
		return "reminded of what is " + string(f.Event.State)
	}
	if !f.firstWay(r, row.Channel) {
		return "sent by " + row.Channel + ", which is not the rule's first way to the person"
	}
	if !f.speaksTo(r) {
		return "reminded as somebody else, who is " + string(f.Registration.State)
	}
	if news(r) {
		if row.Recipient != "resident:"+f.Resident.ID {
			return "announced to a record that was merged"
		}
		return f.needs(resident.ForNews)
	}
	return f.needs(resident.ForReminders)
}

// firstWay reports whether the channel is the rule's, and no way before it
// reaches the person.
func (f Facts) firstWay(r reminder.Rule, channel string) bool {
	order := r.Channels
	if len(order) == 0 {
		order = []string{mail}
	}
	for _, name := range order {
		if name == channel {
			return true
		}
		if name == mail && f.reach(contact.Email, r.ID).ID != "" || name == paper.Channel && !f.refused() {
			return false
		}
	}
	return false
}

// refused reports whether the person opted out at any of their contacts: then
// nobody calls on them.
func (f Facts) refused() bool {
	return slices.ContainsFunc(f.Contacts, func(one contact.Contact) bool { return one.OptedOutAt != 0 })
}

// wished is when a rule's message would go at the earliest.
func wished(r reminder.Rule, e event.Event) (notifications.Millis, bool) {
	start, end := notifications.Millis(e.StartAt), notifications.Millis(e.EndAt)
	var at notifications.Millis
	ok := true
	switch {
	case r.MinutesBefore > 0:
		at = start - notifications.Millis(r.MinutesBefore)*60*1000
	case r.MinutesAfter > 0:
		at = end + notifications.Millis(r.MinutesAfter)*60*1000
	case afterwards(r):
		at, ok = onClock(end, r.DaysAfter, r.At, e.Zone)
	default:
		at, ok = onClock(start, -r.DaysBefore, r.At, e.Zone)
	}
	switch {
	case afterwards(r):
		at = max(at, end)
	case news(r):
		at = max(at, notifications.Millis(e.PublishedAt))
	}
	return at, ok
}

// onClock is a time of the day so many days after the instant's.
func onClock(of notifications.Millis, days int, clock, zone string) (notifications.Millis, bool) {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return 0, false
	}
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return 0, false
	}
	day := time.UnixMilli(int64(of)).In(place).AddDate(0, 0, days)
	on := time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, place)
	return notifications.Millis(on.UnixMilli()), true
}
