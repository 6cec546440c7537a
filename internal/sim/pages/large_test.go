//go:build pages

package pages_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// large is what somebody has set who needs letters of twice the size.
var large = chromedp.Flag("blink-settings", "defaultFontSize=32")

// squeezed are words for which there is less room than three letters are wide,
// so that they stand below each other.
const squeezed = `({
	wide: document.documentElement.scrollWidth > innerWidth,
	thin: [...document.querySelectorAll('main a, main b, main dd, main dt, main h1, main h2, main label, main legend, main p, main strong, main button')]
		.filter(e => e.checkVisibility() && !e.closest('.hidden, .first') && !e.querySelector('.hidden') && e.textContent.trim().length > 6 &&
			e.getBoundingClientRect().width < 3 * parseFloat(getComputedStyle(e).fontSize))
		.slice(0, 4).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30)),
})`

// TestLargeText opens every page on a small phone with letters of twice the size:
// nothing scrolls sideways, and words stay words.
func TestLargeText(t *testing.T) {
	w := open(t)
	b := browse(t, w, "vi", large)
	signedIn := ""
	for _, s := range w.stops(t, "vi") {
		if s.then != nil || strings.HasPrefix(s.name, "mail") { // a mail's source is shown as it is
			continue
		}
		if s.login != signedIn {
			w.sign(t, b, s.login)
			signedIn = s.login
		}
		b.visit(t, s.path)
		b.as(t, look{width: 320})
		var got struct {
			Wide bool
			Thin []string
		}
		b.eval(t, squeezed, &got)
		if got.Wide {
			t.Errorf("%s scrolls sideways", s.name)
		}
		if len(got.Thin) > 0 {
			t.Errorf("%s has no room for %q", s.name, got.Thin)
		}
	}
}
