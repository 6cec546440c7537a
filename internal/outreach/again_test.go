package outreach_test

import (
	"context"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// lose leaves the row that is sending without an answer, and plans it again.
func (b *bench) lose(rule string, round int) {
	b.t.Helper()
	r := b.row(rule, round)
	_, err := b.set.Ledger.Sweep(b.ctx, r.Part, notifications.Sweep{
		FenceBelow: 9, SendingBefore: 9, Now: millis(b.now), MaxUnknowns: 2, Limit: 10,
	})
	b.must(err)
}

// settle ends the row that is sending.
func (b *bench) settle(rule string, round int, state notifications.State, reason notifications.Reason) {
	b.t.Helper()
	r := b.row(rule, round)
	b.must(b.set.Ledger.Settle(b.ctx, r.Part, []notifications.Result{
		{ID: r.ID, Batch: r.Batch, State: state, Reason: reason, At: millis(b.now)},
	}))
}

// register changes the registration as its service would.
func (b *bench) register(change func(*registration.Registration)) {
	b.t.Helper()
	_, err := b.set.Registrations.Update(b.ctx, b.reg.ID, func(r *registration.Registration) error {
		change(r)
		r.Touch()
		return nil
	})
	b.must(err)
}

func (b *bench) rounds(rule string) int {
	b.t.Helper()
	rows, err := b.set.Ledger.BySubject(b.ctx, b.event.Part, b.event.ID, nil)
	b.must(err)
	n := 0
	for _, r := range rows {
		if r.Rule == rule {
			n++
		}
	}
	return n
}

func moveAnHour(e *event.Event) {
	e.LocalStart, e.LocalEnd = "2026-11-29T08:00", "2026-11-29T12:00"
	e.StartAt, e.EndAt = e.StartAt.Add(time.Hour), e.EndAt.Add(time.Hour)
	e.Revision++
}

func moveBack(e *event.Event) {
	e.LocalStart, e.LocalEnd = "2026-11-29T07:00", "2026-11-29T11:00"
	e.StartAt, e.EndAt = e.StartAt.Add(-time.Hour), e.EndAt.Add(-time.Hour)
	e.Revision++
}

func TestChange_UnknownIsResentWithTheSameWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.edit(moveAnHour)
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	first := b.decide(outreach.RuleChange, 0)
	if first.Do != notifications.DoSend {
		t.Fatalf("the change gives %d (%s), want it sent", first.Do, first.Reason)
	}
	b.lose(outreach.RuleChange, 0)
	b.edit(func(*event.Event) {})
	b.plan()
	b.want(outreach.RuleChange, 0, notifications.Planned, notifications.ReasonBackoff)
	b.now = b.now.Add(5 * time.Minute)
	again := b.decide(outreach.RuleChange, 0)
	if again.Do != notifications.DoSend {
		t.Fatalf("the change gives %d (%s) after unknown, want it sent again", again.Do, again.Reason)
	}
	if again.Message.MessageID != first.Message.MessageID || again.Message.Subject != first.Message.Subject ||
		again.Message.Text.String() != first.Message.Text.String() {
		t.Errorf("sent again as %q\n%s\nwant %q\n%s", again.Message.Subject, again.Message.Text, first.Message.Subject, first.Message.Text)
	}
	b.settle(outreach.RuleChange, 0, notifications.Sent, "")
	b.edit(func(*event.Event) {})
	b.plan()
	if n := b.rounds(outreach.RuleChange); n != 1 {
		t.Errorf("%d change rows, want one", n)
	}
}

func TestChange_UnknownIsLeftWhenTheFactsGoBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.edit(moveAnHour)
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	b.decide(outreach.RuleChange, 0)
	b.lose(outreach.RuleChange, 0)
	b.edit(moveBack)
	b.plan()
	b.want(outreach.RuleChange, 0, notifications.Unknown, notifications.ReasonLeft)
	b.plan()
	b.want(outreach.RuleChange, 1, notifications.Planned, "")
}

