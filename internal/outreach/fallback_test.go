package outreach_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// suppressing is contacts that keep what they are told of refusals.
type suppressing struct {
	box

	b *bench
}

func (s suppressing) Refused(_ context.Context, id string) error {
	s.b.contact(id, func(c *contact.Contact) { c.SuppressedAt = s.b.now })
	return nil
}

// contact changes a contact as its service would, with those who have it.
func (b *bench) contact(id string, change func(*contact.Contact)) {
	b.t.Helper()
	_, err := b.set.Contacts.Update(b.ctx, id, func(c *contact.Contact) error {
		change(c)
		return nil
	})
	b.must(err)
	b.must(resident.Holders{Residents: b.set.Residents}.TouchHolders(b.ctx, id))
}

// reach gives the resident further contacts.
func (b *bench) reach(more string) {
	b.t.Helper()
	ids := []string{"c"}
	for _, c := range contacts(more) {
		b.must(b.set.Contacts.Create(b.ctx, &c))
		ids = append(ids, c.ID)
	}
	_, err := b.set.Residents.Update(b.ctx, "r", func(r *resident.Resident) error {
		r.Contacts, r.Name, r.Village = ids, "Bà Lan", "v"
		r.Touch()
		return nil
	})
	b.must(err)
	b.replan()
}

// replan has what touched the resident planned.
func (b *bench) replan() {
	b.t.Helper()
	b.fanOut()
	b.plan()
}

// refuse has the server refuse the contact of a row that is being sent, and
// does what the dispatcher does then.
func (b *bench) refuse(rule, contactID string) notifications.Lane {
	b.t.Helper()
	r := b.row(rule, 0)
	next, err := b.source.Refused(b.ctx, millis(b.now), []notifications.Row{r}, contactID)
	b.must(err)
	if next[0] == (notifications.Lane{}) {
		b.settle(rule, 0, notifications.Dead, notifications.ReasonRefused)
		return next[0]
	}
	b.must(b.set.Ledger.GiveBack(b.ctx, r.Part, []notifications.Back{{ID: r.ID, Batch: r.Batch, NotBefore: millis(b.now), Lane: next[0]}}))
	return next[0]
}

// fallback is a bench with contacts that can be refused.
func fallback(t *testing.T, more string) *bench {
	t.Helper()
	b := setup(t)
	b.reach(more)
	b.source = outreach.NewSource(b.stores, suppressing{b: b}, nil, b.writer())
	return b
}

func moveTheEvent(e *event.Event) { e.Place.Name = "Sân trường" }

func lane(class notifications.Class, channel string) notifications.Lane {
	return notifications.Lane{Class: class, Channel: channel}
}

func TestRefused_TheSameRowGoesToTheNextAddress(t *testing.T) {
	t.Parallel()
	b := fallback(t, "second")
	b.plan()
	b.decide(outreach.RuleConfirmation, 0)
	if next := b.refuse(outreach.RuleConfirmation, "c"); next != lane(notifications.Reply, outreach.Mail) {
		t.Fatalf("next reach %+v", next)
	}
	r := b.row(outreach.RuleConfirmation, 0)
	if r.Try != 0 || r.State != notifications.Planned {
		t.Errorf("the row is %s after %d tries, want planned and none", r.State, r.Try)
	}
	v := b.decide(outreach.RuleConfirmation, 0)
	if v.Do != notifications.DoSend || v.Message.To != "second@example.org" || v.Message.Contact != "second" {
		t.Fatalf("verdict %d (%s), to %q", v.Do, v.Reason, v.Message.To)
	}
	if next := b.refuse(outreach.RuleConfirmation, "second"); next != (notifications.Lane{}) {
		t.Errorf("next reach %+v, want none", next)
	}
	b.want(outreach.RuleConfirmation, 0, notifications.Dead, notifications.ReasonRefused)
}

