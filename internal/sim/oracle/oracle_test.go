package oracle_test

import (
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
)

const hour = 3_600_000

// facts are a published event with one registered resident.
func facts() oracle.Facts {
	var f oracle.Facts
	f.Event.ID, f.Event.State, f.Event.Zone = "e", event.Published, "Asia/Ho_Chi_Minh"
	f.Event.StartAt, f.Event.EndAt, f.Event.Place.Name = 100*hour, 103*hour, "Hall"
	f.Resident.ID, f.Resident.Contact = "r", "c"
	for _, p := range []resident.Purpose{resident.ForRegistration, resident.ForReminders, resident.ForSurveys} {
		f.Resident.Consents = append(f.Resident.Consents, resident.Consent{Purpose: p, Given: true})
	}
	var mail contact.Contact
	mail.ID, mail.Kind, mail.State = "c", contact.Email, contact.Verified
	f.Contacts = []contact.Contact{mail}
	f.Registration.ID, f.Registration.Resident = "reg", "r"
	f.Registration.State, f.Registration.Confirmed = registration.Registered, true
	var rule reminder.Rule
	rule.ID, rule.Owner, rule.At, rule.DaysBefore, rule.LateMinutes = "rule", "e", "17:00", 4, 40*60
	f.Reminders = []reminder.Rule{rule}
	return f
}

// row is a row of the rule, as it was at its hand-over.
func row(rule string) notifications.Row {
	r := notifications.Row{
		Key:  notifications.Key{Rule: rule, Occurrence: "e", Recipient: "resident:r"},
		Lane: notifications.Lane{Class: notifications.Normal, Channel: "smtp"}, MainContact: "c",
		State: notifications.Sending, Batch: "b", Wish: 10 * hour, Until: 50 * hour, Resend: true,
		Told: notifications.Told{
			Status: "published", Seat: "registered", Start: 100 * hour, End: 103 * hour,
			Zone: "Asia/Ho_Chi_Minh", Place: "Hall", Ver: 1,
		},
	}
	r.ID = r.Key.ID()
	return r
}

// story is a history that breaks no rule: a reminder and a change, both sent.
func story() oracle.History {
	h := oracle.History{Facts: []oracle.Facts{facts()}, ChangedAt: map[string]notifications.Millis{}, End: 200 * hour}
	for _, rule := range []string{"rule", "change"} {
		h.HandOvers = append(h.HandOvers, handOver(row(rule)))
		end := row(rule)
		end.State = notifications.Sent
		h.Rows = append(h.Rows, end)
	}
	return h
}

func handOver(r notifications.Row) oracle.HandOver {
	return oracle.HandOver{
		At: 26 * hour, Row: r, Facts: facts(), Outcome: oracle.Accepted,
		Message: notifications.Message{MessageID: r.ID + "@host", Contact: "c", Unsubscribe: "https://host/out", Text: notifications.TextOf("Dear Lan")},
	}
}

func again(unknowns int, resend bool) oracle.HandOver {
	r := row("rule")
	r.WasUnknown, r.Unknowns, r.Resend = unknowns > 0, unknowns, resend
	return handOver(r)
}

// share has the reminder go to two people in one mail, and again after unknown
// to as many of them.
func share(h *oracle.History, again int) {
	for n := range 2 {
		r := row("rule")
		r.Recipient = []string{"resident:r", "resident:s"}[n]
		r.ID = r.Key.ID()
		o := handOver(r)
		o.Facts.Resident.Household = "one"
		if o.Message.MessageID = "shared@host"; n == 0 {
			h.HandOvers[0] = o
		} else {
			h.HandOvers = append(h.HandOvers, o)
			r.State = notifications.Sent
			h.Rows = append(h.Rows, r)
		}
	}
	for n := range again {
		o := h.HandOvers[[]int{0, 2}[n]]
		o.Row.WasUnknown, o.Row.Unknowns = true, 1
		h.HandOvers = append(h.HandOvers, o)
	}
}

// urgentAt makes the change an urgent one at the instant, for the start.
func urgentAt(h *oracle.History, at, start notifications.Millis) {
	o := &h.HandOvers[1]
	o.Row.Class, o.At = notifications.Urgent, at
	o.Row.Told.Start, o.Facts.Event.StartAt = start, calendar.Instant(start)
	h.Facts[0].Event.StartAt = calendar.Instant(start)
}

// more adds rows of the rule that were sent.
func more(h *oracle.History, rules ...string) {
	for _, rule := range rules {
		o := handOver(row(rule))
		o.Facts.Survey.State = survey.Open
		o.Facts.Reminders[0].ID = rule
		h.HandOvers = append(h.HandOvers, o)
		end := o.Row
		end.State = notifications.Sent
		h.Rows = append(h.Rows, end)
	}
}

