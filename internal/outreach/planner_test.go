package outreach_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// bench is one event with one registered resident on a real store, and a clock.
type bench struct {
	t       *testing.T
	ctx     context.Context
	set     *store.Set
	stores  outreach.Stores
	planner *outreach.Planner
	source  *outreach.Source
	now     calendar.Instant
	event   event.Event
	reg     registration.Registration
}

func setup(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, ctx: context.Background(), now: before(94 * time.Hour)}
	s, err := sqlitestore.Open(b.ctx, sqlitestore.Options{Path: filepath.Join(t.TempDir(), "s.db"), Sync: "OFF"})
	b.must(err)
	b.set = s.Set()
	t.Cleanup(func() { b.must(b.set.Health.Close()) })
	b.stores = outreach.Stores{
		Events: b.set.Events, Registrations: b.set.Registrations, Rolls: b.set.Rolls, Reminders: b.set.Rules,
		Residents: b.set.Residents, Contacts: b.set.Contacts, Surveys: b.set.Surveys, Ledger: b.set.Ledger, Units: b.set.Units, Report: b.set.Reports,
	}
	b.planner = outreach.NewPlanner(b.stores, func() notifications.Millis { return millis(b.now) })
	b.source = outreach.NewSource(b.stores, box{}, nil, b.writer())
	b.fill()
	return b
}

func (b *bench) writer() *outreach.Writer {
	b.t.Helper()
	texts, err := i18n.Open()
	b.must(err)
	keys, err := secret.Open("0123456789012345678901234567890123456789")
	b.must(err)
	w, err := outreach.NewWriter(texts, keys, b.set.Units, "https://sunday.example.org", "Sunday <no-reply@example.org>")
	b.must(err)
	return w
}

// fill stores the scene of when_test.go.
func (b *bench) fill() {
	b.t.Helper()
	f, p := scene()
	u := unit.Unit{Kind: unit.Commune, Names: map[string]string{"vi": "Xã Lạc Dương"}, Zone: zone}
	u.ID = f.Event.Unit
	b.must(b.set.Units.Create(b.ctx, &u))
	b.event = f.Event
	b.event.Ver, b.event.PlanVer = 0, 0
	b.event.Part = id.Part(b.event.ID)
	b.event.Touch()
	b.must(b.set.Events.Create(b.ctx, &b.event))
	r := dayBefore()
	r.Owner = b.event.ID
	b.must(b.set.Rules.Create(b.ctx, &r))
	c := contact.Contact{Kind: contact.Email, State: contact.Verified}
	c.ID = p.Main().ID
	b.must(b.set.Contacts.Create(b.ctx, &c))
	who := p.Resident
	who.Ver, who.Unit, who.Reach = 0, u.ID, resident.Own
	who.Contacts = []string{c.ID}
	b.must(b.set.Residents.Create(b.ctx, &who))
	b.reg = p.Registration
	b.reg.ID, b.reg.Event, b.reg.Resident, b.reg.Unit = id.Hash(b.event.ID, who.ID), b.event.ID, who.ID, u.ID
	b.reg.Part, b.reg.Party = b.event.Part, 2
	b.reg.Touch()
	b.must(b.set.Registrations.Create(b.ctx, &b.reg))
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) plan() outreach.Planned {
	b.t.Helper()
	done, err := b.planner.Plan(b.ctx, b.event.Part)
	b.must(err)
	return done
}

// edit changes the event as its service would.
func (b *bench) edit(change func(*event.Event)) {
	b.t.Helper()
	_, err := b.set.Events.Update(b.ctx, b.event.ID, func(e *event.Event) error {
		change(e)
		if e.FirstEditAt == 0 || b.now > e.FirstEditAt.Add(30*time.Minute) {
			e.FirstEditAt = b.now
		}
		e.LastEditAt = b.now
		e.Touch()
		return nil
	})
	b.must(err)
}

// row returns the row of a rule and round.
func (b *bench) row(rule string, round int) notifications.Row {
	b.t.Helper()
	rows, err := b.set.Ledger.BySubject(b.ctx, b.event.Part, b.event.ID, nil)
	b.must(err)
	for _, r := range rows {
		if r.Rule == rule && r.Round == round {
			return r
		}
	}
	b.t.Fatalf("no row of rule %s, round %d", rule, round)
	return notifications.Row{}
}

