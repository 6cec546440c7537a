package outreach

import (
	"sort"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Built-in rules. Their names are part of row ids and never change. An urgent
// change has a further rule for each channel but mail: see ChangeBy.
const (
	RulePending      = "pending"
	RuleConfirmation = "confirmation"
	// RuleAgain is the way to the own page, for somebody who sent the form again.
	RuleAgain  = "again"
	RuleChange = "change"
	RuleSurvey = "survey"
)

// ChangeBy is the rule of urgent changes by a channel other than mail.
func ChangeBy(channel string) string { return RuleChange + "_" + channel }

// IsChange reports whether the rule tells of changes, by whatever channel.
func IsChange(rule string) bool {
	return rule == RuleChange || strings.HasPrefix(rule, RuleChange+"_")
}

// Rule is one reason to tell somebody something: a built-in one, or a
// reminder rule that holds for the event.
type Rule struct {
	ID string
	// Reminder is set for reminder rules.
	Reminder *reminder.Rule
	// Purpose is the consent that it needs.
	Purpose resident.Purpose
	// Channels are those that it may go by, in its order of preference.
	Channels []string
	// Resend says what an unknown hand-over means.
	Resend bool
	// pin fixes a reminder's times at the recheck.
	pin *times
}

// fires says when a reminder is wished for and until when it is useful.
func (r Rule) fires(e event.Event) (wish, until notifications.Millis) {
	if r.pin != nil {
		return r.pin.wish, r.pin.until
	}
	w, u, _ := reminder.Fires(*r.Reminder, reminder.TimesOf(e))
	return notifications.Millis(w), notifications.Millis(u)
}

// Budgeted reports whether a message of the rule counts for the person's budget
// of the week and of the event: what nobody asked for does. Confirmations and
// changes are answers to the person's own act, or news that they need.
func (r Rule) Budgeted() bool { return r.Reminder != nil || r.ID == RuleSurvey }

// Rules returns every rule that may cover a recipient of the event, the change
// first: no other row goes out while a change is due.
func Rules(reminders []reminder.Rule, c Channels) []Rule {
	rules := builtIn(c)
	survey := rules[len(rules)-1]
	rules = rules[:len(rules)-1]
	sorted := append([]reminder.Rule(nil), reminders...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].ID < sorted[j].ID })
	for i := range sorted {
		r := &sorted[i]
		rules = append(rules, Rule{
			ID: r.ID, Reminder: r, Purpose: purposeOf(*r),
			Resend: r.OnUnknown == reminder.Resend, Channels: channelsOf(*r),
		})
	}
	return append(rules, survey)
}

// builtIn are the rules that every event has, the changes first and the survey
// last.
func builtIn(c Channels) []Rule {
	if c == nil {
		c = DefaultChannels()
	}
	order := c.fallback()
	rules := []Rule{{ID: RuleChange, Purpose: resident.ForRegistration, Channels: order, Resend: true}}
	for _, name := range order {
		if name != Mail {
			rules = append(rules, Rule{
				ID: ChangeBy(name), Purpose: resident.ForRegistration, Channels: []string{name}, Resend: true,
			})
		}
	}
	mail := []string{Mail}
	return append(rules,
		Rule{ID: RulePending, Purpose: resident.ForRegistration, Channels: mail, Resend: true},
		Rule{ID: RuleConfirmation, Purpose: resident.ForRegistration, Channels: mail, Resend: true},
		Rule{ID: RuleAgain, Purpose: resident.ForRegistration, Channels: mail, Resend: true},
		Rule{ID: RuleSurvey, Purpose: resident.ForSurveys, Channels: mail},
	)
}

// channelsOf are the channels of a reminder rule; one that names none goes by mail.
func channelsOf(r reminder.Rule) []string {
	if len(r.Channels) == 0 {
		return []string{Mail}
	}
	return r.Channels
}

// mayTell reports whether the event was ever shown to residents.
func mayTell(e event.Event) bool { return e.PublishedAt != 0 }

// times pins a reminder to when it was planned for.
type times struct{ wish, until notifications.Millis }

// pinKey is what pinned makes a rule of.
type pinKey struct {
	rule, channel string
	audience      reminder.Audience
	resend        bool
	times         times
}

// pinOf is pinned, made once for all rows that it is the same for: as good as
// all of an event.
func pinOf(pins map[pinKey]Rule, row notifications.Row) Rule {
	key := pinKey{row.Rule, row.Channel, audienceIn(row), row.Resend, times{row.Wish, row.Until}}
	rule, there := pins[key]
	if !there {
		rule = pinned(row)
		pins[key] = rule
	}
	return rule
}

// pinned is the reminder rule of a row as the row remembers it: its channel is
// the one that the row was planned for.
func pinned(row notifications.Row) Rule {
	r := &reminder.Rule{Audience: []reminder.Audience{audienceIn(row)}}
	return Rule{
		ID: row.Rule, Purpose: purposeOf(*r), Resend: row.Resend, Channels: []string{row.Channel},
		Reminder: r, pin: &times{row.Wish, row.Until},
	}
}

// audienceIn is a group of the phase in which the row's rule speaks: to people
// without a seat, after what the row says is the end, or before.
func audienceIn(row notifications.Row) reminder.Audience {
	switch {
	case row.Told.Seat == SeatNone:
		return reminder.News
	case row.Told.End != 0 && row.Wish >= row.Told.End:
		return reminder.Attended
	}
	return reminder.Registered
}

func purposeOf(r reminder.Rule) resident.Purpose {
	if r.Phase() == reminder.Announcement {
		return resident.ForNews
	}
	return resident.ForReminders
}