// pendings have people of one address asked to confirm at the instants.
func pendings(h *oracle.History, at ...notifications.Millis) {
	for n, at := range at {
		r := row("pending")
		r.Recipient, r.Told.Seat = "resident:p"+string(rune('0'+n)), "pending"
		r.ID = r.Key.ID()
		o := handOver(r)
		o.At = at
		o.Facts.Registration.State, o.Facts.Registration.Confirmed = registration.Pending, false
		h.HandOvers = append(h.HandOvers, o)
		r.State = notifications.Sent
		h.Rows = append(h.Rows, r)
	}
}

// linked has the link go that somebody asked for who opted out at the main
// address, to another of theirs.
func linked(h *oracle.History, confirmed bool) {
	o := handOver(row("again"))
	other := o.Facts.Contacts[0]
	other.ID, o.Message.Contact = "d", "d"
	o.Facts.Contacts[0].OptedOutAt = 1
	o.Facts.Contacts = append(o.Facts.Contacts, other)
	o.Facts.Registration.Confirmed, o.Facts.Registration.LinkAskedAt = confirmed, calendar.Instant(o.At)
	end := o.Row
	end.State = notifications.Sent
	h.HandOvers, h.Rows = append(h.HandOvers, o), append(h.Rows, end)
}

// join puts another person's row into the first mail.
func join(h *oracle.History, household string) {
	r, f := row("rule"), facts()
	r.Recipient = "resident:other"
	r.ID = r.Key.ID()
	f.Resident.Household = household
	o := handOver(r)
	o.Facts = f
	o.Message.MessageID = h.HandOvers[0].Message.MessageID
	h.HandOvers = slices.Insert(h.HandOvers, 1, o)
	r.State = notifications.Sent
	h.Rows = append(h.Rows, r)
}

// apart has two of a household get mails of their own, with other turns of the
// seat and the calendar part.
func apart(h *oracle.History, calendar string) {
	h.HandOvers[0].Facts.Resident.Household = "one"
	join(h, "one")
	h.HandOvers[1].Message.MessageID = "own@host"
	h.HandOvers[1].Facts.Registration.Turns = 1
	for i := range 2 {
		h.HandOvers[i].Message.Calendar = []byte(calendar)
	}
}

// changed has two of a household hear of a change in a mail each; one was shown the
// place by a page, since the mail before.
func changed(h *oracle.History, place string) {
	r, f := row("change"), facts()
	r.Recipient = "resident:other"
	r.ID = r.Key.ID()
	f.Resident.Household = "one"
	h.HandOvers[1].Facts.Resident.Household = "one"
	o := handOver(r)
	o.Facts = f
	o.Facts.Registration.Shown.Place = place
	h.HandOvers = append(h.HandOvers, o)
	r.State = notifications.Sent
	h.Rows = append(h.Rows, r)
}

