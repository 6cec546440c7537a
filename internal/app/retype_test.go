package app_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFormAgain_SQLite(t *testing.T) {
	t.Parallel()
	formAgain(t, "sqlite")
}

func TestFormAgain_Mongo(t *testing.T) {
	t.Parallel()
	formAgain(t, "mongodb")
}

// formAgain has Ann lose her mail and send the form again: she gets one mail
// with the way to her page, and as many forms as may come are no more.
func formAgain(t *testing.T, store string) {
	s := worksOnTheRoad(t, store)
	s.fillIn("3")
	s.at(s.clock.Now())
	confirm := link(s.received(mail{ann, "en", "Did you sign up", "", []string{"/c/", "/o/"}})[ann], "/c/")
	s.submit(confirm, s.page(confirm, 200), map[string]string{"choice": "yes"}, 200)
	s.at(s.clock.Now())
	s.received(mail{ann, "en", "You have a place", "PUBLISH", []string{"/r/", "/o/"}})
	s.at(s.clock.Now().Add(24 * time.Hour))
	s.received()
	for range 3 {
		s.fillIn("5")
	}
	s.at(s.clock.Now())
	own := link(s.received(mail{ann, "en", "registered already", "", []string{"/r/", "/o/"}})[ann], "/r/")
	if got := words(s.page(own, 200)); !containsAll(got, "3 người") {
		t.Errorf("the own page is %s", got)
	}
	s.fillIn("5")
	s.at(s.clock.Now().Add(time.Hour))
	s.received()
	s.tellsNobodyApart()
}

// tellsNobodyApart sends one form twice, as Ann and then as somebody else, and the
// other way about: the answer does not say that she is known.
func (s *story) tellsNobodyApart() {
	s.t.Helper()
	path := "/e/" + s.event
	ann := map[string]string{"party": "2", "name": "Ann Typed-Name", "email": ann}
	other := map[string]string{"party": "2", "name": "Binh", "email": "binh@example.org"}
	for _, turn := range [][]map[string]string{{ann, other}, {other, ann}} {
		page := s.page(path+"?lang=en", 200)
		for i, status := range []int{200, 409, 200} {
			fill := turn[i%2]
			maps.Copy(fill, consents(s.world, page))
			got := words(s.submit(path, page, fill, status))
			if status == 409 && !containsAll(got, "sent before with something else") {
				s.t.Errorf("the page answers %s", got)
			}
		}
	}
}

// TestSignUpAgain_SQLite and its twin have Ann give her place up and want it back
// on the same day, more than once.
func TestSignUpAgain_SQLite(t *testing.T) {
	t.Parallel()
	signUpAgain(t, "sqlite")
}

func TestSignUpAgain_Mongo(t *testing.T) {
	t.Parallel()
	signUpAgain(t, "mongodb")
}

func signUpAgain(t *testing.T, store string) {
	s := worksOnTheRoad(t, store)
	for round, party := range []string{"3", "2"} {
		s.fillIn(party)
		s.at(s.clock.Now())
		confirm := link(s.received(mail{ann, "en", "Did you sign up", "", []string{"/c/", "/o/"}})[ann], "/c/")
		s.submit(confirm, s.page(confirm, 200), map[string]string{"choice": "yes"}, 200)
		s.at(s.clock.Now())
		if round == 0 {
			own := link(s.received(mail{ann, "en", "You have a place", "PUBLISH", []string{"/r/", "/o/"}})[ann], "/r/")
			s.submit(own, s.page(own, 200), map[string]string{"act": "cancel"}, 200)
			s.at(s.clock.Now().Add(time.Minute))
			s.received()
		}
	}
	s.at(s.clock.Now().Add(time.Hour))
	s.received()
}

// worksOnTheRoad has a Sunday published two weeks ahead that Ann can come to.
func worksOnTheRoad(t *testing.T, store string) *story {
	t.Helper()
	s := &story{world: start(t, store, sunday.AddDate(0, 0, -14)), residents: map[string]string{}, regs: map[string]string{}}
	s.account("organizer", "24848", "organizer")
	s.account("approver", "68", "approver")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	s.account("stranger", "24787", "organizer")
	s.event = s.plan("Làm đường thôn", 6)
	return s
}

// fillIn sends the form of the event's page as Ann.
func (s *story) fillIn(party string) {
	s.t.Helper()
	page := s.page("/e/"+s.event+"?lang=en", 200)
	fill := map[string]string{"party": party, "name": "Ann Typed-Name", "email": ann}
	maps.Copy(fill, consents(s.world, page))
	if got := words(s.submit("/e/"+s.event, page, fill, 200)); !containsAll(got, party+" people", "look at your mail") {
		s.t.Errorf("the page answers %s", got)
	}
}

func containsAll(s string, parts ...string) bool {
	return !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(s, p) })
}