func TestRefused_AChangeFallsBackToACall(t *testing.T) {
	t.Parallel()
	b := fallback(t, "phone")
	b.send(outreach.RuleConfirmation, 0)
	b.edit(moveTheEvent)
	b.plan()
	b.now = b.now.Add(5 * time.Minute)
	b.decide(outreach.RuleChange, 0)
	if next := b.refuse(outreach.RuleChange, "c"); next != lane(notifications.Normal, outreach.Paper) {
		t.Fatalf("next reach %+v, want a call", next)
	}
	b.replan()
	r := b.row(outreach.RuleChange, 0)
	if r.State != notifications.Planned || r.Channel != outreach.Paper || r.Contact != "phone" {
		t.Errorf("the row is %s in %s to %q", r.State, r.Channel, r.Contact)
	}
	if n := b.rounds(outreach.RuleChange); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestRefused_WhatWasUnknownGoesNowhereElse(t *testing.T) {
	t.Parallel()
	b := fallback(t, "second")
	b.plan()
	b.decide(outreach.RuleConfirmation, 0)
	b.lose(outreach.RuleConfirmation, 0)
	b.now = b.now.Add(5 * time.Minute)
	b.decide(outreach.RuleConfirmation, 0)
	if next := b.refuse(outreach.RuleConfirmation, "c"); next != (notifications.Lane{}) {
		t.Errorf("next reach %+v, want none", next)
	}
}

func TestSource_UnknownIsResentToTheSamePlaceOnly(t *testing.T) {
	t.Parallel()
	b := fallback(t, "second")
	b.plan()
	b.decide(outreach.RuleConfirmation, 0)
	b.lose(outreach.RuleConfirmation, 0)
	b.contact("c", func(c *contact.Contact) { c.SuppressedAt = b.now })
	b.now = b.now.Add(5 * time.Minute)
	if v := b.decide(outreach.RuleConfirmation, 0); v.Do != notifications.DoLeave {
		t.Errorf("got %d (%s), want it left: it may have come to the first address", v.Do, v.Reason)
	}
}

func TestUrgent_ACallStandsInForMailThatWasRefused(t *testing.T) {
	t.Parallel()
	b := fallback(t, "")
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(10 * time.Hour)
	b.edit(moveTheEvent)
	b.plan()
	if n := b.rounds(outreach.ChangeBy(outreach.Paper)); n != 0 {
		t.Fatalf("%d visits to somebody with mail", n)
	}
	b.decide(outreach.RuleChange, 0)
	if next := b.refuse(outreach.RuleChange, "c"); next != (notifications.Lane{}) {
		t.Fatalf("next reach %+v: an urgent change has a row for each channel", next)
	}
	b.replan()
	r := b.row(outreach.ChangeBy(outreach.Paper), 0)
	if r.State != notifications.Planned || r.Lane != lane(notifications.Urgent, outreach.Paper) {
		t.Errorf("the visit is %s in %+v", r.State, r.Lane)
	}
	b.want(outreach.RuleChange, 0, notifications.Dead, notifications.ReasonRefused)
}

// Mail that the server put off until the limit is dead as well.
func TestUrgent_ACallStandsInForMailThatWasGivenUp(t *testing.T) {
	t.Parallel()
	b := fallback(t, "")
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(10 * time.Hour)
	b.edit(moveTheEvent)
	b.plan()
	b.decide(outreach.RuleChange, 0)
	b.must(b.source.Exhausted(b.ctx, []notifications.Row{b.row(outreach.RuleChange, 0)}))
	if got := b.plan(); got.Kept == 0 {
		t.Error("planned while the end of the mail was not stored, and not kept for later")
	}
	b.settle(outreach.RuleChange, 0, notifications.Dead, notifications.ReasonExhausted)
	b.plan()
	b.want(outreach.ChangeBy(outreach.Paper), 0, notifications.Planned, "")
	if n := b.rounds(outreach.RuleChange); n != 1 {
		t.Errorf("%d mails to the address that takes none", n)
	}
}

func TestUrgent_EachChannelHasItsRowAndNeitherWaits(t *testing.T) {
	t.Parallel()
	b := fallback(t, "phone")
	b.stores.Channels = withSMS()
	b.planner = outreach.NewPlanner(b.stores, func() notifications.Millis { return millis(b.now) })
	b.source = outreach.NewSource(b.stores, suppressing{b: b}, nil, b.writer())
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(11 * time.Hour)
	b.edit(moveTheEvent)
	b.plan()
	if v := b.decide(outreach.RuleChange, 0); v.Do != notifications.DoSend {
		t.Fatalf("mail: %d (%s)", v.Do, v.Reason)
	}
	if v := b.decide(outreach.ChangeBy("sms"), 0); v.Do != notifications.DoSend || v.Message.Contact != "phone" {
		t.Errorf("sms: %d (%s), to %q", v.Do, v.Reason, v.Message.Contact)
	}
	if v := b.decide("rule", 0); v.Do != notifications.DoDefer || v.Reason != notifications.ReasonChangeFirst {
		t.Errorf("the reminder gives %d (%s) before any is sent", v.Do, v.Reason)
	}
	b.want(outreach.ChangeBy(outreach.Paper), 0, notifications.Planned, "")
	b.settle(outreach.RuleChange, 0, notifications.Sent, "")
	b.edit(func(*event.Event) {})
	b.plan()
	b.want(outreach.ChangeBy(outreach.Paper), 0, notifications.Planned, "")
	for _, rule := range []string{outreach.RuleChange, outreach.ChangeBy("sms"), outreach.ChangeBy(outreach.Paper)} {
		if n := b.rounds(rule); n != 1 {
			t.Errorf("%d rows of %s", n, rule)
		}
	}
}

// Who says on the phone that they want no more calls has a reason that says so,
// and not that there was nothing to tell.
func TestUrgent_WhoRefusedTheCallIsSaidToHaveRefused(t *testing.T) {
	t.Parallel()
	b := fallback(t, "phone")
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(11 * time.Hour)
	b.edit(moveTheEvent)
	b.plan()
	paper := outreach.ChangeBy(outreach.Paper)
	b.want(paper, 0, notifications.Planned, "")
	b.contact("phone", func(c *contact.Contact) { c.OptedOutAt = b.now })
	b.replan()
	b.want(paper, 0, notifications.Suppressed, notifications.ReasonOptedOut)
	b.contact("phone", func(c *contact.Contact) { c.OptedOutAt = 0 })
	b.replan()
	b.want(paper, 0, notifications.Planned, "")
	b.contact("phone", func(c *contact.Contact) { c.SuppressedAt = b.now })
	b.replan()
	b.want(paper, 0, notifications.Suppressed, notifications.ReasonBlocked) // mail tells it
}

// A change that waits becomes urgent when its time runs out.
func TestUrgent_WhatWaitedIsPlannedForEveryChannel(t *testing.T) {
	t.Parallel()
	b := fallback(t, "phone")
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(30 * time.Hour)
	b.edit(moveTheEvent)
	b.plan()
	b.now = before(13 * time.Hour) // the mail server was away
	v := b.decide(outreach.RuleChange, 0)
	if v.Do != notifications.DoDefer || v.Lane != lane(notifications.Urgent, outreach.Mail) {
		t.Fatalf("got %d (%s) to %+v, want the urgent lane", v.Do, v.Reason, v.Lane)
	}
	b.giveBack(outreach.RuleChange, v)
	b.plan()
	b.want(outreach.ChangeBy(outreach.Paper), 0, notifications.Planned, "")
	b.send(outreach.RuleChange, 0)
}

// giveBack does what the dispatcher does with a deferral.
func (b *bench) giveBack(rule string, v notifications.Verdict) {
	b.t.Helper()
	r := b.row(rule, 0)
	b.must(b.set.Ledger.GiveBack(b.ctx, r.Part, []notifications.Back{
		{ID: r.ID, Batch: r.Batch, NotBefore: v.NotBefore, Reason: v.Reason, Lane: v.Lane},
	}))
}

// byMailOrCall makes the bench's reminder one that may be a call.
func (b *bench) byMailOrCall() {
	b.t.Helper()
	_, err := b.set.Rules.Update(b.ctx, "rule", func(r *reminder.Rule) error {
		r.Channels = []string{outreach.Mail, outreach.Paper}
		r.DaysBefore, r.At, r.MinutesBefore = 0, "", 15*60 // 16:00 the day before
		return nil
	})
	b.must(err)
	b.edit(func(*event.Event) {})
	b.plan()
}

func TestSource_AReminderTakesTheNextChannelOfItsRule(t *testing.T) {
	t.Parallel()
	b := fallback(t, "phone")
	b.byMailOrCall()
	b.now = before(15 * time.Hour)
	b.contact("c", func(c *contact.Contact) { c.SuppressedAt = b.now })
	v := b.decide("rule", 0)
	if v.Do != notifications.DoDefer || v.NotBefore != millis(b.now) || v.Lane != lane(notifications.Normal, outreach.Paper) {
		t.Fatalf("got %d (%s) to %+v at %d, want the paper lane at once", v.Do, v.Reason, v.Lane, v.NotBefore)
	}
	b.giveBack("rule", v)
	if got := b.printable("rule"); got.Do != notifications.DoSend || got.Line.Phone != "phone@example.org" {
		t.Errorf("got %d (%s), line %+v", got.Do, got.Reason, got.Line)
	}
	b.replan()
	if r := b.row("rule", 0); r.Lane != lane(notifications.Normal, outreach.Paper) || r.Contact != "phone" {
		t.Errorf("planned again for %+v to %q", r.Lane, r.Contact)
	}
}

func TestSource_QuietHoursDeferWhatAnOutageDelayed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.now = b.now.Add(12 * time.Hour) // 21:00
	b.edit(func(e *event.Event) { e.State = event.Cancelled })
	b.plan()
	morning := b.now.Add(10 * time.Hour)
	if r := b.row(outreach.RuleChange, 0); r.Due != millis(morning) {
		t.Errorf("the cancellation is due at %s, want 7:00", calendar.LocalOf(calendar.Instant(r.Due), zone))
	}
	b.now = morning.Add(15 * time.Hour) // 22:00
	v := b.decide(outreach.RuleChange, 0)
	if v.Do != notifications.DoDefer || v.Reason != notifications.ReasonQuietHours || v.NotBefore != millis(morning.Add(24*time.Hour)) {
		t.Errorf("got %d (%s) until %s", v.Do, v.Reason, calendar.LocalOf(calendar.Instant(v.NotBefore), zone))
	}
}