// TestCheck breaks one rule after the other: each is found, and no other.
func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		spoil      func(h *oracle.History)
	}{
		{"nothing", "", func(*oracle.History) {}},
		{"a resend after unknown", "", func(h *oracle.History) { h.HandOvers = append(h.HandOvers, again(1, true)) }},
		{"a resend that nobody asked for", "L1", func(h *oracle.History) { h.HandOvers = append(h.HandOvers, again(0, true)) }},
		{"a resend of what is left", "L1", func(h *oracle.History) { h.HandOvers = append(h.HandOvers, again(1, false)) }},
		{"a third resend", "L3", func(h *oracle.History) { h.HandOvers = append(h.HandOvers, again(3, true)) }},
		{"another Message-ID", "L1", func(h *oracle.History) {
			o := again(1, true)
			o.Message.MessageID = "other@host"
			h.HandOvers = append(h.HandOvers, o)
		}},
		{"a retry after a refusal", "", func(h *oracle.History) {
			refused := again(0, true)
			refused.Outcome = oracle.RefusedForNow
			h.HandOvers = append([]oracle.HandOver{refused}, h.HandOvers...)
		}},
		{"a shared mail", "", func(h *oracle.History) { share(h, 2) }},
		{"a shared mail, sent again to one alone", "L11", func(h *oracle.History) { share(h, 1) }},
		{"two rows of one id", "L1", func(h *oracle.History) { h.Rows = append(h.Rows, h.Rows[0]) }},
		{"a row that is not ended", "L2", func(h *oracle.History) { h.Rows[0].State = notifications.Planned }},
		{"a reason of another state", "L2", func(h *oracle.History) { h.Rows[0].Reason = notifications.ReasonLate }},
		{"sent that nobody accepted", "L2", func(h *oracle.History) { h.HandOvers = h.HandOvers[1:] }},
		{"unsent that was accepted", "L2", func(h *oracle.History) {
			h.Rows[0].State, h.Rows[0].Reason = notifications.Expired, notifications.ReasonLate
			h.Rows[0].EndedAt = h.Rows[0].Until + 1
		}},
		{"no row for a rule", "L2", func(h *oracle.History) { h.Facts[0].Event.PublishedAt = 1 }},
		{"not marked before", "L3", func(h *oracle.History) { h.HandOvers[0].Row.State = notifications.Planned }},
		{"opted out", "L4", func(h *oracle.History) { h.HandOvers[0].Facts.Contacts[0].OptedOutAt = 1 }},
		{"another place", "L4", func(h *oracle.History) { h.HandOvers[0].Facts.Event.Place.Name = "Square" }},
		{"reminded of a seat given up", "L4", func(h *oracle.History) {
			h.HandOvers[0].Facts.Registration.State = registration.Cancelled
			h.HandOvers[0].Row.Told = notifications.Told{Seat: "cancelled"}
		}},
		{"reminded of what is cancelled", "L4", func(h *oracle.History) {
			h.HandOvers[0].Facts.Event.State = event.Cancelled
			h.HandOvers[0].Row.Told.Status = "cancelled"
		}},
		{"without consent", "L4", func(h *oracle.History) { h.HandOvers[0].Facts.Resident.Consents = nil }},
		{"a calendar part with another start", "L4", func(h *oracle.History) {
			h.HandOvers[1].Message.Calendar, h.HandOvers[1].Message.Method = []byte("BEGIN:VCALENDAR"), "REQUEST"
		}},
		{"at night", "L5", func(h *oracle.History) { h.HandOvers[0].At = 20 * hour }},
		{"at night, by a clock that says so too", "L5", func(h *oracle.History) { h.HandOvers[0].At, h.HandOvers[0].Wrong = 20*hour, -hour }},
		{"at night, by a clock that says otherwise", "", func(h *oracle.History) {
			h.HandOvers[0].At, h.HandOvers[0].Wrong = 37*hour+6*60_000, -11*60_000
		}},
		{"a call in the evening", "L5", func(h *oracle.History) {
			h.HandOvers[0].Row.Channel, h.HandOvers[0].At = "paper", 36*hour
			h.HandOvers[0].Facts.Reminders[0].Channels = []string{"paper", "smtp"}
		}},
		{"a reply long after", "L5", func(h *oracle.History) { h.HandOvers[0].Row.Class = notifications.Reply }},
		{"a reply at night", "", func(h *oracle.History) {
			o := &h.HandOvers[0]
			o.Row.Class, o.At, o.Facts.Registration.ActedAt = notifications.Reply, 20*hour, 20*hour-60_000
		}},
		{"urgent without need", "L5", func(h *oracle.History) { h.HandOvers[1].Row.Class = notifications.Urgent }},
		{"urgent at night", "", func(h *oracle.History) { urgentAt(h, 44*hour, 49*hour) }},
		{"urgent a day before the start", "L5", func(h *oracle.History) { urgentAt(h, 30*hour, 60*hour) }},
		{"urgent a day before the start, by a clock that says otherwise", "", func(h *oracle.History) {
			urgentAt(h, 30*hour, 60*hour)
			h.HandOvers[1].Wrong = 24 * hour
		}},
		{"urgent a day before the start, by a clock that is slow", "L5", func(h *oracle.History) {
			urgentAt(h, 30*hour, 60*hour)
			h.HandOvers[1].Wrong = -hour
		}},
		{"urgent at night, far from the start", "L5", func(h *oracle.History) { urgentAt(h, 44*hour, 52*hour) }},
		{"under a hold", "L7", func(h *oracle.History) { h.Holds = []oracle.Hold{{From: 25 * hour}} }},
		{"under another unit's hold", "", func(h *oracle.History) { h.Holds = []oracle.Hold{{Unit: "other", From: 25 * hour}} }},
		{"after a hold", "", func(h *oracle.History) { h.Holds = []oracle.Hold{{From: 25 * hour, To: 26 * hour}} }},
		{"to whom it was refused for good", "L8", refused},
		{"to whom it was refused for good, and nobody has heard it yet", "", func(h *oracle.History) {
			refused(h)
			for i := range h.HandOvers {
				h.HandOvers[i].Unheard = true
			}
		}},
		{"a retry at once", "L8", func(h *oracle.History) {
			refused := again(0, true)
			refused.Outcome, refused.Counts = oracle.RefusedForNow, true
			h.HandOvers[0].Row.Try, h.HandOvers[0].At = 1, refused.At+60_000
			h.HandOvers = append([]oracle.HandOver{refused}, h.HandOvers...)
		}},
		{"a retry after a wait, and after a mark of which nobody knew", "", func(h *oracle.History) {
			refused := again(0, true)
			refused.Outcome, refused.Counts = oracle.RefusedForNow, true
			h.HandOvers[0].Row.Try, h.HandOvers[0].At = 2, refused.At+100_000
			h.HandOvers = append([]oracle.HandOver{refused}, h.HandOvers...)
		}},
		{"a try that nobody made", "L8", func(h *oracle.History) { h.Rows[0].Try = 1 }},
		{"a scan that acts", "L9", func(h *oracle.History) {
			h.Scans = []oracle.Scan{{Page: "own", Before: "registered", After: "cancelled", Status: 200}}
		}},
		{"a link that leads nowhere", "L9", func(h *oracle.History) { h.Scans = []oracle.Scan{{Page: "own", Status: 404}} }},
		{"no way out", "L9", func(h *oracle.History) { h.HandOvers[0].Message.Unsubscribe = "" }},
		{"a third of one event", "L10", func(h *oracle.History) { more(h, "survey", "third") }},
		{"a third of one event, which was unknown before it was handed over", "", func(h *oracle.History) {
			more(h, "survey", "third")
			h.HandOvers[3].Row.WasUnknown, h.HandOvers[3].Row.Unknowns = true, 1
		}},
		{"suppressed without need", "L10", func(h *oracle.History) { thrifty(h) }},
		{"suppressed, and spent an hour later", "L10", func(h *oracle.History) {
			more(h, "survey")
			thrifty(h).EndedAt = 25 * hour
		}},
		{"suppressed, and spent an hour later by the wall, and before by the worker's clock", "", func(h *oracle.History) {
			more(h, "survey")
			thrifty(h).EndedAt = 25 * hour
			h.HandOvers[0].Wrong, h.HandOvers[2].Wrong = -hour, -hour
		}},
		{"a mail of two households", "L11", func(h *oracle.History) {
			h.HandOvers[0].Facts.Resident.Household = "one"
			join(h, "other")
		}},
		{"a mail of a household", "", func(h *oracle.History) {
			h.HandOvers[0].Facts.Resident.Household = "one"
			join(h, "one")
		}},
		{"two mails of a household, alike but for turns that neither shows", "L11", func(h *oracle.History) { apart(h, "") }},
		{"two mails of a household, whose calendar parts differ", "", func(h *oracle.History) { apart(h, "start 19700105T040000Z") }},
		{"two changes of a household", "L11", func(h *oracle.History) { changed(h, "") }},
		{"two changes of a household, one of whom was shown another place since", "", func(h *oracle.History) { changed(h, "Shed") }},
		{"a household at a discreet event", "L11", func(h *oracle.History) {
			h.HandOvers[0].Facts.Resident.Household = "one"
			h.HandOvers[0].Facts.Event.Type = event.Health
			join(h, "one")
		}},
		{"a member without a name", "L11", func(h *oracle.History) {
			h.HandOvers[0].Facts.Resident.Household = "one"
			join(h, "one")
			h.HandOvers[1].Facts.Resident.Name = "Hoa"
		}},
		{"too late", "L6", func(h *oracle.History) { h.HandOvers[0].At = 51 * hour }},
		{"past what its rule says", "L6", func(h *oracle.History) {
			h.HandOvers[0].Facts.Reminders[0].MinutesBefore, h.HandOvers[0].Facts.Reminders[0].LateMinutes = 80*60, 60
		}},
		{"by day, hours after a wish at night", "", func(h *oracle.History) {
			h.HandOvers[0].Facts.Reminders[0].MinutesBefore, h.HandOvers[0].Facts.Reminders[0].LateMinutes = 80*60, 480
		}},
		{"the link that was asked for, to another address", "", func(h *oracle.History) { linked(h, true) }},
		{"the link that confirms the main address, to another", "L4", func(h *oracle.History) { linked(h, false) }},
		{"four requests to confirm on a day", "L10", func(h *oracle.History) { pendings(h, 26*hour, 26*hour, 27*hour, 28*hour) }},
		{"four requests to confirm, one of them on the day before", "", func(h *oracle.History) {
			pendings(h, 12*hour, 24*hour, 24*hour, 24*hour)
		}},
		{"late while it was of use", "L6", func(h *oracle.History) {
			h.HandOvers = h.HandOvers[1:]
			h.Rows[0].State, h.Rows[0].Reason = notifications.Expired, notifications.ReasonLate
			h.Rows[0].EndedAt = h.Rows[0].Until
		}},
		{"late before it was put off", "", func(h *oracle.History) {
			h.HandOvers = h.HandOvers[1:]
			h.Rows[0].State, h.Rows[0].Reason = notifications.Expired, notifications.ReasonLate
			h.Rows[0].EndedAt = h.Rows[0].Until
			h.Facts[0].Event.LastEditAt = calendar.Instant(h.Rows[0].Until + 1)
		}},
		{"late at once, as it was wished for after the start", "", func(h *oracle.History) { vain(h, 101*hour, "13:00") }},
		{"late at once, though it was wished for before the start", "L6", func(h *oracle.History) { vain(h, 99*hour, "11:00") }},
		{"late at once, as it was wished for after the start by who is erased", "", func(h *oracle.History) {
			vain(h, 101*hour, "13:00").Recipient = ""
			h.Facts[0].Event.ID = "other"
		}},
		{"late at once, though it was wished for before the start by who is erased", "L6", func(h *oracle.History) {
			vain(h, 99*hour, "11:00").Recipient = ""
			h.Facts[0].Event.ID = "other"
		}},
		{"late when it was of none", "", func(h *oracle.History) {
			h.HandOvers = h.HandOvers[1:]
			h.Rows[0].State, h.Rows[0].Reason = notifications.Expired, notifications.ReasonLate
			h.Rows[0].EndedAt = h.Rows[0].Until + 1
		}},
		{"late, and for hours nothing was in the way", "L6", func(h *oracle.History) { unsent(h, "change") }},
		{"late, and nobody knows when anything changed", "", func(h *oracle.History) {
			unsent(h, "change")
			h.ChangedAt = nil
		}},
		{"late, and its unit was held", "", func(h *oracle.History) {
			unsent(h, "change").Unit = "u"
			h.Holds = []oracle.Hold{{Unit: "u", From: 10 * hour, To: 49 * hour}}
		}},
		{"late, and another unit was held", "L6", func(h *oracle.History) {
			unsent(h, "change").Unit = "u"
			h.Holds = []oracle.Hold{{Unit: "v", From: 10 * hour, To: 49 * hour}}
		}},
		{"late, and the seat was another until the last hour", "", func(h *oracle.History) {
			unsent(h, "change")
			h.ChangedAt = map[string]notifications.Millis{"reg": 49 * hour}
		}},
		{"late, and the address was another until the last hour", "", func(h *oracle.History) {
			unsent(h, "change")
			h.ChangedAt = map[string]notifications.Millis{"c": 49 * hour}
		}},
		{"late by night", "", func(h *oracle.History) {
			r := unsent(h, "change")
			r.Wish, r.Until, r.EndedAt = 15*hour, 24*hour, 25*hour
		}},
		{"over, and nobody confirmed it", "L6", func(h *oracle.History) { unsent(h, "confirmation").Reason = notifications.ReasonOver }},
		{"late to somebody without an address", "", func(h *oracle.History) {
			unsent(h, "change")
			h.Facts[0].Contacts[0].SuppressedAt = 1
		}},
		{"too early", "L6", func(h *oracle.History) { h.HandOvers[0].At = 9 * hour }},
		{"too early, by a clock that says otherwise", "", func(h *oracle.History) { h.HandOvers[0].At, h.HandOvers[0].Wrong = 9*hour, 24*hour }},
		{"to the next address after a refusal", "", func(h *oracle.History) {
			refused := again(0, true)
			refused.Outcome, refused.Message.Contact, refused.Facts.Contacts[0].ID = oracle.RefusedForGood, "b", "b"
			h.HandOvers = append([]oracle.HandOver{refused}, h.HandOvers...)
		}},
		{"to the same address after a refusal", "L1", func(h *oracle.History) {
			refused := again(0, true)
			refused.Outcome = oracle.RefusedForGood
			h.HandOvers = append([]oracle.HandOver{refused}, h.HandOvers...)
		}},
		{"to the same address after a refusal of which nobody heard", "", func(h *oracle.History) {
			refused := again(0, true)
			refused.Outcome = oracle.RefusedForGood
			h.HandOvers[0].Row.WasUnknown, h.HandOvers[0].Row.Unknowns = true, refused.Row.Unknowns+1
			h.HandOvers = append([]oracle.HandOver{refused}, h.HandOvers...)
		}},
		{"told twice of one change", "L12", func(h *oracle.History) {
			r := row("change")
			r.Round = 1
			r.ID = r.Key.ID()
			h.HandOvers = append(h.HandOvers, handOver(r))
			r.State = notifications.Sent
			h.Rows = append(h.Rows, r)
		}},
		{"told again after something that may have come in between", "", func(h *oracle.History) {
			for round, outcome := range []oracle.Outcome{oracle.Lost, oracle.Accepted} {
				o := handOver(row("change"))
				o.Row.Round = round + 1
				o.Row.ID = o.Row.Key.ID()
				if o.Outcome = outcome; outcome == oracle.Lost {
					o.Row.Told.Status, o.Facts.Event.State = "cancelled", event.Cancelled
				}
				end := o.Row
				end.State = notifications.Sent
				if outcome == oracle.Lost {
					end.State, end.Reason = notifications.Unknown, notifications.ReasonLeft
				}
				o.Message.MessageID = end.ID + "@host"
				h.HandOvers, h.Rows = append(h.HandOvers, o), append(h.Rows, end)
			}
		}},
		{"told again after a reminder that said otherwise", "", func(h *oracle.History) { told(h, "rule", "House") }},
		{"told again after a reminder that said the same", "L12", func(h *oracle.History) { told(h, "rule", "Hall") }},
		{"told again after a survey, which says nothing of it", "L12", func(h *oracle.History) { told(h, "survey", "House") }},
		{"told again after a row in doubt that nobody handed over", "", func(h *oracle.History) { doubtful(h, notifications.ReasonLeft) }},
		{"told again after a row that was never in doubt", "L12", func(h *oracle.History) { doubtful(h, notifications.ReasonCancelled) }},
		{"only a page said so, and it is so", "", func(h *oracle.History) { merged(h, "registered") }},
		{"a page said otherwise, and nobody took it back", "L12", func(h *oracle.History) { merged(h, "waitlisted") }},
		{"a page said otherwise, and what took it back may have come under another id", "", func(h *oracle.History) {
			merged(h, "waitlisted")
			ended(h, notifications.Unknown, notifications.ReasonLeft)
		}},
		{"a page said otherwise, and what took it back was refused under another id", "L12", func(h *oracle.History) {
			merged(h, "waitlisted")
			ended(h, notifications.Dead, notifications.ReasonRefused)
		}},
		{"announced under two ids, and told under one", "", func(h *oracle.History) { newsOf(h, "House") }},
		{"announced under two ids, and told under none", "L12", func(h *oracle.History) { newsOf(h, "Shed") }},
		{"announced under two ids, and it was over before the other could be told", "", func(h *oracle.History) {
			newsOf(h, "Shed")
			newsEnded(h, notifications.ReasonLate, "Shed")
		}},
		{"announced under two ids, and the other slept until it was of no use", "", func(h *oracle.History) {
			newsOf(h, "Shed")
			newsEnded(h, notifications.ReasonQuiet, "Shed")
		}},
		{"announced under two ids, and the other was said to be part of a confirmation", "L12", func(h *oracle.History) {
			newsOf(h, "Shed")
			newsEnded(h, notifications.ReasonInConfirmation, "Shed")
		}},
		{"announced under two ids, and what was over said something else", "L12", func(h *oracle.History) {
			newsOf(h, "Shed")
			newsEnded(h, notifications.ReasonLate, "Hut")
		}},
		{"registered under one id, and it was over before the other could be told", "L12", func(h *oracle.History) {
			merged(h, "waitlisted")
			ended(h, notifications.Expired, notifications.ReasonLate)
			over := &h.Rows[len(h.Rows)-1]
			over.Wish, over.Until, over.EndedAt = 110*hour, 111*hour, 112*hour
		}},
		{"announced under two ids, and wanted no more at the main address", "", func(h *oracle.History) {
			newsOf(h, "Shed")
			second := h.Facts[0].Contacts[0]
			second.ID = "second"
			h.Facts[0].Contacts[0].OptedOutAt = 30 * hour
			h.Facts[0].Contacts = append(h.Facts[0].Contacts, second)
		}},
		{"reached again at night, and by the morning it was of no use", "", func(h *oracle.History) { asleep(h, 111*hour) }},
		{"reached again by day, and it expired at night", "L12", func(h *oracle.History) { asleep(h, 108*hour) }},
		{"reached again at night, and of use by day", "L12", func(h *oracle.History) { asleep(h, 111*hour).Until = 123 * hour }},
		{"told another seat under an id that was found out late", "", func(h *oracle.History) { foundOut(h, 99*hour, 150*hour) }},
		{"told another time under an id that was found out late", "L12", func(h *oracle.History) { foundOut(h, 98*hour, 150*hour) }},
		{"never told of a move", "L12", func(h *oracle.History) { h.Facts[0].Event.StartAt += hour }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := story()
			tt.spoil(&h)
			found := oracle.Check(h)
			if len(found) == 0 && tt.want != "" {
				t.Errorf("not found, want %s", tt.want)
			}
			for _, v := range found {
				if v.Rule != tt.want {
					t.Errorf("found %s, want only %q", v, tt.want)
				}
			}
		})
	}
}

