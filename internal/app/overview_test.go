package app_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// overviewStory is a Sunday with people, one that waits for its approval, and
// one that is over and not reported.
func overviewStory(t *testing.T, store string) (s *story, waiting, past string) {
	t.Helper()
	s = &story{world: start(t, store, sunday.AddDate(0, 0, -14)), residents: map[string]string{}, regs: map[string]string{}}
	s.account("organizer", "24848", "organizer", "admin")
	s.account("approver", "68", "approver", "viewer")
	s.account("stranger", "24787", "organizer", "admin", "village_head")
	s.account("viewer", "24848", "viewer")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	past = s.plan("Dọn suối", 0)
	s.call("organizer", "POST", "/events/"+past+"/reschedule", object{"local_start": "2026-11-22T07:00", "local_end": "2026-11-22T10:00"}, 200)
	s.event = past
	s.enter(s.resident("K'Mai", "vi", ""), 12, "registered")
	s.event = s.plan("Làm đường thôn", 50)
	waiting = s.call("organizer", "POST", "/events", object{
		"unit": s.unit, "type": "legal_aid", "title": "Trợ giúp pháp lý", "place": object{"name": "Nhà văn hóa"}, "contact": "02633 123 456",
		"local_start": "2026-12-06T08:00", "local_end": "2026-12-06T10:30", "notice_days": 7,
		"slots": []object{{"id": "all", "name": "Tham gia", "capacity": 20}},
	}, 201).str("id")
	s.call("organizer", "POST", "/events/"+waiting+"/submit", nil, 200)
	s.enter(s.resident("Trần Thị Lan", "vi", lan), 20, "registered")
	s.enter(s.resident("K'Ha", "vi", ""), 18, "registered")
	s.at(s.clock.Now().Add(time.Minute))
	s.at(sunday.AddDate(0, 0, -4))
	return s, waiting, past
}

func TestOverview_SQLite(t *testing.T) {
	t.Parallel()
	overview(t, "sqlite")
}

func TestOverview_Mongo(t *testing.T) {
	t.Parallel()
	overview(t, "mongodb")
}

func overview(t *testing.T, store string) {
	s, waiting, past := overviewStory(t, store)
	home := "/staff/units/" + s.unit
	for _, path := range []string{home, home + "/events", home + "/scorecard", "/staff/events/" + s.event + "/messages"} {
		for who, want := range map[string]int{"": 303, "stranger": 404, "organizer": 200, "approver": 200, "viewer": 200} {
			if res, _ := s.staff(who, http.MethodGet, path, nil); res.StatusCode != want || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s for %q: %d, %s", path, who, res.StatusCode, res.Header.Get("Cache-Control"))
			}
		}
	}
	if res, _ := s.staff("organizer", http.MethodGet, "/staff/", nil); res.Header.Get("Location") != home {
		t.Errorf("who has one unit goes to %q", res.Header.Get("Location"))
	}
	_, doc := s.staff("organizer", http.MethodGet, home+"?lang=en", nil)
	s.says(doc, "the organizer's overview", []string{
		"Làm đường thôn", "Published", "38 of 50", "Trợ giúp pháp lý", "Waiting for approval",
		"Enter who came to “Dọn suối” Sunday 22 November ◷ 2 days left", "Report on “Dọn suối” Sunday 22 November ◷ 2 days left",
		"Name whom residents may ask about “Làm đường thôn”",
		"Plan a Sunday", "Confirmation, 1 person ✓ Sent", "Reminder, 1 person Saturday 28 November, 19:00 ◷ Planned", "Confirmation, 1 not sent: There is no way to reach the person.", "Scorecard of 2026",
	}, []string{"Sunday 22 November, 7", "Announce “Làm", "Approve “Trợ", "Trần Thị Lan"})
	_, doc = s.staff("approver", http.MethodGet, home+"?lang=en", nil)
	s.says(doc, "the approver's overview", []string{"Approve “Trợ giúp pháp lý” or return it Sunday 6 December ◷ 4 days left"}, []string{"Report on", "Call lists", "Plan a Sunday"})
	s.fromAbove(home)
	for path, want := range map[string]string{
		home + "/events": "12, no limit", "/staff/events/" + past: "No limit of places 12 people registered", home + "/days/2026-11-22": "12 people registered",
	} {
		_, doc = s.staff("organizer", http.MethodGet, path+"?lang=en", nil)
		s.says(doc, path, []string{want}, nil)
	}
	_, doc = s.staff("organizer", http.MethodGet, "/staff/events/"+s.event+"/messages?lang=en", nil)
	s.says(doc, "the messages", []string{"It concerns 2 people.", "Reminder", "Confirmation, 1 person", "Sent"}, []string{lan, "Trần Thị Lan"})
	_, doc = s.staff("organizer", http.MethodGet, "/staff/events/"+waiting+"/messages?lang=en", nil)
	s.says(doc, "messages of a plan", []string{"This is what would go out"}, nil)
	_, doc = s.staff("organizer", http.MethodGet, home+"/scorecard?lang=en", nil)
	s.says(doc, "the scorecard", []string{"Events held against the plan", "0 of", "Planned", "Làm đường thôn"}, nil)
}

