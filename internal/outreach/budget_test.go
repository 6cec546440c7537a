package outreach_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// spend stores a row of the main contact as it stands after a hand-over, of
// another event unless change says so.
func (b *bench) spend(n int, change func(*notifications.Row)) notifications.Row {
	b.t.Helper()
	r := notifications.Row{
		Key:  notifications.Key{Rule: "other", Occurrence: fmt.Sprint("other ", n), Recipient: "resident:r"},
		Unit: "u", Lane: notifications.Lane{Class: notifications.Normal, Channel: outreach.Mail}, State: notifications.Sent,
		Budget: true, MainContact: "c", Contact: "c", EndedAt: millis(b.now) - 1, Gen: 1,
	}
	if change != nil {
		change(&r)
	}
	r.Part, r.ID = id.Part(r.Occurrence), r.Key.ID()
	r.Group = r.ID
	_, err := b.set.Ledger.Insert(b.ctx, []notifications.Row{r})
	b.must(err)
	return r
}

func TestSource_Budget(t *testing.T) {
	t.Parallel()
	const week = notifications.Millis(7 * 24 * time.Hour / time.Millisecond)
	sameEvent := func(r *notifications.Row) { r.Rule, r.Occurrence = fmt.Sprint("rule of ", r.Occurrence), "e" }
	tests := []struct {
		name  string
		spent []func(*notifications.Row)
		do    notifications.Do
	}{
		{"two in the week", []func(*notifications.Row){nil, nil}, notifications.DoSend},
		{"three in the week", []func(*notifications.Row){nil, nil, nil}, notifications.DoSuppress},
		{"the third a week ago", []func(*notifications.Row){nil, nil, func(r *notifications.Row) { r.EndedAt -= week - 1 }}, notifications.DoSend},
		{"the third just less than a week ago", []func(*notifications.Row){nil, nil, func(r *notifications.Row) { r.EndedAt -= week - 2 }}, notifications.DoSuppress},
		{"one of the event", []func(*notifications.Row){sameEvent}, notifications.DoSend},
		{"two of the event", []func(*notifications.Row){sameEvent, sameEvent}, notifications.DoSuppress},
		{"two of the event, long ago", []func(*notifications.Row){
			func(r *notifications.Row) { sameEvent(r); r.EndedAt -= 2 * week },
			func(r *notifications.Row) { sameEvent(r); r.EndedAt -= 3 * week },
		}, notifications.DoSuppress},
		{"one that may have come", []func(*notifications.Row){nil, nil, func(r *notifications.Row) {
			r.State, r.WasUnknown, r.Unknowns = notifications.Planned, true, 1
		}}, notifications.DoSuppress},
		{"one under way elsewhere", []func(*notifications.Row){nil, nil, func(r *notifications.Row) {
			r.State, r.Batch, r.EndedAt = notifications.Sending, "elsewhere", 0
		}}, notifications.DoDefer},
		{"one on paper", []func(*notifications.Row){nil, nil, func(r *notifications.Row) {
			r.State, r.Channel, r.Batch, r.EndedAt = notifications.Printed, outreach.Paper, "sheet", 0
		}}, notifications.DoDefer},
		{"one on paper, and room", []func(*notifications.Row){nil, func(r *notifications.Row) {
			r.State, r.Channel, r.Batch, r.EndedAt = notifications.Printed, outreach.Paper, "sheet", 0
		}}, notifications.DoSend},
		{"one on paper about the event", []func(*notifications.Row){sameEvent, func(r *notifications.Row) {
			sameEvent(r)
			r.State, r.Channel, r.Batch, r.EndedAt = notifications.Printed, outreach.Paper, "sheet", 0
		}}, notifications.DoDefer},
		{"exempt ones", []func(*notifications.Row){nil, nil, func(r *notifications.Row) { r.Budget = false }}, notifications.DoSend},
		{"another person's", []func(*notifications.Row){nil, nil, func(r *notifications.Row) { r.MainContact = "d" }}, notifications.DoSend},
		{"one that nobody got", []func(*notifications.Row){nil, nil, func(r *notifications.Row) { r.State = notifications.Dead }}, notifications.DoSend},
		{"a mail that three shared", []func(*notifications.Row){
			func(r *notifications.Row) { r.MessageID = "m" }, func(r *notifications.Row) { r.MessageID = "m" }, func(r *notifications.Row) { r.MessageID = "m" },
		}, notifications.DoSend},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.plan()
			b.now = before(12 * time.Hour)
			for i, change := range tt.spent {
				b.spend(i, change)
			}
			got, _ := b.remind("b", "r")
			v := got["r"]
			if v.Do != tt.do || v.Do != notifications.DoSend && v.Reason != notifications.ReasonBudget {
				t.Errorf("got %d (%s), want %d", v.Do, v.Reason, tt.do)
			}
			if wait := v.NotBefore - millis(b.now); v.Do == notifications.DoDefer && (wait <= 0 || wait > 300_000) {
				t.Errorf("looks again in %d ms, want at most 5 minutes", wait)
			}
		})
	}
}

