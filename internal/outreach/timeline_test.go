package outreach_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func (b *bench) explainer() *outreach.Explainer {
	b.t.Helper()
	texts, err := i18n.Open()
	b.must(err)
	return outreach.NewExplainer(b.stores, b.set.Holds, texts, func() notifications.Millis { return millis(b.now) })
}

// guest registers one more person; set changes what is usual of them.
func (b *bench) guest(name string, set func(*resident.Resident, *registration.Registration)) {
	b.t.Helper()
	c := contact.Contact{Kind: contact.Email, State: contact.Verified}
	c.ID = name + "-mail"
	b.must(b.set.Contacts.Create(b.ctx, &c))
	_, p := scene()
	who := p.Resident
	who.ID, who.Unit, who.Reach, who.Contact, who.Contacts = name, b.event.Unit, resident.Own, c.ID, []string{c.ID}
	reg := p.Registration
	reg.ID, reg.Event, reg.Resident, reg.Unit = id.Hash(b.event.ID, name), b.event.ID, name, b.event.Unit
	reg.Part, reg.Party = b.event.Part, 1
	if set != nil {
		set(&who, &reg)
	}
	b.must(b.set.Residents.Create(b.ctx, &who))
	reg.Touch()
	b.must(b.set.Registrations.Create(b.ctx, &reg))
}

// crowd is people for whom the rules have different answers.
func crowd(t *testing.T) *bench {
	t.Helper()
	b := newsBench(t)
	for i := range 5 {
		b.guest(fmt.Sprint("usual", i), func(r *resident.Resident, _ *registration.Registration) { r.Locale = []string{"vi", "en"}[i%2] })
	}
	b.guest("silent", func(r *resident.Resident, _ *registration.Registration) {
		r.Consents = []resident.Consent{{Purpose: resident.ForRegistration, Given: true}}
	})
	b.guest("nowhere", func(r *resident.Resident, _ *registration.Registration) { r.Contact, r.Contacts = "", nil })
	b.guest("waiting", func(_ *resident.Resident, r *registration.Registration) { r.State = registration.Waitlisted })
	b.guest("gone", func(_ *resident.Resident, r *registration.Registration) {
		r.State, r.Reason = registration.Cancelled, registration.ReasonSelf
	})
	return b
}

// lots is how many messages of a rule stand how.
func lots(t outreach.Timeline) map[string]int {
	n := map[string]int{}
	for _, r := range t.Rules {
		for _, l := range r.Lots {
			n[fmt.Sprintf("%s %s(%s)", r.Rule, l.State, l.Reason)] += l.Messages
		}
	}
	return n
}

// rows is the same of the rows that there are.
func (b *bench) rows() map[string]notifications.Row {
	b.t.Helper()
	found, err := b.set.Ledger.BySubject(b.ctx, b.event.Part, b.event.ID, nil)
	b.must(err)
	by := make(map[string]notifications.Row, len(found))
	for _, r := range found {
		by[r.ID] = r
	}
	return by
}

func countRows(rows map[string]notifications.Row) map[string]int {
	n := map[string]int{}
	for _, r := range rows {
		n[fmt.Sprintf("%s %s(%s)", r.Rule, r.State, r.Reason)]++
	}
	return n
}

func (b *bench) timeline() outreach.Timeline {
	b.t.Helper()
	t, err := b.explainer().Timeline(b.ctx, b.event.ID)
	b.must(err)
	return t
}

func TestTimeline_IsWhatIsPlanned(t *testing.T) {
	t.Parallel()
	b := crowd(t)
	before := b.timeline()
	if n := len(b.rows()); n != 0 {
		t.Fatalf("the timeline wrote %d rows", n)
	}
	if before.People != 11 || before.Supposed || before.Held {
		t.Errorf("got %d people, supposed %t, held %t", before.People, before.Supposed, before.Held)
	}
	b.plan()
	want := countRows(b.rows())
	if d := cmp.Diff(want, lots(before)); d != "" {
		t.Errorf("before planning (-rows +timeline):\n%s", d)
	}
	if d := cmp.Diff(want, lots(b.timeline())); d != "" {
		t.Errorf("after planning (-rows +timeline):\n%s", d)
	}
	b.sendAll(outreach.RuleConfirmation)
	if d := cmp.Diff(countRows(b.rows()), lots(b.timeline())); d != "" {
		t.Errorf("after sending (-rows +timeline):\n%s", d)
	}
	if got := lots(b.timeline())["confirmation sent()"]; got < 6 {
		t.Errorf("%d are sent, want 6 or more", got)
	}
}