func (b *bench) want(rule string, round int, state notifications.State, reason notifications.Reason) {
	b.t.Helper()
	if r := b.row(rule, round); r.State != state || r.Reason != reason {
		b.t.Errorf("%s/%d is %s(%s), want %s(%s)", rule, round, r.State, r.Reason, state, reason)
	}
}

// decide marks the row and asks for its verdict.
func (b *bench) decide(rule string, round int) notifications.Verdict {
	b.t.Helper()
	r := b.row(rule, round)
	marked, err := b.set.Ledger.Mark(b.ctx, r.Part, []notifications.Row{r}, notifications.Mark{Batch: r.ID + rule, Fence: 1, Now: millis(b.now), At: 1})
	b.must(err)
	if len(marked) != 1 {
		b.t.Fatalf("%s/%d was not marked: it is %s, due %d, now %d", rule, round, r.State, r.Due, b.now)
	}
	v, err := b.source.Decide(b.ctx, millis(b.now), marked)
	b.must(err)
	return v[0]
}

// send hands a row over as the dispatcher would.
func (b *bench) send(rule string, round int) notifications.Message {
	b.t.Helper()
	v := b.decide(rule, round)
	if v.Do != notifications.DoSend {
		b.t.Fatalf("%s/%d: verdict %d (%s), want it sent", rule, round, v.Do, v.Reason)
	}
	r := b.row(rule, round)
	b.must(b.set.Ledger.Settle(b.ctx, r.Part, []notifications.Result{{ID: r.ID, Batch: r.Batch, State: notifications.Sent, At: millis(b.now)}}))
	return v.Message
}

// box is contacts whose addresses are their ids.
type box struct{}

func (box) Plain(_ context.Context, c contact.Contact) (string, error) {
	return c.ID + "@example.org", nil
}
func (box) AllowFixed(context.Context, string, string, bool) (bool, error) { return true, nil }
func (box) Refused(context.Context, string) error                          { return nil }
func (box) OptOutToken(context.Context, contact.Contact) (string, error) {
	return "optout-token", nil
}

func TestPlanner_PlansAndSends(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if got := b.plan(); got.Inserted != 2 || got.Kept != 0 {
		t.Errorf("planned %+v, want two rows", got)
	}
	if got := b.plan(); got != (outreach.Planned{}) {
		t.Errorf("a second pass did %+v, want nothing", got)
	}
	m := b.send(outreach.RuleConfirmation, 0)
	if m.To != "c@example.org" || m.Method != outreach.MethodPublish || m.Unsubscribe == "" {
		t.Errorf("got To %q, method %q, unsubscribe %q", m.To, m.Method, m.Unsubscribe)
	}
	b.now = before(12 * time.Hour)
	b.send("rule", 0)
}

func TestPlanner_CancelAndRestore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.edit(func(e *event.Event) { e.Former, e.State = e.State, event.Cancelled })
	b.plan()
	b.want("rule", 0, notifications.Suppressed, notifications.ReasonCancelled)
	b.want(outreach.RuleChange, 0, notifications.Planned, "")
	b.now = b.now.Add(time.Minute)
	b.edit(func(e *event.Event) { e.State = e.Former })
	b.plan()
	b.want("rule", 0, notifications.Planned, "")
	b.want(outreach.RuleChange, 0, notifications.Suppressed, notifications.ReasonNothingNew)
}

func TestPlanner_MoveTellsOnceAndMovesTheReminder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	wish := b.row("rule", 0).Wish
	b.edit(func(e *event.Event) {
		e.LocalStart, e.LocalEnd = "2026-11-29T08:00", "2026-11-29T12:00"
		e.StartAt, e.EndAt = e.StartAt.Add(time.Hour), e.EndAt.Add(time.Hour)
		e.Revision++
	})
	b.plan()
	if got := b.row("rule", 0).Wish; got != wish {
		t.Errorf("a reminder at a time of day moved by %d ms with the hour", got-wish)
	}
	b.now = b.now.Add(5 * time.Minute)
	m := b.send(outreach.RuleChange, 0)
	if m.Method != outreach.MethodPublish || len(m.Calendar) == 0 {
		t.Errorf("a move has method %q and %d bytes of calendar", m.Method, len(m.Calendar))
	}
	b.edit(func(*event.Event) {})
	if b.plan(); b.row(outreach.RuleChange, 0).State != notifications.Sent {
		t.Error("the change row was touched after it was sent")
	}
	rows, err := b.set.Ledger.BySubject(b.ctx, b.event.Part, b.event.ID, nil)
	b.must(err)
	if len(rows) != 3 {
		t.Errorf("%d rows, want confirmation, reminder and one change", len(rows))
	}
}

