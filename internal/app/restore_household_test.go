package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func TestRestoredHousehold_SQLite(t *testing.T) {
	t.Parallel()
	restoredHousehold(t, "sqlite")
}

func TestRestoredHousehold_Mongo(t *testing.T) {
	t.Parallel()
	restoredHousehold(t, "mongodb")
}

// restoredHousehold restores a database in which two mails to a household are
// about to go out. Of one household somebody gives up the place before it goes
// again: the mail that may have come named both, so the other gets none either.
func restoredHousehold(t *testing.T, store string) {
	s := restoreStory(t, store)
	homes := map[string][]string{}
	for _, home := range []string{"stays@example.org", "parts@example.org"} {
		for _, name := range []string{"Mẹ", "Con"} {
			who := s.resident(name, "vi", home)
			homes[home] = append(homes[home], who)
			s.regs[who] = s.enter(who, 1, "registered")
		}
		s.call("organizer", "POST", "/households", object{"residents": homes[home]}, 201)
	}
	s.at(s.clock.Now())
	s.mails()
	s.must(s.app.HoldRestored(s.ctx, s.clock.Now()))
	s.at(sunday.Add(-12 * time.Hour))
	if _, err := s.app.ReleaseWith(s.ctx, app.Release{NoJournal: true}); err != nil {
		t.Fatal(err)
	}
	s.call("organizer", "POST", "/events/"+s.event+"/registrations/"+s.regs[homes["parts@example.org"][1]]+"/cancel", nil, 200)
	s.at(sunday.Add(-11 * time.Hour))
	rows := s.reminders(s.event)
	for home, people := range homes {
		want := notifications.Sent
		if home == "parts@example.org" {
			want = notifications.Unknown
		}
		shared := rows["resident:"+people[0]].MessageID
		for _, who := range people {
			if r := rows["resident:"+who]; r.State != want || shared == "" || r.MessageID != shared {
				t.Errorf("%s: %s (%s) in mail %q, want %s in the one mail", home, r.State, r.Reason, r.MessageID, want)
			}
		}
	}
	got := s.mails()
	for to, want := range map[string]int{"stays@example.org": 1, "parts@example.org": 0} {
		reminded := 0
		for _, m := range got[to] {
			if strings.Contains(m.Subject, "Nhắc") {
				reminded++
			}
		}
		if reminded != want {
			t.Errorf("%s got %d reminders, want %d", to, reminded, want)
		}
	}
}