// unsent has a message of the rule never handed over, in the place of the change,
// and expire as late.
func unsent(h *oracle.History, rule string) *notifications.Row {
	h.HandOvers = h.HandOvers[:1]
	r := row(rule)
	r.State, r.Reason, r.EndedAt, r.Contact = notifications.Expired, notifications.ReasonLate, r.Until+1, "c"
	h.Rows[1] = r
	return &h.Rows[1]
}

// vain has a reminder expire as late long before it was wished for, at the time of
// the day on that of the start, which is at 12:00 (Vietnam was 8 hours ahead then).
func vain(h *oracle.History, wish notifications.Millis, at string) *notifications.Row {
	h.HandOvers = h.HandOvers[1:]
	rule, r := &h.Facts[0].Reminders[0], &h.Rows[0]
	rule.DaysBefore, rule.At = 0, at
	r.State, r.Reason = notifications.Expired, notifications.ReasonLate
	r.Wish, r.Until, r.EndedAt = wish, 100*hour, 20*hour
	return r
}

// doubtful has the change told, a cancellation planned that was never handed
// over and ended for the reason, and the change told again.
func doubtful(h *oracle.History, why notifications.Reason) {
	between, o := row("change"), handOver(row("change"))
	between.Round, between.Told.Status = 1, "cancelled"
	between.ID = between.Key.ID()
	between.State, between.Reason = notifications.Suppressed, why
	if why == notifications.ReasonLeft {
		between.State, between.WasUnknown, between.Unknowns = notifications.Unknown, true, 1
	}
	o.Row.Round = 2
	o.Row.ID = o.Row.Key.ID()
	o.Message.MessageID = o.Row.ID + "@host"
	end := o.Row
	end.State = notifications.Sent
	h.HandOvers, h.Rows = append(h.HandOvers, o), append(h.Rows, between, end)
}

