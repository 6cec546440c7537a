package app_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestOverview_Chromium signs in and walks through the pages of the navigation
// by the keyboard alone, without JavaScript, and looks at them in every width.
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
	for name, path := range map[string]string{
		"overview": "/staff/units/" + s.unit, "events": "/staff/units/" + s.unit + "/events",
		"scorecard": "/staff/units/" + s.unit + "/scorecard", "messages": "/staff/events/" + s.event + "/messages",
	} {
		for _, lang := range []string{"vi", "pl"} {
			for _, width := range []int64{320, 768, 1280} {
				s.must(chromedp.Run(
					ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(s.app.BaseURL()+path+"?lang="+lang),
					chromedp.WaitVisible(".side [aria-current]"), fits(t), shoot(fmt.Sprintf("%s-%s-%d", name, lang, width)),
				))
			}
		}
	}
	dark := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}})
	s.must(chromedp.Run(
		ctx, dark, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.app.BaseURL()+"/staff/units/"+s.unit+"?lang=vi"),
		chromedp.WaitVisible(".board"), shoot("overview-dark"),
		chromedp.KeyEvent(kb.Tab+kb.Enter), // "to the main part"
		chromedp.KeyEvent(kb.Tab+kb.Enter), // the first link in it
		chromedp.WaitVisible("main .facts"),
	))
}
