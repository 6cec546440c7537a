package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func TestRestoredPaper_SQLite(t *testing.T) {
	t.Parallel()
	restoredPaper(t, "sqlite")
}

func TestRestoredPaper_Mongo(t *testing.T) {
	t.Parallel()
	restoredPaper(t, "mongodb")
}

// restoredPaper restores a database in which a cancellation waits to be called
// out. It may have been since the backup: the lines go on a new sheet, and when
// the event takes place after all, everybody is told that too.
func restoredPaper(t *testing.T, store string) {
	s, village := cancelled(t, store)
	s.must(s.app.HoldRestored(s.ctx, s.clock.Now().Add(-time.Hour)))
	done, err := s.app.ReleaseWith(s.ctx, app.Release{NoJournal: true})
	s.must(err)
	if done.Doubted != paperLines {
		t.Errorf("%d in doubt, want %d", done.Doubted, paperLines)
	}
	s.at(s.clock.Now().Add(time.Minute))
	list := "/staff/units/" + s.unit + "/sheets"
	res, _ := s.staff("organizer", http.MethodPost, list, url.Values{"village": {village}, "kind": {"calls"}, "urgent": {"yes"}})
	_, doc := s.staff("organizer", http.MethodGet, res.Header.Get("Location"), nil)
	if said := words(doc); !strings.Contains(said, "Cil Múp Hà Thị Bích 60") {
		t.Error("the lines are on no new sheet")
	}
	s.call("organizer", "POST", "/events/"+s.event+"/restore", nil, 200)
	s.at(s.clock.Now().Add(time.Minute))
	rows, err := s.app.Store().Reports.Rows(s.ctx, notifications.Filter{Part: id.Part(s.event), Occurrence: s.event}, "", 1000)
	s.must(err)
	count := map[string]int{}
	for _, r := range rows {
		if outreach.IsChange(r.Rule) {
			count[r.Told.Status+" "+string(r.State)+" "+string(r.Reason)]++
		}
	}
	if count["cancelled unknown left"] != paperLines || count["published planned "] != paperLines {
		t.Errorf("changes by what they say and what became of them: %v", count)
	}
}
