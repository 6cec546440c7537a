//go:build pages

package pages_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// shotsEnv names the folder for pictures of every page, docsEnv that of the few
// in the documents; none are taken without.
const (
	shotsEnv = "PAGES_PICTURES"
	docsEnv  = "PAGES_DOCUMENTS"
)

// documented are the pictures of the documents, by language and stop.
var documented = map[string]map[string]look{
	"vi": {"event": {width: 390}, "survey": {width: 390}, "own-confirmed": {width: 390}, "unit-overview": {width: 1280}, "scorecard": {width: 1280}},
	"pl": {"coming-unit": {width: 390, dark: true}},
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
			b.document(t, lang, name)
			b.as(t, l)
		}
	}
}

// document takes the picture of what a window shows, if it is one of the few.
func (b *tab) document(t *testing.T, lang, name string) {
	t.Helper()
	folder := os.Getenv(docsEnv)
	l, wanted := documented[lang][name]
	if folder == "" || !wanted {
		return
	}
	b.as(t, l)
	var picture []byte
	b.run(t, chromedp.CaptureScreenshot(&picture))
	must(t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600))
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
