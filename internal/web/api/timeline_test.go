package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func (b *bundle) outreach() outreach.Stores {
	s := b.set
	return outreach.Stores{
		Events: s.Events, Registrations: s.Registrations, Rolls: s.Rolls, Reminders: s.Rules, Residents: s.Residents,
		Contacts: s.Contacts, Surveys: s.Surveys, Ledger: s.Ledger, Units: s.Units, Report: s.Reports, Merges: b.services.Registrations,
	}
}

func (b *bundle) millis() notifications.Millis { return notifications.Millis(b.now.now()) }

func (b *bundle) explainer() *outreach.Explainer {
	return outreach.NewExplainer(b.outreach(), b.set.Holds, b.texts, b.millis)
}

// plan is what the worker would do.
func (b *bundle) plan(t testing.TB) {
	t.Helper()
	p := outreach.NewPlanner(b.outreach(), b.millis)
	parts, err := p.DirtyParts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if _, err := p.Plan(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
}

// mustGuest enters a resident who agrees to everything and registers them.
func (b *bundle) mustGuest(t testing.TB, eventID string, party int) string {
	t.Helper()
	var choices []fields
	texts := b.must(t, 200, b.organizer, "GET", "/api/v1/consent-texts?locale=vi", nil)
	items, ok := texts.json(t, "items").([]any)
	if !ok {
		t.Fatalf("no texts in %s", texts.body)
	}
	for i := range items {
		choices = append(choices, fields{
			"purpose": texts.text(t, "items", i, "purpose"), "given": true, "text": texts.text(t, "items", i, "id"), "source": "paper",
		})
	}
	who := b.must(t, 201, b.organizer, "POST", "/api/v1/residents", fields{
		"unit": blao, "name": plantedName, "contacts": []fields{{"kind": "email", "value": plantedEmail}}, "consents": choices,
	}).text(t, "id")
	b.must(t, 201, b.organizer, "POST", "/api/v1/events/"+eventID+"/registrations", fields{"resident": who, "party": party})
	return who
}

func (r reply) number(t testing.TB, path ...any) int {
	t.Helper()
	n, ok := r.json(t, path...).(float64)
	if !ok {
		t.Fatalf("no number at %v of %s", path, r.body)
	}
	return int(n)
}

// rule gives the item of a list whose rule is the id, or whose kind it is.
func (r reply) rule(t testing.TB, id string) fields {
	t.Helper()
	items, _ := r.json(t, "rules").([]any)
	for _, item := range items {
		f, _ := item.(fields)
		if head, ok := f["after"].(fields); ok && (head["rule"] == id || head["kind"] == id) || f["rule"] == id || f["kind"] == id {
			return f
		}
	}
	t.Fatalf("no rule %s in %s", id, r.body)
	return nil
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.mustPublished(t)
	b.mustGuest(t, e, 3)
	at := "/api/v1/events/" + e + "/timeline"
	got := b.must(t, 200, b.organizer, "GET", at, nil)
	reminder := got.rule(t, "reminder")
	if reminder["fires_local"] != "2026-11-28T19:00" || reminder["fires_at"] != "2026-11-28T12:00:00Z" || reminder["reading"] != "plain" {
		t.Errorf("the reminder is %v", reminder)
	}
	lot, _ := reminder["messages"].([]any)
	if len(lot) != 1 {
		t.Fatalf("the reminder has %v", reminder)
	}
	if one, _ := lot[0].(fields); one["messages"] != 1.0 || one["state"] != "planned" || one["channel"] != "smtp" || one["language"] != "vi" ||
		one["class"] != "normal" || one["first_local"] != "2026-11-28T19:00" {
		t.Errorf("got %v", one)
	}
	for _, planted := range []string{plantedName, plantedEmail} {
		if strings.Contains(got.body, planted) {
			t.Errorf("the timeline names %s", planted)
		}
	}
	b.must(t, 403, b.approver, "GET", at, nil)
	b.must(t, 404, b.stranger, "GET", at, nil)
}

func TestTimeline_Draft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.now.set(start.Add(7 * time.Hour)) // by day, when places are given at once
	e := b.mustPublished(t)
	for _, party := range []int{3, 4} { // of 5 places: the second waits
		b.mustGuest(t, e, party)
	}
	b.plan(t)
	at := "/api/v1/events/" + e
	before := b.must(t, 200, b.organizer, "GET", at, nil).body
	moved := b.must(t, 200, b.organizer, "POST", at+"/timeline", fields{"local_start": "2026-11-30T07:00", "local_end": "2026-11-30T10:00"})
	if n := moved.number(t, "moved"); n != 1 {
		t.Errorf("%d reminders move, want 1: %s", n, moved.body)
	}
	reminder := moved.rule(t, "reminder")
	if head, _ := reminder["after"].(fields); head["fires_local"] != "2026-11-29T19:00" {
		t.Errorf("got %v", reminder)
	}
	cancelled := b.must(t, 200, b.organizer, "POST", at+"/timeline", fields{"act": "cancel"})
	if cancelled.text(t, "state") != "cancelled" || cancelled.number(t, "dropped") < 1 {
		t.Errorf("got %s", cancelled.body)
	}
	// A larger slot seats the one who waits: they are reminded, and told.
	larger := b.must(t, 200, b.organizer, "POST", at+"/timeline", fields{"slots": []fields{{"id": "all", "name": "Tất cả", "capacity": 9}}})
	if n := larger.number(t, "added"); n < 1 {
		t.Errorf("nothing comes anew: %s", larger.body)
	}
	own := b.must(t, 200, b.organizer, "GET", at+"/reminders", nil).text(t, "items", 0, "id")
	rules := b.must(t, 200, b.organizer, "POST", at+"/timeline", fields{
		"add_reminders": []fields{{"minutes_before": 120}}, "remove_reminders": []string{own},
	})
	if rules.number(t, "added") != 1 || rules.number(t, "dropped") != 1 || rules.number(t, "told") != 0 {
		t.Errorf("got %s", rules.body)
	}
	changed := b.must(t, 200, b.organizer, "POST", at+"/timeline", fields{
		"change_reminders": []fields{{"id": own, "days_before": 2, "at": "18:00"}},
	})
	if changed.number(t, "moved") != 1 {
		t.Errorf("got %s", changed.body)
	}
	for _, bad := range []fields{
		{"act": "submit"}, {"local_start": "2026-11-30T07:00", "local_end": "2026-11-30T06:00"},
		{"add_reminders": []fields{{"minutes_before": -1}}},
	} {
		b.must(t, 422, b.organizer, "POST", at+"/timeline", bad)
	}
	b.must(t, 404, b.organizer, "POST", at+"/timeline", fields{"remove_reminders": []string{e}})
	b.must(t, 409, b.organizer, "POST", at+"/timeline", fields{"act": "restore"})
	if after := b.must(t, 200, b.organizer, "GET", at, nil).body; after != before {
		t.Errorf("a draft changed the event:\n%s\n%s", before, after)
	}
	b.must(t, 200, b.organizer, "PATCH", at, fields{"slots": []fields{{"id": "all", "name": "Tất cả", "capacity": 9}}})
	lots, _ := b.must(t, 200, b.organizer, "GET", at+"/timeline", nil).rule(t, "reminder")["messages"].([]any)
	sum := 0.0
	for _, l := range lots {
		one, _ := l.(fields)
		if n, ok := one["messages"].(float64); ok && one["state"] == "planned" {
			sum += n
		}
	}
	if sum != 2 {
		t.Errorf("after the edit that was tried the reminders are %v, want two", lots)
	}
}