// Between the notice of B and the way back to B the person was shown C.
func TestChange_TellsAgainWhatAPageUntold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.edit(moveAnHour)
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	b.send(outreach.RuleChange, 0)
	b.edit(moveBack)
	e, err := b.set.Events.Get(b.ctx, b.event.ID)
	b.must(err)
	b.register(func(r *registration.Registration) {
		r.Shown = registration.Shown{Status: "published", Seat: outreach.SeatRegistered, Start: e.StartAt, End: e.EndAt,
			Zone: zone, Place: e.Place.Line(), Ver: e.Ver, SeatVer: r.PlanVer + 1}
	})
	b.plan()
	if n := b.rounds(outreach.RuleChange); n != 1 {
		t.Fatalf("%d change rows after the page showed it, want one", n)
	}
	b.now = b.now.Add(time.Hour)
	b.edit(moveAnHour)
	b.plan()
	b.want(outreach.RuleChange, 1, notifications.Planned, "")
	b.edit(func(*event.Event) {})
	b.plan()
	b.now = b.now.Add(30 * time.Minute)
	b.send(outreach.RuleChange, 1)
	b.edit(func(*event.Event) {})
	b.plan()
	if n := b.rounds(outreach.RuleChange); n != 2 {
		t.Errorf("%d change rows, want two", n)
	}
}

// Whoever was told to wait for a new day hears that there will be none, also
// when the old day is long over.
func TestChange_CancelledAfterTheOldDay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.edit(func(e *event.Event) { e.State = event.Postponed })
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	b.send(outreach.RuleChange, 0)
	b.now = b.event.EndAt.Add(100 * time.Hour)
	b.edit(func(e *event.Event) { e.Former, e.State = e.State, event.Cancelled })
	b.plan()
	if r := b.row(outreach.RuleChange, 1); r.State != notifications.Planned || r.Class != notifications.Normal {
		t.Fatalf("the cancellation is %s(%s), class %s", r.State, r.Reason, r.Class)
	}
	b.now = b.now.Add(5 * time.Minute)
	if m := b.send(outreach.RuleChange, 1); m.Method != outreach.MethodCancel {
		t.Errorf("method %q", m.Method)
	}
}

// A second change that may not be told has a row that says so, and holds up
// nothing else.
func TestChange_TheSecondSaysWhyItDidNotGo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.edit(moveAnHour)
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	b.send(outreach.RuleChange, 0)
	_, err := b.set.Residents.Update(b.ctx, "r", func(r *resident.Resident) error {
		r.Consents = append(r.Consents, resident.Consent{Purpose: resident.ForRegistration})
		return nil
	})
	b.must(err)
	b.edit(moveBack)
	b.plan()
	b.want(outreach.RuleChange, 1, notifications.Suppressed, notifications.ReasonNoConsent)
	b.edit(func(*event.Event) {})
	b.plan()
	if n := b.rounds(outreach.RuleChange); n != 2 {
		t.Errorf("%d change rows, want two", n)
	}
	b.now = before(12 * time.Hour)
	b.send("rule", 0)
}

func TestChange_DeadIsToldAnewWhenTheReachChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.edit(func(e *event.Event) { e.Former, e.State = e.State, event.Cancelled })
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	b.decide(outreach.RuleChange, 0)
	b.settle(outreach.RuleChange, 0, notifications.Dead, notifications.ReasonRefused)
	b.edit(func(*event.Event) {})
	b.plan()
	if n := b.rounds(outreach.RuleChange); n != 1 {
		t.Fatalf("%d change rows to the address that refused, want one", n)
	}
	other := contact.Contact{Kind: contact.Email, State: contact.Verified}
	other.ID = "c2"
	b.must(b.set.Contacts.Create(b.ctx, &other))
	_, err := b.set.Residents.Update(b.ctx, "r", func(r *resident.Resident) error {
		r.Contact, r.Contacts = other.ID, []string{other.ID}
		r.Touch()
		return nil
	})
	b.must(err)
	if _, err := b.planner.FanOut(b.ctx, 10); err != nil {
		t.Fatal(err)
	}
	b.plan()
	b.want(outreach.RuleChange, 1, notifications.Planned, "")
	b.now = b.now.Add(5 * time.Minute)
	b.send(outreach.RuleChange, 1)
}

