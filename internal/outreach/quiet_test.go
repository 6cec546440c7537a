package outreach_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// moment reads a wall time with its offset.
func moment(t *testing.T, s string) calendar.Instant {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04Z07:00", s)
	if err != nil {
		t.Fatal(err)
	}
	return calendar.FromTime(at)
}

// eventAt moves the scene's event to a start in a zone.
func eventAt(f *outreach.Facts, in string, at calendar.Instant) {
	f.Event.Zone, f.Event.LocalStart = in, calendar.LocalOf(at, in)
	f.Event.StartAt, f.Event.EndAt = at, at.Add(4*time.Hour)
	f.Event.PublishedAt = at.Add(-2000 * time.Hour)
}

// reminding is a reminder some minutes before the start, by a channel.
func reminding(minutes, late int, channel string) outreach.Rule {
	r := reminder.Rule{MinutesBefore: minutes, LateMinutes: late, OnUnknown: reminder.Resend, Channels: []string{channel}}
	r.ID = "rule"
	rules := outreach.Rules([]reminder.Rule{r}, nil)
	return rules[len(rules)-2] // the survey is the last
}

// TestWhen_QuietHours: what a reminder wishes for, when it goes, and the
// verdict at a moment.
func TestWhen_QuietHours(t *testing.T) {
	t.Parallel()
	const warsaw = "Europe/Warsaw"
	tests := []struct {
		name, zone, start string
		minutes, late     int
		channel           string
		now, wish         string
		after             string
		reason            notifications.Reason
	}{
		{
			name: "by day", zone: zone, start: "2026-11-29T19:00+07:00", minutes: 180, late: 60, channel: outreach.Mail,
			now: "2026-11-20T09:00+07:00", wish: "2026-11-29T16:00+07:00",
		},
		{
			name: "the last minute before", zone: zone, start: "2026-11-29T23:59+07:00", minutes: 180, late: 60, channel: outreach.Mail,
			now: "2026-11-29T20:59+07:00", wish: "2026-11-29T20:59+07:00",
		},
		{
			name: "waits for the morning", zone: zone, start: "2026-11-29T09:00+07:00", minutes: 180, late: 120, channel: outreach.Mail,
			now: "2026-11-20T09:00+07:00", wish: "2026-11-29T07:00+07:00",
		},
		{
			name: "goes the evening before", zone: zone, start: "2026-11-29T07:30+07:00", minutes: 120, late: 60, channel: outreach.Mail,
			now: "2026-11-20T09:00+07:00", wish: "2026-11-28T20:30+07:00",
		},
		{
			name: "goes the evening before where the morning is the last moment", zone: zone, start: "2026-11-29T07:00+07:00", minutes: 120, late: 120, channel: outreach.Mail,
			now: "2026-11-20T09:00+07:00", wish: "2026-11-28T20:30+07:00",
		},
		{
			name: "of that evening something is left", zone: zone, start: "2026-11-29T07:30+07:00", minutes: 120, late: 60, channel: outreach.Mail,
			now: "2026-11-28T20:59+07:00", wish: "2026-11-28T20:30+07:00",
		},
		{
			name: "the evening was missed", zone: zone, start: "2026-11-29T07:30+07:00", minutes: 120, late: 60, channel: outreach.Mail,
			now: "2026-11-28T21:00+07:00", wish: "2026-11-28T20:30+07:00", reason: notifications.ReasonQuiet,
		},
		{
			name: "late by an outage, and waits", zone: zone, start: "2026-11-29T19:00+07:00", minutes: 24 * 60, late: 1440, channel: outreach.Mail,
			now: "2026-11-29T02:00+07:00", wish: "2026-11-28T19:00+07:00", after: "2026-11-29T07:00+07:00",
		},
		{
			name: "late by an outage, and too late in the morning", zone: zone, start: "2026-11-29T19:00+07:00", minutes: 24 * 60, late: 240, channel: outreach.Mail,
			now: "2026-11-28T22:00+07:00", wish: "2026-11-28T19:00+07:00", reason: notifications.ReasonQuiet,
		},
		{
			name: "late is late by day", zone: zone, start: "2026-11-29T19:00+07:00", minutes: 180, late: 60, channel: outreach.Mail,
			now: "2026-11-29T17:01+07:00", wish: "2026-11-29T16:00+07:00", reason: notifications.ReasonLate,
		},
		{
			name: "nobody is called before eight", zone: zone, start: "2026-11-29T09:30+07:00", minutes: 120, late: 120, channel: outreach.Paper,
			now: "2026-11-20T09:00+07:00", wish: "2026-11-29T08:00+07:00",
		},
		{
			name: "nor after five: before that day's end", zone: zone, start: "2026-11-29T07:00+07:00", minutes: 12 * 60, late: 120, channel: outreach.Paper,
			now: "2026-11-20T09:00+07:00", wish: "2026-11-28T16:30+07:00",
		},
		{
			name: "called the day before", zone: zone, start: "2026-11-29T07:30+07:00", minutes: 120, late: 60, channel: outreach.Paper,
			now: "2026-11-20T09:00+07:00", wish: "2026-11-28T16:30+07:00",
		},
		{
			name: "the short night of spring", zone: warsaw, start: "2026-03-29T10:00+02:00", minutes: 450, late: 300, channel: outreach.Mail,
			now: "2026-03-20T09:00+01:00", wish: "2026-03-29T07:00+02:00",
		},
		{
			name: "the evening before the short night", zone: warsaw, start: "2026-03-29T08:00+02:00", minutes: 450, late: 60, channel: outreach.Mail,
			now: "2026-03-20T09:00+01:00", wish: "2026-03-28T20:30+01:00",
		},
		{
			name: "the long night of autumn, first two o'clock", zone: warsaw, start: "2026-10-25T09:30+01:00", minutes: 480, late: 420, channel: outreach.Mail,
			now: "2026-10-20T09:00+02:00", wish: "2026-10-25T07:00+01:00",
		},
		{
			name: "late in the long night", zone: warsaw, start: "2026-10-25T20:00+01:00", minutes: 26 * 60, late: 1440, channel: outreach.Mail,
			now: "2026-10-25T02:30+01:00", wish: "2026-10-24T19:00+02:00", after: "2026-10-25T07:00+01:00",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, p := scene()
			eventAt(&f, tt.zone, moment(t, tt.start))
			p.Registration.CreatedAt = f.Event.StartAt.Add(-1000 * time.Hour)
			phone := contact.Contact{Kind: contact.Phone}
			phone.ID = "phone"
			p.Contacts = append(p.Contacts, phone)
			w := outreach.When(reminding(tt.minutes, tt.late, tt.channel), f, p, millis(moment(t, tt.now)))
			if w.Wish != millis(moment(t, tt.wish)) || w.Reason != tt.reason {
				t.Errorf("wish %s, %s(%s), want %s (%s)", calendar.LocalOf(calendar.Instant(w.Wish), tt.zone), w.State, w.Reason, tt.wish, tt.reason)
			}
			var after calendar.Instant
			if tt.after != "" {
				after = moment(t, tt.after)
			}
			if w.After != millis(after) {
				t.Errorf("after %s, want %q", calendar.LocalOf(calendar.Instant(w.After), tt.zone), tt.after)
			}
			if w.Wanted() && (w.Wish > w.Until || w.After > w.Until) {
				t.Errorf("wish %d and after %d past until %d", w.Wish, w.After, w.Until)
			}
		})
	}
}