// printable asks for the line of a row.
func (b *bench) printable(rule string) outreach.Printed {
	b.t.Helper()
	got, err := b.source.Printable(b.ctx, millis(b.now), []notifications.Row{b.row(rule, 0)})
	b.must(err)
	return got[0]
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	b := fallback(t, "phone")
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(10 * time.Hour)
	b.edit(func(e *event.Event) { e.State = event.Cancelled })
	b.plan()
	got := b.printable(outreach.ChangeBy(outreach.Paper))
	want := outreach.Line{
		Resident: "r", Event: "e", Rule: outreach.ChangeBy(outreach.Paper), Contact: "phone", Phone: "phone@example.org",
		Name: "Bà Lan", Village: "v", Language: "vi", Words: got.Line.Words,
	}
	if got.Do != notifications.DoSend || got.Line != want {
		t.Errorf("got %d (%s), %+v", got.Do, got.Reason, got.Line)
	}
	if !strings.Contains(got.Line.Words, b.event.Title) || !strings.Contains(got.Line.Words, "đã bị hủy") {
		t.Errorf("words %q", got.Line.Words)
	}
	b.edit(func(e *event.Event) { e.State = event.Published })
	if got := b.printable(outreach.ChangeBy(outreach.Paper)); got.Do != notifications.DoDefer || got.Reason != notifications.ReasonFactsMoved {
		t.Errorf("facts that moved give %d (%s)", got.Do, got.Reason)
	}
}