func TestPlanner_SecondReminderAfterAWeek(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(12 * time.Hour)
	b.send("rule", 0)
	b.now = before(11 * time.Hour)
	b.edit(func(e *event.Event) {
		e.LocalStart, e.LocalEnd = "2026-12-06T07:00", "2026-12-06T11:00"
		e.StartAt, e.EndAt = e.StartAt.Add(168*time.Hour), e.EndAt.Add(168*time.Hour)
	})
	b.plan()
	b.want(outreach.RuleChange, 0, notifications.Planned, "")
	b.want("rule", 1, notifications.Planned, "")
	b.send(outreach.RuleChange, 0)
	b.now = start.Add(168*time.Hour - 12*time.Hour)
	b.send("rule", 1)
}

func TestSource_RechecksAfterTheMark(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.edit(func(e *event.Event) { e.Place.Name = "Sân trường" })
	if v := b.decide(outreach.RuleConfirmation, 0); v.Do != notifications.DoDefer || v.Reason != notifications.ReasonFactsMoved {
		t.Errorf("an event moved since planning gives %d (%s), want a deferral", v.Do, v.Reason)
	}
}

func TestSource_WithdrawnConsent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.now = before(12 * time.Hour)
	_, err := b.set.Residents.Update(b.ctx, "r", func(r *resident.Resident) error {
		r.Consents = append(r.Consents, resident.Consent{Purpose: resident.ForReminders})
		return nil
	})
	b.must(err)
	if v := b.decide("rule", 0); v.Do != notifications.DoSuppress || v.Reason != notifications.ReasonNoConsent {
		t.Errorf("got %d (%s), want suppressed(no_consent)", v.Do, v.Reason)
	}
}

func TestSource_OnceUnknownIsLeftWhenCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.decide(outreach.RuleConfirmation, 0)
	r := b.row(outreach.RuleConfirmation, 0)
	if _, err := b.set.Ledger.Sweep(b.ctx, r.Part, notifications.Sweep{FenceBelow: 9, SendingBefore: 9, Now: millis(b.now), MaxUnknowns: 2, Limit: 10}); err != nil {
		t.Fatal(err)
	}
	b.edit(func(e *event.Event) { e.State = event.Cancelled })
	b.plan()
	b.want(outreach.RuleConfirmation, 0, notifications.Unknown, notifications.ReasonLeft)
	b.plan()
	b.want(outreach.RuleChange, 0, notifications.Planned, "")
}

func TestSource_OtherRowsWaitForTheChange(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.now = before(12 * time.Hour)
	b.edit(func(e *event.Event) { e.Place.Name = "Sân trường" })
	b.plan()
	if v := b.decide("rule", 0); v.Do != notifications.DoDefer || v.Reason != notifications.ReasonChangeFirst {
		t.Fatalf("the reminder gives %d (%s), want it to wait for the change", v.Do, v.Reason)
	}
	r := b.row("rule", 0)
	b.must(b.set.Ledger.GiveBack(b.ctx, r.Part, []notifications.Back{{ID: r.ID, Batch: r.Batch, NotBefore: millis(b.now)}}))
	b.send(outreach.RuleChange, 0)
	b.send("rule", 0)
}

func TestPlanner_ErasureLeavesNobodyInTheRows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	_, err := b.set.Residents.Update(b.ctx, "r", func(r *resident.Resident) error {
		r.ErasedAt, r.Contact, r.Contacts = b.now, "", nil
		r.Touch()
		return nil
	})
	b.must(err)
	for range 2 {
		_, err := b.planner.FanOut(b.ctx, 10)
		b.must(err)
		if got := b.plan(); got.Inserted != 0 || got.Kept != 0 {
			t.Errorf("planning after the erasure did %+v, want no new row and nothing kept", got)
		}
	}
	b.want(outreach.RuleConfirmation, 0, notifications.Sent, "")
	b.want("rule", 0, notifications.Suppressed, notifications.ReasonErased)
	for _, rule := range []string{outreach.RuleConfirmation, "rule"} {
		if r := b.row(rule, 0); r.Recipient != "" || r.Contact != "" || r.MainContact != "" || r.MessageID != "" {
			t.Errorf("the row of %s still names somebody: %+v", rule, r)
		}
	}
}

