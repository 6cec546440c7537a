package outreach_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// withSMS is a composition with a third channel.
func withSMS() outreach.Channels {
	c := outreach.DefaultChannels()
	c["sms"] = contact.Phone
	return c
}

// contacts reads "main phone:optout second:blocked": a name that begins with
// "phone" is one, all others are addresses.
func contacts(s string) []contact.Contact {
	var out []contact.Contact
	for word := range strings.FieldsSeq(s) {
		name, state, _ := strings.Cut(word, ":")
		c := contact.Contact{Kind: contact.Email, State: contact.Verified}
		c.ID = name
		if strings.HasPrefix(name, "phone") {
			c.Kind = contact.Phone
		}
		switch state {
		case "optout":
			c.OptedOutAt = 1
		case "blocked":
			c.State = contact.Blocked
		case "refused":
			c.SuppressedAt = 1
		}
		out = append(out, c)
	}
	return out
}

func TestReaches(t *testing.T) {
	t.Parallel()
	both := []string{outreach.Mail, outreach.Paper}
	tests := []struct {
		name     string
		channels []string
		contacts string
		optional bool
		want     string
	}{
		{"the main address", both[:1], "main", true, "smtp/main"},
		{"every address in its order", both[:1], "main second", true, "smtp/main smtp/second"},
		{"mail, then a call", both, "main phone", true, "smtp/main paper/phone"},
		{"mail, then a visit", both, "main", true, "smtp/main paper/"},
		{"by the rule's order", []string{outreach.Paper, outreach.Mail}, "main phone", true, "paper/phone smtp/main"},
		{"a visit to who has nothing", both, "", true, "paper/"},
		{"no mail to who has nothing", both[:1], "", true, ""},
		{"a refused address is passed over", both, "main:refused second phone", true, "smtp/second paper/phone"},
		{"a blocked phone is visited", both, "main:blocked phone:blocked", true, "paper/"},
		{"who opted out of a phone still gets mail", both, "main phone:optout", true, "smtp/main"},
		{"who opted out of the main address gets nothing optional", both, "main:optout second phone", true, ""},
		{"and hears of a change by another contact", both, "main:optout phone", false, "paper/phone"},
		{"but is not visited", both, "main:optout", false, ""},
		{"a third channel", []string{"sms", outreach.Mail}, "main phone", true, "sms/phone smtp/main"},
		{"a channel that is not there", []string{"zalo", outreach.Mail}, "main", true, "smtp/main"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := reminder.Rule{Channels: tt.channels}
			r.ID = "rule"
			all := outreach.Rules([]reminder.Rule{r}, withSMS())
			rule := all[len(all)-2]
			if !tt.optional {
				rule = all[0]
				rule.Channels = tt.channels
			}
			_, p := scene()
			p.Contacts = contacts(tt.contacts)
			var got []string
			for _, way := range outreach.Reaches(rule, withSMS(), p) {
				got = append(got, way.Channel+"/"+way.Contact.ID)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// verdict is what a change rule wants: "" where it does not cover the person.
func verdict(w outreach.Want) string {
	switch {
	case !w.Covered:
		return ""
	case w.Wanted():
		return string(w.Class) + " " + w.Channel + "/" + w.Contact.ID
	}
	return string(w.State) + " " + string(w.Reason)
}

// TestWhen_ChangesByChannel: what each change rule wants for a person, after a
// move that is urgent or is not.
func TestWhen_ChangesByChannel(t *testing.T) {
	t.Parallel()
	type wants struct{ Mail, SMS, Paper string }
	changeRow := func(rule, channel string, state notifications.State, class notifications.Class) func(*outreach.Facts, *outreach.Person) {
		return func(f *outreach.Facts, p *outreach.Person) {
			p.Rows = append(p.Rows, notifications.Row{
				ID: rule, Key: notifications.Key{Rule: rule, Recipient: p.Recipient}, State: state,
				Lane: notifications.Lane{Class: class, Channel: channel}, Told: outreach.Told(f.Event, p.Registration),
			})
		}
	}
	urgent, normal := notifications.Urgent, notifications.Normal
	agreesToNothing := func(_ *outreach.Facts, p *outreach.Person) { p.Resident.Consents = nil }
	tests := []struct {
		name     string
		ahead    time.Duration
		contacts string
		sms      bool
		set      func(*outreach.Facts, *outreach.Person)
		want     wants
	}{
		{"not urgent, by mail alone", 40 * time.Hour, "main phone", false, nil, wants{Mail: "normal smtp/main"}},
		{"not urgent, without an address", 40 * time.Hour, "phone", false, nil, wants{Mail: "normal paper/phone"}},
		{"not urgent, a message before a call", 40 * time.Hour, "phone", true, nil, wants{Mail: "normal sms/phone"}},
		{"not urgent, without anything", 40 * time.Hour, "", false, nil, wants{Mail: "normal paper/"}},
		{"not urgent, without anything, and never asked", 40 * time.Hour, "", false, agreesToNothing, wants{Mail: "suppressed no_contact"}},
		{"urgent, without anything, and never asked", 10 * time.Hour, "", false, agreesToNothing, wants{Mail: "suppressed no_contact", Paper: "suppressed no_contact"}},
		{"not urgent, with a phone, and not agreed", 40 * time.Hour, "phone", false, agreesToNothing, wants{Mail: "suppressed no_consent"}},
		{"urgent, by every way", 10 * time.Hour, "main phone", true, nil, wants{"urgent smtp/main", "urgent sms/phone", "urgent paper/phone"}},
		{"urgent, with mail alone", 10 * time.Hour, "main", false, nil, wants{Mail: "urgent smtp/main"}},
		{"urgent, with a phone alone", 10 * time.Hour, "phone", false, nil, wants{Mail: "suppressed no_contact", Paper: "urgent paper/phone"}},
		{"urgent, without anything", 10 * time.Hour, "", false, nil, wants{Mail: "suppressed no_contact", Paper: "urgent paper/"}},
		{"urgent, and the address refused", 10 * time.Hour, "main:refused", false, nil, wants{Mail: "suppressed blocked", Paper: "urgent paper/"}},
		{"urgent, and opted out", 10 * time.Hour, "main:optout", false, nil, wants{Mail: "suppressed opted_out"}},
		{"urgent, and the mail died", 10 * time.Hour, "main", false, changeRow("change", "smtp", notifications.Dead, urgent), wants{"urgent smtp/main", "", "urgent paper/"}},
		{"what mail told does not count for a call", 10 * time.Hour, "main phone", false, changeRow("change", "smtp", notifications.Sent, urgent), wants{"suppressed nothing_new", "", "urgent paper/phone"}},
		{"nor what a call told for mail", 10 * time.Hour, "main phone", false, changeRow("change_paper", "paper", notifications.Sent, urgent), wants{"urgent smtp/main", "", "suppressed nothing_new"}},
		{"what was told before it was urgent does", 10 * time.Hour, "main phone", false, changeRow("change", "smtp", notifications.Sent, normal), wants{Mail: "suppressed nothing_new"}},
		{"what stands on a list stays there", 10 * time.Hour, "phone", false, changeRow("change", "paper", notifications.Printed, normal), wants{Mail: "urgent paper/phone"}},
		{"and where there is an address since", 10 * time.Hour, "main phone", false, changeRow("change", "paper", notifications.Printed, normal), wants{Mail: "urgent paper/phone"}},
		{"what waits for a list goes by mail, once there is an address", 10 * time.Hour, "main phone", false, changeRow("change", "paper", notifications.Planned, urgent), wants{"urgent smtp/main", "", "urgent paper/phone"}},
		{"and needs no letter", 10 * time.Hour, "main", false, changeRow("change", "paper", notifications.Planned, urgent), wants{Mail: "urgent smtp/main"}},
		{"told by a call, and urgent no more", 40 * time.Hour, "main phone", false, changeRow("change_paper", "paper", notifications.Sent, urgent), wants{"", "", "suppressed nothing_new"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, p := scene()
			p.Registration.Shown = shownAs(f)
			p.Contacts = contacts(tt.contacts)
			f.Channels = outreach.DefaultChannels()
			if tt.sms {
				f.Channels = withSMS()
			}
			f.Event.Place.Name = "Sân trường"
			f.Event.FirstEditAt, f.Event.LastEditAt = before(tt.ahead), before(tt.ahead)
			f.Event.Ver++
			if tt.set != nil {
				tt.set(&f, &p)
			}
			var got wants
			for _, rule := range outreach.Rules(nil, f.Channels) {
				switch w := verdict(outreach.When(rule, f, p, millis(before(tt.ahead)))); rule.ID {
				case outreach.RuleChange:
					got.Mail = w
				case outreach.ChangeBy("sms"):
					got.SMS = w
				case outreach.ChangeBy(outreach.Paper):
					got.Paper = w
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whoever cannot be mailed was told by mouth, when the registration was
// entered: of what changed since then somebody has to tell them.
func TestWhen_ChangeForWhoWasNeverWrittenTo(t *testing.T) {
	t.Parallel()
	for _, contactsOf := range []string{"", "main"} {
		f, p := scene()
		p.Contacts = contacts(contactsOf)
		change := rule(t, outreach.RuleChange)
		if w := outreach.When(change, f, p, millis(before(40*time.Hour))); w.Covered {
			t.Errorf("contacts %q: told that nothing changed: %s", contactsOf, verdict(w))
		}
		f.Event.Place.Name = "Sân trường"
		f.Event.FirstEditAt, f.Event.LastEditAt = before(50*time.Hour), before(50*time.Hour)
		want := "" // the confirmation will tell
		if contactsOf == "" {
			want = "normal paper/"
		}
		if got := verdict(outreach.When(change, f, p, millis(before(40*time.Hour)))); got != want {
			t.Errorf("contacts %q: got %q, want %q", contactsOf, got, want)
		}
	}
}
