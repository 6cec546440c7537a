package app_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestOverview_Chromium signs in and goes to the first event by the keyboard
// alone, without JavaScript.
func TestOverview_Chromium(t *testing.T) {
	t.Parallel()
	s, _, _ := overviewStory(t, "sqlite")
	ctx := browser(t)
	var at string
	s.must(chromedp.Run(
		ctx, emulation.SetScriptExecutionDisabled(true), chromedp.EmulateViewport(1280, 900),
		chromedp.Navigate(s.app.BaseURL()+"/staff/?lang=vi"), chromedp.WaitVisible("#login"),
		chromedp.KeyEvent("organizer"+kb.Tab+password+kb.Enter), chromedp.WaitVisible(".side"), chromedp.Location(&at),
	))
	if want := s.app.BaseURL() + "/staff/units/" + s.unit + "?lang=vi"; at != want {
		t.Fatalf("signing in leads to %s, want %s", at, want)
	}
	s.must(chromedp.Run(
		ctx, chromedp.EmulateViewport(320, 700), chromedp.Navigate(s.app.BaseURL()+"/staff/units/"+s.unit+"/accounts?lang=vi"),
		chromedp.WaitVisible("#login"), fits(t), shoot("accounts-320"),
		chromedp.Navigate(s.app.BaseURL()+"/staff/account?lang=pl"), chromedp.WaitVisible("#current"), fits(t), shoot("account-320"),
		chromedp.Navigate(s.app.BaseURL()+"/staff/units/"+s.unit+"/new?type=health&lang=pl"), chromedp.WaitVisible("#title"), fits(t), shoot("new-320"),
	))
	dark := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}})
	s.must(chromedp.Run(
		ctx, dark, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.app.BaseURL()+"/staff/units/"+s.unit+"?lang=vi"),
		chromedp.WaitVisible(".overview"), shoot("overview-dark"),
		chromedp.KeyEvent(kb.Tab+kb.Enter),        // "to the main part"
		chromedp.KeyEvent(kb.Tab+kb.Tab+kb.Enter), // past the plan for another one, to the first that comes
		chromedp.WaitVisible("main .facts"),
	))
}

// TestLongWords_Chromium holds pages to their width where a title is one word.
func TestLongWords_Chromium(t *testing.T) {
	t.Parallel()
	s := &story{world: start(t, "sqlite", sunday.AddDate(0, 0, -14))}
	s.account("organizer", "24848", "organizer", "admin")
	s.account("approver", "68", "approver")
	s.unit = s.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	slot := object{"name": strings.Repeat("đường", 12), "capacity": 5}
	id := s.call("organizer", "POST", "/events", object{
		"unit": s.unit, "type": "volunteer", "title": strings.Repeat("trồngcây", 15), "place": object{"name": "Nhà văn hóa"},
		"local_start": "2026-12-06T08:00", "local_end": "2026-12-06T10:30", "slots": []object{slot, slot},
	}, 201).str("id")
	s.call("organizer", "POST", "/events/"+id+"/submit", nil, 200)
	s.call("approver", "POST", "/events/"+id+"/approve", nil, 200)
	s.call("organizer", "POST", "/events/"+id+"/publish", nil, 200)
	ctx, home := browser(t), "/staff/units/"+s.unit
	s.must(chromedp.Run(
		ctx, chromedp.Navigate(s.app.BaseURL()+"/staff/?lang=vi"), chromedp.WaitVisible("#login"),
		chromedp.KeyEvent("organizer"+kb.Tab+password+kb.Enter), chromedp.WaitVisible(".side"),
	))
	for _, path := range []string{"/", "/e/" + id, "/staff/events/" + id, home, home + "/events", home + "/new"} {
		for _, width := range []int64{320, 1280} {
			t.Log(path, width)
			s.must(chromedp.Run(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(s.app.BaseURL()+path), chromedp.WaitVisible("main h1", chromedp.ByQuery), fits(t)))
		}
	}
}