// TestWhen_NoWishAtNight: wherever the event is and whatever the rule says, a
// reminder that is wanted goes in no quiet hour and within its limit, and the
// verdict is the same whether its times come from the rule or from its row.
func TestWhen_NoWishAtNight(t *testing.T) {
	t.Parallel()
	zones := []string{zone, "Europe/Warsaw", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"}
	rapid.Check(t, func(t *rapid.T) {
		f, p := scene()
		in := rapid.SampledFrom(zones).Draw(t, "zone")
		at := start.Add(time.Duration(rapid.IntRange(-200*24*60, 200*24*60).Draw(t, "minutes")) * time.Minute)
		eventAt(&f, in, at)
		p.Registration.CreatedAt = at.Add(-2000 * time.Hour)
		rule := reminding(rapid.IntRange(1, 3000).Draw(t, "before"), rapid.IntRange(1, 1440).Draw(t, "late"), outreach.Mail)
		now := millis(at) - notifications.Millis(rapid.IntRange(0, 4000).Draw(t, "now")*60_000)
		w := outreach.When(rule, f, p, now)
		if !w.Wanted() {
			return
		}
		goes := max(w.Wish, w.After)
		if hour := calendar.InZone(calendar.Instant(goes), in).Hour(); hour < 7 || hour >= 21 {
			t.Errorf("goes at %s", calendar.LocalOf(calendar.Instant(goes), in))
		}
		if goes > w.Until {
			t.Errorf("goes at %d, useful until %d", goes, w.Until)
		}
	})
}

func TestWhen_UrgentChangesWakePeopleOnlyIfTheyMust(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, start, edit, wish string
		class                   notifications.Class
	}{
		{"at once by day", "2026-11-29T07:00+07:00", "2026-11-28T16:00+07:00", "2026-11-28T16:00+07:00", notifications.Urgent},
		{"at once late in the evening", "2026-11-29T07:00+07:00", "2026-11-28T22:59+07:00", "2026-11-28T22:59+07:00", notifications.Urgent},
		{"at five", "2026-11-29T07:00+07:00", "2026-11-28T23:10+07:00", "2026-11-29T05:00+07:00", notifications.Urgent},
		{"at any hour if the start is near", "2026-11-29T07:00+07:00", "2026-11-29T01:30+07:00", "2026-11-29T01:30+07:00", notifications.Urgent},
		{"not urgent, and quiet", "2026-11-30T02:00+07:00", "2026-11-28T22:30+07:00", "2026-11-29T07:00+07:00", notifications.Normal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, p := scene()
			eventAt(&f, zone, moment(t, tt.start))
			p.Registration.Shown = shownAs(f)
			edit := moment(t, tt.edit)
			f.Event.State, f.Event.FirstEditAt, f.Event.LastEditAt = event.Cancelled, edit, edit
			f.Event.Ver++
			w := outreach.When(rule(t, outreach.RuleChange), f, p, millis(edit))
			if w.Wish != millis(moment(t, tt.wish)) || w.Class != tt.class {
				t.Errorf("wish %s, class %s, want %s, %s", calendar.LocalOf(calendar.Instant(w.Wish), zone), w.Class, tt.wish, tt.class)
			}
		})
	}
}