func TestTimeline_SaysWhenAndHow(t *testing.T) {
	t.Parallel()
	b := crowd(t)
	b.must(b.set.Holds.Hold(b.ctx, notifications.Hold{Unit: b.event.Unit, Reason: "x", By: "y", At: 1}))
	got := b.timeline()
	if !got.Held {
		t.Error("a hold of the unit is not told")
	}
	for _, r := range got.Rules {
		switch r.Rule {
		case "rule":
			if r.Fires != millis(before(12*time.Hour)) || r.Reading != calendar.Plain || r.Kind() != "reminder" {
				t.Errorf("the reminder fires at %d (%s), as a %s", r.Fires, r.Reading, r.Kind())
			}
			languages := map[string]int{}
			for _, l := range r.Lots {
				if l.State == notifications.Planned {
					languages[l.Language] += l.Messages
					if l.First != r.Fires || l.Last != r.Fires || l.Channel != outreach.Mail || l.Class != notifications.Normal {
						t.Errorf("got %+v", l)
					}
				}
			}
			if d := cmp.Diff(map[string]int{"vi": 4, "en": 2}, languages); d != "" {
				t.Error(d)
			}
		case "news":
			if r.Kind() != "announcement" {
				t.Errorf("the announcement is a %s", r.Kind())
			}
		case outreach.RuleConfirmation:
			for _, l := range r.Lots {
				if l.State == notifications.Planned && l.Reason != notifications.ReasonHeld {
					t.Errorf("a confirmation that is held is %s(%s)", l.State, l.Reason)
				}
			}
		}
	}
}

func TestTimeline_QuietHoursAndClocks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.set.Rules.Update(b.ctx, "rule", func(r *reminder.Rule) error {
		r.DaysBefore, r.At, r.LateMinutes = 0, "05:30", 60
		return nil
	})
	b.must(err)
	for _, r := range b.timeline().Rules {
		if r.Rule != "rule" {
			continue
		}
		evening := millis(before(10*time.Hour + 30*time.Minute))
		if len(r.Lots) != 1 || r.Lots[0].Reason != notifications.ReasonQuietHours || r.Lots[0].First != evening {
			t.Errorf("5:30 gives %+v, want 20:30 the evening before for quiet hours", r.Lots)
		}
		if r.Fires != millis(before(90*time.Minute)) {
			t.Errorf("the rule itself fires at %d", r.Fires)
		}
		return
	}
	t.Error("there is no line of the reminder")
}

func TestTimeline_AsIfPublishedNow(t *testing.T) {
	t.Parallel()
	b := newsBench(t)
	_, err := b.set.Events.Update(b.ctx, b.event.ID, func(e *event.Event) error {
		e.State, e.PublishedAt = event.Approved, 0
		e.Touch()
		return nil
	})
	b.must(err)
	b.plan()
	got := b.timeline()
	if n := lots(got)["news planned()"]; !got.Supposed || n != 1 {
		t.Errorf("supposed %t, %d announcements, want one", got.Supposed, n)
	}
	if n := len(b.rows()); n != 0 {
		t.Errorf("%d rows of an event that is not published", n)
	}
}