// refused has the contact refuse another mail for good, an hour before.
func refused(h *oracle.History) {
	o := handOver(row("rule"))
	o.At, o.Outcome, o.OfContact = 25*hour, oracle.RefusedForGood, true
	o.Row.Round = 1
	o.Row.ID, o.Message.MessageID = "x", "x@host"
	h.HandOvers = append([]oracle.HandOver{o}, h.HandOvers...)
}

// foundOut has somebody come to an event that was moved, who was told so under
// another id only, by which they waited for a place: of the start, and that both are
// theirs was found out at the instant.
func foundOut(h *oracle.History, start, at notifications.Millis) {
	o := handOver(row("confirmation"))
	o.Row.Recipient, o.Row.Told.Seat, o.Row.Told.Start = "resident:old", "waitlisted", start
	o.Row.ID = o.Row.Key.ID()
	o.Message.MessageID = o.Row.ID + "@host"
	o.Facts.Resident.ID, o.Facts.Event.StartAt = "old", calendar.Instant(start)
	o.Facts.Registration.ID, o.Facts.Registration.Resident, o.Facts.Registration.State = "old-reg", "old", registration.Waitlisted
	end := o.Row
	end.State = notifications.Sent
	h.HandOvers, h.Rows = append(h.HandOvers, o), append(h.Rows, end)
	f := &h.Facts[0]
	f.Event.StartAt, f.Registration.State = 99*hour, registration.Attended
	f.Resident.Aliases, f.Others = []string{"old"}, []registration.Registration{o.Facts.Registration}
	h.Merges = []oracle.Merge{{At: at, Winner: "r"}}
}