// Whoever is called hears what was so before beside what is so now, as in a mail.
func TestPrintable_SaysTheOldBesideTheNew(t *testing.T) {
	t.Parallel()
	b := fallback(t, "phone")
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(11 * time.Hour)
	b.edit(func(e *event.Event) {
		moveTheEvent(e)
		e.StartAt, e.EndAt = e.StartAt.Add(time.Hour), e.EndAt.Add(time.Hour)
	})
	b.plan()
	words := b.printable(outreach.ChangeBy(outreach.Paper)).Line.Words
	for _, want := range []string{"từ 8 giờ sáng", "Trước đó báo là Chủ nhật 29/11/2026, từ 7 giờ sáng", "Nơi đã báo trước đó: "} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not said in %q", want, words)
		}
	}
}

// print puts a planned row on paper.
func (b *bench) print(rule string) {
	b.t.Helper()
	b.become(rule, 0, func(r *notifications.Row) { r.State = notifications.Printed })
}

// become changes a row behind the planner's back.
func (b *bench) become(rule string, round int, change func(*notifications.Row)) {
	b.t.Helper()
	r := b.row(rule, round)
	next := r
	change(&next)
	applied, err := b.set.Ledger.Change(b.ctx, []notifications.Change{{SeenGen: r.Gen, SeenState: r.State, Row: next}})
	b.must(err)
	if !applied[0] {
		b.t.Fatalf("not %s", next.State)
	}
}

