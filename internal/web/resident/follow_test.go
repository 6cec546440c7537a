package resident_test

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// A feed has what is for its unit or village, says what is cancelled, and is
// sent again only when something changed.
func TestFeed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	titled := func(title, of, at string) event.Event {
		in := input()
		in.Title, in.Unit, in.Village = title, of, at
		return w.publish(t, in)
	}
	here := titled("Sửa cầu", commune, village)
	titled("Gặp dân", commune, "")
	titled("Dọn suối", other, "")
	draft, err := w.events.Create(t.Context(), staff(actor.Organizer), "", input())
	must(t, err)
	got := w.get("/calendars/commune.ics").has(t, http.StatusOK, "Sửa cầu", "Gặp dân", "X-WR-CALNAME:", "REFRESH-INTERVAL;VALUE=DURATION:PT6H").
		lacks(t, "Dọn suối", draft.ID, "STATUS:CANCELLED")
	if ct := got.header.Get("Content-Type"); ct != "text/calendar; charset=utf-8" {
		t.Error(ct)
	}
	w.get("/calendars/village.ics").has(t, http.StatusOK, "Sửa cầu", "Gặp dân").lacks(t, "Dọn suối")
	ask := func(tag string) answer {
		r := httptest.NewRequest(http.MethodGet, "/calendars/commune.ics", nil)
		r.Header.Set("If-None-Match", tag)
		return w.send(r)
	}
	tag := got.header.Get("ETag")
	for _, same := range []string{tag, "W/" + tag, `"x", ` + tag} {
		if again := ask(same); again.status != http.StatusNotModified || again.body != "" || again.header.Get("ETag") != tag {
			t.Errorf("%s: %d with %d bytes", same, again.status, len(again.body))
		}
	}
	w.now = at(21, 9)
	w.do(t, here, actor.Organizer, event.Cancel)
	changed := ask(tag).has(t, http.StatusOK, "STATUS:CANCELLED", "SEQUENCE:1")
	checkFeed(t, changed.body, here.ID+"@sunday.example.org")
	for _, path := range []string{"/calendars/nowhere.ics", "/calendars/commune", "/calendars/.ics"} {
		w.get(path).has(t, http.StatusNotFound)
	}
}

// checkFeed reads the feed as a calendar program does.
func checkFeed(t *testing.T, body, id string) {
	t.Helper()
	cal, err := ics.ParseCalendar(strings.NewReader(body))
	must(t, err)
	if len(cal.Timezones()) != 1 || len(cal.Events()) != 2 {
		t.Fatalf("%d zones, %d events", len(cal.Timezones()), len(cal.Events()))
	}
	for _, v := range cal.Events() {
		start, err := v.GetStartAt()
		must(t, err)
		if start.UTC().Format("2006-01-02T15:04") != "2026-11-29T00:00" {
			t.Errorf("it starts at %s", start)
		}
		if status := v.GetProperty(ics.ComponentPropertyStatus).Value; (status == "CANCELLED") != (v.Id() == id) {
			t.Errorf("%s is %s", v.Id(), status)
		}
	}
}