// thrifty has a second reminder suppressed for a budget.
func thrifty(h *oracle.History) *notifications.Row {
	r := row("rule")
	r.Round = 1
	r.ID = r.Key.ID()
	r.State, r.Reason, r.EndedAt = notifications.Suppressed, notifications.ReasonBudget, 30*hour
	h.Rows = append(h.Rows, r)
	return &h.Rows[len(h.Rows)-1]
}

// asleep has a move told to nobody: the address works again at the instant, and
// what says it expires at night (in Vietnam, 7 hours ahead).
func asleep(h *oracle.History, at notifications.Millis) *notifications.Row {
	h.Facts[0].Event.StartAt += hour
	h.ChangedAt = map[string]notifications.Millis{"c": at}
	r := row("change")
	r.Round, r.State, r.Reason = 1, notifications.Expired, notifications.ReasonQuiet
	r.Told.Start, r.Until, r.EndedAt = 101*hour, 115*hour, 111*hour
	r.ID = r.Key.ID()
	h.Rows = append(h.Rows, r)
	return &h.Rows[len(h.Rows)-1]
}

// told has the person hear of a place by a message of the rule, once a change was
// told, and then of the change again.
func told(h *oracle.History, rule, place string) {
	for round, of := range []string{rule, "change"} {
		o := handOver(row(of))
		o.Row.Round, o.Row.Told.Ver = 1, int64(round+2)
		if round == 0 {
			o.Row.Told.Place, o.Facts.Event.Place.Name, o.Facts.Survey.State = place, place, survey.Open
		}
		o.Row.ID = o.Row.Key.ID()
		o.Message.MessageID = o.Row.ID + "@host"
		end := o.Row
		end.State = notifications.Sent
		h.HandOvers, h.Rows = append(h.HandOvers, o), append(h.Rows, end)
	}
}

