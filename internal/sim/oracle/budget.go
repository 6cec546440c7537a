package oracle

import (
	"fmt"
	"slices"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// The budget of L10, per main contact: messages in a week, and of one event.
const (
	perWeek  = 3
	perEvent = 2
	aWeek    = 7 * 24 * anHour
)

// spent is one message that counts.
type spent struct {
	message, occurrence string
	at                  notifications.Millis
	// by is the same instant by the clock of the worker: rows end by that one.
	by notifications.Millis
	// erased says that nobody could count it any more.
	erased bool
}

// frugal is L10: reminders, surveys, announcements and invitations to one main
// contact are three a week and two of an event. A mail of a household is one.
func (c *checker) frugal(h History) {
	book, erased := map[string][]spent{}, map[string]bool{}
	for _, r := range h.Rows {
		erased[r.ID] = r.Recipient == ""
	}
	c.fixed(h)
	calls := spoken(h)
	for _, o := range h.HandOvers {
		for len(calls) > 0 && calls[0].at <= o.At {
			book[calls[0].row.MainContact] = append(book[calls[0].row.MainContact], calls[0].spent(erased))
			calls = calls[1:]
		}
		who := o.Row.MainContact
		taken := o.Outcome == Accepted || o.Outcome == Lost
		if who == "" || !counts(o.Row.Rule) || !taken || counted(book[who], o.Message.MessageID) {
			continue
		}
		week, event := taking(book[who], o.Row.Occurrence, o.At)
		// what was unknown has its place: nobody knew that it had not gone
		if week++; !o.Row.WasUnknown && (week > perWeek || event >= perEvent) {
			c.addf("L10", o.Row, "message %d of the week and %d of the event to one contact", week, event+1)
		}
		book[who] = append(book[who], spent{o.Message.MessageID, o.Row.Occurrence, o.At, o.At + o.Wrong, erased[o.Row.ID]})
	}
	for _, call := range calls {
		book[call.row.MainContact] = append(book[call.row.MainContact], call.spent(erased))
	}
	for _, r := range h.Rows {
		switch {
		case r.Reason != notifications.ReasonBudget:
		case !counts(r.Rule):
			c.addf("L10", r, "suppressed by a budget that it is exempt from")
		case !erased[r.ID] && !exceeded(h, book[r.MainContact], r):
			c.addf("L10", r, "suppressed by a budget that was not spent")
		}
	}
}

// mostFixed is how many mails of fixed words an address gets on one day (UTC),
// whoever fills in forms for it, and however often.
const mostFixed = 3

// fixed is L10 of what forms ask for. The same mail may go again after unknown.
// What was marked right before a day began is counted on either.
func (c *checker) fixed(h History) {
	days := map[string][]string{}
	most := func(o HandOver, at notifications.Millis, border string) int {
		day := fmt.Sprintf("%s %s %d", border, o.Message.Contact, at/(24*anHour))
		if !slices.Contains(days[day], o.Message.MessageID) {
			days[day] = append(days[day], o.Message.MessageID)
		}
		return len(days[day])
	}
	for _, o := range h.HandOvers {
		if o.Row.Rule != pending && o.Row.Rule != again {
			continue
		}
		if n := min(most(o, o.At, "begun"), most(o, o.At-begunWithin, "marked")); n > mostFixed {
			c.addf("L10", o.Row, "mail %d of the day that a form asked for", n)
		}
	}
}

// spoken are the calls that count. A line keeps the place that it had when it
// was printed, whatever came since: it takes of the budget, and is not held to it.
func spoken(h History) []telling {
	return slices.DeleteFunc(tellings(h), func(t telling) bool {
		return t.row.State != notifications.Printed || t.row.MainContact == "" || !counts(t.row.Rule)
	})
}

func (t telling) spent(erased map[string]bool) spent {
	return spent{t.row.ID, t.row.Occurrence, t.at, t.at, erased[t.row.ID]}
}

// taking counts what was taken of the week before the instant, and of the event,
// as far as anybody could still know.
func taking(book []spent, occurrence string, at notifications.Millis) (week, event int) {
	for _, s := range book {
		if s.erased {
			continue
		}
		if s.at > at-aWeek+begunWithin { // a message counts from its mark
			week++
		}
		if s.occurrence == occurrence {
			event++
		}
	}
	return week, event
}

// counts reports whether messages of the rule count.
func counts(rule string) bool {
	return rule != pending && rule != again && rule != confirmation && !isChange(rule)
}

func counted(book []spent, message string) bool {
	for _, s := range book {
		if s.message == message {
			return true
		}
	}
	return false
}

// exceeded reports whether the budget was spent, or may have been, when the row
// ended: what was unknown then counted, whatever became of it.
func exceeded(h History, book []spent, r notifications.Row) bool {
	week, event := 0, 0
	for _, s := range book {
		if min(s.at, s.by) > r.EndedAt+begunWithin {
			continue
		}
		if max(s.at, s.by) > r.EndedAt-aWeek-begunWithin {
			week++
		}
		if s.occurrence == r.Occurrence {
			event++
		}
	}
	for _, o := range h.Rows {
		if o.WasUnknown && o.MainContact == r.MainContact && counts(o.Rule) {
			week++
			if o.Occurrence == r.Occurrence {
				event++
			}
		}
	}
	return week >= perWeek || event >= perEvent
}
