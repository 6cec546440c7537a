package app_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// mostInputs is how many clicks and filled fields a Sunday in five villages may
// take until it is submitted.
const mostInputs = 40

// hand counts what a person does with mouse and keyboard.
type hand struct{ inputs int }

func (h *hand) click(selector string) chromedp.Action {
	h.inputs++
	return chromedp.Click(selector)
}

func (h *hand) fill(selector, text string) chromedp.Action {
	h.inputs++
	return chromedp.SendKeys(selector, text)
}

// desk is a commune with an organizer, an approver above it and five villages,
// 14 days before a Sunday.
func desk(t *testing.T, store string) (s *story, villages []string) {
	t.Helper()
	s = &story{world: start(t, store, sunday.AddDate(0, 0, -14)), residents: map[string]string{}, regs: map[string]string{}}
	s.account("organizer", "24848", "organizer", "checkin", "admin")
	s.account("approver", "68", "approver")
	s.account("stranger", "24787", "organizer")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	for _, name := range []string{"Thôn Păng Tiêng", "Bon Đưng", "Thôn Đưng K'Nớ", "Thôn Lán Tranh", "Thôn Đạ Nghịt", "Thôn 6"} {
		villages = append(villages, s.call("organizer", "POST", "/units", object{"kind": "village", "parent": s.unit, "names": object{"vi": name}}, 201).str("id"))
	}
	return s, villages
}

// TestDesk_Chromium plans a Sunday in five villages with JavaScript switched
// off, counts every input until it is submitted, and has it returned, mended,
// approved and published from a phone.
func TestDesk_Chromium(t *testing.T) {
	t.Parallel()
	s, villages := desk(t, "sqlite")
	ctx := browser(t)
	var h hand
	var at, text string
	signIn := func(who string) chromedp.Action { return chromedp.KeyEvent(who + kb.Tab + password + kb.Enter) }
	plan := []chromedp.Action{
		emulation.SetScriptExecutionDisabled(true), chromedp.EmulateViewport(1280, 900),
		chromedp.Navigate(s.app.BaseURL() + "/staff/units/" + s.unit + "/events?lang=vi"), chromedp.WaitVisible("#login"), signIn("organizer"),
		chromedp.WaitVisible(".side"), shoot("events-empty"),
		h.click(`main a[href*="/new"]`), chromedp.WaitVisible(`a[href*="type=volunteer"]`), shoot("start"),
		h.click(`a[href*="type=volunteer"]`), chromedp.WaitVisible("#title"), shoot("new"),
		h.fill("#contact", "Chị Lan, 0912 345 678"),
	}
	for _, v := range villages[:5] {
		plan = append(plan, h.click("#village-"+v))
	}
	plan = append(plan,
		h.fill("#slot-0-capacity", "50"), whole(t, "new-filled"),
		h.click(`.bar button[value="submit"]`), chromedp.WaitVisible(".table"), chromedp.Location(&at), chromedp.Text("main", &text), shoot("day"),
	)
	s.must(chromedp.Run(ctx, plan...))
	t.Logf("a Sunday in 5 villages took %d inputs", h.inputs)
	if h.inputs > mostInputs {
		t.Errorf("%d inputs, at most %d", h.inputs, mostInputs)
	}
	if n := strings.Count(text, "Chờ phê duyệt"); n != 5 || !strings.Contains(text, "Nhà văn hóa Bon Đưng") {
		t.Errorf("%d of 5 events are submitted:\n%s", n, text)
	}
	events := s.call("organizer", "GET", "/events?unit="+s.unit, nil, 200).list("items")
	s.event = events[0].str("id")
	s.must(chromedp.Run(ctx, judge(t, s, at, signIn)...))
	for _, e := range s.call("organizer", "GET", "/events?unit="+s.unit, nil, 200).list("items") {
		if e.str("state") != "published" {
			t.Errorf("%s is %s", e.str("title"), e.str("state"))
		}
	}
}

// judge returns one event and approves the others on a phone, has the one
// mended, and publishes all.
func judge(t *testing.T, s *story, day string, signIn func(string) chromedp.Action) []chromedp.Action {
	event := s.app.BaseURL() + "/staff/events/" + s.event + "?lang=vi"
	switchTo := func(who, to string) chromedp.Action {
		return chromedp.Tasks{
			chromedp.Click(".you button"), chromedp.WaitVisible("#login"), chromedp.Navigate(to), chromedp.WaitVisible("#login"), signIn(who), chromedp.WaitVisible(".side"),
		}
	}
	return []chromedp.Action{
		chromedp.EmulateViewport(320, 700), switchTo("approver", event), chromedp.WaitVisible("main details summary"), whole(t, "event-phone"), fits(t),
		chromedp.Click("main details summary"), chromedp.SendKeys("#note-return", "Xin ghi rõ ai mang dụng cụ."),
		chromedp.Click(`button[value="return"]`), chromedp.WaitVisible(".note.bad"), shoot("returned-phone"), fits(t),
		chromedp.Navigate(day), chromedp.WaitVisible(`button[value="approve"]`), whole(t, "day-phone"), fits(t),
		chromedp.Click(`button[value="approve"]`), chromedp.WaitNotPresent(`button[value="approve"]`), chromedp.WaitVisible(".note.good"),
		chromedp.EmulateViewport(768, 1000), switchTo("organizer", event), chromedp.WaitVisible(".note.bad"), whole(t, "event-768"), fits(t),
		chromedp.Click(`main a[href*="/edit"]`), chromedp.WaitVisible("#title"), whole(t, "edit-768"), fits(t),
		chromedp.SendKeys("#bring", " Xã mang xẻng."), chromedp.Click(".bar button"), chromedp.WaitVisible(".note.good"),
		chromedp.Click(`button[value="submit"]`), chromedp.WaitVisible(`button[value="withdraw"]`),
		switchTo("approver", event), chromedp.Click(`button[value="approve"]`), chromedp.WaitVisible(".note.good"),
		switchTo("organizer", day), chromedp.Click(`button[value="publish"]`),
		chromedp.WaitNotPresent(`button[value="publish"]`), chromedp.WaitVisible(".note.good"), shoot("published"),
	}
}