// merged has nobody written to under the id that lives on: a page said how its
// seat stands, and another id of the person gave up theirs.
func merged(h *oracle.History, seat string) {
	for i := range h.HandOvers {
		h.HandOvers[i].Row.Recipient, h.Rows[i].Recipient = "resident:old", "resident:old"
		for _, r := range []*notifications.Row{&h.HandOvers[i].Row, &h.Rows[i]} {
			r.ID = r.Key.ID()
		}
		h.HandOvers[i].Facts.Registration.Resident = "old"
	}
	confirmed := row("confirmation")
	confirmed.State, confirmed.Reason = notifications.Dead, notifications.ReasonRefused
	h.Rows = append(h.Rows, confirmed)
	f := &h.Facts[0]
	f.Resident.Aliases = []string{"old"}
	f.Registration.ActedAt = 20 * hour
	f.Registration.Shown = registration.Shown{
		Status: "published", Seat: seat, Start: 100 * hour, End: 103 * hour, Zone: "Asia/Ho_Chi_Minh", Place: "Hall", Ver: 1,
	}
	old := f.Registration
	old.ID, old.Resident, old.State = "old-reg", "old", registration.Cancelled
	old.ActedAt = 30 * hour
	old.Shown = registration.Shown{Seat: "cancelled", Ver: 2}
	f.Others = []registration.Registration{old}
}