// A change that would keep quiet until the morning goes in the evening, once
// the start is within 18 hours.
func TestSource_AChangeBecomesUrgentInTheEvening(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan()
	b.send(outreach.RuleConfirmation, 0)
	b.now = moment(t, "2026-11-28T12:00+07:00")
	afternoon := func(e *event.Event) {
		e.StartAt, e.EndAt = moment(t, "2026-11-29T16:00+07:00"), moment(t, "2026-11-29T18:00+07:00")
	}
	b.edit(afternoon)
	b.plan()
	b.send(outreach.RuleChange, 0)
	b.now = moment(t, "2026-11-28T21:30+07:00")
	b.edit(func(e *event.Event) { e.State = event.Cancelled })
	b.plan()
	r := b.row(outreach.RuleChange, 1)
	if at := calendar.LocalOf(calendar.Instant(r.Due), zone); at != "2026-11-28T22:00" {
		t.Fatalf("the cancellation is due at %s, want 22:00", at)
	}
	b.now = calendar.Instant(r.Due)
	if v := b.decide(outreach.RuleChange, 1); v.Do != notifications.DoDefer || v.Lane != lane(notifications.Urgent, outreach.Mail) {
		t.Fatalf("got %d (%s) in %+v, want the urgent lane", v.Do, v.Reason, v.Lane)
	}
	b.must(b.set.Ledger.GiveBack(b.ctx, r.Part, []notifications.Back{
		{ID: r.ID, Batch: b.row(outreach.RuleChange, 1).Batch, NotBefore: millis(b.now), Lane: lane(notifications.Urgent, outreach.Mail)},
	}))
	b.plan()
	if v := b.decide(outreach.RuleChange, 1); v.Do != notifications.DoSend {
		t.Errorf("got %d (%s), want it sent", v.Do, v.Reason)
	}
}