// onPaper is a move of the last hours that stands on a call list.
func onPaper(t *testing.T) *bench {
	t.Helper()
	b := fallback(t, "phone")
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(10 * time.Hour)
	b.edit(moveTheEvent)
	b.plan()
	b.print(outreach.ChangeBy(outreach.Paper))
	return b
}

func TestPlanner_ALineOnPaperFollowsTheFacts(t *testing.T) {
	t.Parallel()
	paper := outreach.ChangeBy(outreach.Paper)
	tests := []struct {
		name   string
		do     func(b *bench)
		state  notifications.State
		reason notifications.Reason
	}{
		{"nothing new", func(b *bench) { b.edit(func(*event.Event) {}) }, notifications.Printed, ""},
		{"moved once more", func(b *bench) { b.edit(moveAnHour) }, notifications.Planned, ""},
		{"back again", func(b *bench) { b.edit(func(e *event.Event) { e.Place = b.event.Place }) }, notifications.Suppressed, notifications.ReasonNothingNew},
		{"opted out", func(b *bench) { b.contact("phone", func(c *contact.Contact) { c.OptedOutAt = b.now }) }, notifications.Suppressed, notifications.ReasonOptedOut},
		{"at night", func(b *bench) { b.now = before(5 * time.Hour); b.edit(func(*event.Event) {}) }, notifications.Printed, ""},
		{"never returned", func(b *bench) { b.now = b.event.EndAt.Add(time.Minute); b.edit(func(*event.Event) {}) }, notifications.Expired, notifications.ReasonNotReturned},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := onPaper(t)
			tt.do(b)
			b.replan()
			b.plan()
			b.want(paper, 0, tt.state, tt.reason)
		})
	}
}

// What is on paper is read out as long as it is true, however late it is by now;
// once it is not, nobody reads it out, though a new line would come too late.
func TestPlanner_ALineThatIsLateAndUntrueIsTakenBack(t *testing.T) {
	t.Parallel()
	paper := outreach.ChangeBy(outreach.Paper)
	b := fallback(t, "phone")
	earlier := func(e *event.Event) {
		e.StartAt, e.EndAt = b.event.StartAt.Add(-3*time.Hour), b.event.EndAt.Add(-3*time.Hour)
	}
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(10 * time.Hour)
	b.edit(earlier)
	b.plan()
	b.print(paper)
	b.become(paper, 0, func(r *notifications.Row) { r.State = notifications.Sent })
	b.edit(func(e *event.Event) { e.StartAt, e.EndAt = b.event.StartAt, b.event.EndAt })
	b.plan()
	b.become(paper, 1, func(r *notifications.Row) { r.State = notifications.Printed })
	b.now = b.event.EndAt.Add(-time.Hour)
	b.edit(func(e *event.Event) { earlier(e); moveTheEvent(e) })
	b.replan()
	b.want(paper, 1, notifications.Expired, notifications.ReasonLate)
}

