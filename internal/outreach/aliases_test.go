package outreach_test

import (
	"context"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// follower cancels the registration of r wherever w has one, as the service of
// registrations does with the later one.
type follower struct{ b *bench }

func (f follower) FollowMerge(ctx context.Context, _ string) (bool, error) {
	_, err := f.b.set.Registrations.Get(ctx, id.Hash(f.b.event.ID, "w"))
	if err != nil {
		return true, nil //nolint:nilerr // there is no second one
	}
	_, err = f.b.set.Registrations.Update(ctx, f.b.reg.ID, func(r *registration.Registration) error {
		if !r.State.Live() {
			return record.ErrUnchanged
		}
		r.State, r.Reason = registration.Cancelled, registration.ReasonMerged
		r.Touch()
		return nil
	})
	return true, err
}

// second enters w, who is the same person as r, with an address of their own.
func (b *bench) second(registered bool) {
	b.t.Helper()
	b.stores.Merges = follower{b}
	b.planner = outreach.NewPlanner(b.stores, func() notifications.Millis { return millis(b.now) })
	c := contact.Contact{Kind: contact.Email, State: contact.Verified}
	c.ID = "c2"
	b.must(b.set.Contacts.Create(b.ctx, &c))
	r, err := b.set.Residents.Get(b.ctx, "r")
	b.must(err)
	r.ID, r.Ver, r.Op, r.Contact, r.Contacts = "w", 0, "", c.ID, []string{c.ID}
	b.must(b.set.Residents.Create(b.ctx, &r))
	if !registered {
		return
	}
	reg := b.reg
	reg.ID, reg.Resident, reg.Ver, reg.Op = id.Hash(b.event.ID, "w"), "w", 0, ""
	reg.LinkHash, reg.ConfirmHash = "l2", "k2"
	b.must(b.set.Registrations.Create(b.ctx, &reg))
}

// mergeInto makes r an alias of w, half of it only where a process died.
func (b *bench) mergeInto() {
	b.t.Helper()
	_, err := b.set.Residents.Update(b.ctx, "w", func(r *resident.Resident) error {
		r.Aliases = []string{"r"}
		r.Touch()
		return nil
	})
	b.must(err)
	_, err = b.set.Residents.Update(b.ctx, "r", func(r *resident.Resident) error {
		r.MergedInto, r.Contact, r.Contacts, r.Consents = "w", "", nil, nil
		r.Touch()
		return nil
	})
	b.must(err)
}

func (b *bench) fanOut() {
	b.t.Helper()
	_, err := b.planner.FanOut(b.ctx, 10)
	b.must(err)
}

// of returns the newest row of a rule to a resident.
func (b *bench) of(resident, rule string) (notifications.Row, bool) {
	b.t.Helper()
	rows, err := b.set.Ledger.BySubject(b.ctx, b.event.Part, b.event.ID, []string{outreach.RecipientOf(resident)})
	b.must(err)
	var newest notifications.Row
	found := false
	for _, r := range rows {
		if r.Rule == rule && (!found || r.Round > newest.Round) {
			newest, found = r, true
		}
	}
	return newest, found
}

func (b *bench) wantOf(resident, rule string, state notifications.State, reason notifications.Reason) {
	b.t.Helper()
	if r, ok := b.of(resident, rule); !ok || r.State != state || r.Reason != reason {
		b.t.Errorf("%s to %s: %v, %s(%s), want %s(%s)", rule, resident, ok, r.State, r.Reason, state, reason)
	}
}

// The loser's one registration stays under its id and is planned with the
// winner's contact and consents.
func TestAliases_TheLosersRegistrationGoesToTheWinner(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.second(false)
	b.plan()
	b.mergeInto()
	b.fanOut()
	b.plan()
	b.wantOf("r", "rule", notifications.Planned, "")
	if m := b.send(outreach.RuleConfirmation, 0); m.To != "c2@example.org" {
		t.Errorf("sent to %s", m.To)
	}
	_, err := b.set.Residents.Update(b.ctx, "w", func(r *resident.Resident) error {
		r.Consents = append(r.Consents, resident.Consent{Purpose: resident.ForReminders})
		r.Touch()
		return nil
	})
	b.must(err)
	b.fanOut() // what the winner takes back holds for the loser's registration
	b.plan()
	b.wantOf("r", "rule", notifications.Suppressed, notifications.ReasonNoConsent)
	b.edit(func(e *event.Event) { e.Place.Name = "Sân trường" })
	b.plan()
	b.wantOf("r", outreach.RuleChange, notifications.Planned, "")
}

// What was told under one id is not told again under the other.
func TestAliases_ToldUnderEitherId(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(12 * time.Hour)
	b.send("rule", 0)
	b.second(true)
	b.mergeInto()
	b.fanOut()
	b.plan()
	b.plan()
	if left, err := b.set.Registrations.Get(b.ctx, b.reg.ID); err != nil || left.State != registration.Cancelled {
		t.Errorf("the double is %s, %v", left.State, err)
	}
	for _, rule := range []string{outreach.RuleConfirmation, outreach.RuleChange, "rule"} {
		if r, ok := b.of("w", rule); ok {
			t.Errorf("%s to the winner is %s(%s)", rule, r.State, r.Reason)
		}
	}
	b.edit(func(e *event.Event) { e.Place.Name = "Sân trường" })
	b.plan()
	b.wantOf("w", outreach.RuleChange, notifications.Planned, "")
	b.wantOf("r", outreach.RuleChange, notifications.Suppressed, notifications.ReasonMerged)
}

// Who gave up what was confirmed, and registered again under the other id, is
// confirmed again: the same words are news to them.
func TestAliases_ConfirmedAgainAfterGivingUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	_, err := b.set.Registrations.Update(b.ctx, b.reg.ID, func(r *registration.Registration) error {
		r.State, r.Reason = registration.Cancelled, registration.ReasonSelf
		r.Touch()
		return nil
	})
	b.must(err)
	b.second(true)
	b.mergeInto()
	b.fanOut()
	b.plan()
	b.wantOf("w", outreach.RuleConfirmation, notifications.Planned, "")
}

