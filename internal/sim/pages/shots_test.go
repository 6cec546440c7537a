//go:build pages

package pages_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
)

// shotsEnv names the folder for pictures of every page, docsEnv that of the few
// in the documents; none are taken without.
const (
	shotsEnv = "PAGES_PICTURES"
	docsEnv  = "PAGES_DOCUMENTS"
)

// picture is one of the documents: a page as the demo's visitors find it.
type picture struct {
	stop
	lang string
	look look
}

// pictures are those of the documents. They are taken before the walk makes
// events of its own, whose words are long to see whether they fit.
func (w *world) pictures(t *testing.T) []picture {
	t.Helper()
	v := w.visitor("vi")
	home, phone, desk := "/staff/units/"+w.Tour.Unit, look{width: 390}, look{width: 1280}
	coming := outreach.EventPath + w.Tour.Coming
	return []picture{
		{stop{name: "event", path: coming}, "vi", phone},
		{stop{name: "own-confirmed", path: v.confirmed(t, v.pending(t, w.Tour.Coming, "lan@example.org"))}, "vi", phone},
		{stop{name: "survey", path: v.surveyLinks(t, 1)[0]}, "vi", phone},
		{stop{name: "coming-unit", path: "/?unit=" + w.Tour.Unit}, "pl", look{width: 390, dark: true}},
		{stop{name: "unit-overview", path: home, login: "organizer"}, "vi", desk},
		{stop{name: "scorecard", path: home + "/scorecard", login: "reviewer"}, "vi", desk},
	}
}

// document takes the pictures of the documents, of what a window shows.
func (w *world) document(t *testing.T) {
	t.Helper()
	folder := os.Getenv(docsEnv)
	if folder == "" {
		return
	}
	tabs := map[string]*tab{"vi": browse(t, w, "vi"), "pl": browse(t, w, "pl")}
	for _, p := range w.pictures(t) {
		b := tabs[p.lang]
		w.sign(t, b, p.login)
		b.visit(t, p.path)
		b.as(t, p.look)
		var shown []byte
		b.run(t, chromedp.CaptureScreenshot(&shown))
		must(t, os.WriteFile(filepath.Join(folder, p.name+".png"), shown, 0o600))
	}
}

// shooter takes pictures of a page while it is looked at.
func (b *tab) shooter(t *testing.T, lang, name string) func(look) {
	folder := os.Getenv(shotsEnv)
	if folder == "" || lang == "en" {
		return nil
	}
	return func(l look) {
		b.shoot(t, filepath.Join(folder, lang), name, l)
		if l.width == 1280 && !l.dark {
			b.as(t, look{width: 768})
			b.shoot(t, filepath.Join(folder, lang), name, look{width: 768})
			b.as(t, look{width: 768, dark: true})
			b.shoot(t, filepath.Join(folder, lang), name, look{width: 768, dark: true})
			b.as(t, l)
			b.onPaper(t, filepath.Join(folder, lang), name)
		}
	}
}

// printed are the stops whose pages are made for paper.
var printed = []string{"poster", "loudspeaker", "attendance-sheet", "sheet-print", "letters-print", "scorecard"}

// onPaper keeps what a printer would print of the page that is open.
func (b *tab) onPaper(t *testing.T, folder, name string) {
	t.Helper()
	if !slices.Contains(printed, name) {
		return
	}
	var sheets []byte
	b.run(t, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		sheets, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).WithPaperWidth(210 / 25.4).WithPaperHeight(297 / 25.4).Do(ctx)
		return err
	}))
	must(t, os.WriteFile(filepath.Join(folder, name+".pdf"), sheets, 0o600))
}

func (b *tab) shoot(t *testing.T, folder, name string, l look) {
	t.Helper()
	must(t, os.MkdirAll(folder, 0o750))
	theme := ""
	if l.dark {
		theme = "-dark"
	}
	// A window as high as the page has what sticks to its edge where it belongs.
	var high int64
	b.eval(t, `document.documentElement.scrollHeight`, &high)
	var picture []byte
	b.run(t, emulation.SetDeviceMetricsOverride(int64(l.width), max(high, heights[l.width]), 1, false),
		chromedp.FullScreenshot(&picture, 100))
	b.as(t, l)
	must(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d%s.png", name, l.width, theme)), picture, 0o600))
}
