package outreach_test

import (
	"context"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// spent is a mailbox whose mail of the day is another's, with room for what
// cannot wait.
type spent struct{ box }

func (spent) AllowFixed(_ context.Context, _, _ string, beside bool) (bool, error) {
	return beside, nil
}

// No seat is lost because the address had another mail that day: who could not
// confirm in time is asked at once. A link that was asked for waits. Whoever
// answered from the address before waits for neither.
func TestSource_NoSeatIsLostForTheMailOfTheDay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, rule string
		hold       time.Duration
		state      contact.State
		do         notifications.Do
	}{
		{"two days", outreach.RulePending, 48 * time.Hour, contact.Unverified, notifications.DoDefer},
		{"until tonight", outreach.RulePending, time.Hour, contact.Unverified, notifications.DoSend},
		{"until just after midnight", outreach.RulePending, 30 * time.Hour, contact.Unverified, notifications.DoSend},
		{"a link", outreach.RuleAgain, time.Hour, contact.Unverified, notifications.DoSuppress},
		{"two days, after an answer", outreach.RulePending, 48 * time.Hour, contact.Verified, notifications.DoSend},
		{"a link, after an answer", outreach.RuleAgain, time.Hour, contact.Verified, notifications.DoSend},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.source = outreach.NewSource(b.stores, spent{}, nil, b.writer())
			b.now = before(92 * time.Hour) // 4:00 UTC, 20 hours before the next day
			b.register(func(r *registration.Registration) {
				r.State, r.Confirmed, r.ConfirmedAt, r.LinkAskedAt = registration.Pending, false, 0, b.now
				r.CreatedAt, r.ActedAt, r.HoldUntil = b.now, b.now, b.now.Add(tt.hold)
			})
			_, err := b.set.Contacts.Update(b.ctx, "c", func(c *contact.Contact) error { c.State = tt.state; return nil })
			b.must(err)
			b.plan()
			if v := b.decide(tt.rule, 0); v.Do != tt.do {
				t.Errorf("got %d (%s), want %d", v.Do, v.Reason, tt.do)
			}
		})
	}
}
