package app_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
)

// The people of the test. Each reads another language.
const (
	lan   = "lan@example.org"   // entered by staff, reads Vietnamese
	zosia = "zosia@example.org" // entered by staff, reads Polish, waits first
	ann   = "ann@example.org"   // registers herself, reads English
)

// sunday is 29 November 2026, 7:00 in Da Lat.
var sunday = calendar.InZone(calendar.FromTime(time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)), "Asia/Ho_Chi_Minh")

func TestSunday_SQLite(t *testing.T) {
	t.Parallel()
	oneSunday(t, "sqlite")
}

func TestSunday_Mongo(t *testing.T) {
	t.Parallel()
	oneSunday(t, "mongodb")
}

// story is one Sunday under way.
type story struct {
	*world
	unit, event, slot string
	residents, regs   map[string]string
	annOwn            string
}

// oneSunday takes one Sunday from its plan to the scorecard, through HTTP alone.
func oneSunday(t *testing.T, store string) {
	s := &story{world: start(t, store, sunday.AddDate(0, 0, -14)), residents: map[string]string{}, regs: map[string]string{}}
	s.account("organizer", "24848", "organizer", "checkin")
	s.account("approver", "68", "approver")
	s.account("reviewer", "24848", "reviewer")
	s.account("stranger", "24787", "organizer", "admin")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	s.event = s.plan("Làm đường thôn", 6)
	s.enterByStaff()
	s.registerInPublic()
	s.moveAndPromote()
	s.cancelAnother()
	s.remind()
	s.countAtTheDoor()
	s.reportAndAsk()
	s.score()
}

// plan takes an event to its page, with its notice given.
func (s *story) plan(title string, capacity int) string {
	s.t.Helper()
	e := s.call("organizer", "POST", "/events", object{
		"unit": s.unit, "type": "volunteer", "title": title, "place": object{"name": "Nhà văn hóa"},
		"local_start": "2026-11-29T07:00", "local_end": "2026-11-29T11:00", "notice_days": 7,
		"slots": []object{{"id": "all", "name": "Tham gia", "capacity": capacity}},
	}, 201)
	id := e.str("id")
	s.slot = e.list("slots")[0].str("id")
	path := "/events/" + id
	s.call("organizer", "POST", path+"/approve", nil, 403)
	s.call("approver", "POST", path+"/approve", nil, 409)
	s.call("stranger", "GET", path, nil, 404)
	s.call("organizer", "POST", path+"/submit", nil, 200)
	s.call("organizer", "POST", path+"/approve", nil, 403)
	s.call("approver", "POST", path+"/approve", nil, 200)
	s.page("/e/"+id, 404)
	s.call("organizer", "POST", path+"/publish", nil, 200)
	s.call("organizer", "POST", path+"/notices", object{"kind": "loudspeaker"}, 200)
	return id
}

// resident makes one by staff, with all consents where there is an address.
func (s *story) resident(name, locale, email string) string {
	s.t.Helper()
	body := object{"unit": s.unit, "name": name, "locale": locale}
	if email != "" {
		body["contacts"] = []object{{"kind": "email", "value": email}}
		var choices []object
		for _, t := range s.call("organizer", "GET", "/consent-texts?locale="+locale, nil, 200).list("items") {
			if p := t.str("purpose"); p == "registration" || p == "reminders" || p == "surveys" {
				choices = append(choices, object{"purpose": p, "given": true, "text": t.str("id"), "source": "paper"})
			}
		}
		body["consents"] = choices
	}
	return s.call("organizer", "POST", "/residents", body, 201).str("id")
}

func (s *story) enter(resident string, party int, want string) string {
	s.t.Helper()
	r := s.call("organizer", "POST", "/events/"+s.event+"/registrations", object{"resident": resident, "slot": s.slot, "party": party}, 201)
	if r.str("state") != want {
		s.t.Fatalf("a party of %d is %s, want %s", party, r.str("state"), want)
	}
	return r.str("id")
}

// enterByStaff registers a party of 2 by mail and one person without a contact.
func (s *story) enterByStaff() {
	s.residents["lan"] = s.resident("Trần Thị Lan", "vi", lan)
	s.residents["ha"] = s.resident("K'Ha", "vi", "")
	s.regs["lan"] = s.enter(s.residents["lan"], 2, "registered")
	s.regs["ha"] = s.enter(s.residents["ha"], 1, "registered")
	s.at(s.clock.Now())
	s.received(mail{lan, "vi", "Bạn đã có chỗ", "PUBLISH", []string{"/r/", "/o/"}})
}