// edits are drafts, and what a service would store for each.
func edits() map[string]func(*bench) (func(*event.Event), func([]reminder.Rule) []reminder.Rule) {
	same := func(r []reminder.Rule) []reminder.Rule { return r }
	alone := func(change func(*event.Event)) func(*bench) (func(*event.Event), func([]reminder.Rule) []reminder.Rule) {
		return func(*bench) (func(*event.Event), func([]reminder.Rule) []reminder.Rule) { return change, same }
	}
	return map[string]func(*bench) (func(*event.Event), func([]reminder.Rule) []reminder.Rule){
		"an hour":   alone(moveAnHour),
		"a place":   alone(func(e *event.Event) { e.Place.Name = "Sân trường" }),
		"cancel":    alone(func(e *event.Event) { e.Former, e.State = e.State, event.Cancelled }),
		"postpone":  alone(func(e *event.Event) { e.State = event.Postponed }),
		"nothing":   alone(func(*event.Event) {}),
		"a week":    alone(moveAWeek),
		"too early": alone(func(e *event.Event) { moveBy(e, -80*time.Hour, "2026-11-25T23:00", "2026-11-26T03:00") }),
		"rule gone": func(*bench) (func(*event.Event), func([]reminder.Rule) []reminder.Rule) {
			return func(*event.Event) {}, func([]reminder.Rule) []reminder.Rule { return nil }
		},
		"rule moved": func(*bench) (func(*event.Event), func([]reminder.Rule) []reminder.Rule) {
			return func(*event.Event) {}, func(r []reminder.Rule) []reminder.Rule {
				for i := range r {
					if r[i].ID == "rule" {
						r[i].At = "18:00"
					}
				}
				return r
			}
		},
	}
}

func moveBy(e *event.Event, d time.Duration, from, to calendar.Local) {
	e.LocalStart, e.LocalEnd = from, to
	e.StartAt, e.EndAt = e.StartAt.Add(d), e.EndAt.Add(d)
	e.Revision++
}

func moveAWeek(e *event.Event) {
	moveBy(e, 168*time.Hour, "2026-12-06T07:00", "2026-12-06T11:00")
}

// TestDifference_IsWhatHappens: what a draft edit is said to do is what becomes
// of the rows when the same edit is stored and planned.
func TestDifference_IsWhatHappens(t *testing.T) {
	t.Parallel()
	for name, edit := range edits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := crowd(t)
			b.plan()
			b.sendAll(outreach.RuleConfirmation)
			change, rules := edit(b)
			old := b.rows()
			draft, living := b.draft(change), rules([]reminder.Rule{dayBefore(), announces()})
			got, err := b.explainer().Difference(b.ctx, draft, living)
			b.must(err)
			if d := cmp.Diff(old, b.rows()); d != "" {
				t.Fatalf("the draft wrote:\n%s", d)
			}
			b.edit(change)
			b.storeRules(living)
			b.plan()
			want, told := happened(old, b.rows())
			if d := cmp.Diff(want, said(got)); d != "" {
				t.Errorf("(-happened +said):\n%s", d)
			}
			if got.Told != told {
				t.Errorf("said that %d are told, and %d are", got.Told, told)
			}
			if name == "cancel" && (told < 6 || want["rule dropped cancelled"] == 0) {
				t.Errorf("%d are told of the cancellation; %v", told, want)
			}
			if name == "an hour" && told < 6 {
				t.Errorf("%d are told of the move", told)
			}
		})
	}
}

// draft is the event as the edit would leave it.
func (b *bench) draft(change func(*event.Event)) event.Event {
	b.t.Helper()
	e, err := b.set.Events.Get(b.ctx, b.event.ID)
	b.must(err)
	change(&e)
	e.FirstEditAt, e.LastEditAt = b.now, b.now
	e.Ver++
	e.Touch()
	return e
}

func (b *bench) storeRules(living []reminder.Rule) {
	b.t.Helper()
	for _, old := range []reminder.Rule{dayBefore(), announces()} {
		_, err := b.set.Rules.Update(b.ctx, old.ID, func(r *reminder.Rule) error {
			r.Removed = true
			for _, l := range living {
				if l.ID == old.ID {
					r.Removed, r.At = false, l.At
				}
			}
			return nil
		})
		b.must(err)
	}
}

