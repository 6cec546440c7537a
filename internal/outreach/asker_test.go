package outreach_test

import (
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// asks is whether the page asks the person of the scene, where open is whether
// they may be asked at all.
func (b *bench) asks(open bool) bool {
	b.t.Helper()
	e, err := b.set.Events.Get(b.ctx, b.event.ID)
	b.must(err)
	r, err := b.set.Registrations.Get(b.ctx, b.reg.ID)
	b.must(err)
	asks, err := outreach.NewAsker(b.set.Ledger).Asks(b.ctx, registration.Own{Event: e, Registration: r, Open: open})
	b.must(err)
	return asks
}

func (b *bench) wantAsked(when string, want bool) {
	b.t.Helper()
	if got := b.asks(true); got != want {
		b.t.Errorf("%s: asks %v, want %v", when, got, want)
	}
}

// Registering is an answer until a reminder is under way: its link has to show
// the question, whatever became of the hand-over.
func TestAsker_AReminderAsks(t *testing.T) {
	t.Parallel()
	for _, end := range []notifications.State{notifications.Sending, notifications.Sent, notifications.Unknown} {
		b := setup(t)
		b.wantAsked("just registered", false)
		b.plan()
		b.send(outreach.RuleConfirmation, 0)
		b.wantAsked("confirmed, and the reminder planned", false)
		b.now = before(12 * time.Hour)
		if v := b.decide("rule", 0); v.Do != notifications.DoSend {
			t.Fatalf("verdict %d (%s)", v.Do, v.Reason)
		}
		if end != notifications.Sending {
			b.settle("rule", 0, end, "")
		}
		b.wantAsked("the reminder is "+string(end), true)
		if b.asks(false) {
			t.Error("asks somebody who said that they are coming")
		}
		b.register(func(r *registration.Registration) { r.CreatedAt = b.now.Add(time.Minute) })
		b.wantAsked("given up, and taken again after the reminder", false)
	}
}

// A change asks as soon as the page shows another time than the person was
// shown, and whoever was shown none once they are told.
func TestAsker_AChangeAsks(t *testing.T) {
	t.Parallel()
	for _, shown := range []bool{true, false} {
		b := setup(t)
		if shown {
			b.register(func(r *registration.Registration) {
				r.Shown = registration.Shown{Ver: 1, Status: "published", Seat: "registered", Start: b.event.StartAt, End: b.event.EndAt, Zone: zone, Place: b.event.Place.Line()}
			})
		}
		b.plan()
		b.send(outreach.RuleConfirmation, 0)
		b.wantAsked("before the change", false)
		b.edit(func(e *event.Event) {
			e.StartAt, e.EndAt = e.StartAt.Add(time.Hour), e.EndAt.Add(time.Hour)
			e.Revision++
		})
		b.plan()
		b.wantAsked("moved", shown)
		b.now = b.now.Add(31 * time.Minute)
		b.send(outreach.RuleChange, 0)
		b.wantAsked("told", true)
	}
}