// A row that was planned under the winner's id is withdrawn when the other id
// had the same.
func TestAliases_PlannedUnderBoth(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.now = before(12 * time.Hour)
	b.send("rule", 0)
	b.second(true)
	b.plan()
	b.wantOf("w", "rule", notifications.Planned, "")
	b.mergeInto()
	b.fanOut()
	b.plan()
	b.wantOf("w", "rule", notifications.Suppressed, notifications.ReasonAlreadyTold)
	b.wantOf("r", outreach.RuleConfirmation, notifications.Suppressed, notifications.ReasonMerged)
	b.wantOf("w", outreach.RuleConfirmation, notifications.Planned, "")
}

// Until one of two is cancelled neither is written to.
func TestAliases_ADoubleWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.second(true)
	b.mergeInto()
	if v := b.decide(outreach.RuleConfirmation, 0); v.Do != notifications.DoDefer || v.Reason != notifications.ReasonUnsettled {
		t.Errorf("verdict %d(%s)", v.Do, v.Reason)
	}
	if r, err := b.set.Registrations.Get(b.ctx, b.reg.ID); err != nil || !r.Dirty {
		t.Errorf("nobody will look again: %v", err)
	}
	b.plan() // cancels the double
	b.plan()
	if r, ok := b.of("w", outreach.RuleConfirmation); ok {
		t.Errorf("planned as %s(%s) while the other one is under way", r.State, r.Reason)
	}
	b.settle(outreach.RuleConfirmation, 0, notifications.Suppressed, notifications.ReasonMerged)
	b.plan()
	b.wantOf("w", outreach.RuleConfirmation, notifications.Planned, "")
}

