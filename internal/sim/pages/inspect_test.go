//go:build pages

package pages_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// toolsEnv names the folder that scripts/browser-tools fills.
const toolsEnv = "PAGES_TOOLS"

var axe = sync.OnceValues(func() (string, error) {
	script, err := os.ReadFile(filepath.Join(os.Getenv(toolsEnv), "node_modules/axe-core/axe.min.js"))
	return string(script), err
})

// whole asks axe for all that it knows of WCAG 2.2 AA and of good practice;
// colours asks again only for what another theme may change.
const (
	whole = `{runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']},
		rules: {'target-size': {enabled: true}}, resultTypes: ['violations']}`
	colours = `{runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}, resultTypes: ['violations']}`
)

const ask = `axe.run(document, %s).then(r => r.violations.map(v => v.id + ': ' + v.help + ': ' +
	v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0] || n.all[0] || n.none[0] || {message: ''}).message).join(' | ')))`

// violations are those that axe finds on the page that is open.
func (b *tab) violations(t *testing.T, what string) []string {
	t.Helper()
	script, err := axe()
	if err != nil {
		t.Fatalf("run it by make pages: %s has no axe-core: %v", toolsEnv, err)
	}
	var known bool
	if b.eval(t, `typeof axe === 'object'`, &known); !known {
		b.eval(t, script+`;true`, &known)
	}
	var found []string
	b.eval(t, fmt.Sprintf(ask, what), &found)
	return found
}

// shape is what every page has to be, whatever is on it.
type shape struct {
	Lang, Title string
	Heads       int
	Wide        bool
	// Widest are the elements that stick out, for whoever has to mend it; Small
	// the controls, and links outside a sentence, that a thumb misses; Foreign the
	// Vietnamese words that are not marked as such; Cut the way through the pages of
	// staff where it leaves the screen, and words of a day's leaf that are broken.
	Widest, Small, Foreign, Cut []string
}

// leastSide is how high a control has to be, and how wide if it is no link, in
// CSS pixels.
const leastSide = 44

const measure = `({
	lang: document.documentElement.lang, title: document.title, heads: document.querySelectorAll('h1').length,
	wide: document.documentElement.scrollWidth > innerWidth,
	widest: [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
		.slice(0, 4).map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right)),
	small: [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
		.filter(e => e.checkVisibility() && !e.closest('[aria-hidden=true]') && getComputedStyle(e).display !== 'inline')
		.map(e => [e, (e.closest('label') || e).getBoundingClientRect()])
		.filter(([e, box]) => box.height < %[1]d || box.width < %[1]d && e.tagName !== 'A')
		.map(([e, box]) => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30) + ' ' + Math.round(box.width) + '×' + Math.round(box.height)),
	foreign: (words => { const found = []; for (let n = words.nextNode(); n; n = words.nextNode())
		if (/[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]/.test(n.data) && !n.parentElement.closest('[lang=vi], pre, script, style'))
			found.push(n.parentElement.tagName + '.' + n.parentElement.className + ' ' + n.data.trim().slice(0, 80)); return found; })(
		document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)),
	cut: [...document.querySelectorAll('.side a')].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth).concat(
		[...document.querySelectorAll('.tile b, .tile small')].filter(e => { const r = document.createRange(); r.selectNodeContents(e);
			return !/\s/.test(e.textContent.trim()) && r.getClientRects().length > 1; })).map(e => e.tagName + ' ' + e.textContent.trim()),
})`

// inspect says all that is wrong with the page that is open, in every look.
func (b *tab) inspect(t *testing.T, lang string, shoot func(look)) []string {
	t.Helper()
	var wrong []string
	for _, l := range []look{{320, false}, {320, true}, {1280, true}, {1280, false}} {
		b.as(t, l)
		var s shape
		b.eval(t, fmt.Sprintf(measure, leastSide), &s)
		if s.Lang != lang || strings.TrimSpace(s.Title) == "" || s.Heads != 1 {
			wrong = append(wrong, fmt.Sprintf("%s: language %q, title %q, %d headings of the first rank", l, s.Lang, s.Title, s.Heads))
		}
		if s.Wide {
			wrong = append(wrong, fmt.Sprintf("%s: scrolls sideways: %v", l, s.Widest))
		}
		for _, one := range s.Small {
			wrong = append(wrong, fmt.Sprintf("%s: smaller than %d px: %s", l, leastSide, one))
		}
		for _, one := range s.Foreign {
			wrong = append(wrong, fmt.Sprintf("Vietnamese, and not marked so: %s", one))
		}
		for _, one := range s.Cut {
			wrong = append(wrong, fmt.Sprintf("%s: cut off: %s", l, one))
		}
		what := colours
		if l.width == 320 != l.dark { // the whole once at each width, each in another theme
			what = whole
		}
		for _, v := range b.violations(t, what) {
			wrong = append(wrong, fmt.Sprintf("%s: axe: %s", l, v))
		}
		if shoot != nil {
			shoot(l)
		}
	}
	return wrong
}