// TestDeskPapers_Chromium prints what hangs on a wall and lies at a door, and
// enters totals on paper.
func TestDeskPapers_Chromium(t *testing.T) {
	t.Parallel()
	s, villages := desk(t, "sqlite")
	s.event = s.plan("Làm đường thôn và tiếp công dân", 50)
	s.call("organizer", "POST", "/events/"+s.event+"/reschedule", object{"village": villages[0]}, 200)
	ctx := browser(t)
	base := s.app.BaseURL() + "/staff/events/" + s.event
	var poster, aloud, door string
	s.must(chromedp.Run(
		ctx, emulation.SetScriptExecutionDisabled(true), chromedp.EmulateViewport(1280, 900),
		chromedp.Navigate(base+"/poster?lang=vi"), chromedp.WaitVisible("#login"), chromedp.KeyEvent("organizer"+kb.Tab+password+kb.Enter),
		chromedp.WaitVisible(".poster"), chromedp.Text(".poster", &poster), shoot("poster"), printed(t, "poster", 1),
		chromedp.EmulateViewport(320, 700), whole(t, "poster-phone"), fits(t),
		chromedp.Navigate(base+"/loudspeaker?lang=vi"), chromedp.WaitVisible(".aloud"), chromedp.Text(".aloud", &aloud), whole(t, "aloud-phone"), fits(t),
		chromedp.EmulateViewport(1280, 900), printed(t, "aloud", 1),
		chromedp.Navigate(base+"/attendance?lang=vi"), chromedp.WaitVisible(".door"), chromedp.Text(".door", &door), printed(t, "door", 2),
	))
	for _, want := range []string{"/k/", "âm lịch", "Chủ nhật 29/11/2026"} {
		if !strings.Contains(poster, want) {
			t.Errorf("the poster lacks %q:\n%s", want, poster)
		}
	}
	if strings.ContainsAny(aloud, "0123456789") || !strings.Contains(aloud, "hai mươi chín tháng mười một") {
		t.Errorf("read aloud: %s", aloud)
	}
	if !strings.Contains(door, "Thôn Đạ Nghịt") {
		t.Errorf("the sheet lacks a village: %s", door)
	}
	s.at(sunday.Add(time.Hour))
	s.must(chromedp.Run(
		ctx, chromedp.EmulateViewport(320, 700), chromedp.Navigate(base+"/count?lang=vi"),
		chromedp.WaitVisible("form.card"), whole(t, "count-phone"), fits(t),
		chromedp.SendKeys("#people-"+villages[0], "38"), chromedp.SendKeys("#people-elsewhere", "4"+kb.Enter),
		chromedp.WaitVisible(".note.good"), chromedp.Click(`button[name="undo"]`, chromedp.ByQuery), chromedp.WaitVisible("li s"), whole(t, "counted-phone"), fits(t),
	))
	totals := s.call("organizer", "GET", "/events/"+s.event+"/attendance", nil, 200)
	if people := totals["people"]; people != float64(38) && people != float64(4) {
		t.Errorf("counted %v, of which one number was taken back", people)
	}
}

// whole keeps a picture of the whole page, in light and dark.
func whole(t *testing.T, name string) chromedp.Action {
	t.Helper()
	folder := os.Getenv("SUNDAY_PICTURES")
	return chromedp.ActionFunc(func(ctx context.Context) error {
		if folder == "" {
			return nil
		}
		for _, scheme := range []string{"dark", "light"} {
			var picture []byte
			set := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})
			if err := chromedp.Run(ctx, set, chromedp.FullScreenshot(&picture, 100)); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(folder, name+"-"+scheme+".png"), picture, 0o600); err != nil {
				return err
			}
		}
		return nil
	})
}

// printed wants the page to take so many sheets of A4, and keeps it for people
// to look at.
func printed(t *testing.T, name string, pages int) chromedp.Action {
	t.Helper()
	return chromedp.ActionFunc(func(ctx context.Context) error {
		pdf, _, err := page.PrintToPDF().WithPreferCSSPageSize(true).WithPaperWidth(8.27).WithPaperHeight(11.69).Do(ctx)
		if err != nil {
			return err
		}
		if got := strings.Count(string(pdf), "/Type /Page\n"); got != pages {
			t.Errorf("%s takes %d sheets, want %d", name, got, pages)
		}
		if folder := os.Getenv("SUNDAY_PICTURES"); folder != "" {
			return os.WriteFile(filepath.Join(folder, name+".pdf"), pdf, 0o600)
		}
		return nil
	})
}