// What a feed says of an event is as old as the event, however it came to be so
// and whoever changed it: what it is no longer, and what it is not yet, is not kept.
func TestFeed_FollowsVersions(t *testing.T) {
	t.Parallel()
	w := setup(t)
	feed := func() answer { return w.get("/calendars/commune.ics").has(t, http.StatusOK) }
	e, err := w.events.Create(t.Context(), staff(actor.Organizer), "", input())
	must(t, err)
	w.do(t, e, actor.Organizer, event.Submit)
	w.do(t, e, actor.Approver, event.Approve)
	w.do(t, e, actor.Organizer, event.Cancel)
	feed().lacks(t, e.ID) // cancelled before anybody could see it
	w.do(t, e, actor.Organizer, event.Restore)
	w.do(t, e, actor.Organizer, event.Publish)
	first := feed().has(t, http.StatusOK, e.ID, "SEQUENCE:2", "STATUS:CONFIRMED")
	if again := feed(); again.body != first.body {
		t.Errorf("the same events give other bytes:\n%s\n%s", first.body, again.body)
	}
	for _, line := range strings.SplitAfter(first.body, "\n") {
		if line != "" && !strings.HasSuffix(line, "\r\n") || len(line) > 77 {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	_, err = w.set.Events.Update(t.Context(), e.ID, func(e *event.Event) error {
		e.Title = "Sửa cầu treo" // as another process does
		return nil
	})
	must(t, err)
	feed().has(t, http.StatusOK, "SUMMARY:Sửa cầu treo").lacks(t, "Làm đường thôn")
	w.do(t, e, actor.Organizer, event.Postpone)
	w.get("/calendars/village.ics").has(t, http.StatusOK, "STATUS:TENTATIVE").lacks(t, "STATUS:CONFIRMED")
}

// A feed that cannot hold everything holds what is to come, and of what was the
// latest.
func TestFeed_ComingFirst(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first := w.publish(t, input())
	add := func(n int, days func(i int) int) {
		for i := range n {
			e := first
			e.ID, e.Title = fmt.Sprintf("of-%d-%03d", n, i), fmt.Sprintf("number %d of %d", i, n)
			e.StartAt += calendar.Instant(days(i)) * calendar.Instant(24*time.Hour/time.Millisecond)
			must(t, w.set.Events.Create(t.Context(), &e))
		}
	}
	add(20, func(i int) int { return -35 + i })
	add(485, func(i int) int { return 1 + i/10 })
	feed := w.get("/calendars/commune.ics")
	if n := strings.Count(feed.body, "BEGIN:VEVENT"); n != 500 {
		t.Errorf("%d events, want 500", n)
	}
	feed.has(t, http.StatusOK, first.Title, "number 484 of 485", "number 6 of 20", "number 19 of 20").lacks(t, "number 5 of 20")
	add(50, func(int) int { return 90 })
	full := w.get("/calendars/commune.ics")
	if n := strings.Count(full.body, "BEGIN:VEVENT"); n != 500 {
		t.Errorf("%d events, want 500", n)
	}
	full.has(t, http.StatusOK, "number 484 of 485", "number 13 of 50").lacks(t, "of 20", "number 14 of 50")
}

func TestWishes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	path := w.withAddress(t, e) + "/wishes"
	press := func(set string) answer {
		page := w.get(path)
		purpose, _, _ := strings.Cut(set, " ")
		for _, n := range page.nodes(t) {
			if attr(n, "name") == "text."+purpose {
				return w.post(path, "set", set, "text."+purpose, attr(n, "value"))
			}
		}
		return w.post(path, "set", set)
	}
	off := strings.Count(w.get(path).has(t, http.StatusOK, "Nhắc tôi trước buổi gặp").body, "Không nhận</span>")
	if off != 3 {
		t.Errorf("%d purposes are off, want all 3", off)
	}
	if got := press("news yes"); got.status != http.StatusSeeOther || got.location != path {
		t.Errorf("%d to %q", got.status, got.location)
	}
	w.get(path).has(t, http.StatusOK, "Đang nhận</span>", `value="news no"`, `value="reminders yes"`)
	press("news yes").has(t, http.StatusSeeOther)
	press("news no").has(t, http.StatusSeeOther)
	w.get(path).has(t, http.StatusOK, `value="news yes"`).lacks(t, "Đang nhận</span>")
	before := w.dump(t)
	for _, set := range []string{"", "news", "news maybe", "photos yes", "registration no", "x yes"} {
		press(set).has(t, http.StatusUnprocessableEntity, `class="summary"`, `href="#set"`)
	}
	w.post(path, "set", "news yes", "text.news", "no such text").has(t, http.StatusUnprocessableEntity)
	if after := w.dump(t); len(after) != len(before) || strings.Join(after["residents"], "") != strings.Join(before["residents"], "") {
		t.Error("a refused wish changed something")
	}
	w.get(w.join(t, e, "1")+"/wishes").has(t, http.StatusOK, "không để lại địa chỉ nào").lacks(t, "<form")
	w.post("/r/AAAAAAAAAAAAAAAAAAAAAA/wishes", "set", "news yes").has(t, http.StatusNotFound)
}

func TestUnits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.get("/units").has(t, http.StatusOK, `name="q"`).lacks(t, "Xã Lạc Dương", "Nơi sắp có")
	w.publish(t, input())
	w.get("/units").has(t, http.StatusOK, "Nơi sắp có", "Xã Lạc Dương", `href="/?unit=commune"`).lacks(t, "Xã Tà Nung", "Thôn")
	w.get("/units?q=xa").has(t, http.StatusOK, "Xã Lạc Dương", "Xã Tà Nung").lacks(t, "Thôn")
	w.get("/units?q=pang+tieng").has(t, http.StatusOK, "Thôn Păng Tiêng").lacks(t, "Xã Tà Nung")
	w.get("/units?lang=en&q=%3Ci%3E").has(t, http.StatusOK, `name="lang" value="en"`).lacks(t, "<i>")
	w.get("/units?q="+strings.Repeat("x", 500)).has(t, http.StatusOK, "Xã Lạc Dương").lacks(t, "xxx")
	w.get("/units?q=khong").has(t, http.StatusOK, "Không tìm thấy")
	w.get("/units?q=xa&after=altered").has(t, http.StatusUnprocessableEntity)
}

