package outreach_test

import (
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// TestSource_ALateReplyWaitsForTheMorning: a reply that a hold kept for too long
// in the evening is no reply any more, and moves to the morning.
func TestSource_ALateReplyWaitsForTheMorning(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.now = moment(t, "2026-11-25T21:22+07:00")
	_, err := b.set.Registrations.Update(b.ctx, registration.IDOf("e", "r"), func(r *registration.Registration) error {
		r.ActedAt, r.CreatedAt, r.ConfirmedAt = b.now, b.now, b.now
		r.Touch()
		return nil
	})
	b.must(err)
	b.plan()
	if got := b.row(outreach.RuleConfirmation, 0).Class; got != notifications.Reply {
		t.Fatalf("planned as %s, want a reply", got)
	}
	b.now = b.now.Add(18 * time.Minute)
	v := b.decide(outreach.RuleConfirmation, 0)
	if v.Do != notifications.DoDefer || v.Lane.Class != notifications.Normal {
		t.Fatalf("verdict %d in lane %+v, want it in a normal one", v.Do, v.Lane)
	}
	r := b.row(outreach.RuleConfirmation, 0)
	b.must(b.set.Ledger.GiveBack(b.ctx, r.Part, []notifications.Back{{ID: r.ID, Batch: r.Batch, Lane: v.Lane, NotBefore: v.NotBefore}}))
	v = b.decide(outreach.RuleConfirmation, 0)
	if want := millis(moment(t, "2026-11-26T07:00+07:00")); v.Do != notifications.DoDefer || v.NotBefore != want || v.Reason != notifications.ReasonQuietHours {
		t.Errorf("verdict %d (%s), not before %d, want it to wait until %d", v.Do, v.Reason, v.NotBefore, want)
	}
}

// TestSource_AReplyInDoubtIsNoReplyInTheMorning: a confirmation that may have
// come goes again when the night is over, in the lane of what is no reply any
// more: alone as in one mail with others, who then change lanes together.
func TestSource_AReplyInDoubtIsNoReplyInTheMorning(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{{"r"}, {"r", "s", "t"}} {
		b := setup(t)
		b.household()
		b.now = moment(t, "2026-11-25T21:22+07:00")
		for _, name := range names {
			_, err := b.set.Registrations.Update(b.ctx, registration.IDOf("e", name), func(r *registration.Registration) error {
				r.ActedAt, r.CreatedAt, r.ConfirmedAt = b.now, b.now, b.now
				r.Touch()
				return nil
			})
			b.must(err)
		}
		b.plan()
		b.doubt(outreach.RuleConfirmation, names...)
		b.now = moment(t, "2026-11-26T07:00+07:00")
		for round, want := range []notifications.Do{notifications.DoDefer, notifications.DoSend} {
			got, marked := b.handing("again", outreach.RuleConfirmation, names...)
			var backs []notifications.Back
			for _, r := range marked {
				v := got[outreach.ResidentOf(r.Recipient)]
				backs = append(backs, notifications.Back{ID: r.ID, Batch: r.Batch, Lane: v.Lane, NotBefore: v.NotBefore})
				joins := want == notifications.DoSend && v.Do == notifications.DoJoin
				if v.Do != want && !joins || v.Do == notifications.DoDefer && (v.Lane.Class != notifications.Normal || v.NotBefore != millis(b.now)) {
					t.Errorf("round %d with %v: verdict %d in lane %+v, not before %d, want %d in a normal lane at once", round, names, v.Do, v.Lane, v.NotBefore, want)
				}
			}
			b.must(b.set.Ledger.GiveBack(b.ctx, b.event.Part, backs))
		}
	}
}
