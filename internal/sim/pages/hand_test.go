//go:build pages

package pages_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hand is what somebody works a page with. Selectors are CSS.
type hand interface {
	// pick chooses a radio button or a box.
	pick(t *testing.T, choice string)
	// write fills a field in, whatever it held.
	write(t *testing.T, field, text string)
	// press a button or follow a link to the next page, and gives its status.
	press(t *testing.T, what string) int
}

// put types over what the field with the focus holds.
func (b *tab) put(t *testing.T, text string) {
	t.Helper()
	b.run(t,
		chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)), chromedp.KeyEvent(kb.Delete),
		chromedp.ActionFunc(func(ctx context.Context) error { return input.InsertText(text).Do(ctx) }),
	)
}

// mouse clicks.
type mouse struct{ *tab }

func (m mouse) pick(t *testing.T, choice string) {
	t.Helper()
	m.run(t, chromedp.Click(choice, chromedp.ByQuery))
}

func (m mouse) write(t *testing.T, field, text string) {
	t.Helper()
	m.run(t, chromedp.Click(field, chromedp.ByQuery))
	m.put(t, text)
}

func (m mouse) press(t *testing.T, what string) int {
	t.Helper()
	return m.opens(t, chromedp.Click(what, chromedp.ByQuery))
}

// keyboard has no mouse: Tab, the arrows, Space, Enter and letters.
type keyboard struct{ *tab }

// maxTabs bounds the way to anything on a page.
const maxTabs = 120

// at tells whether the focus is on what the selector names, whether people can
// see that it is, and what lies over its ends or its middle.
const at = `(() => {
	const on = document.activeElement, ring = e => e && (getComputedStyle(e).outlineStyle !== 'none' &&
		parseFloat(getComputedStyle(e).outlineWidth) > 0 || getComputedStyle(e).boxShadow !== 'none');
	const near = on.closest('label'), box = (near || on).getBoundingClientRect(), named = e => e.tagName + '#' + e.id + '.' + e.className;
	const over = [...(near || on).getClientRects()].flatMap(r => [r.top + 2, (r.top + r.bottom) / 2, r.bottom - 2].map(y =>
		document.elementFromPoint((r.left + r.right) / 2, y))).filter(e => e && !on.contains(e) && !(near && near.contains(e)) && !e.contains(on));
	return {
		there: on.matches(%q), name: named(on),
		seen: !!(ring(on) || ring(near) || near && [...near.querySelectorAll('*')].some(ring)) &&
			box.bottom > 0 && box.top < innerHeight && box.width > 0,
		covered: over.length > 0 ? named(over[0]) : '',
	};
})()`

type focus struct {
	There, Seen   bool
	Name, Covered string
}

func (k keyboard) key(t *testing.T, key string) {
	t.Helper()
	k.run(t, chromedp.KeyEvent(key))
}

func (k keyboard) focus(t *testing.T, what string) focus {
	t.Helper()
	var f focus
	k.eval(t, fmt.Sprintf(at, what), &f)
	return f
}

// to moves the focus by Tab; wherever it stops on the way, it can be seen.
func (k keyboard) to(t *testing.T, what string) {
	t.Helper()
	for range maxTabs {
		f := k.focus(t, what)
		if f.There {
			return
		}
		k.key(t, kb.Tab)
		if f = k.focus(t, what); f.Name == "BODY#." {
			continue
		}
		if !f.Seen {
			t.Errorf("%s: nobody sees that the focus is on %s", k.at(t), f.Name)
		}
		if f.Covered != "" {
			t.Errorf("%s: the focus is on %s, which %s covers", k.at(t), f.Name, f.Covered)
		}
	}
	t.Fatalf("no way by Tab to %s", what)
}

func (k keyboard) pick(t *testing.T, choice string) {
	t.Helper()
	var group string
	k.eval(t, fmt.Sprintf(`(e => e.type === 'radio' ? 'input[name="' + e.name + '"]' : '')(document.querySelector(%q))`, choice), &group)
	if group == "" {
		k.to(t, choice)
		k.key(t, " ")
		return
	}
	k.to(t, group)
	k.key(t, " ")
	for range 20 {
		if k.focus(t, choice).There {
			return
		}
		k.key(t, kb.ArrowDown)
	}
	t.Fatalf("no way by the arrows to %s", choice)
}

func (k keyboard) write(t *testing.T, field, text string) {
	t.Helper()
	k.to(t, field)
	k.put(t, text)
}

func (k keyboard) press(t *testing.T, what string) int {
	t.Helper()
	k.to(t, what)
	return k.opens(t, chromedp.KeyEvent(kb.Enter))
}