func TestStories(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.mustPublished(t)
	who := b.mustGuest(t, e, 1)
	if _, err := b.services.Registrations.Settle(t.Context(), b.now.now(), 10); err != nil {
		t.Fatal(err)
	}
	b.plan(t)
	at := "/api/v1/residents/" + who + "/messages"
	for lang, want := range map[string][]string{
		"en": {"Reminder of “Làm sạch bờ hồ”.", "It has not gone out yet; it goes on Saturday 28 November 2026, 19:00."},
		"vi": {"Tin nhắc về buổi “Làm sạch bờ hồ”.", "Chưa gửi; sẽ gửi vào Thứ bảy 28/11/2026, 7 giờ tối."},
		"pl": {"Przypomnienie: „Làm sạch bờ hồ”.", "Jeszcze niewysłana; wyjdzie: sobota, 28 listopada 2026, 19:00."},
	} {
		got := b.must(t, 200, b.organizer, "GET", at, nil, "Accept-Language", lang)
		story := storyOf(t, got, "reminder")
		says, _ := story["says"].([]any)
		if len(says) != 2 || says[0] != want[0] || says[1] != want[1] {
			t.Errorf("in %s: %v, want %v", lang, says, want)
		}
		if m, _ := story["message"].(fields); m["state"] != "planned" || m["class"] != "normal" || m["due"] == nil || m["wish"] == nil {
			t.Errorf("the message is %v", m)
		}
		if survey := storyOf(t, got, "survey"); survey["why"] != "no_survey" || survey["message"] != nil {
			t.Errorf("got %v", survey)
		}
		if strings.Contains(got.body, plantedEmail) || strings.Contains(got.body, plantedName) {
			t.Error("a story tells an address or a name")
		}
	}
	b.must(t, 404, b.stranger, "GET", at, nil)
	b.must(t, 404, b.approver, "GET", at, nil)
	if log := b.must(t, 200, b.organizer, "GET", "/api/v1/audit?limit=200&unit="+blao, nil).body; strings.Count(log, `"resident.messages"`) != 3 {
		t.Errorf("the log does not note three readings: %s", log)
	}
}