// fromAbove is what the province finds: what it has to judge of units below, the
// same act on one form's events in one line, and the way to each unit.
func (s *story) fromAbove(home string) {
	s.t.Helper()
	for _, village := range []string{"Thôn một", "Thôn hai"} {
		id := s.call("organizer", "POST", "/units", object{"kind": "village", "parent": s.unit, "names": object{"vi": village}}, 201).str("id")
		e := s.call("organizer", "POST", "/events", object{
			"unit": s.unit, "type": "health", "title": "Khám bệnh", "place": object{"name": "Nhà văn hóa"}, "contact": "02633 123 456",
			"village": id, "programme": "one", "local_start": "2026-12-06T08:00", "local_end": "2026-12-06T10:30", "notice_days": 7,
			"slots": []object{{"id": "all", "name": "Tham gia"}},
		}, 201).str("id")
		s.call("organizer", "POST", "/events/"+e+"/submit", nil, 200)
	}
	province := "/staff/units/" + s.call("approver", "GET", "/units/by-code/68", nil, 200).str("id")
	_, doc := s.staff("approver", http.MethodGet, province+"?lang=en", nil)
	s.says(doc, "the province's overview", []string{
		"Approve “Trợ giúp pháp lý” or return it Sunday 6 December · Xã Lạc Dương ◷",
		"Approve “Khám bệnh” or return it Sunday 6 December · 2 places · Xã Lạc Dương ◷",
	}, []string{"Report on"})
	_, doc = s.staff("approver", http.MethodGet, home+"?lang=en", nil)
	s.says(doc, "the commune's overview", []string{"Approve “Khám bệnh” or return it Sunday 6 December · 2 places ◷"}, nil)
	for who, want := range map[string]int{"approver": 200, "organizer": 404} {
		res, doc := s.staff(who, http.MethodGet, province+"/below?lang=en", nil)
		if res.StatusCode != want {
			s.t.Errorf("the units below for %s: %d", who, res.StatusCode)
		}
		if want == http.StatusOK {
			s.says(doc, "the units below", []string{"Xã Lạc Dương Commune"}, []string{"Thôn một"})
		}
	}
	_, doc = s.staff("approver", http.MethodGet, province+"/events?lang=en", nil)
	s.says(doc, "the province's events", []string{"Dọn suối Sunday 22 November"}, nil)
}

// says wants a page to hold some words and others not.
func (w *world) says(doc *html.Node, page string, want, never []string) {
	w.t.Helper()
	said := words(doc)
	for _, one := range want {
		if !strings.Contains(said, one) {
			w.t.Errorf("%s does not say %q: %s", page, one, said)
		}
	}
	for _, one := range never {
		if strings.Contains(said, one) {
			w.t.Errorf("%s says %q", page, one)
		}
	}
}