// TestPlanner_ErasureAfterTheSeatWasGivenUp: a reason that is older than the
// erasure makes no row a second time, now that the first cannot be found.
func TestPlanner_ErasureAfterTheSeatWasGivenUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	reg := registration.IDOf("e", "r")
	_, err := b.set.Registrations.Update(b.ctx, reg, func(r *registration.Registration) error {
		r.State, r.Reason = registration.Cancelled, registration.ReasonStaff
		r.Touch()
		return nil
	})
	b.must(err)
	_, err = b.set.Residents.Update(b.ctx, "r", func(r *resident.Resident) error {
		r.ErasedAt, r.Contact, r.Contacts = b.now, "", nil
		r.Touch()
		return nil
	})
	b.must(err)
	for range 2 {
		_, err := b.planner.FanOut(b.ctx, 10)
		b.must(err)
		if got := b.plan(); got.Inserted != 0 || got.Kept != 0 {
			t.Errorf("planning after the erasure did %+v, want no new row and nothing kept", got)
		}
	}
	if parts, err := b.planner.DirtyParts(b.ctx); err != nil || len(parts) != 0 {
		t.Errorf("still dirty in parts %v (%v)", parts, err)
	}
}

// stepLedger counts the inserts that need not wait for the disk.
type stepLedger struct {
	notifications.Ledger
	steps, others int
}

func (l *stepLedger) Insert(ctx context.Context, rows []notifications.Row) ([]bool, error) {
	if record.IsSoon(ctx) {
		l.steps++
	} else {
		l.others++
	}
	return l.Ledger.Insert(ctx, rows)
}

// What is planned is dirty again if a power cut takes it back, so that it waits
// for no disk.
func TestPlanner_WaitsForNoDisk(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := &stepLedger{Ledger: b.set.Ledger}
	b.stores.Ledger = l
	b.planner = outreach.NewPlanner(b.stores, func() notifications.Millis { return millis(b.now) })
	if done := b.plan(); done.Inserted == 0 {
		t.Fatal("nothing was planned")
	}
	if l.steps == 0 || l.others > 0 {
		t.Errorf("%d inserts were steps, %d were not", l.steps, l.others)
	}
}

// Rows stand in a store as the registrations do that they are of, page by page as
// the planner reads those.
func TestPlanner_RowsStandAsRegistrations(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		who := fmt.Sprintf("0192f0c0-0000-7000-8000-%012d", n)
		row := notifications.Key{Rule: "any", Occurrence: "event", Recipient: outreach.RecipientOf(who)}.ID()
		if reg := registration.IDOf("event", who); row[4:12] != reg[:8] {
			t.Errorf("row %s of registration %s does not stand where it does", row, reg)
		}
	}
}

// Rows of before ids began with what they are about keep their ids: they are what
// the planner goes on with, and nobody has a second one.
func TestPlanner_GoesOnWithRowsOfBefore(t *testing.T) {
	t.Parallel()
	a, b := setup(t), setup(t)
	a.plan()
	rows, err := a.set.Ledger.BySubject(a.ctx, a.event.Part, a.event.ID, nil)
	a.must(err)
	if a.event.ID != b.event.ID || len(rows) != 2 {
		t.Fatalf("%d rows of %s for %s", len(rows), a.event.ID, b.event.ID)
	}
	for i := range rows {
		rows[i].ID = id.Hash("before", rows[i].ID)
		rows[i].Group = rows[i].ID
	}
	_, err = b.set.Ledger.Insert(b.ctx, rows)
	b.must(err)
	if got := b.plan(); got.Inserted != 0 || got.Kept != 0 {
		t.Errorf("planned anew: %+v", got)
	}
	b.edit(func(e *event.Event) { e.State = event.Cancelled })
	if got := b.plan(); got.Inserted != 0 || got.Changed != 2 {
		t.Errorf("planned after the cancellation: %+v", got)
	}
	if v := b.row(outreach.RuleConfirmation, 0); v.State != notifications.Suppressed || v.Reason != notifications.ReasonCancelled {
		t.Errorf("the row of before is %s(%s)", v.State, v.Reason)
	}
}
