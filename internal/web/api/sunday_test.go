package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

// TestAPI_Sunday takes one event from its draft to its report.
func TestAPI_Sunday(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e, person := b.mustPublished(t), b.mustResident(t)
	at := "/api/v1/events/" + e

	r := b.must(t, 201, b.organizer, "POST", at+"/registrations", fields{"resident": person, "party": 3})
	rid := r.text(t, "id")
	if got := r.text(t, "state"); got != "registered" {
		t.Errorf("state is %q", got)
	}
	if again := b.must(t, 201, b.organizer, "POST", at+"/registrations", fields{"resident": person, "party": 3}); again.text(t, "id") != rid {
		t.Error("the same resident was registered twice")
	}
	if got := b.must(t, 200, b.organizer, "GET", at, nil).json(t, "slots", 0, "taken"); got != 3.0 {
		t.Errorf("taken is %v, want 3", got)
	}
	if got := b.must(t, 200, b.organizer, "GET", at+"/registrations", nil).text(t, "items", 0, "resident"); got != person {
		t.Errorf("the list has %q", got)
	}
	b.must(t, 200, b.organizer, "POST", at+"/notices", fields{"kind": "poster"})

	b.now.set(start + calendar.Instant((6*24+6)*time.Hour/time.Millisecond)) // Sunday, 09:00 local
	scan := "01939f2e7c1a7c309f5e0242ac120002"
	counted := b.must(t, 200, b.organizer, "POST", at+"/attendance", fields{"scans": []fields{
		{"id": scan, "source": "name", "people": 3, "registration": rid},
		{"id": "01939f2e7c1a7c309f5e0242ac120003", "source": "tally", "people": 7},
	}})
	if got := counted.json(t, "items", 0, "known"); got != true {
		t.Errorf("the registration was not known: %s", counted.body)
	}
	b.must(t, 200, b.organizer, "POST", at+"/attendance/"+scan+"/undo", nil)
	totals := b.must(t, 200, b.organizer, "GET", at+"/attendance", nil)
	if got := totals.json(t, "people"); got != 7.0 {
		t.Errorf("people is %v, want 7: %s", got, totals.body)
	}

	b.now.set(start + calendar.Instant((6*24+12)*time.Hour/time.Millisecond))
	report := fields{"households": 4, "villages": 1, "officials": 2, "summary": "Sạch."}
	early := b.must(t, 409, b.organizer, "POST", at+"/report", report)
	if said := early.text(t, "detail"); said != "The report can be written once the event is over." {
		t.Errorf("a report before the end: %q", said)
	}
	b.must(t, 200, b.organizer, "POST", at+"/close", nil)
	done := b.must(t, 200, b.organizer, "POST", at+"/report", report)
	b.must(t, 200, b.organizer, "POST", at+"/report", report)
	report["officials"] = 3
	b.must(t, 409, b.organizer, "POST", at+"/report", report)
	if got := done.text(t, "state"); got != "reported" {
		t.Errorf("state is %q", got)
	}
	if diff := cmp.Diff([]any{}, done.json(t, "allowed")); diff != "" {
		t.Error(diff)
	}
	survey := b.must(t, 200, b.organizer, "PUT", at+"/survey", fields{"items": []fields{{"key": "overall"}}, "delay_hours": 48})
	if got := survey.text(t, "items", 0, "text"); got != "All in all, how was it?" {
		t.Errorf("the question is %q", got)
	}
	results := b.must(t, 200, b.organizer, "GET", at+"/survey/results", nil)
	if note := results.text(t, "note"); !strings.Contains(note, "once the survey has closed, if there are at least 10") || strings.Contains(results.body, `"answers"`) {
		t.Errorf("of an open survey: %s", results.body)
	}
}

// A question is asked in the language of the request, and where the unit has
// not worded its own for it in Vietnamese, as on the page of the survey.
func TestAPI_SurveyWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	at := "/api/v1/events/" + b.mustPublished(t) + "/survey"
	b.must(t, 200, b.organizer, "PUT", at, fields{"items": []fields{{"key": "overall"}, {"words": fields{"vi": "Nước có sạch không?", "en": "Is the water clean?"}}}})
	for lang, want := range map[string][2]string{
		"vi": {"Nói chung, bạn thấy buổi này thế nào?", "Nước có sạch không?"}, "en": {"All in all, how was it?", "Is the water clean?"},
		"pl": {"Jak było, ogólnie rzecz biorąc?", "Nước có sạch không?"},
	} {
		got := b.must(t, 200, b.organizer, "GET", at, nil, "Accept-Language", lang)
		if said := [2]string{got.text(t, "items", 0, "text"), got.text(t, "items", 1, "text")}; said != want {
			t.Errorf("%s: %q, want %q", lang, said, want)
		}
	}
}