func TestPlanner_AVerdictUnderWayIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.now = before(12 * time.Hour)
	agree := func(given bool) {
		_, err := b.set.Residents.Update(b.ctx, "r", func(r *resident.Resident) error {
			r.Consents = append(r.Consents, resident.Consent{Purpose: resident.ForReminders, Given: given})
			r.Touch()
			return nil
		})
		b.must(err)
	}
	agree(false)
	if v := b.decide("rule", 0); v.Do != notifications.DoSuppress {
		t.Fatalf("got %d (%s), want suppressed", v.Do, v.Reason)
	}
	agree(true)
	if _, err := b.planner.FanOut(b.ctx, 10); err != nil {
		t.Fatal(err)
	}
	b.plan() // the verdict of before is not stored yet
	b.settle("rule", 0, notifications.Suppressed, notifications.ReasonNoConsent)
	b.plan()
	b.want("rule", 0, notifications.Planned, "")
}

func TestChange_NoSeatIsNewsWhenTheEventIsCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.register(func(r *registration.Registration) { r.State = registration.Waitlisted })
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.edit(func(e *event.Event) { e.Former, e.State = e.State, event.Cancelled })
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	b.send(outreach.RuleChange, 0)
	b.register(func(r *registration.Registration) { r.State = registration.Registered })
	b.plan()
	if n := b.rounds(outreach.RuleChange); n != 1 {
		t.Errorf("%d change rows: somebody got a seat at a cancelled event", n)
	}
	b.edit(func(e *event.Event) { e.Former, e.State = "", event.Published })
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	b.send(outreach.RuleChange, 1)
}

func TestChange_WhoCameIsNotToldOfASeat(t *testing.T) {
	t.Parallel()
	for _, was := range []registration.State{registration.Waitlisted, registration.Cancelled} {
		b := setup(t)
		b.register(func(r *registration.Registration) {
			r.State = was
			r.Shown = registration.Shown{Status: "published", Seat: string(was), Start: start, End: b.event.EndAt,
				Zone: zone, Place: b.event.Place.Line(), Ver: b.event.Ver, SeatVer: r.PlanVer + 1}
		})
		b.plan()
		b.now = start.Add(time.Minute)
		b.register(func(r *registration.Registration) { r.State = registration.Attended })
		b.plan()
		if n := b.rounds(outreach.RuleChange); n != 0 {
			t.Errorf("%s: %d change rows to somebody who is there", was, n)
		}
	}
}

func TestChange_TheConfirmationTellsOfTheFirstSeat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.register(func(r *registration.Registration) {
		r.Shown = registration.Shown{Status: "published", Seat: outreach.SeatPending, Start: start, End: b.event.EndAt,
			Zone: zone, Place: b.event.Place.Line(), Ver: b.event.Ver, SeatVer: 1}
	})
	b.plan()
	if n := b.rounds(outreach.RuleChange); n != 0 {
		t.Errorf("%d change rows beside the confirmation of a registration that staff confirmed", n)
	}
	b.send(outreach.RuleConfirmation, 0)
	b.edit(moveAnHour)
	b.plan()
	b.want(outreach.RuleChange, 0, notifications.Planned, "")
}

