package outreach_test

import (
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
)

const zone = "Asia/Ho_Chi_Minh"

// start is Sunday 29 November 2026, 7:00 in Da Lat.
var start = calendar.FromTime(time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC))

func before(d time.Duration) calendar.Instant { return start.Add(-d) }

func millis(i calendar.Instant) notifications.Millis { return notifications.Millis(i) }

// scene is facts and a person for whom every rule has its ordinary answer.
func scene() (outreach.Facts, outreach.Person) {
	f := outreach.Facts{Event: event.Event{
		Title: "Làm đường thôn", Unit: "u", Scope: []string{"u"}, State: event.Published, PublishedAt: before(240 * time.Hour),
		Place: event.Place{Name: "Nhà văn hóa"}, Zone: zone, LocalStart: "2026-11-29T07:00", LocalEnd: "2026-11-29T11:00",
		StartAt: start, EndAt: start.Add(4 * time.Hour),
	}}
	f.Event.ID, f.Event.Ver, f.Event.PlanVer = "e", 5, 3
	p := outreach.Person{Recipient: outreach.RecipientOf("r")}
	p.Registration.ID = "reg"
	p.Registration.State, p.Registration.Confirmed = registration.Registered, true
	p.Registration.CreatedAt, p.Registration.ActedAt = before(94*time.Hour), before(94*time.Hour)
	p.Resident.ID, p.Resident.Contact = "r", "c"
	for _, purpose := range resident.Purposes() {
		p.Resident.Consents = append(p.Resident.Consents, resident.Consent{Purpose: purpose, Given: true})
	}
	main := contact.Contact{Kind: contact.Email, State: contact.Verified}
	main.ID = "c"
	p.Contacts = []contact.Contact{main}
	return f, p
}

func dayBefore() reminder.Rule {
	r := reminder.Rule{DaysBefore: 1, At: "19:00", LateMinutes: 120, OnUnknown: reminder.Resend}
	r.ID = "rule"
	return r
}