// What moves a near event to another week is urgent: people would set out.
func TestWhen_UrgentByTheStartThatPeopleKnow(t *testing.T) {
	t.Parallel()
	f, p := scene()
	p.Registration.Shown = shownAs(f)
	edit := before(10 * time.Hour)
	eventAt(&f, zone, start.Add(168*time.Hour))
	f.Event.FirstEditAt, f.Event.LastEditAt = edit, edit
	f.Event.Ver++
	if w := outreach.When(rule(t, outreach.RuleChange), f, p, millis(edit)); w.Class != notifications.Urgent {
		t.Errorf("class %s", w.Class)
	}
	if w := outreach.When(rule(t, outreach.RuleChange), f, p, millis(start.Add(5*time.Hour))); w.Class != notifications.Normal {
		t.Errorf("class %s after the old day", w.Class)
	}
}

func TestWhen_ReplyIgnoresQuietHoursForAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	f, p := scene()
	acted := moment(t, "2026-11-25T02:00+07:00")
	p.Registration.ActedAt, p.Registration.CreatedAt = acted, acted
	confirmation := rule(t, outreach.RuleConfirmation)
	if w := outreach.When(confirmation, f, p, millis(acted.Add(15*time.Minute))); w.Class != notifications.Reply || w.After != 0 || w.Wish != millis(acted) {
		t.Errorf("an answer at night has class %s, wish %d, after %d", w.Class, w.Wish, w.After)
	}
	w := outreach.When(confirmation, f, p, millis(acted.Add(16*time.Minute)))
	if w.Class != notifications.Normal || w.Wish != millis(moment(t, "2026-11-25T07:00+07:00")) {
		t.Errorf("a late answer has class %s and goes at %s", w.Class, calendar.LocalOf(calendar.Instant(w.Wish), zone))
	}
}

func TestWhen_WhoJoinsAfterTheEveningHasItInTheConfirmation(t *testing.T) {
	t.Parallel()
	f, p := scene()
	p.Registration.State, p.Registration.ConfirmedAt = registration.Registered, moment(t, "2026-11-28T22:00+07:00")
	w := outreach.When(reminding(120, 60, outreach.Mail), f, p, millis(moment(t, "2026-11-28T22:00+07:00")))
	if w.State != notifications.Expired || w.Reason != notifications.ReasonInConfirmation {
		t.Errorf("got %s(%s)", w.State, w.Reason)
	}
}

// A time of day after the start is too late from the first, by day and at night:
// quiet hours do not make an evening of it on which nobody wished for it.
func TestWhen_WishedForAfterTheStart(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, start, at string }{
		{"in the morning", "2026-11-29T06:30+07:00", "07:00"},
		{"at night, long after", "2026-11-29T10:10+07:00", "23:59"},
		{"at night, soon after", "2026-11-29T21:30+07:00", "22:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, p := scene()
			eventAt(&f, zone, moment(t, tt.start))
			p.Registration.CreatedAt = f.Event.StartAt.Add(-48 * time.Hour)
			r := reminder.Rule{At: tt.at, LateMinutes: 120, OnUnknown: reminder.Resend}
			r.ID = "rule"
			wished, _, _ := reminder.Fires(r, reminder.TimesOf(f.Event))
			rules := outreach.Rules([]reminder.Rule{r}, nil)
			w := outreach.When(rules[len(rules)-2], f, p, millis(f.Event.StartAt.Add(-24*time.Hour)))
			if w.State != notifications.Expired || w.Reason != notifications.ReasonLate || w.Wish != millis(wished) {
				t.Errorf("got %s (%s) at %d, want expired (late) at %d", w.State, w.Reason, w.Wish, wished)
			}
		})
	}
}