// sendAll hands over all planned rows of a rule.
func (b *bench) sendAll(rule string) {
	b.t.Helper()
	for _, r := range b.rows() {
		if r.Rule != rule || r.State != notifications.Planned {
			continue
		}
		_, err := b.set.Ledger.Mark(b.ctx, r.Part, []notifications.Row{r}, notifications.Mark{Batch: r.ID, Fence: 1, Now: millis(b.now), At: 1})
		b.must(err)
		b.must(b.set.Ledger.Settle(b.ctx, r.Part, []notifications.Result{{ID: r.ID, Batch: r.ID, State: notifications.Sent, At: millis(b.now)}}))
	}
}

// happened compares rows before and after by plain words, told from nothing
// that outreach knows.
func happened(old, rows map[string]notifications.Row) (shifts map[string]int, told int) {
	shifts = map[string]int{}
	people := map[string]bool{}
	for rowID, r := range rows {
		was, there := old[rowID]
		planned, wasPlanned := r.State == notifications.Planned, there && was.State == notifications.Planned
		switch {
		case planned && wasPlanned && was.Due != r.Due:
			shifts[fmt.Sprintf("%s moved %d to %d", r.Rule, was.Due, r.Due)]++
		case planned && wasPlanned && was.Lane == r.Lane && was.Until == r.Until:
			shifts[r.Rule+" kept"]++
		case planned && wasPlanned:
			shifts[r.Rule+" changed"]++
		case planned:
			shifts[fmt.Sprintf("%s added %s %s %d", r.Rule, r.Class, r.Channel, r.Due)]++
			if outreach.IsChange(r.Rule) {
				people[r.Recipient] = true
			}
		case wasPlanned:
			shifts[fmt.Sprintf("%s dropped %s", r.Rule, r.Reason)]++
		case !there:
			shifts[fmt.Sprintf("%s not_sent %s", r.Rule, r.Reason)]++
		case was.State != r.State || was.Reason != r.Reason:
			shifts[fmt.Sprintf("%s rewritten %s", r.Rule, r.Reason)]++
		}
	}
	return shifts, len(people)
}

// said puts what was answered into the same words.
func said(d outreach.Difference) map[string]int {
	n := map[string]int{}
	for _, r := range d.Rules {
		for _, s := range r.Shifts {
			words := r.Rule + " " + string(s.What)
			switch s.What {
			case outreach.ShiftMoved:
				words += fmt.Sprintf(" %d to %d", s.From.First, s.To.First)
			case outreach.ShiftAdded:
				words += fmt.Sprintf(" %s %s %d", s.To.Class, s.To.Channel, s.To.First)
			case outreach.ShiftDropped, outreach.ShiftNotSent, outreach.ShiftRewritten:
				words += " " + string(s.To.Reason)
			}
			n[words] += s.Messages
		}
	}
	return n
}

// What an edit does is told for each language by itself, as the timeline is.
func TestDifference_PartsLanguages(t *testing.T) {
	t.Parallel()
	b := crowd(t)
	b.plan()
	living := []reminder.Rule{dayBefore(), announces()}
	got, err := b.explainer().Difference(b.ctx, b.draft(moveAWeek), living)
	b.must(err)
	moved := map[string]int{}
	for _, r := range got.Rules {
		for _, s := range r.Shifts {
			if r.Rule == "rule" && s.What == outreach.ShiftMoved {
				moved[s.To.Language] += s.Messages
			}
			if s.To.Language == "" {
				t.Errorf("%s %s has no language", r.Rule, s.What)
			}
		}
	}
	want := map[string]int{}
	for _, r := range b.rows() {
		if r.Rule != "rule" || r.State != notifications.Planned {
			continue
		}
		who, err := b.set.Residents.Get(b.ctx, outreach.ResidentOf(r.Recipient))
		b.must(err)
		if who.Locale == "" {
			who.Locale = "vi"
		}
		want[who.Locale]++
	}
	if d := cmp.Diff(want, moved); d != "" || len(want) < 2 {
		t.Errorf("moved by language (-want +got):\n%s", d)
	}
}