func TestChange_WhoGaveUpAndIsEnteredAgainHearsOfItOnce(t *testing.T) {
	t.Parallel()
	for _, confirmed := range []bool{false, true} {
		b := setup(t)
		b.plan()
		if confirmed {
			b.send(outreach.RuleConfirmation, 0)
		}
		b.register(func(r *registration.Registration) {
			r.State, r.Reason = registration.Cancelled, registration.ReasonSelf
			r.Shown = registration.Shown{Status: "published", Seat: outreach.SeatCancelled, Start: start, End: b.event.EndAt,
				Zone: zone, Place: b.event.Place.Line(), Ver: b.event.Ver, SeatVer: r.PlanVer + 1}
		})
		b.plan()
		b.now = b.now.Add(time.Hour)
		b.register(func(r *registration.Registration) { r.State, r.Reason = registration.Registered, "" })
		b.plan()
		if !confirmed {
			b.send(outreach.RuleConfirmation, 0)
			b.register(func(*registration.Registration) {})
			b.plan()
			if n := b.rounds(outreach.RuleChange); n != 0 {
				t.Errorf("%d change rows beside the confirmation", n)
			}
			continue
		}
		if m := b.send(outreach.RuleChange, 0); m.Method != outreach.MethodPublish {
			t.Errorf("method %q of a seat that is there again", m.Method)
		}
	}
}

// forgotten is contacts whose addresses are not kept any more.
type forgotten struct{ box }

func (forgotten) Plain(context.Context, contact.Contact) (string, error) {
	return "", contact.ErrForgotten
}

func TestSource_AForgottenAddressEndsTheRow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.source = outreach.NewSource(b.stores, forgotten{}, nil, b.writer())
	b.plan()
	if v := b.decide(outreach.RuleConfirmation, 0); v.Do != notifications.DoSuppress || v.Reason != notifications.ReasonNoContact {
		t.Errorf("got %d (%s), want suppressed(no_contact)", v.Do, v.Reason)
	}
}

func TestPending_ANewFormIsAskedAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ask := func() {
		b.register(func(r *registration.Registration) {
			r.State, r.Confirmed, r.ConfirmedAt, r.Reason = registration.Pending, false, 0, ""
			r.CreatedAt, r.ActedAt, r.HoldUntil = b.now, b.now, b.now.Add(20*time.Hour)
		})
	}
	ask()
	b.plan()
	b.send(outreach.RulePending, 0)
	b.now = b.now.Add(25 * time.Hour)
	b.register(func(r *registration.Registration) {
		r.State, r.Reason, r.HoldUntil = registration.Cancelled, registration.ReasonLapsed, 0
	})
	b.plan()
	ask()
	b.plan()
	b.want(outreach.RulePending, 1, notifications.Planned, "")
	b.register(func(_ *registration.Registration) {}) // nothing of interest
	b.plan()
	b.want(outreach.RulePending, 1, notifications.Planned, "")
	b.send(outreach.RulePending, 1)
	b.register(func(_ *registration.Registration) {})
	b.plan()
	if n := b.rounds(outreach.RulePending); n != 2 {
		t.Errorf("%d first mails for two forms", n)
	}
}

func TestSource_ChangeFirstAlsoAfterASeatWasGivenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.register(func(r *registration.Registration) {
		r.Shown = registration.Shown{Status: "published", Seat: outreach.SeatRegistered, Start: start, End: b.event.EndAt,
			Zone: zone, Place: b.event.Place.Line(), Ver: b.event.Ver, SeatVer: r.PlanVer + 1}
	})
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(12 * time.Hour)
	b.register(func(r *registration.Registration) {
		r.State, r.Reason = registration.Cancelled, registration.ReasonStaff
	})
	b.plan()
	b.giveBack(outreach.RuleChange, b.decide(outreach.RuleChange, 0)) // it is urgent by now
	b.plan()
	b.send(outreach.RuleChange, 0)
	b.register(func(r *registration.Registration) { r.State, r.Reason = registration.Registered, "" })
	b.plan()
	b.want(outreach.RuleChange, 1, notifications.Planned, "")
	if v := b.decide("rule", 0); v.Do != notifications.DoDefer || v.Reason != notifications.ReasonChangeFirst {
		t.Errorf("the reminder gives %d (%s), want it to wait for the change", v.Do, v.Reason)
	}
}
