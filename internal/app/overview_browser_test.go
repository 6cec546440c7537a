package app_test

import (
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
