package outreach

import (
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// reminderKind is the wording of a reminder rule's row.
func reminderKind(row notifications.Row) kind {
	switch rule := pinned(row); {
	case rule.announces():
		return kindNews
	case rule.afterwards():
		return kindAfterwards
	case row.Told.Seat == SeatWaitlisted:
		return kindReminderWaitlisted
	}
	return kindReminder
}

// to is the wording of a change for the person: a stranger signed up for nothing.
func (k kind) to(p Person) kind {
	if !p.stranger() {
		return k
	}
	switch k {
	case kindCancelled:
		return kindNewsCancelled
	case kindPostponed, kindNewDate:
		return kindNewsPostponed
	case kindResumed:
		return kindNewsResumed
	}
	return kindNewsMoved
}

// showsOld reports whether the mail says what was so before.
func (k kind) showsOld() bool {
	return k == kindMoved || k == kindNewDate || k == kindResumed || k == kindNewsMoved || k == kindNewsResumed
}

// confirmsSeat reports whether the mail is the first that a person gets of a
// seat: a reminder that would have been due before is part of it.
func (k kind) confirmsSeat() bool { return k == kindRegistered || k == kindPromoted }

// soon says in how many days the event starts, by the wall clocks where it is:
// 1 for today, 2 for tomorrow and so on, 0 once the day is over.
func soon(e event.Event, now calendar.Instant) int {
	return max(calendar.DateOf(e.StartAt, e.Zone).DaysSince(calendar.DateOf(now, e.Zone))+1, 0)
}

// soonWords are what a reminder would have said that the mail came too late
// for, however long before the event it was to be.
func soonWords(key mailKey, e event.Event, pr *i18n.Printer) string {
	day := map[string]any{"day": pr.FormatDay(calendar.InZone(e.StartAt, e.Zone))}
	switch key.soon {
	case 0:
		return ""
	case 1:
		return pr.Text("mail.soon.today", day)
	case 2:
		return pr.Text("mail.soon.tomorrow", day)
	}
	return pr.Count("mail.soon.days", key.soon-1, day)
}

// toStrangers reports whether the mail goes to people without a registration.
func (k kind) toStrangers() bool {
	switch k {
	case kindNews, kindNewsMoved, kindNewsCancelled, kindNewsPostponed, kindNewsResumed:
		return true
	}
	return false
}

// saysWhy reports whether people are told the reason: of what will not be, or not
// on its day.
func (k kind) saysWhy() bool {
	switch k {
	case kindCancelled, kindPostponed, kindNewsCancelled, kindNewsPostponed:
		return true
	}
	return false
}

// invite leads to the event's page, which is everybody's.
func (l *layout) invite(page string, k kind, pr *i18n.Printer) {
	words := "mail.news.button"
	if k == kindNewsCancelled || k == kindNewsPostponed {
		words = "mail.news.page"
	}
	l.Link, l.Buttons = page, []string{pr.Text(words, nil)}
	l.Footer = pr.Text("mail.footer.news", nil)
}