// A budget stops what nobody asked for, and nothing else.
func TestSource_BudgetExemptsConfirmations(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	for n := range 5 {
		b.spend(n, nil)
	}
	b.send(outreach.RuleConfirmation, 0)
}

func TestSource_ResendIsNotCountedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.now = before(12 * time.Hour)
	b.spend(0, nil)
	b.spend(1, nil)
	b.remind("first", "r")
	sweep := notifications.Sweep{FenceBelow: 2, Now: millis(b.now), RetryAfter: 120_000, MaxUnknowns: 2, Limit: 10}
	_, err := b.set.Ledger.Sweep(b.ctx, b.event.Part, sweep)
	b.must(err)
	b.spend(2, nil) // somebody else has taken the last place since
	b.now = b.now.Add(2 * time.Minute)
	if got, _ := b.remind("again", "r"); got["r"].Do != notifications.DoSend {
		t.Errorf("got %d (%s), want it sent", got["r"].Do, got["r"].Reason)
	}
}

// Three who share a contact and are no household share two places: the third
// looks again, and is suppressed once both are handed over.
func TestSource_BudgetOfASharedContact(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.join("s", "c", "")
	b.join("t", "c", "")
	b.plan()
	b.now = before(12 * time.Hour)
	got, marked := b.remind("b", "r", "s", "t")
	var sent []notifications.Result
	var waits string
	for i, r := range marked {
		switch v := got[outreach.ResidentOf(r.Recipient)]; v.Do {
		case notifications.DoSend:
			sent = append(sent, notifications.Result{ID: r.ID, Batch: "b", State: notifications.Sent, At: millis(b.now)})
		case notifications.DoDefer:
			waits = outreach.ResidentOf(marked[i].Recipient)
			b.must(b.set.Ledger.GiveBack(b.ctx, b.event.Part, []notifications.Back{{ID: r.ID, Batch: "b", NotBefore: v.NotBefore, Reason: v.Reason}}))
		default:
			t.Errorf("%s got %+v", r.Recipient, v)
		}
	}
	if len(sent) != 2 || waits == "" {
		t.Fatalf("%d go, %q waits, want two and one", len(sent), waits)
	}
	b.must(b.set.Ledger.Settle(b.ctx, b.event.Part, sent))
	b.now = b.now.Add(5 * time.Minute)
	got, _ = b.remind("c", waits)
	if v := got[waits]; v.Do != notifications.DoSuppress || v.Reason != notifications.ReasonBudget {
		t.Errorf("the third got %+v, want it suppressed", v)
	}
}

// A household's mail takes one place.
func TestSource_BudgetOfAHousehold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.household()
	b.plan()
	b.now = before(12 * time.Hour)
	b.spend(0, nil)
	b.spend(1, nil)
	got, _ := b.remind("b", "r", "s", "t")
	if diff := cmp.Diff([]string{"r+s+t"}, mailsOf(got)); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
}

