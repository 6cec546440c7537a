package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

const paperLines = 60

func TestPaper_SQLite(t *testing.T) {
	t.Parallel()
	onPaper(t, "sqlite")
}

func TestPaper_Mongo(t *testing.T) {
	t.Parallel()
	onPaper(t, "mongodb")
}

// cancelled is an event that is called off three hours before it begins, with
// 60 people of one village who have a phone and no mail.
func cancelled(t *testing.T, store string) (s *story, village string) {
	t.Helper()
	s = &story{world: start(t, store, sunday.AddDate(0, 0, -14)), residents: map[string]string{}, regs: map[string]string{}}
	s.account("organizer", "24848", "organizer", "admin")
	s.account("approver", "68", "approver")
	s.account("stranger", "24787", "organizer", "admin", "village_head")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	village = s.call("organizer", "POST", "/units", object{"kind": "village", "parent": s.unit, "names": object{"vi": "Thôn Păng Tiêng"}}, 201).str("id")
	s.event = s.plan("Làm đường thôn", 200)
	var text string
	for _, one := range s.call("organizer", "GET", "/consent-texts?locale=vi", nil, 200).list("items") {
		if one.str("purpose") == "registration" {
			text = one.str("id")
		}
	}
	for i := range paperLines {
		who := s.call("organizer", "POST", "/residents", object{
			"unit": s.unit, "village": village, "name": fmt.Sprintf("Cil Múp Hà Thị Bích %02d", i+1), "locale": "vi",
			"contacts": []object{{"kind": "phone", "value": fmt.Sprintf("+8491234%04d", i)}},
			"consents": []object{{"purpose": "registration", "given": true, "text": text, "source": "paper"}},
		}, 201).str("id")
		s.enter(who, 1, "registered")
	}
	s.at(sunday.Add(-3 * time.Hour))
	s.call("organizer", "POST", "/events/"+s.event+"/cancel", object{"note": "Mưa bão"}, 200)
	s.at(s.clock.Now().Add(time.Minute))
	return s, village
}

// onPaper takes a cancellation of the last hours from the duty to the last of
// 60 lines, by pages alone.
func onPaper(t *testing.T, store string) {
	s, village := cancelled(t, store)
	list := "/staff/units/" + s.unit + "/sheets"
	for who, want := range map[string]int{"": 303, "stranger": 404, "organizer": 200} {
		res, _ := s.staff(who, http.MethodGet, list, nil)
		if res.StatusCode != want || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the lists for %q: %d, %s", who, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	duties := s.call("organizer", "GET", "/units/"+s.unit+"/duties", nil, 200).list("items")
	if len(duties) != 1 || duties[0].str("kind") != "print_list" || duties[0]["count"] != float64(paperLines) || duties[0]["urgent"] != true {
		t.Fatalf("duties %v", duties)
	}
	_, overview := s.staff("organizer", http.MethodGet, "/staff/units/"+s.unit+"?lang=vi", nil)
	if said := words(overview); !strings.Contains(said, "làm ngay") {
		t.Errorf("the overview does not say that people are to be called at once: %s", said)
	}
	res, _ := s.staff("organizer", http.MethodPost, list, url.Values{"village": {village}, "kind": {"calls"}, "urgent": {"yes"}})
	printPage := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasSuffix(printPage, "/print") {
		t.Fatalf("printing answers %d, %s", res.StatusCode, printPage)
	}
	_, doc := s.staff("organizer", http.MethodGet, printPage, nil)
	said := words(doc)
	for _, want := range []string{"gấp", "Cil Múp Hà Thị Bích 60", "0912 340 059", "đã bị hủy. Xin bạn đừng đến. Lý do: Mưa bão", "Thôn Păng Tiêng"} {
		if !strings.Contains(said, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	s.enterAll(strings.TrimSuffix(printPage, "/print"))
	sent := 0
	for _, c := range s.call("organizer", "GET", "/events/"+s.event+"/messages", nil, 200).list("counts") {
		if strings.HasPrefix(c.str("rule"), "change") && c.str("state") == "sent" {
			sent += int(c["messages"].(float64))
		}
	}
	if sent != paperLines {
		t.Errorf("%d of %d were told", sent, paperLines)
	}
}

// enterAll enters lines in order: some are tried again later, and one is taken
// back, with the form of the page each time.
func (s *story) enterAll(path string) {
	s.t.Helper()
	form := func() url.Values {
		_, doc := s.staff("organizer", http.MethodGet, path, nil)
		_, values := s.form(doc)
		return values
	}
	first, missed := form(), 0
	for n := 1; n <= paperLines; n++ {
		outcome := "reached"
		if n%7 == 0 {
			outcome = "not_reached"
			missed++
		}
		first.Set("line-"+strconv.Itoa(n), outcome)
	}
	for range 2 { // sent twice it counts once
		res, _ := s.staff("organizer", http.MethodPost, path+"/results", first)
		if want := path + "?saved=" + strconv.Itoa(paperLines); res.Header.Get("Location") != want {
			s.t.Fatalf("results answer %d, %s", res.StatusCode, res.Header.Get("Location"))
		}
	}
	if left := s.left(path); left != missed {
		s.t.Errorf("%d lines are left, want %d", left, missed)
	}
	undo := form()
	undo.Set("undo", "1")
	s.staff("organizer", http.MethodPost, path+"/results", undo)
	if left := s.left(path); left != missed+1 {
		s.t.Errorf("%d lines are left after one was taken back", left)
	}
	s.at(s.clock.Now().Add(time.Minute)) // the planner looks at it
	_, doc := s.staff("organizer", http.MethodGet, path, nil)
	takes := slices.ContainsFunc(slices.Collect(doc.Descendants()), func(n *html.Node) bool { return attr(n, "name") == "line-1" })
	if !takes {
		s.t.Error("the line whose result was taken back takes none")
	}
	second := form()
	second.Set("line-1", "reached")
	for n := 7; n <= paperLines; n += 7 {
		second.Set("line-"+strconv.Itoa(n), "reached")
	}
	s.staff("organizer", http.MethodPost, path+"/results", second)
	if left := s.left(path); left != 0 {
		s.t.Errorf("%d lines are left at the end", left)
	}
	bad := form()
	bad.Set("line-1", "perhaps")
	if res, _ := s.staff("organizer", http.MethodPost, path+"/results", bad); res.StatusCode != http.StatusUnprocessableEntity {
		s.t.Errorf("a result that is none: %d", res.StatusCode)
	}
}

func (s *story) left(path string) int {
	s.t.Helper()
	sheet := s.call("organizer", "GET", "/sheets/"+path[strings.LastIndexByte(path, '/')+1:], nil, 200)
	return int(sheet["left"].(float64))
}