// What should have gone and did not is said to wait: nobody is told that it goes
// at a time that is past.
func TestStories_Due(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.mustPublished(t)
	who := b.mustGuest(t, e, 1)
	if _, err := b.services.Registrations.Settle(t.Context(), b.now.now(), 10); err != nil {
		t.Fatal(err)
	}
	b.plan(t)
	says := func() string {
		got := b.must(t, 200, b.organizer, "GET", "/api/v1/residents/"+who+"/messages", nil, "Accept-Language", "en")
		return fmt.Sprint(storyOf(t, got, "confirmation")["says"])
	}
	if got := says(); !strings.Contains(got, "it goes on Monday 23 November 2026, 7:00.") {
		t.Errorf("in time: %s", got)
	}
	b.now.set(b.now.now().Add(4*time.Hour + 2*time.Minute)) // from 3:00, when it is quiet
	if got := says(); !strings.Contains(got, "It has been due since Monday 23 November 2026, 7:00 and has not gone out yet") {
		t.Errorf("two minutes late: %s", got)
	}
}

// What waits for paper goes nowhere by itself, and nobody is told that it does.
func TestStories_OnPaper(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.mustPublished(t)
	b.must(t, 201, b.organizer, "POST", "/api/v1/events/"+e+"/reminders", fields{"minutes_before": 2880, "channels": []string{"paper"}})
	who := b.mustGuest(t, e, 1)
	if _, err := b.services.Registrations.Settle(t.Context(), b.now.now(), 10); err != nil {
		t.Fatal(err)
	}
	b.plan(t)
	got := b.must(t, 200, b.organizer, "GET", "/api/v1/residents/"+who+"/messages", nil, "Accept-Language", "en")
	if want := "a call list or a letter that nobody has printed yet; it can be printed from Friday 27 November 2026, 8:00 on."; !strings.Contains(got.body, want) {
		t.Errorf("%s has no %q", got.body, want)
	}
}

func storyOf(t testing.TB, r reply, kind string) fields {
	t.Helper()
	items, _ := r.json(t, "items").([]any)
	for _, item := range items {
		if f, _ := item.(fields); f["kind"] == kind {
			return f
		}
	}
	t.Fatalf("no story of a %s in %s", kind, r.body)
	return nil
}

// A page has as many rows as were asked for, however rare their reason is.
func TestMessages_ByReasonFillsPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.mustPublished(t)
	got, err := b.set.Events.Get(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]notifications.Row, 300)
	for i := range rows {
		k := notifications.Key{Rule: "confirmation", Occurrence: e, Recipient: fmt.Sprint("resident:", i)}
		rows[i] = notifications.Row{
			ID: k.ID(), Part: got.Part, Key: k, Unit: got.Unit, Lane: notifications.Lane{Class: notifications.Normal, Channel: "smtp"},
			State: notifications.Sent, Group: k.ID(), EndedAt: 1,
		}
	}
	slices.SortFunc(rows, func(a, b notifications.Row) int { return strings.Compare(a.ID, b.ID) })
	for _, last := range []int{297, 298, 299} {
		rows[last].State, rows[last].Reason = notifications.Dead, notifications.ReasonRefused
	}
	if _, err := b.set.Ledger.Insert(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	page := b.must(t, 200, b.organizer, "GET", "/api/v1/events/"+e+"/messages?reason=refused&limit=2", nil)
	if items, _ := page.json(t, "items").([]any); len(items) != 2 || page.json(t, "next") == nil {
		t.Errorf("%d rows on a page of two, next %v", len(items), page.json(t, "next"))
	}
}

func TestMessages_ByReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.mustPublished(t)
	b.mustRows(t, e)
	at := "/api/v1/events/" + e + "/messages?"
	one := b.must(t, 200, b.organizer, "GET", at+"reason=no_consent,opted_out", nil)
	if items, _ := one.json(t, "items").([]any); len(items) != 1 || one.text(t, "items", 0, "reason") != "no_consent" || one.json(t, "next") != nil {
		t.Errorf("got %s", one.body)
	}
	sent := b.must(t, 200, b.organizer, "GET", at+"state=sent", nil)
	if got := sent.text(t, "items", 0, "message_id"); got != sent.text(t, "items", 0, "id")+"@sunday.test" {
		t.Errorf("the Message-ID is %s", got)
	}
	if strings.Contains(one.body+sent.body, plantedEmail) || strings.Contains(sent.body, "hash-of-contact") {
		t.Errorf("addresses or their hashes are shown: %s", sent.body)
	}
	// Page by page, each row comes once.
	seen := map[string]bool{}
	for path := at + "reason=no_consent,refused&limit=1"; path != ""; {
		page := b.must(t, 200, b.organizer, "GET", path, nil)
		items, _ := page.json(t, "items").([]any)
		for i := range items {
			seen[page.text(t, "items", i, "id")] = true
		}
		path = ""
		if next, ok := page.json(t, "next").(string); ok {
			path = at + "reason=no_consent,refused&limit=1&after=" + next
		}
	}
	if len(seen) != 2 {
		t.Errorf("%d rows in pages of one, want 2", len(seen))
	}
}
