package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAnswers_SQLite(t *testing.T) {
	t.Parallel()
	oneAnswer(t, "sqlite")
}

func TestAnswers_Mongo(t *testing.T) {
	t.Parallel()
	oneAnswer(t, "mongodb")
}

// oneAnswer reminds Lan, who cannot come: by day the next gets her place at
// once. The next gives it up at night, and it is offered to Ann, who takes it
// in the morning and is reminded without being asked again.
func oneAnswer(t *testing.T, store string) {
	s := &story{world: start(t, store, sunday.AddDate(0, 0, -14)), residents: map[string]string{}, regs: map[string]string{}}
	s.account("organizer", "24848", "organizer", "checkin")
	s.account("approver", "68", "approver")
	s.account("stranger", "24787", "organizer", "admin")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	s.event = s.plan("Làm đường thôn", 2)
	s.call("organizer", "POST", "/events/"+s.event+"/reminders", object{"days_before": 2, "at": "10:00", "late_minutes": 5}, 201)
	s.enter(s.resident("Trần Thị Lan", "vi", lan), 2, "registered")
	s.enter(s.resident("Zofia", "pl", zosia), 2, "waitlisted")
	s.enter(s.resident("Ann", "en", ann), 1, "waitlisted")
	s.at(s.clock.Now())
	zosiaOwn := link(s.received(
		mail{lan, "vi", "Bạn đã có chỗ", "PUBLISH", []string{"/r/"}}, mail{zosia, "pl", "liście oczekujących", "", []string{"/r/"}},
		mail{ann, "en", "waiting list", "", []string{"/r/"}},
	)[zosia], "/r/")
	s.cannotByDay()
	s.cannotAtNight(zosiaOwn)
	s.takeTheOffer()
}

func (s *story) cannotByDay() {
	s.at(sunday.AddDate(0, 0, -2).Add(3 * time.Hour)) // Friday at 10
	m := s.received(mail{lan, "vi", "Nhắc bạn: Làm đường thôn", "PUBLISH", []string{"/r/", "/o/"}})[lan]
	if !strings.Contains(m.Text, "Tôi sẽ đến") || !strings.Contains(m.Text, "Tôi không đến được") {
		s.t.Errorf("the reminder does not ask:\n%s", m.Text)
	}
	own := link(m, "/r/")
	s.submit(own, s.page(own, 200), nil, 422)
	s.at(s.clock.Now())
	s.received()
	s.submit(own, s.page(own, 200), map[string]string{"act": "cannot"}, 200)
	s.at(s.clock.Now())
	s.received(mail{zosia, "pl", "Masz miejsce", "PUBLISH", []string{"/r/"}})
}

func (s *story) cannotAtNight(own string) {
	s.at(sunday.AddDate(0, 0, -1).Add(-9 * time.Hour)) // Friday at 22
	s.submit(own, s.page(own, 200), map[string]string{"act": "cannot"}, 200)
	s.wantAnswers(object{"coming": 0.0, "not_answered": 0.0, "offered": 1.0, "waiting": 0.0})
}

func (s *story) takeTheOffer() {
	s.at(sunday.AddDate(0, 0, -1).Add(time.Minute)) // Saturday, after the quiet hours
	own := link(s.received(mail{ann, "en", "A place is free for you until 11:00", "", []string{"/r/"}})[ann], "/r/")
	s.submit(own, s.page(own, 200), nil, 422)
	s.submit(own, s.page(own, 200), map[string]string{"act": "coming"}, 200)
	s.wantAnswers(object{"coming": 1.0, "not_answered": 0.0, "offered": 0.0, "waiting": 0.0})
	s.at(sunday.AddDate(0, 0, -1).Add(5 * time.Hour))
	s.received()
	s.at(sunday.Add(-12 * time.Hour))
	m := s.received(mail{ann, "en", "Reminder", "PUBLISH", []string{"/r/"}})[ann]
	if strings.Contains(m.Text, "Are you coming?") {
		s.t.Errorf("asked again:\n%s", m.Text)
	}
}

func (s *story) wantAnswers(want object) {
	s.t.Helper()
	if d := cmp.Diff(want, s.call("organizer", "GET", "/events/"+s.event+"/answers", nil, 200), cmp.Transformer("schema", func(o object) object {
		out := object{}
		for key, v := range o {
			if key != "$schema" {
				out[key] = v
			}
		}
		return out
	})); d != "" {
		s.t.Error(d)
	}
}