// ended has a change that says what is so end under an old id.
func ended(h *oracle.History, state notifications.State, why notifications.Reason) {
	r := row("change")
	r.Recipient, r.Round, r.State, r.Reason = "resident:old", 1, state, why
	r.WasUnknown = state == notifications.Unknown
	r.ID = r.Key.ID()
	h.Rows = append(h.Rows, r)
}

// newsOf has a change told to a reader who is registered nowhere under each of
// two ids, the one of a place that is no more, the other of a later one.
func newsOf(h *oracle.History, place string) {
	read := func(f *oracle.Facts, in string) {
		f.Event.Place.Name, f.Registration = in, registration.Registration{}
		f.Resident.Aliases = []string{"old"}
		f.Resident.Consents = []resident.Consent{{Purpose: resident.ForNews, Given: true}}
	}
	h.HandOvers, h.Rows = nil, nil
	for n, in := range []string{"Hall", "House"} {
		o := handOver(row("change"))
		o.Row.Recipient = []string{"resident:r", "resident:old"}[n]
		o.Row.ID = o.Row.Key.ID()
		o.Message.MessageID = o.Row.ID + "@host"
		o.At += notifications.Millis(n) * hour
		o.Row.Told.Place, o.Row.Told.Seat, o.Row.Told.Ver = in, "none", int64(n+1)
		read(&o.Facts, in)
		end := o.Row
		end.State = notifications.Sent
		h.HandOvers, h.Rows = append(h.HandOvers, o), append(h.Rows, end)
	}
	read(&h.Facts[0], place)
}

// newsEnded has what tells the reader of the place expire under the id that was
// merged, at night (in Vietnam, 7 hours ahead) after the event.
func newsEnded(h *oracle.History, why notifications.Reason, place string) {
	ended(h, notifications.Expired, why)
	r := &h.Rows[len(h.Rows)-1]
	r.Told.Place, r.Told.Seat = place, "none"
	r.Wish, r.Until, r.EndedAt = 111*hour, 112*hour, 112*hour+1
}

func TestCompare(t *testing.T) {
	t.Parallel()
	left := func(h *oracle.History) {
		h.Rows[0].State, h.Rows[0].Reason = notifications.Unknown, notifications.ReasonLeft
	}
	tests := []struct {
		name  string
		want  int
		spoil func(h *oracle.History)
	}{
		{"the same", 0, func(*oracle.History) {}},
		{"missing", 1, func(h *oracle.History) { h.Rows = h.Rows[1:] }},
		{"one more", 1, func(h *oracle.History) {
			r := row("other")
			r.State = notifications.Sent
			h.Rows = append(h.Rows, r)
		}},
		{"left, though it is to be sent again", 1, left},
		{"left, as its rule says", 0, func(h *oracle.History) { left(h); h.Rows[0].Resend = false }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			without, with := story(), story()
			tt.spoil(&with)
			without.Rows[0].Resend = with.Rows[0].Resend
			if found := oracle.Compare(without, with); len(found) != tt.want {
				t.Errorf("found %v, want %d", found, tt.want)
			}
		})
	}
}
