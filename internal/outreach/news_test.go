package outreach_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// announces is a rule of the unit "u": two days before, at noon.
func announces() reminder.Rule {
	r := reminder.Rule{
		Owner: "u", Unit: "u", DaysBefore: 2, At: "12:00", LateMinutes: 600, OnUnknown: reminder.Resend,
		Audience: []reminder.Audience{reminder.News},
	}
	r.ID = "news"
	return r
}

// newsBench has the rule and a reader without a registration.
func newsBench(t *testing.T) *bench {
	t.Helper()
	b := setup(t)
	r := announces()
	b.must(b.set.Rules.Create(b.ctx, &r))
	b.reader("reader", true)
	return b
}

// reader stores a resident of the unit, with an address of the same name.
func (b *bench) reader(name string, agrees bool) {
	b.t.Helper()
	c := contact.Contact{Kind: contact.Email, State: contact.Verified}
	c.ID = name + "-mail"
	b.must(b.set.Contacts.Create(b.ctx, &c))
	r := resident.Resident{Unit: b.event.Unit, Reach: resident.Own, Contact: c.ID, Contacts: []string{c.ID}, Locale: "en"}
	r.ID = name
	r.Consents = []resident.Consent{{Purpose: resident.ForNews, Given: agrees}}
	r.Settle()
	b.must(b.set.Residents.Create(b.ctx, &r))
}

// changeReader changes the reader as the resident's service would.
func (b *bench) changeReader(name string, change func(*resident.Resident)) {
	b.t.Helper()
	_, err := b.set.Residents.Update(b.ctx, name, func(r *resident.Resident) error {
		change(r)
		r.Settle()
		r.Touch()
		return nil
	})
	b.must(err)
	b.fanOut()
}

// byRule are the rows of a resident for the event, by rule.
func (b *bench) byRule(name string) map[string]notifications.Row {
	b.t.Helper()
	rows, err := b.set.Ledger.BySubject(b.ctx, b.event.Part, b.event.ID, []string{outreach.RecipientOf(name)})
	b.must(err)
	by := map[string]notifications.Row{}
	for _, r := range rows {
		by[r.Rule] = r
	}
	return by
}

func (b *bench) at(d time.Duration) *bench {
	b.now = before(d)
	return b
}

const noonTwoDaysBefore = 43 * time.Hour // the event starts at 7:00

func TestAnnouncement_Goes(t *testing.T) {
	t.Parallel()
	b := newsBench(t)
	b.reader("silent", false)
	b.plan()
	b.wantOf("reader", "news", notifications.Planned, "")
	if rows := b.byRule("reader"); len(rows) != 1 {
		t.Errorf("a reader has %d rows, want the announcement alone", len(rows))
	}
	if rows := b.byRule("silent"); len(rows) != 0 {
		t.Errorf("without consent: %v", rows)
	}
	if _, there := b.byRule("r")["news"]; there {
		t.Error("it is announced to somebody who is registered")
	}
	if again := b.plan(); again.Inserted+again.Changed+again.Kept != 0 {
		t.Errorf("a second pass did %+v", again)
	}
	m := b.at(noonTwoDaysBefore).send("news", 0)
	if m.To != "reader-mail@example.org" || m.Unsubscribe == "" || len(m.Calendar) != 0 {
		t.Errorf("got To %q, unsubscribe %q, %d bytes of calendar", m.To, m.Unsubscribe, len(m.Calendar))
	}
	if strings.Contains(m.Text.String(), outreach.OwnPath) || !strings.Contains(m.Text.String(), outreach.EventPath+b.event.ID) {
		t.Errorf("the links are wrong:\n%s", m.Text)
	}
}

func TestAnnouncement_FollowsTheReader(t *testing.T) {
	t.Parallel()
	consent := func(given bool) func(*resident.Resident) {
		return func(r *resident.Resident) {
			r.Consents = append(r.Consents, resident.Consent{Purpose: resident.ForNews, Given: given})
		}
	}
	b := newsBench(t)
	b.reader("later", false)
	b.plan()
	b.changeReader("later", consent(true))
	b.wantOf("later", "news", notifications.Planned, "")
	b.changeReader("later", consent(false))
	b.wantOf("later", "news", notifications.Suppressed, notifications.ReasonNoConsent)
	b.changeReader("later", consent(true))
	b.changeReader("later", func(r *resident.Resident) { r.Unit = "elsewhere" })
	b.wantOf("later", "news", notifications.Suppressed, notifications.ReasonNotRegistered)

	_, err := b.set.Contacts.Update(b.ctx, "reader-mail", func(c *contact.Contact) error {
		c.OptedOutAt = b.now
		return nil
	})
	b.must(err)
	b.changeReader("reader", func(*resident.Resident) {})
	b.wantOf("reader", "news", notifications.Suppressed, notifications.ReasonOptedOut)
	if left, err := b.set.Residents.Dirty(b.ctx, 10); err != nil || len(left) != 0 {
		t.Errorf("%d residents are still dirty, %v", len(left), err)
	}
}