func TestAPI_CopyAndReminders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.mustPublished(t)
	at := "/api/v1/events/" + e
	rules := b.must(t, 200, b.organizer, "GET", at+"/reminders", nil)
	if got := rules.text(t, "items", 0, "at"); got != "19:00" {
		t.Errorf("the first rule is at %q", got)
	}
	made := b.must(t, 201, b.organizer, "POST", at+"/reminders", fields{"minutes_before": 60}, "Idempotency-Key", "k1")
	again := b.must(t, 201, b.organizer, "POST", at+"/reminders", fields{"minutes_before": 60}, "Idempotency-Key", "k1")
	rule := made.text(t, "id")
	if again.text(t, "id") != rule {
		t.Error("the replay made another rule")
	}
	b.must(t, 200, b.organizer, "PUT", at+"/reminders/"+rule, fields{"minutes_before": 90})
	copied := b.must(t, 201, b.organizer, "POST", at+"/copy", fields{"local_start": "2026-12-06T07:00", "local_end": "2026-12-06T10:00"})
	other := "/api/v1/events/" + copied.text(t, "id")
	if got := b.must(t, 200, b.organizer, "GET", other+"/reminders", nil).json(t, "items").([]any); len(got) != 2 {
		t.Errorf("the copy has %d rules, want 2", len(got))
	}
	b.must(t, 404, b.organizer, "PUT", other+"/reminders/"+rule, fields{"minutes_before": 30}) // the other event's
	b.must(t, 204, b.organizer, "DELETE", at+"/reminders/"+rule, nil)
	b.must(t, 404, b.organizer, "DELETE", at+"/reminders/"+rule, nil)
}

func TestAPI_Reveal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	person := b.mustResident(t)
	shown := b.must(t, 200, b.organizer, "GET", "/api/v1/residents/"+person, nil)
	for _, planted := range []string{plantedPhone, plantedEmail} {
		if strings.Contains(shown.body, planted) {
			t.Errorf("a contact is shown without revealing: %s", shown.body)
		}
	}
	revealed := b.must(t, 200, b.organizer, "POST", "/api/v1/residents/"+person+"/reveal", nil)
	if got := revealed.text(t, "contacts", 0, "value"); got != plantedEmail {
		t.Errorf("revealed %q", got)
	}
	lines := b.must(t, 200, b.organizer, "GET", "/api/v1/audit?unit="+blao, nil)
	if !strings.Contains(lines.body, "resident.reveal") {
		t.Errorf("the log does not know: %s", lines.body)
	}
	found := b.must(t, 200, b.organizer, "POST", "/api/v1/residents/search", fields{"unit": blao, "query": "kin pham"})
	if got := found.text(t, "items", 0, "id"); got != person {
		t.Errorf("found %q", got)
	}
	b.must(t, 200, b.organizer, "POST", "/api/v1/residents/"+person+"/erase", nil)
	if gone := b.do(t, b.organizer, "PATCH", "/api/v1/residents/"+person, fields{"name": "X"}); gone.status != 410 {
		t.Errorf("changing an erased one: %d %s", gone.status, gone.body)
	}
}

func TestAPI_Holds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.must(t, 201, b.organizer, "POST", "/api/v1/holds", fields{"unit": blao, "reason": "wrong template"})
	if got := b.must(t, 200, b.organizer, "GET", "/api/v1/holds", nil).text(t, "items", 0, "unit"); got != blao {
		t.Errorf("the hold is of %q", got)
	}
	if got := b.must(t, 200, b.stranger, "GET", "/api/v1/holds", nil).json(t, "items").([]any); len(got) != 0 {
		t.Errorf("a stranger sees %v", got)
	}
	b.must(t, 404, b.stranger, "DELETE", "/api/v1/holds/"+blao, nil)
	b.must(t, 404, b.organizer, "POST", "/api/v1/holds", fields{"unit": province, "reason": "no role there"})
	b.must(t, 422, b.organizer, "POST", "/api/v1/holds", fields{"unit": blao, "reason": ""})
	b.must(t, 204, b.organizer, "DELETE", "/api/v1/holds/"+blao, nil)
	b.must(t, 404, b.organizer, "DELETE", "/api/v1/holds/"+blao, nil)
}