// Two workers take the last place: whichever way their calls fall, both never
// pass, and the one that looks again alone has it.
func TestSource_TwoWorkersAndOnePlace(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"r", "s"} {
		b := setup(t)
		b.join("s", "c", "")
		b.plan()
		b.now = before(12 * time.Hour)
		b.spend(0, nil)
		b.spend(1, nil)
		rows := b.rowsOf("rule")
		second := map[string]string{"r": "s", "s": "r"}[first]
		one, two := b.mark("one", rows[first]), b.mark("two", rows[second])
		at := map[string]notifications.Millis{}
		var backs []notifications.Back
		for _, marked := range [][]notifications.Row{one, two} {
			v, err := b.source.Decide(b.ctx, millis(b.now), marked)
			b.must(err)
			if v[0].Do != notifications.DoDefer {
				t.Fatalf("both are marked, and one got %+v", v[0])
			}
			at[outreach.ResidentOf(marked[0].Recipient)] = v[0].NotBefore
			backs = append(backs, notifications.Back{ID: v[0].RowID, Batch: marked[0].Batch, NotBefore: v[0].NotBefore})
		}
		b.must(b.set.Ledger.GiveBack(b.ctx, b.event.Part, backs))
		if at["r"] == at["s"] {
			t.Errorf("both look again at %d", at["r"])
		}
		b.now = b.now.Add(5 * time.Minute)
		if got, _ := b.remind("three", first); got[first].Do != notifications.DoSend {
			t.Errorf("the one that looked first got %+v", got[first])
		}
		if got, _ := b.remind("four", second); got[second].Do != notifications.DoDefer {
			t.Errorf("the other got %+v while the first is under way", got[second])
		}
	}
}

// otherDay has the contact's fixed mail of the day taken by another row.
type otherDay struct{ box }

func (otherDay) AllowFixed(context.Context, string, string, bool) (bool, error) {
	return false, nil
}

func TestSource_FixedMailWaitsForTheNextDay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		hold time.Duration
		do   notifications.Do
	}{
		{"held over midnight", 48 * time.Hour, notifications.DoDefer},
		{"held until tonight", time.Hour, notifications.DoSuppress},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.source = outreach.NewSource(b.stores, otherDay{}, nil, b.writer())
			_, err := b.set.Registrations.Update(b.ctx, b.reg.ID, func(r *registration.Registration) error {
				r.State, r.Confirmed, r.HoldUntil = registration.Pending, false, b.now.Add(tt.hold)
				r.Touch()
				return nil
			})
			b.must(err)
			b.plan()
			v := b.decide(outreach.RulePending, 0)
			if v.Do != tt.do || v.Reason != notifications.ReasonContactBudget {
				t.Fatalf("got %d (%s), want %d", v.Do, v.Reason, tt.do)
			}
			const day = 24 * 60 * 60 * 1000
			if v.Do == notifications.DoDefer && (v.NotBefore%day != 0 || v.NotBefore <= millis(b.now) || v.NotBefore > millis(b.now)+day) {
				t.Errorf("waits until %d, want the next day", v.NotBefore)
			}
		})
	}
}

// A reminder that goes on paper keeps to the budget as well.
func TestPrintable_Budget(t *testing.T) {
	t.Parallel()
	for spent, do := range map[int]notifications.Do{2: notifications.DoSend, 3: notifications.DoSuppress} {
		b := fallback(t, "phone")
		_, err := b.set.Rules.Update(b.ctx, "rule", func(r *reminder.Rule) error {
			r.Channels = []string{outreach.Paper}
			r.Touch()
			return nil
		})
		b.must(err)
		b.replan()
		for n := range spent {
			b.spend(n, nil)
		}
		b.now = before(14*time.Hour + 30*time.Minute) // 16:30, the last moment for a call
		got := b.printable("rule")
		if got.Do != do || do == notifications.DoSuppress && got.Reason != notifications.ReasonBudget {
			t.Errorf("after %d messages of the week: %d (%s), want %d", spent, got.Do, got.Reason, do)
		}
		b.print("rule")
		if got := b.printable("rule"); got.Do != notifications.DoSend {
			t.Errorf("a line that is printed is %d (%s)", got.Do, got.Reason)
		}
	}
}
