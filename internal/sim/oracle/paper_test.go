package oracle_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// spoken is a history that breaks no rule: a change that somebody was told of
// by a call.
func spoken() oracle.History {
	f := facts()
	f.Contacts[0].Kind = contact.Phone
	r := row("change_paper")
	r.Channel, r.State, r.Contact, r.Gen, r.Wish = paper.Channel, notifications.Printed, "c", 4, 25*hour
	end := r
	end.State, end.Gen = notifications.Sent, 5
	return oracle.History{
		Prints: []oracle.Print{{At: 26 * hour, Row: r, Facts: f}},
		Calls:  []oracle.Call{{At: 27 * hour, Row: r.ID, Gen: 4, Outcome: paper.Reached, Counted: true, Facts: f}},
		Rows:   []notifications.Row{end}, Facts: []oracle.Facts{f}, End: 200 * hour,
	}
}

// TestCheck_Paper breaks one rule after the other on paper.
func TestCheck_Paper(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		spoil      func(h *oracle.History)
	}{
		{"nothing", "", func(*oracle.History) {}},
		{"sent, and nobody was reached", "L2", func(h *oracle.History) { h.Calls = nil }},
		{"reached, and taken back", "L2", func(h *oracle.History) { h.Calls[0].Counted = false }},
		{"reached, and said to have expired", "L2", func(h *oracle.History) {
			h.Rows[0].State, h.Rows[0].Reason = notifications.Expired, notifications.ReasonNotReturned
		}},
		{"reached by a line that is another by now", "L3", func(h *oracle.History) {
			h.Rows[0].Told.Place, h.Facts[0].Event.Place.Name = "Square", "Square"
			h.Calls = append(h.Calls, h.Calls[0])
			h.Prints = append(h.Prints, h.Prints[0])
			h.Prints[1].Row.Gen, h.Prints[1].Row.Told.Place, h.Prints[1].Facts.Event.Place.Name = 9, "Square", "Square"
		}},
		{"reached by a line that nobody printed", "L3", func(h *oracle.History) {
			h.Calls = append(h.Calls, oracle.Call{At: 28 * hour, Row: "other", Outcome: paper.Reached, Counted: true})
		}},
		{"printed of another place", "L4", func(h *oracle.History) { h.Prints[0].Facts.Event.Place.Name = "Square" }},
		{"printed of another place, as it was a moment before", "", func(h *oracle.History) {
			h.Prints[0].Before = []oracle.Facts{h.Prints[0].Facts}
			h.Prints[0].Facts.Event.Place.Name = "Square"
		}},
		{"printed for who opted out", "L4", func(h *oracle.History) {
			h.Prints[0].Facts.Contacts = append([]contact.Contact(nil), h.Prints[0].Facts.Contacts...)
			h.Prints[0].Facts.Contacts[0].OptedOutAt = 1
		}},
		{"printed for who said never again", "L4", func(h *oracle.History) {
			h.Refusals = []oracle.Refusal{{Contact: "c", From: 25 * hour, Rule: "L4"}}
		}},
		{"printed before its time", "L6", func(h *oracle.History) { h.Prints[0].Row.Wish = 27 * hour }},
		{"printed too late", "L6", func(h *oracle.History) { h.Prints[0].Row.Until = 25 * hour }},
		{"to be called at night", "L5", func(h *oracle.History) { h.Prints[0].Row.Wish, h.Prints[0].At = 15*hour, 16*hour }},
		{"urgent at night, and no more by day", "", func(h *oracle.History) { h.Prints[0].Row.Wish = 15 * hour }},
		{"printed under a hold", "L7", func(h *oracle.History) { h.Holds = []oracle.Hold{{From: 25 * hour}} }},
		{"a wrong number again", "L8", func(h *oracle.History) {
			h.Refusals = []oracle.Refusal{{Contact: "c", From: 25 * hour, Rule: "L8"}}
		}},
		{"told twice", "L12", func(h *oracle.History) {
			again, call, end := h.Prints[0], h.Calls[0], h.Rows[0]
			again.Row.Round, call.At = 1, 30*hour
			again.Row.ID = again.Row.Key.ID()
			call.Row, end.Round, end.ID = again.Row.ID, 1, again.Row.ID
			h.Prints, h.Calls, h.Rows = append(h.Prints, again), append(h.Calls, call), append(h.Rows, end)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := spoken()
			tt.spoil(&h)
			only(t, h, tt.want)
		})
	}
}

// only wants violations of one rule, or none.
func only(t *testing.T, h oracle.History, want string) {
	t.Helper()
	found := oracle.Check(h)
	if len(found) == 0 && want != "" {
		t.Errorf("not found, want %s", want)
	}
	for _, v := range found {
		if v.Rule != want {
			t.Errorf("found %s, want only %q", v, want)
		}
	}
}