func TestAPI_Accounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.must(t, 201, b.organizer, "POST", "/api/v1/accounts", fields{"login": "helper", "name": "Người giúp", "unit": blao}).text(t, "id")
	at := "/api/v1/accounts/" + a
	granted := b.must(t, 200, b.organizer, "POST", at+"/grants", fields{"role": "checkin", "unit": blao, "until": "2026-12-31T00:00:00Z"})
	if got := granted.text(t, "grants", 0, "until"); got != "2026-12-31T00:00:00Z" {
		t.Errorf("until is %q", got)
	}
	b.must(t, 404, b.stranger, "GET", at, nil)
	b.must(t, 200, b.organizer, "POST", at+"/grants/revoke", fields{"role": "checkin", "unit": blao})
	b.must(t, 200, b.organizer, "POST", at+"/disable", nil)
}

func TestAPI_MergeResidents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e, person := b.mustPublished(t), b.mustResident(t)
	at := "/api/v1/events/" + e
	made := b.must(t, 201, b.organizer, "POST", "/api/v1/residents", fields{"unit": blao, "name": "Phạm Kín"})
	other := made.text(t, "id")
	first := b.must(t, 201, b.organizer, "POST", at+"/registrations", fields{"resident": person, "party": 3}).text(t, "id")
	b.now.set(start + 1000)
	second := b.must(t, 201, b.organizer, "POST", at+"/registrations", fields{"resident": other, "party": 2}).text(t, "id")
	merge := "/api/v1/residents/" + person + "/merge"
	b.must(t, 412, b.organizer, "POST", merge, fields{"into": other}, "If-Match", `"99"`)
	b.must(t, 404, b.organizer, "POST", merge, fields{"into": e})
	for range 2 {
		merged := b.must(t, 200, b.organizer, "POST", merge, fields{"into": other})
		if merged.text(t, "id") != other {
			t.Errorf("%s lives on", merged.body)
		}
	}
	if got := b.must(t, 200, b.organizer, "GET", "/api/v1/residents/"+person, nil).text(t, "id"); got != other {
		t.Errorf("the old id leads to %s", got)
	}
	if got := b.must(t, 200, b.organizer, "GET", at+"/registrations/"+first, nil).text(t, "state"); got != "registered" {
		t.Errorf("the first is %s", got)
	}
	if got := b.must(t, 200, b.organizer, "GET", at+"/registrations/"+second, nil).text(t, "reason"); got != "merged" {
		t.Errorf("the second was cancelled because of %q", got)
	}
	counted := b.must(t, 200, b.organizer, "GET", at+"/answers", nil)
	if coming, open := counted.json(t, "coming"), counted.json(t, "not_answered"); coming != 0.0 || open != 3.0 {
		t.Errorf("coming %v, not answered %v", coming, open)
	}
}

// TestAPI_TakenWithoutLimit counts the people of an event whose places have no end.
func TestAPI_TakenWithoutLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := draft()
	in["slots"] = []fields{{"name": "Tham gia"}}
	at := "/api/v1/events/" + b.must(t, 201, b.organizer, "POST", "/api/v1/events", in).text(t, "id")
	b.must(t, 200, b.organizer, "POST", at+"/submit", nil)
	b.must(t, 200, b.approver, "POST", at+"/approve", nil)
	if got := b.must(t, 200, b.organizer, "GET", at, nil); strings.Contains(got.body, "taken") {
		t.Errorf("nobody can have registered: %s", got.body)
	}
	b.must(t, 200, b.organizer, "POST", at+"/publish", nil)
	b.must(t, 201, b.organizer, "POST", at+"/registrations", fields{"resident": b.mustResident(t), "party": 4})
	if got := b.must(t, 200, b.organizer, "GET", at, nil).json(t, "slots", 0, "taken"); got != 4.0 {
		t.Errorf("taken is %v, want 4", got)
	}
}