// Erasing the one who lives on takes every id out of the rows.
func TestAliases_Erased(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.second(false)
	b.mergeInto()
	b.fanOut()
	_, err := b.set.Residents.Update(b.ctx, "w", func(r *resident.Resident) error {
		r.ErasedAt, r.Contact = b.now, ""
		r.Touch()
		return nil
	})
	b.must(err)
	b.fanOut()
	b.plan()
	if _, ok := b.of("r", outreach.RuleConfirmation); ok {
		t.Error("a row still names the erased")
	}
}

// Two records of one person, to both of which an event was announced, are told
// once that it is cancelled: their rows are due at one instant and decided
// together, and one of them has to go.
func TestAliases_AnnouncedToBoth(t *testing.T) {
	t.Parallel()
	b := newsBench(t)
	b.stores.Merges = follower{b}
	b.planner = outreach.NewPlanner(b.stores, func() notifications.Millis { return millis(b.now) })
	b.reader("twin", true)
	b.plan()
	b.at(noonTwoDaysBefore).handNews("news", "reader", "twin")
	b.changeReader("twin", func(r *resident.Resident) { r.Aliases = []string{"reader"} })
	b.changeReader("reader", func(r *resident.Resident) {
		r.MergedInto, r.Contact, r.Contacts, r.Consents = "twin", "", nil, nil
	})
	b.now = b.now.Add(time.Minute)
	b.edit(func(e *event.Event) { e.State = event.Cancelled })
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	sent := 0
	for range 3 {
		sent += b.handNews(outreach.RuleChange, "reader", "twin")
		b.now = b.now.Add(10 * time.Second)
	}
	if sent != 1 {
		t.Errorf("told %d times that it is cancelled, want once", sent)
	}
}

// TestAliases_CameUnderBoth: who was counted twice at an event, under two records
// that turn out to be one, keeps both registrations, and is thanked once. Both
// messages are due at one instant and planned before either went.
func TestAliases_CameUnderBoth(t *testing.T) {
	t.Parallel()
	b := setup(t)
	thanks := reminder.Rule{Owner: b.event.ID, MinutesAfter: 240, Audience: []reminder.Audience{reminder.Attended}}
	thanks.ID = "thanks"
	b.must(b.set.Rules.Create(b.ctx, &thanks))
	b.second(true)
	b.edit(func(e *event.Event) { e.State = event.Done })
	for _, name := range []string{"r", "w"} {
		_, err := b.set.Registrations.Update(b.ctx, id.Hash(b.event.ID, name), func(r *registration.Registration) error {
			r.State = registration.Attended
			r.Touch()
			return nil
		})
		b.must(err)
	}
	b.mergeInto()
	b.fanOut()
	b.now = b.event.EndAt.Add(4 * time.Hour)
	b.plan()
	b.wantOf("r", "thanks", notifications.Planned, "")
	b.wantOf("w", "thanks", notifications.Planned, "")
	sent := 0
	for range 3 {
		sent += b.handNews("thanks", "r", "w")
		b.now = b.now.Add(time.Minute)
	}
	if sent != 1 {
		t.Errorf("thanked %d times, want once", sent)
	}
	b.now = b.now.Add(3 * time.Hour) // past the time up to which it is of use
	b.edit(func(*event.Event) {})
	b.plan()
	one, _ := b.of("r", "thanks")
	other, _ := b.of("w", "thanks")
	if one.State == notifications.Sent {
		one, other = other, one
	}
	if one.Reason != notifications.ReasonAlreadyTold || other.State != notifications.Sent {
		t.Errorf("the one ended as %s(%s), the other as %s(%s)", one.State, one.Reason, other.State, other.Reason)
	}
}