// Whose address refuses something else while the announcement is marked is looked
// at again once the mark is over: no basis tells that they changed.
func TestAnnouncement_RefusedWhileItIsMarked(t *testing.T) {
	t.Parallel()
	b := newsBench(t)
	_, err := b.set.Rules.Update(b.ctx, "news", func(r *reminder.Rule) error {
		r.Channels = []string{outreach.Mail, outreach.Paper}
		return nil
	})
	b.must(err)
	b.plan()
	b.at(noonTwoDaysBefore)
	v := b.decide("news", 0)
	b.contact("reader-mail", func(c *contact.Contact) { c.SuppressedAt = b.now })
	b.fanOut()
	b.giveBack("news", v)
	b.fanOut()
	if r := b.row("news", 0); r.State != notifications.Planned || r.Channel != outreach.Paper || r.Contact != "" {
		t.Errorf("the row is %s by %s to %q, want a letter planned", r.State, r.Channel, r.Contact)
	}
}

// A new plan of the whole event finds those who left its audience too.
func TestAnnouncement_LeftTheAudience(t *testing.T) {
	t.Parallel()
	b := newsBench(t)
	b.plan()
	b.edit(func(e *event.Event) { e.Village = "v" })
	b.plan()
	b.wantOf("reader", "news", notifications.Suppressed, notifications.ReasonNotRegistered)
	b.edit(func(e *event.Event) { e.Village = "" })
	b.plan()
	b.wantOf("reader", "news", notifications.Planned, "")
	_, err := b.set.Rules.Update(b.ctx, "news", func(r *reminder.Rule) error {
		r.Removed = true
		r.Touch()
		return nil
	})
	b.must(err)
	b.fanOut()
	b.plan()
	b.wantOf("reader", "news", notifications.Suppressed, notifications.ReasonRuleRemoved)
}

func TestAnnouncement_StopsForTheRegistered(t *testing.T) {
	t.Parallel()
	b := newsBench(t)
	b.plan()
	reg := b.reg
	reg.Head.ID, reg.Resident = id.Hash(b.event.ID, "reader"), "reader"
	reg.LinkHash, reg.ConfirmHash = "l", "c"
	b.must(b.set.Registrations.Create(b.ctx, &reg))
	b.at(noonTwoDaysBefore)
	if v := b.decide("news", 0); v.Do != notifications.DoDefer || v.Reason != notifications.ReasonFactsMoved {
		t.Errorf("registered since: verdict %d (%s), want a deferral", v.Do, v.Reason)
	}
	r := b.row("news", 0)
	b.must(b.set.Ledger.GiveBack(b.ctx, r.Part, []notifications.Back{{ID: r.ID, Batch: r.Batch, NotBefore: millis(b.now)}}))
	b.plan()
	b.wantOf("reader", "news", notifications.Suppressed, notifications.ReasonAnswered)
}

func TestAnnouncement_Erased(t *testing.T) {
	t.Parallel()
	b := newsBench(t)
	b.plan()
	b.changeReader("reader", func(r *resident.Resident) { r.ErasedAt, r.Contact, r.Contacts = b.now, "", nil })
	b.edit(func(*event.Event) {})
	b.plan()
	if rows := b.byRule("reader"); len(rows) != 0 {
		t.Errorf("rows still name somebody: %+v", rows)
	}
	if r := b.row("news", 0); r.State != notifications.Suppressed || r.Reason != notifications.ReasonErased || r.Contact != "" {
		t.Errorf("the row is %+v", r)
	}
}

