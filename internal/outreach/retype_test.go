package outreach_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// asked has somebody send the form again.
func (b *bench) asked() {
	b.t.Helper()
	b.register(func(r *registration.Registration) { r.LinkAskedAt = b.now })
	b.plan()
}

func TestAgain_EachFormThatAsksIsOneMail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	if n := b.rounds(outreach.RuleAgain); n != 0 {
		t.Fatalf("%d mails with the link, and nobody asked", n)
	}
	b.now = b.now.Add(time.Hour)
	b.asked()
	if got := b.row(outreach.RuleAgain, 0); got.Class != notifications.Reply || got.Budget {
		t.Errorf("planned as %+v, want a reply outside the budget", got)
	}
	m := b.send(outreach.RuleAgain, 0)
	if m.Calendar != nil || !strings.Contains(m.Text.String(), outreach.OwnPath) {
		t.Errorf("calendar %q, text %s", m.Calendar, m.Text)
	}
	b.register(func(*registration.Registration) {}) // nothing of interest
	b.plan()
	b.now = b.now.Add(25 * time.Hour)
	b.asked()
	b.send(outreach.RuleAgain, 1)
	if n := b.rounds(outreach.RuleAgain); n != 2 {
		t.Errorf("%d mails for two forms", n)
	}
}

// Whoever found the page without the link gets none; the next form asks anew.
func TestAgain_AnsweredByAnActOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.asked()
	b.now = b.now.Add(time.Minute)
	b.register(func(r *registration.Registration) { r.ActedAt = b.now })
	b.plan()
	b.want(outreach.RuleAgain, 0, notifications.Suppressed, notifications.ReasonAnswered)
	b.now = b.now.Add(time.Hour)
	b.asked()
	b.want(outreach.RuleAgain, 0, notifications.Planned, "")
}

// An address that was never confirmed is asked once more, and told nothing.
func TestAgain_AsksToConfirmWhatIsNot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.register(func(r *registration.Registration) {
		r.State, r.Confirmed, r.ConfirmedAt, r.HoldUntil = registration.Pending, false, 0, b.now.Add(40*time.Hour)
	})
	b.plan()
	b.send(outreach.RulePending, 0)
	b.now = b.now.Add(time.Hour)
	b.asked()
	if m := b.send(outreach.RuleAgain, 0); !strings.Contains(m.Text.String(), outreach.ConfirmPath) || strings.Contains(m.Text.String(), outreach.OwnPath) {
		t.Errorf("got %s", m.Text)
	}
	b.now = b.now.Add(25 * time.Hour)
	b.asked()
	b.register(func(r *registration.Registration) {
		r.State, r.Reason = registration.Cancelled, registration.ReasonLapsed
	})
	b.plan()
	b.want(outreach.RuleAgain, 1, notifications.Suppressed, notifications.ReasonNotRegistered)
}

// The link keeps to the one mail of the day to an address.
func TestAgain_KeepsToTheMailOfTheDay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.source = outreach.NewSource(b.stores, otherDay{}, nil, b.writer())
	b.asked()
	if v := b.decide(outreach.RuleAgain, 0); v.Do != notifications.DoDefer || v.Reason != notifications.ReasonContactBudget {
		t.Errorf("got %d (%s), want it to wait for the next day", v.Do, v.Reason)
	}
}

// Whoever gave a place up and has one again by a form that needs no confirmation
// hears so at once, by night too, in the words of the first time.
func TestAgain_ConfirmsWhatWasTakenUpAgain(t *testing.T) {
	t.Parallel()
	for _, seat := range []registration.State{registration.Registered, registration.Waitlisted} {
		b := setup(t)
		b.plan()
		b.send(outreach.RuleConfirmation, 0)
		b.now = moment(t, "2026-11-28T23:10+07:00")
		b.register(func(r *registration.Registration) {
			r.State, r.CreatedAt, r.ActedAt, r.LinkAskedAt, r.Turns = seat, b.now, b.now, b.now, 2
			r.Shown = registration.Shown{Status: "published", Seat: string(seat), Start: start, End: b.event.EndAt,
				Zone: zone, Place: b.event.Place.Line(), Ver: b.event.Ver, SeatVer: r.PlanVer + 1}
		})
		b.plan()
		m := b.send(outreach.RuleAgain, 0)
		text := m.Text.String()
		if waits := seat == registration.Waitlisted; (m.Calendar == nil) != waits || !strings.Contains(text, outreach.OwnPath) ||
			strings.Contains(m.Subject, "danh sách chờ") != waits || strings.Contains(m.Subject, "đã đăng ký rồi") {
			t.Errorf("%s: %q, calendar %q\n%s", seat, m.Subject, m.Calendar, text)
		}
		if n := b.rounds(outreach.RuleChange); n != 0 {
			t.Errorf("%s: %d changes told beside it", seat, n)
		}
	}
}