// handNews marks what is due of the rule to the residents in one batch, does
// with it as decided, and returns how many were sent.
func (b *bench) handNews(rule string, names ...string) int {
	b.t.Helper()
	var planned []notifications.Row
	for _, name := range names {
		if r, there := b.of(name, rule); there {
			planned = append(planned, r)
		}
	}
	mark := notifications.Mark{Batch: b.now.Time().String(), Fence: 1, Now: millis(b.now), At: 1}
	rows, err := b.set.Ledger.Mark(b.ctx, b.event.Part, planned, mark)
	b.must(err)
	verdicts, err := b.source.Decide(b.ctx, millis(b.now), rows)
	b.must(err)
	sent := 0
	for _, v := range verdicts {
		result := notifications.Result{ID: v.RowID, Batch: mark.Batch, State: notifications.Sent, At: millis(b.now)}
		switch v.Do {
		case notifications.DoDefer:
			back := notifications.Back{ID: v.RowID, Batch: mark.Batch, NotBefore: v.NotBefore, Reason: v.Reason, Lane: v.Lane}
			b.must(b.set.Ledger.GiveBack(b.ctx, b.event.Part, []notifications.Back{back}))
			continue
		case notifications.DoSend:
			sent++
		case notifications.DoJoin:
		default:
			result.State, result.Reason = notifications.Suppressed, v.Reason
		}
		b.must(b.set.Ledger.Settle(b.ctx, b.event.Part, []notifications.Result{result}))
	}
	return sent
}

// TestAliases_TheSeatThatWasToldLast: the turns of two registrations count apart,
// so of what was said about one version of the event the later word is the newest.
func TestAliases_TheSeatThatWasToldLast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		after time.Duration // the loser hears, after the winner did
		state notifications.State
	}{
		{"the winner's seat", -time.Hour, ""},
		{"the loser's place on the waitlist", time.Hour, notifications.Planned},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.second(true)
			b.plan()
			for name, at := range map[string]time.Duration{"w": 0, "r": tt.after} {
				row, _ := b.of(name, outreach.RuleConfirmation)
				told := row
				told.State, told.EndedAt = notifications.Sent, millis(b.now.Add(at))
				told.Told.SeatVer = 3
				if name == "r" { // as many turns as it has had, which say nothing of the other's
					told.Told.Seat, told.Told.SeatVer = outreach.SeatWaitlisted, 3-int64(at/time.Hour)
				}
				applied, err := b.set.Ledger.Change(b.ctx, []notifications.Change{{SeenGen: row.Gen, SeenState: row.State, Row: told}})
				b.must(err)
				if !applied[0] {
					t.Fatal("not told")
				}
			}
			b.mergeInto()
			b.fanOut()
			b.plan()
			if row, _ := b.of("w", outreach.RuleChange); row.State != tt.state {
				t.Errorf("the change is %q, want %q", row.State, tt.state)
			}
		})
	}
}

// TestAliases_ATwinInDoubtIsWaitedFor: what may have come under another id is not
// said again before the planner has seen the merge.
func TestAliases_ATwinInDoubtIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.second(true)
	b.plan()
	b.now = before(12 * time.Hour)
	b.doubt("rule", "r")
	b.mergeInto()
	_, err := b.set.Registrations.Update(b.ctx, b.reg.ID, func(r *registration.Registration) error {
		r.State, r.Reason = registration.Cancelled, registration.ReasonMerged
		return nil
	})
	b.must(err)
	got, marked := b.handing("twin", "rule", "w")
	if v := got["w"]; v.Do != notifications.DoDefer || v.Reason != notifications.ReasonOtherSending {
		t.Errorf("verdict %d (%s), want it to wait for the other", v.Do, v.Reason)
	}
	b.must(b.set.Ledger.GiveBack(b.ctx, b.event.Part, []notifications.Back{{ID: marked[0].ID, Batch: "twin"}}))
	b.fanOut()
	b.plan()
	b.wantOf("w", "rule", notifications.Suppressed, notifications.ReasonAlreadyTold)
}