func rule(t *testing.T, id string) outreach.Rule {
	t.Helper()
	for _, r := range outreach.Rules([]reminder.Rule{dayBefore()}, nil) {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no rule %s", id)
	return outreach.Rule{}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	wish := millis(before(12 * time.Hour)) // 19:00 the day before
	type want struct {
		covered bool
		state   notifications.State
		reason  notifications.Reason
	}
	planned := want{covered: true, state: notifications.Planned}
	suppressed := func(r notifications.Reason) want { return want{true, notifications.Suppressed, r} }
	expired := func(r notifications.Reason) want { return want{true, notifications.Expired, r} }
	tests := []struct {
		name string
		rule string
		set  func(*outreach.Facts, *outreach.Person)
		now  notifications.Millis
		want want
	}{
		{"reminder", "rule", nil, wish, planned},
		{"reminder too late", "rule", nil, wish + 2*3600_000 + 1, expired(notifications.ReasonLate)},
		{"reminder of a cancelled event", "rule", func(f *outreach.Facts, _ *outreach.Person) { f.Event.State = event.Cancelled }, wish, suppressed(notifications.ReasonCancelled)},
		{"reminder of a postponed event", "rule", func(f *outreach.Facts, _ *outreach.Person) { f.Event.State = event.Postponed }, wish, suppressed(notifications.ReasonCancelled)},
		{"reminder for the waitlist", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Registration.State = registration.Waitlisted }, wish, suppressed(notifications.ReasonNotRegistered)},
		{"reminder of a given up seat", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Registration.State = registration.Cancelled }, wish, suppressed(notifications.ReasonNotRegistered)},
		{"reminder without consent", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Resident.Consents = nil }, wish, suppressed(notifications.ReasonNoConsent)},
		{"reminder after withdrawn consent", "rule", func(_ *outreach.Facts, p *outreach.Person) {
			p.Resident.Consents = append(p.Resident.Consents, resident.Consent{Purpose: resident.ForReminders})
		}, wish, suppressed(notifications.ReasonNoConsent)},
		{"reminder after opting out", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Contacts[0].OptedOutAt = 1 }, wish, suppressed(notifications.ReasonOptedOut)},
		{"reminder to a refused contact", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Contacts[0].SuppressedAt = 1 }, wish, suppressed(notifications.ReasonBlocked)},
		{"reminder without a contact", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Contacts = nil }, wish, suppressed(notifications.ReasonNoContact)},
		{"reminder to a phone", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Contacts[0].Kind = contact.Phone }, wish, suppressed(notifications.ReasonNoContact)},
		{"reminder to the erased", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Resident.ErasedAt = 1 }, wish, suppressed(notifications.ReasonErased)},
		{"reminder of a late registrant", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Registration.ConfirmedAt = before(3 * time.Hour) }, wish, expired(notifications.ReasonInConfirmation)},
		{"reminder before confirming", "rule", func(_ *outreach.Facts, p *outreach.Person) {
			p.Registration.State, p.Registration.Confirmed = registration.Pending, false
		}, wish, want{}},
		{"reminder of an unsettled registration", "rule", func(_ *outreach.Facts, p *outreach.Person) { p.Registration.State = registration.Unsettled }, wish, want{}},
		{"reminder before publishing", "rule", func(f *outreach.Facts, _ *outreach.Person) { f.Event.PublishedAt = 0 }, wish, want{}},
		{"confirmation", outreach.RuleConfirmation, nil, millis(before(94 * time.Hour)), planned},
		{"confirmation of the waitlist", outreach.RuleConfirmation, func(_ *outreach.Facts, p *outreach.Person) { p.Registration.State = registration.Waitlisted }, millis(before(94 * time.Hour)), planned},
		{"confirmation of a merged registration", outreach.RuleConfirmation, func(_ *outreach.Facts, p *outreach.Person) {
			p.Registration.State, p.Registration.Reason = registration.Cancelled, registration.ReasonMerged
		}, wish, suppressed(notifications.ReasonMerged)},
		{"pending", outreach.RulePending, func(_ *outreach.Facts, p *outreach.Person) {
			p.Registration.State, p.Registration.Confirmed = registration.Pending, false
			p.Registration.HoldUntil = before(50 * time.Hour)
		}, millis(before(94 * time.Hour)), planned},
		{"pending after its hold", outreach.RulePending, func(_ *outreach.Facts, p *outreach.Person) {
			p.Registration.State, p.Registration.Confirmed = registration.Pending, false
			p.Registration.HoldUntil = before(50 * time.Hour)
		}, millis(before(49 * time.Hour)), expired(notifications.ReasonLate)},
		{"pending where nothing pends", outreach.RulePending, nil, wish, want{}},
		{"change where nothing changed", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) { p.Registration.Shown = shownAs(*f) }, wish, want{}},
		{"change after a move", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
			p.Registration.Shown = shownAs(*f)
			f.Event.Place.Name = "Sân trường"
			f.Event.Ver++
		}, wish, planned},
		{"change to who was never told", outreach.RuleChange, func(f *outreach.Facts, _ *outreach.Person) { f.Event.Place.Name = "Sân trường" }, wish, want{}},
		{"change after the own cancelling", outreach.RuleChange, func(f *outreach.Facts, p *outreach.Person) {
			p.Registration.Shown = shownAs(*f)
			p.Registration.Shown.Seat = outreach.SeatCancelled
			p.Registration.State, p.Registration.Reason = registration.Cancelled, registration.ReasonSelf
			f.Event.Place.Name = "Sân trường"
		}, wish, want{}},
		{"survey before it opens", outreach.RuleSurvey, func(f *outreach.Facts, _ *outreach.Person) { f.Survey = &survey.Survey{State: survey.Planned} }, wish, want{}},
		{"survey for those who came", outreach.RuleSurvey, opened(registration.Attended, true), millis(start.Add(30 * time.Hour)), planned},
		{"survey for those not recorded", outreach.RuleSurvey, opened(registration.NotRecorded, true), millis(start.Add(30 * time.Hour)), suppressed(notifications.ReasonNotRegistered)},
		{"survey where only totals were counted", outreach.RuleSurvey, opened(registration.NotRecorded, false), millis(start.Add(30 * time.Hour)), planned},
		{"survey three days late", outreach.RuleSurvey, opened(registration.Attended, true), millis(start.Add(200 * time.Hour)), expired(notifications.ReasonLate)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, p := scene()
			if tt.set != nil {
				tt.set(&f, &p)
			}
			w := outreach.When(rule(t, tt.rule), f, p, tt.now)
			if got := (want{w.Covered, w.State, w.Reason}); got != tt.want && (got.covered || tt.want.covered) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func opened(s registration.State, byName bool) func(*outreach.Facts, *outreach.Person) {
	return func(f *outreach.Facts, p *outreach.Person) {
		f.Event.State = event.Done
		f.ByName = byName
		f.Survey = &survey.Survey{State: survey.Open, OpensAt: start.Add(28 * time.Hour), ClosesAt: start.Add(400 * time.Hour)}
		p.Registration.State = s
	}
}

func shownAs(f outreach.Facts) registration.Shown {
	e := f.Event
	return registration.Shown{
		Status: string(e.State.Told()), Seat: outreach.SeatRegistered, Start: e.StartAt, End: e.EndAt,
		Zone: e.Zone, Place: e.Place.Line(), Ver: e.Ver,
	}
}

func TestWhen_ChangeWaitsForEdits(t *testing.T) {
	t.Parallel()
	edit := before(72 * time.Hour)
	tests := []struct {
		name        string
		first, last calendar.Instant
		want        calendar.Instant
	}{
		{"five minutes after one edit", edit, edit, edit.Add(5 * time.Minute)},
		{"five minutes after the last of two", edit, edit.Add(3 * time.Minute), edit.Add(8 * time.Minute)},
		{"half an hour after the first of many", edit, edit.Add(29 * time.Minute), edit.Add(30 * time.Minute)},
		{"at once within a day of the start", before(20 * time.Hour), before(20 * time.Hour), before(20 * time.Hour)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, p := scene()
			p.Registration.Shown = shownAs(f)
			f.Event.Place.Name = "Sân trường"
			f.Event.FirstEditAt, f.Event.LastEditAt = tt.first, tt.last
			w := outreach.When(rule(t, outreach.RuleChange), f, p, millis(tt.last))
			if w.Wish != millis(tt.want) {
				t.Errorf("got %v, want %v", calendar.Instant(w.Wish).Time(), tt.want.Time())
			}
		})
	}
}