// Whoever was told of an event is told that it is cancelled (L12), once.
func TestAnnouncement_Cancelled(t *testing.T) {
	t.Parallel()
	b := newsBench(t)
	b.reader("untold", false)
	b.plan()
	b.at(noonTwoDaysBefore).send("news", 0)
	b.changeReader("untold", func(r *resident.Resident) {
		r.Consents = append(r.Consents, resident.Consent{Purpose: resident.ForNews, Given: true})
	})
	b.now = b.now.Add(time.Minute)
	b.edit(func(e *event.Event) { e.State, e.StatusNote = event.Cancelled, "Bão" })
	b.plan()
	b.wantOf("reader", outreach.RuleChange, notifications.Planned, "")
	b.wantOf("untold", "news", notifications.Suppressed, notifications.ReasonCancelled)
	if _, there := b.byRule("untold")[outreach.RuleChange]; there {
		t.Error("it is cancelled to somebody who was told nothing")
	}
	r := b.byRule("reader")[outreach.RuleChange]
	b.now = calendar.Instant(r.Due)
	marked, err := b.set.Ledger.Mark(b.ctx, r.Part, []notifications.Row{r}, notifications.Mark{Batch: "x", Fence: 1, Now: millis(b.now), At: 1})
	b.must(err)
	v, err := b.source.Decide(b.ctx, millis(b.now), marked)
	b.must(err)
	if v[0].Do != notifications.DoSend || !strings.HasPrefix(v[0].Message.Subject, "Cancelled") {
		t.Errorf("verdict %d (%s), %q", v[0].Do, v[0].Reason, v[0].Message.Subject)
	}
}

// An edit of a unit's rule reaches its events although nobody touched them:
// whoever wrote it may have died right after.
func TestFanOut_RulesOfUnits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := reminder.Rule{Owner: "u", Unit: "u", MinutesBefore: 720, LateMinutes: 60, OnUnknown: reminder.Resend}
	r.ID = "evening"
	r.Touch()
	b.must(b.set.Rules.Create(b.ctx, &r))
	b.plan()
	b.fanOut()
	if got := b.plan(); got.Events != 1 {
		t.Errorf("planned %+v, want the event once more", got)
	}
	b.want("evening", 0, notifications.Planned, "")
	row := b.row("evening", 0)
	over := reminder.Rule{Owner: b.event.ID, Unit: "u", Overrides: "evening", MinutesBefore: 660}
	over.ID = "later"
	over.Touch()
	b.must(b.set.Rules.Create(b.ctx, &over))
	b.fanOut()
	b.plan()
	if moved := b.row("evening", 0); moved.ID != row.ID || moved.Wish != millis(before(11*time.Hour)) {
		t.Errorf("the overridden row is %+v, want it an hour later", moved)
	}
	_, err := b.set.Rules.Update(b.ctx, "later", func(r *reminder.Rule) error {
		r.Off = true
		r.Touch()
		return nil
	})
	b.must(err)
	b.fanOut()
	b.plan()
	b.want("evening", 0, notifications.Suppressed, notifications.ReasonRuleRemoved)
	if left, err := b.set.Rules.Dirty(b.ctx, 10); err != nil || len(left) != 0 {
		t.Errorf("%d rules are still dirty, %v", len(left), err)
	}
}