// read is a history that breaks no rule: an announcement to somebody who has
// not registered.
func read() oracle.History {
	h := story()
	f := facts()
	f.Registration = registration.Registration{}
	f.Reminders[0].Audience = []reminder.Audience{reminder.News}
	f.Resident.Unit, f.Event.Unit, f.Event.State, f.Event.PublishedAt = "u", "u", "done", 1
	f.Resident.Consents = append(f.Resident.Consents, resident.Consent{Purpose: resident.ForNews, Given: true, At: 1})
	now := f
	now.Event.State = "published"
	h.HandOvers, h.Rows, h.Facts = h.HandOvers[:1], h.Rows[:1], nil
	h.HandOvers[0].Facts = now
	h.HandOvers[0].Row.Told.Seat, h.Rows[0].Told.Seat = "none", "none"
	h.Readers, h.RuleAt = []oracle.Facts{f}, map[string]notifications.Millis{"rule": 1}
	return h
}

// TestCheck_News breaks rules of announcements, rules of units, merges, offers
// and clocks.
func TestCheck_News(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		spoil      func(h *oracle.History)
	}{
		{"nothing", "", func(*oracle.History) {}},
		{"nothing is written of who could read it", "L2", func(h *oracle.History) { h.HandOvers, h.Rows = nil, nil }},
		{"nothing is written of a rule that came later", "", func(h *oracle.History) {
			h.HandOvers, h.Rows, h.RuleAt["rule"] = nil, nil, 110*hour
		}},
		{"announced without consent", "L4", func(h *oracle.History) {
			h.HandOvers[0].Facts.Resident.Consents = append(h.HandOvers[0].Facts.Resident.Consents, resident.Consent{Purpose: resident.ForNews})
		}},
		{"announced to another village", "L4", func(h *oracle.History) { h.HandOvers[0].Facts.Event.Village = "v" }},
		{"announced to who is registered under another id", "L4", func(h *oracle.History) {
			h.HandOvers[0].Facts.Others = []registration.Registration{{State: registration.Registered}}
		}},
		{"by a rule that the event switched off", "L4", func(h *oracle.History) {
			off := reminder.Rule{Owner: "e", Overrides: "unit's", Off: true}
			of := reminder.Rule{Owner: "u", At: "17:00", DaysBefore: 4, Audience: []reminder.Audience{reminder.News}}
			of.ID, h.HandOvers[0].Facts.Above = "unit's", []string{"u"}
			h.HandOvers[0].Facts.Reminders = []reminder.Rule{of, off}
		}},
		{"by a channel that is not the first", "L4", func(h *oracle.History) { h.HandOvers[0].Facts.Reminders[0].Channels = []string{"paper", "smtp"} }},
		{"of an offer that is over", "L4", func(h *oracle.History) {
			o := &h.HandOvers[0]
			o.Row.Rule, o.Row.Told.Seat, o.Row.Told.OfferUntil = "confirmation", "offered", 25*hour
			o.Facts = facts()
			o.Facts.Registration.State, o.Facts.Registration.HoldUntil = registration.Offered, 25*hour
			h.Rows[0].Rule, h.Rows[0].ID, o.Row.ID = "confirmation", "", ""
			o.Row.ID = o.Row.Key.ID()
			h.Rows[0].ID, h.Readers = o.Row.ID, nil
		}},
		{"offered until the morning", "", offer(22*hour, 28*hour)},
		{"offered in the evening for two hours", "", offer(13*hour, 15*hour)},
		{"offered at night until the night", "L5", offer(17*hour, 20*hour)},
		{"offered until the start", "L5", offer(90*hour, 100*hour)},
		{"offered when it was over", "L5", offer(28*hour, 27*hour)},
		{"by a worker whose clock is in doubt", "L7", func(h *oracle.History) {
			h.HandOvers[0].By, h.Holds = "one", []oracle.Hold{{Worker: "one", From: 25 * hour}}
		}},
		{"by a worker while another's clock is in doubt", "", func(h *oracle.History) {
			h.HandOvers[0].By, h.Holds = "one", []oracle.Hold{{Worker: "two", From: 25 * hour}}
		}},
		{"told again under another id", "L12", mergedTold(false)},
		{"told under both ids before they were one", "", mergedTold(true)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := read()
			tt.spoil(&h)
			only(t, h, tt.want)
		})
	}
}

func offer(at, until notifications.Millis) func(*oracle.History) {
	return func(h *oracle.History) {
		h.Offers = []oracle.Offer{{At: at, Until: until, Start: 100 * hour, Zone: "Asia/Ho_Chi_Minh"}}
	}
}

// mergedTold has the survey go to both ids of a person, an hour apart.
func mergedTold(apart bool) func(*oracle.History) {
	return func(h *oracle.History) {
		*h = oracle.History{End: 200 * hour}
		for n, id := range []string{"old", "r"} {
			o := handOver(row("survey"))
			o.Row.Recipient = "resident:" + id
			o.Row.ID = o.Row.Key.ID()
			o.Message.MessageID, o.At = o.Row.ID+"@host", notifications.Millis(26+n)*hour
			o.Facts.Survey.State, o.Row.MainContact = survey.Open, ""
			if !apart {
				o.Facts.Resident.Aliases = []string{"old"}
			}
			end := o.Row
			end.State = notifications.Sent
			h.HandOvers, h.Rows = append(h.HandOvers, o), append(h.Rows, end)
		}
	}
}
