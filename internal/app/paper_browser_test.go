package app_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// mostKeys is how many keys 60 lines may take: at two a second that is half of
// the five minutes.
const mostKeys = 300

// TestPaper_Chromium prints a call list and enters its 60 lines in line order
// by the keyboard alone, with JavaScript switched off.
func TestPaper_Chromium(t *testing.T) {
	t.Parallel()
	s, _ := cancelled(t, "sqlite")
	ctx := browser(t)
	list := s.app.BaseURL() + "/staff/units/" + s.unit + "/sheets?lang=vi"
	var text, at string
	s.must(chromedp.Run(
		ctx, emulation.SetScriptExecutionDisabled(true), chromedp.EmulateViewport(1280, 900),
		chromedp.Navigate(list), chromedp.WaitVisible("#login"), shoot("sign-in"),
		chromedp.KeyEvent("organizer"+kb.Tab+password+kb.Enter), // the first field has the focus
		chromedp.WaitVisible(".side"), shoot("lists"),
		chromedp.Click(`//button[contains(., "Lập danh sách")]`, chromedp.BySearch),
		chromedp.WaitVisible("table.paper"), chromedp.Text("table.paper", &text), shoot("calls"),
		chromedp.EmulateViewport(320, 700), shoot("calls-phone"), chromedp.EmulateViewport(1280, 900),
		chromedp.Click(`//a[contains(., "Nhập kết quả")]`, chromedp.BySearch), chromedp.WaitVisible(".entries"),
		chromedp.Location(&at), shoot("entry"), chromedp.EmulateViewport(320, 700), shoot("entry-phone"), fits(t),
		chromedp.EmulateViewport(1280, 900),
	))
	if n := strings.Count(text, "đã bị hủy"); n != paperLines {
		t.Errorf("%d of %d lines say that it is cancelled", n, paperLines)
	}
	keys := 0
	press := func(key string) chromedp.Action {
		keys++
		return chromedp.KeyEvent(key)
	}
	var all []chromedp.Action
	for n := 1; n <= paperLines; n++ { // the page has put the focus on line 1
		if n%7 == 0 {
			all = append(all, press(kb.ArrowRight)) // not reached
		} else {
			all = append(all, press(" "))
		}
		if n < paperLines {
			all = append(all, press(kb.Tab))
		}
	}
	all = append(all, press(kb.Enter), chromedp.WaitVisible(".note.good"), shoot("entered"))
	began := time.Now()
	s.must(chromedp.Run(ctx, all...))
	t.Logf("%d lines by %d keys in %s", paperLines, keys, time.Since(began).Round(time.Millisecond))
	// What was entered can be taken back from a phone too.
	var narrowest int
	s.must(chromedp.Run(
		ctx, chromedp.EmulateViewport(320, 700), shoot("entered-phone"), fits(t),
		chromedp.Evaluate(longStandings, &narrowest), shoot("moved-phone"), fits(t),
	))
	if narrowest < 150 {
		t.Errorf("%d px are left for a name beside what became of its line", narrowest)
	}
	if keys > mostKeys {
		t.Errorf("%d keys for %d lines, at most %d", keys, paperLines, mostKeys)
	}
	path, err := url.Parse(at)
	s.must(err)
	if left := s.left(path.Path); left != paperLines/7 {
		t.Errorf("%d lines are left, want the %d not reached", left, paperLines/7)
	}
}

// longStandings has every line say the longest of what may become of it, and gives
// how wide the narrowest name stands then.
const longStandings = `document.querySelectorAll(".came .tag").forEach((tag) => { tag.textContent = "zmieniono: patrz nowy wiersz" }),
	Math.round(Math.min(...[...document.querySelectorAll(".entries li.ended .who")].map((who) => who.getBoundingClientRect().width)))`

// browser is a new one, without a window.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)
	for _, path := range []string{"/usr/bin/chromium", "/usr/bin/chromium-browser"} {
		if _, err := os.Stat(path); err == nil {
			options = append(options, chromedp.ExecPath(path))
			break
		}
	}
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, quit := chromedp.NewContext(allocated)
	t.Cleanup(quit)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// shoot keeps a picture in the folder that SUNDAY_PICTURES names, for people to
// look at.
func shoot(name string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		folder := os.Getenv("SUNDAY_PICTURES")
		if folder == "" {
			return nil
		}
		var picture []byte
		if err := chromedp.CaptureScreenshot(&picture).Do(ctx); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600)
	})
}

// fits wants the page to be no wider than the window, and the words of buttons
// and labels to be whole.
func fits(t *testing.T) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		var wide bool
		var broken []string
		err := chromedp.Run(ctx, chromedp.Evaluate(`document.documentElement.scrollWidth > innerWidth`, &wide), chromedp.Evaluate(brokenWords, &broken))
		if wide {
			t.Error("the page is wider than the window")
		}
		if len(broken) > 0 {
			t.Errorf("words go on in the next line: %q", broken)
		}
		return err
	})
}

// brokenWords are those of buttons and labels that do not stand in one line. Who
// only listens has buttons of their own, which nobody sees.
const brokenWords = `[...document.querySelectorAll("button:not(.first), a.button, dt, label.name, nav a")].flatMap((shown) => {
	const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT), broken = [];
	while (walker.nextNode()) {
		if (walker.currentNode.parentElement.closest(".hidden")) continue;
		for (const word of walker.currentNode.data.matchAll(/\p{L}+/gu)) {
			const range = document.createRange();
			range.setStart(walker.currentNode, word.index);
			range.setEnd(walker.currentNode, word.index + word[0].length);
			if (new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size > 1) broken.push(word[0]);
		}
	}
	return broken;
})`