func TestWhen_Audiences(t *testing.T) {
	t.Parallel()
	ask := reminder.Rule{MinutesBefore: 720, LateMinutes: 30, Audience: []reminder.Audience{reminder.NotAnswered}}
	wait := reminder.Rule{MinutesBefore: 720, LateMinutes: 30, Audience: []reminder.Audience{reminder.Waitlisted}}
	thank := reminder.Rule{MinutesAfter: 60, LateMinutes: 30, Audience: []reminder.Audience{reminder.Attended}}
	eve, noon := millis(before(12*time.Hour)), millis(start.Add(5*time.Hour))
	coming := func(_ *outreach.Facts, p *outreach.Person) { p.Registration.Answer = registration.Coming }
	state := func(e event.State, r registration.State) func(*outreach.Facts, *outreach.Person) {
		return func(f *outreach.Facts, p *outreach.Person) { f.Event.State, p.Registration.State = e, r }
	}
	outside := "suppressed/not_registered"
	for name, c := range map[string]struct {
		rule reminder.Rule
		set  func(*outreach.Facts, *outreach.Person)
		now  notifications.Millis
		want string
	}{
		"not answered":              {ask, nil, eve, "planned/"},
		"answered":                  {ask, coming, eve, outside},
		"answered before a move":    {ask, func(f *outreach.Facts, p *outreach.Person) { coming(f, p); f.Event.Revision++ }, eve, "planned/"},
		"waiting, not asked":        {ask, state(event.Published, registration.Waitlisted), eve, outside},
		"waiting":                   {wait, state(event.Published, registration.Waitlisted), eve, "planned/"},
		"offered":                   {wait, state(event.Published, registration.Offered), eve, outside},
		"with a seat":               {wait, nil, eve, outside},
		"thanked":                   {thank, state(event.Done, registration.Attended), noon, "planned/"},
		"thanked before it is done": {thank, state(event.Published, registration.Attended), noon, "planned/"},
		"not seen":                  {thank, state(event.Done, registration.NotRecorded), noon, outside},
		"not thanked":               {thank, state(event.Cancelled, registration.Attended), noon, "suppressed/cancelled"},
		"thanked late":              {thank, state(event.Done, registration.Attended), noon + 2*3600_000, "expired/late"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, p := scene()
			if c.set != nil {
				c.set(&f, &p)
			}
			c.rule.ID = "one"
			var got string
			for _, r := range outreach.Rules([]reminder.Rule{c.rule}, nil) {
				if r.ID == "one" {
					w := outreach.When(r, f, p, c.now)
					got = string(w.State) + "/" + string(w.Reason)
				}
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// A copy on a day whose reminder would be past reminds nobody of anything.
func TestPlanner_CopiedEventSendsNoOldReminders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.at(3 * time.Hour) // the reminder of 19:00 is past
	old := b.event
	b.event.ID, b.event.CopiedFrom, b.event.PublishedAt = "copy", old.ID, b.now
	b.event.Ver, b.event.Part = 0, id.Part("copy")
	b.event.Touch()
	b.must(b.set.Events.Create(b.ctx, &b.event))
	rules := reminder.NewService(reminder.Ports{
		Rules: b.set.Rules, Events: b.set.Events, Units: b.set.Units,
		Now: func() calendar.Instant { return b.now }, IDs: id.Seeded(1),
	})
	b.must(rules.CopyRules(b.ctx, old, b.event))
	b.must(rules.CopyRules(b.ctx, old, b.event))
	reg := b.reg
	reg.ID, reg.Event, reg.Part, reg.LinkHash, reg.ConfirmHash = id.Hash("copy", "r"), "copy", b.event.Part, "l", "c"
	reg.CreatedAt, reg.ActedAt = b.now, b.now
	b.must(b.set.Registrations.Create(b.ctx, &reg))
	b.plan()
	copied := id.Hash("reminder", "copy", "rule")
	b.want(copied, 0, notifications.Expired, notifications.ReasonInConfirmation)
	b.want(outreach.RuleConfirmation, 0, notifications.Planned, "")
	if rows := b.byRule("r"); len(rows) != 2 {
		t.Errorf("%d rows, want the confirmation and the reminder that expired", len(rows))
	}
	b.now = start.Add(-time.Hour)
	b.edit(func(*event.Event) {})
	b.plan()
	b.want(copied, 0, notifications.Expired, notifications.ReasonInConfirmation)
}

// Whoever has an announcement under one id, and is a reader under another of
// before a merge, is called once of an urgent change.
func TestAnnouncement_MergedIsCalledOnce(t *testing.T) {
	t.Parallel()
	b := newsBench(t)
	b.stores.Merges = follower{b}
	b.planner = outreach.NewPlanner(b.stores, func() notifications.Millis { return millis(b.now) })
	b.plan()
	b.at(noonTwoDaysBefore).send("news", 0)
	b.reader("twin", true)
	b.changeReader("twin", func(*resident.Resident) {})
	phone := contact.Contact{Kind: contact.Phone, State: contact.Verified}
	phone.ID = "phone"
	b.must(b.set.Contacts.Create(b.ctx, &phone))
	b.changeReader("twin", func(r *resident.Resident) {
		r.Contacts, r.Aliases = append(r.Contacts, phone.ID), []string{"reader"}
	})
	b.changeReader("reader", func(r *resident.Resident) {
		r.MergedInto, r.Contact, r.Contacts, r.Consents = "twin", "", nil, nil
	})
	b.at(10 * time.Hour).edit(moveTheEvent)
	b.plan()
	rule := outreach.ChangeBy(outreach.Paper)
	rows := []notifications.Row{b.byRule("reader")[rule], b.byRule("twin")[rule]}
	got, err := b.source.Printable(b.ctx, millis(b.now), rows)
	b.must(err)
	if got[0].Do != notifications.DoSend || got[1].Do != notifications.DoDefer || got[1].Reason != notifications.ReasonOtherSending {
		t.Fatalf("of two lines got %d (%s) and %d (%s), want one", got[0].Do, got[0].Reason, got[1].Do, got[1].Reason)
	}
	on := rows[0]
	on.State = notifications.Printed
	_, err = b.set.Ledger.Change(b.ctx, []notifications.Change{{SeenGen: rows[0].Gen, SeenState: rows[0].State, Row: on}})
	b.must(err)
	got, err = b.source.Printable(b.ctx, millis(b.now), rows[1:])
	b.must(err)
	if got[0].Do != notifications.DoDefer || got[0].Reason != notifications.ReasonOtherSending {
		t.Errorf("beside a line got %d (%s), want a deferral", got[0].Do, got[0].Reason)
	}
}
