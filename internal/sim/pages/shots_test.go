//go:build pages

package pages_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// shotsEnv names the folder for pictures of every page; none are taken without.
const shotsEnv = "PAGES_PICTURES"

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
			b.as(t, l)
		}
	}
}

func (b *tab) shoot(t *testing.T, folder, name string, l look) {
	t.Helper()
	must(t, os.MkdirAll(folder, 0o750))
	theme := ""
	if l.dark {
		theme = "-dark"
	}
	var picture []byte
	b.run(t, chromedp.FullScreenshot(&picture, 100))
	must(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d%s.png", name, l.width, theme)), picture, 0o600))
}