// Whoever holds a line in hand reads it at any hour, and after somebody looked at
// the person's registration, as long as it is true.
func TestInHand(t *testing.T) {
	t.Parallel()
	paper := outreach.ChangeBy(outreach.Paper)
	tests := []struct {
		name  string
		do    func(b *bench)
		holds bool
	}{
		{"as it was printed", func(*bench) {}, true},
		{"in the night", func(b *bench) { b.now = before(7 * time.Hour) }, true},
		{"a result was taken back", func(b *bench) { b.register(func(r *registration.Registration) { r.Touch() }) }, true},
		{"moved once more", func(b *bench) { b.edit(moveAnHour) }, false},
		{"opted out", func(b *bench) { b.contact("phone", func(c *contact.Contact) { c.OptedOutAt = b.now }) }, false},
		{"given up", func(b *bench) { b.register(func(r *registration.Registration) { r.State = registration.Cancelled }) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := onPaper(t)
			tt.do(b)
			got, err := b.source.InHand(b.ctx, millis(b.now), []notifications.Row{b.row(paper, 0)})
			b.must(err)
			if (got[0] != nil) != tt.holds || tt.holds && (got[0].Phone == "" || got[0].Words == "") {
				t.Errorf("the line is %+v, want that it holds: %t", got[0], tt.holds)
			}
		})
	}
}

// A result that is taken back puts its line back on paper, though what was read
// out is not so any more and the next round is there: it must not be read out.
func TestPlanner_ALineTakenBackIsOvertaken(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		unknown bool
		state   notifications.State
		reason  notifications.Reason
	}{
		{"never in doubt", false, notifications.Expired, notifications.ReasonNotReturned},
		{"once in doubt", true, notifications.Unknown, notifications.ReasonLeft},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			paper := outreach.ChangeBy(outreach.Paper)
			b := onPaper(t)
			become := func(state notifications.State) {
				b.become(paper, 0, func(r *notifications.Row) { r.State, r.WasUnknown = state, tt.unknown })
			}
			become(notifications.Sent)
			b.edit(moveAnHour)
			b.plan()
			become(notifications.Printed)
			b.register(func(*registration.Registration) {}) // the planner is to look again
			b.plan()
			b.want(paper, 0, tt.state, tt.reason)
			b.want(paper, 1, notifications.Planned, "")
		})
	}
}

// A kill while a mail goes to the next address leaves it unknown there, and it
// is sent again there, as its rule says.
func TestRefused_UnknownAtTheNextAddress(t *testing.T) {
	t.Parallel()
	b := fallback(t, "second")
	b.plan()
	b.decide(outreach.RuleConfirmation, 0)
	b.refuse(outreach.RuleConfirmation, "c")
	v := b.decide(outreach.RuleConfirmation, 0)
	r := b.row(outreach.RuleConfirmation, 0)
	b.must(b.set.Ledger.Bind(b.ctx, r.Part, []notifications.Bind{
		{ID: r.ID, Batch: r.Batch, MessageID: v.Message.MessageID, Contact: v.Message.Contact},
	}))
	b.lose(outreach.RuleConfirmation, 0)
	again := b.decide(outreach.RuleConfirmation, 0)
	if again.Do != notifications.DoSend || again.Message.To != v.Message.To || again.Message.MessageID != v.Message.MessageID {
		t.Errorf("verdict %d (%s), to %q, want it sent to %q again", again.Do, again.Reason, again.Message.To, v.Message.To)
	}
}

// What has expired says until when it was of use as that was known then.
func TestPlanner_WhatHasExpiredKeepsItsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.now = b.event.EndAt.Add(time.Minute)
	b.plan()
	b.want(outreach.RuleConfirmation, 0, notifications.Expired, notifications.ReasonLate)
	was := b.row(outreach.RuleConfirmation, 0)
	b.edit(func(e *event.Event) { e.EndAt = e.EndAt.Add(-time.Hour) })
	b.plan()
	b.want(outreach.RuleConfirmation, 0, notifications.Expired, notifications.ReasonLate)
	if is := b.row(outreach.RuleConfirmation, 0); is.Until != was.Until || is.EndedAt != was.EndedAt || is.Basis == was.Basis {
		t.Errorf("of use until %d and ended at %d, want %d and %d as before, and its basis new", is.Until, is.EndedAt, was.Until, was.EndedAt)
	}
}