func TestWhen_Classes(t *testing.T) {
	t.Parallel()
	f, p := scene()
	now := millis(p.Registration.ActedAt)
	if got := outreach.When(rule(t, outreach.RuleConfirmation), f, p, now).Class; got != notifications.Reply {
		t.Errorf("a confirmation is %s, want reply", got)
	}
	p.Registration.Shown = shownAs(f)
	f.Event.State, f.Event.FirstEditAt, f.Event.LastEditAt = event.Cancelled, before(17*time.Hour), before(17*time.Hour)
	if got := outreach.When(rule(t, outreach.RuleChange), f, p, millis(before(17*time.Hour))).Class; got != notifications.Urgent {
		t.Errorf("a cancellation 17 hours before the start is %s, want urgent", got)
	}
}

// A registration that is given up by a merge is told of by no channel: the
// person has the place under their other record.
func TestWhen_MergedIsToldByNoChannel(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		reason string
		want   bool
	}{{registration.ReasonStaff, true}, {registration.ReasonMerged, false}, {registration.ReasonErased, false}} {
		f, p := scene()
		p.Registration.Shown = shownAs(f)
		p.Registration.State, p.Registration.Reason = registration.Cancelled, tt.reason
		p.Contacts[0].Kind = contact.Phone
		f.Event.FirstEditAt, f.Event.LastEditAt = before(10*time.Hour), before(10*time.Hour)
		paper := outreach.When(rule(t, outreach.ChangeBy(outreach.Paper)), f, p, millis(before(10*time.Hour)))
		if paper.Wanted() != tt.want {
			t.Errorf("cancelled(%s) ten hours before the start is told by a call: %v, want %v", tt.reason, paper.Wanted(), tt.want)
		}
	}
}