// registerInPublic has Ann register by the form and confirm from her mail, and
// then fills the last seats' waitlist.
func (s *story) registerInPublic() {
	page := s.page("/e/"+s.event+"?lang=en", 200)
	fill := map[string]string{"party": "3", "name": "Ann Typed-Name", "email": ann}
	maps.Copy(fill, consents(s.world, page))
	receipt := words(s.submit("/e/"+s.event, page, fill, 200))
	if !strings.Contains(receipt, "3 people") || !strings.Contains(receipt, "look at your mail") {
		s.t.Errorf("the pending page does not say what was asked for and what comes next: %s", receipt)
	}
	s.at(s.clock.Now())
	m := s.received(mail{ann, "en", "Did you sign up", "", []string{"/c/", "/o/"}})[ann]
	if strings.Contains(m.Text+m.HTML+m.Subject, "Typed") {
		s.t.Error("the first mail to an unverified contact repeats what was typed")
	}
	confirm := link(m, "/c/")
	s.submit(confirm, s.page(confirm, 200), nil, 422)
	s.submit(confirm, s.page(confirm, 200), map[string]string{"choice": "yes"}, 200)
	s.at(s.clock.Now())
	s.annOwn = link(s.received(mail{ann, "en", "You have a place", "PUBLISH", []string{"/r/", "/o/"}})[ann], "/r/")
	s.page(s.annOwn, 200)
	s.residents["zosia"] = s.resident("Zofia", "pl", zosia)
	s.regs["zosia"] = s.enter(s.residents["zosia"], 3, "waitlisted")
	s.at(s.clock.Now())
	s.received(mail{zosia, "pl", "liście oczekujących", "", []string{"/r/", "/o/"}})
}

// moveAndPromote moves the event, which everybody told learns once, and has
// Ann give up her seats, which go to who waits.
func (s *story) moveAndPromote() {
	s.call("organizer", "POST", "/events/"+s.event+"/reschedule", object{"place": object{"name": "Sân trường"}}, 200)
	s.at(s.clock.Now().Add(time.Minute))
	s.at(s.clock.Now().Add(10 * time.Minute))
	got := s.received(
		mail{lan, "vi", "Thay đổi", "PUBLISH", []string{"/r/"}}, mail{ann, "en", "Changed", "PUBLISH", []string{"/r/"}},
		mail{zosia, "pl", "Zmiana", "PUBLISH", []string{"/r/"}},
	)
	if m := got[lan]; !strings.Contains(m.Text, "Sân trường") || !strings.Contains(m.Text, "Nhà văn hóa") || !strings.Contains(m.Calendar, "SEQUENCE:1") {
		s.t.Errorf("the change notice lacks the new, the old or the sequence:\n%s\n%s", m.Text, m.Calendar)
	}
	s.submit(s.annOwn, s.page(s.annOwn, 200), nil, 422)
	s.submit(s.annOwn, s.page(s.annOwn, 200), map[string]string{"act": "cancel"}, 200)
	s.at(s.clock.Now())
	s.received(mail{zosia, "pl", "Masz miejsce", "PUBLISH", []string{"/r/"}})
}

// cancelAnother has a second event cancelled after Lan was told of it.
func (s *story) cancelAnother() {
	first := s.event
	s.event = s.plan("Dọn suối", 0)
	s.enter(s.residents["lan"], 1, "registered")
	s.at(s.clock.Now())
	s.received(mail{lan, "vi", "Bạn đã có chỗ", "PUBLISH", []string{"/r/"}})
	s.call("organizer", "POST", "/events/"+s.event+"/cancel", object{"note": "Bão"}, 200)
	s.at(s.clock.Now().Add(10 * time.Minute))
	m := s.received(mail{lan, "vi", "Đã hủy", "CANCEL", nil})[lan]
	if !strings.Contains(m.Text, "Bão") || !strings.Contains(m.Calendar, "STATUS:CANCELLED") {
		s.t.Errorf("the cancellation lacks its reason or status:\n%s\n%s", m.Text, m.Calendar)
	}
	s.event = first
}

// remind moves on to the evening before: who has a seat and agreed is reminded.
func (s *story) remind() {
	s.at(sunday.AddDate(0, 0, -2))
	s.received()
	s.at(sunday.Add(-12 * time.Hour))
	s.received(mail{lan, "vi", "Nhắc bạn: Làm đường thôn", "PUBLISH", []string{"/r/", "/o/"}}, mail{zosia, "pl", "Przypomnienie", "PUBLISH", []string{"/r/", "/o/"}})
	s.at(sunday.Add(-11 * time.Hour))
	s.received()
}