// TestOverview_Empty: what there is not says what to do first.
func TestOverview_Empty(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("both", "24848", "organizer")
	w.account("choice", "24848", "organizer")
	unit := w.call("both", "GET", "/units/by-code/24848", nil, 200).str("id")
	_, doc := w.staff("both", http.MethodGet, "/staff/units/"+unit+"?lang=en", nil)
	w.says(doc, "an empty overview", []string{"Nothing is planned yet.", "Nothing is left to do.", "There is no scorecard yet.", "Once an event is published", "Plan a Sunday"}, nil)
	res, doc := w.staff("both", http.MethodGet, "/staff/units/nothing", nil)
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("no id: %d", res.StatusCode)
	}
	w.says(doc, "what is not there", []string{"Đăng xuất"}, nil)
}

// TestSession walks through signing in and out by pages alone.
func TestSession(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("lan", "24848", "organizer")
	unit := w.call("lan", "GET", "/units/by-code/24848", nil, 200).str("id")
	page := "/staff/units/" + unit + "/sheets"
	want := page + "?lang=en"
	res, _ := w.send(nil, http.MethodGet, want, nil)
	to, err := url.Parse(res.Header.Get("Location"))
	w.must(err)
	if res.StatusCode != http.StatusSeeOther || to.Path != "/staff/sign-in" || to.Query().Get("next") != page {
		t.Fatalf("whoever is not signed in goes to %s (%d)", to, res.StatusCode)
	}
	_, doc := w.send(nil, http.MethodGet, to.String(), nil)
	action, form := w.form(doc)
	form.Set("login", "lan")
	form.Set("password", "wrong wrong wrong")
	res, doc = w.send(nil, http.MethodPost, action, form)
	if res.StatusCode != http.StatusUnprocessableEntity || len(res.Cookies()) != 0 {
		t.Errorf("a wrong password: %d, %v", res.StatusCode, res.Cookies())
	}
	if _, again := w.form(doc); again.Get("login") != "lan" || again.Get("password") != "" {
		t.Errorf("the form comes back as %v", again)
	}
	form.Set("password", password)
	planted := &http.Cookie{Name: "sunday", Value: strings.Repeat("A", 43)}
	res, _ = w.send(planted, http.MethodPost, action, form)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want {
		t.Fatalf("after signing in: %d, %s", res.StatusCode, res.Header.Get("Location"))
	}
	i := slices.IndexFunc(res.Cookies(), func(c *http.Cookie) bool { return c.Name == "sunday" })
	if i < 0 {
		t.Fatal("no cookie")
	}
	session := res.Cookies()[i]
	if !session.HttpOnly || session.SameSite != http.SameSiteLaxMode || session.Path != "/" || session.Value == planted.Value || session.MaxAge != 0 {
		t.Errorf("the cookie is %+v", session)
	}
	if res, _ = w.send(session, http.MethodGet, want, nil); res.StatusCode != http.StatusOK {
		t.Errorf("with the session: %d", res.StatusCode)
	}
	if res, _ = w.send(session, http.MethodPost, "/staff/sign-out", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("signing out: %d", res.StatusCode)
	}
	if res, _ = w.send(session, http.MethodGet, want, nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after signing out: %d", res.StatusCode)
	}
	res, doc = w.send(session, http.MethodPost, "/staff/units/"+unit+"/sheets?lang=en", url.Values{"kind": {"calls"}})
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a form after signing out: %d", res.StatusCode)
	}
	w.says(doc, "a form after signing out", []string{"what you typed is still there", "Sign in"}, nil)
}

// Of two parts one is full and the other has no end: who registered has no number
// of places beside it.
func TestOverview_OnePartWithoutLimit(t *testing.T) {
	t.Parallel()
	s := worksOnTheRoad(t, "sqlite")
	at := "/events/" + s.event
	s.call("organizer", "PATCH", at, object{"slots": []object{{"id": s.slot, "name": "Đào", "capacity": 2}, {"id": "more", "name": "Nấu ăn"}}}, 200)
	s.enter(s.resident("Trần Thị Lan", "vi", lan), 2, "registered")
	s.enter(s.resident("Ann", "en", ann), 1, "waitlisted")
	s.slot = "more"
	s.enter(s.resident("K'Ha", "vi", ""), 3, "registered")
	_, doc := s.staff("organizer", http.MethodGet, "/staff"+at+"?lang=en", nil)
	s.says(doc, "the event", []string{"5 people registered, 1 waiting"}, []string{"5 / 2"})
}