// What is told of data are the figures that the program acts by.
func TestData(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.get("/data?lang=en").has(t, http.StatusOK, "Erased 30 days after", "At the latest 90 days after", "for 7 days", "from 10 answers on", "14 days after the report", "After 90 days")
	w.get("/data?lang=pl").has(t, http.StatusOK, "do 30 dni po spotkaniu", "Po 90 dniach")
}

func TestFinished(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	own := w.join(t, e, "2")
	w.get(own).has(t, http.StatusOK, `href="/done"`)
	got := w.get("/done").has(t, http.StatusOK).lacks(t, e.Title, "<form")
	if got.header.Get("Clear-Site-Data") != `"cache", "storage"` || got.header.Get("Cache-Control") != "no-store" {
		t.Error(got.header)
	}
}

// A chat shows a card of an event, and none of what is somebody's own.
func TestEvent_Card(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	w.get("/e/"+e.ID).has(t, http.StatusOK, `property="og:title" content="Làm đường thôn"`, `property="og:url" content="`+base+"/e/"+e.ID+`"`,
		`property="og:description" content="Chủ nhật 29/11, từ 7 giờ sáng đến 11 giờ trưa · Nhà văn hóa thôn · Xã Lạc Dương"`)
	w.get(w.join(t, e, "1")).has(t, http.StatusOK).lacks(t, "og:title")
	got := w.get("/e/"+e.ID+"/card.png").has(t, http.StatusOK)
	picture, err := png.Decode(strings.NewReader(got.body))
	must(t, err)
	if size := picture.Bounds().Size(); size.X != 1200 || size.Y != 630 || len(got.body) > 20_000 {
		t.Errorf("%v in %d bytes", size, len(got.body))
	}
	moved := input()
	moved.LocalStart, moved.LocalEnd = "2026-12-06T07:00", "2026-12-06T11:00"
	if other := w.get("/e/" + w.publish(t, moved).ID + "/card.png"); other.status != http.StatusOK || other.body == got.body {
		t.Errorf("another day has status %d and the same picture", other.status)
	}
	w.get("/e/unknown/card.png").has(t, http.StatusNotFound)
}

// The form asks for four things at most, and shows two of them: how many come,
// and an address that nobody has to leave.
func TestEvent_AsksLittle(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	shown, folded := map[string]bool{}, map[string]bool{}
	for _, n := range w.get("/e/" + e.ID).nodes(t) {
		if n.Data != "input" || attr(n, "type") == "hidden" {
			continue
		}
		// the number that is typed belongs to the tiles, and each wish to the wishes
		name, _, _ := strings.Cut(strings.Replace(attr(n, "name"), "more", "party", 1), ".")
		in := shown
		for up := n.Parent; up != nil; up = up.Parent {
			if up.Data == "details" {
				in = folded
			}
		}
		in[name] = true
	}
	want := map[string]bool{"party": true, "email": true}
	if d := cmp.Diff(want, shown); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]bool{"name": true, "consent": true}, folded); d != "" {
		t.Error(d)
	}
}