// countAtTheDoor counts Lan's party by name and walk-ins by a tally, one of
// them taken back.
func (s *story) countAtTheDoor() {
	s.at(sunday.Add(10 * time.Minute))
	path := "/events/" + s.event + "/attendance"
	scans := object{"scans": []object{
		{"id": "door-1-scan-000001", "source": "name", "people": 2, "registration": s.regs["lan"]},
		{"id": "door-1-scan-000002", "source": "tally", "people": 17},
		{"id": "door-1-scan-000003", "source": "tally", "people": 4},
	}}
	counted := s.call("organizer", "POST", path, scans, 200)
	s.call("organizer", "POST", path, scans, 200) // sent twice, counted once
	s.call("organizer", "POST", path+"/"+counted.list("items")[2].str("id")+"/undo", nil, 200)
	totals := s.call("organizer", "GET", path, nil, 200)
	if totals["people"] != 19.0 || totals["registered"] != 2.0 {
		s.t.Errorf("counted %v people, %v of them registered; want 19 and 2", totals["people"], totals["registered"])
	}
}

// reportAndAsk files the report; the survey goes to who came, and is answered
// from its mail.
func (s *story) reportAndAsk() {
	s.at(sunday.Add(5 * time.Hour))
	s.call("organizer", "POST", "/events/"+s.event+"/report", object{
		"households": 12, "villages": 2, "officials": 3, "summary": "Xong 300 m đường.",
	}, 200)
	s.received()
	s.at(sunday.Add(29 * time.Hour))
	m := s.received(mail{lan, "vi", "thế nào", "", []string{"/s/", "/o/"}})[lan]
	survey := link(m, "/s/")
	page := s.page(survey, 200)
	s.submit(survey, page, nil, 422)
	s.answer(survey, page, "5", "")
	s.page(survey, 404)
	if r := s.call("reviewer", "GET", "/events/"+s.event+"/survey/results", nil, 200); r["shown"] != false || r["answers"] != nil {
		s.t.Errorf("of one answer is shown: %v", r)
	}
}

// score compares the scorecard with figures computed by hand: of two events
// planned one was held (12.5 of 25 points), its notice was given 14 days before
// where 7 are due (20 of 20), and one answer is too small a sample.
func (s *story) score() {
	s.at(sunday.AddDate(0, 0, 17))
	s.received()
	cards := s.call("reviewer", "GET", "/scorecards?unit="+s.unit, nil, 200).list("items")
	if len(cards) != 1 {
		s.t.Fatalf("%d scorecards, want one", len(cards))
	}
	card := cards[0]
	want := map[string]object{
		"held":      {"auto": 12500.0, "numerator": 1.0, "denominator": 2.0, "max": 25000.0},
		"notice":    {"auto": 20000.0, "numerator": 1.0, "denominator": 1.0, "max": 20000.0},
		"satisfied": {"auto": nil, "numerator": 0.0, "denominator": 1.0, "max": 20000.0},
	}
	for _, line := range card.list("lines") {
		for key, v := range want[line.str("criterion")] {
			if line[key] != v {
				s.t.Errorf("%s: %s is %v, want %v", line.str("criterion"), key, line[key], v)
			}
		}
	}
	if card["automatic"] != 32500.0 || card["out_of"] != 45000.0 {
		s.t.Errorf("the card has %v of %v, want 32500 of 45000", card["automatic"], card["out_of"])
	}
	open := s.call("reviewer", "GET", "/scorecards/"+card.str("id")+"/criteria/held/facts", nil, 200)
	if got := len(open.list("facts")); got != 3 {
		s.t.Errorf("the figure opens to %d facts, want two planned and one reported", got)
	}
	s.call("stranger", "GET", "/scorecards/"+card.str("id"), nil, 404)
}

// consents are the boxes of the form with the texts that they stand for.
func consents(w *world, doc *html.Node) map[string]string {
	out := map[string]string{}
	for n := range doc.Descendants() {
		if n.Data == "input" && strings.HasPrefix(attr(n, "name"), "consent.") {
			out[attr(n, "name")] = attr(n, "value")
		}
	}
	if len(out) != 2 {
		w.t.Errorf("the form has %d boxes to agree, want reminders and surveys", len(out))
	}
	return out
}
