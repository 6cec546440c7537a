//go:build pages

package pages_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one page, one mail or one browser may take to come. It
// is waited out by what never comes alone, so a busy machine may have much of it.
const patience = 3 * time.Minute

// tab is one browser window, and what went wrong in it.
type tab struct {
	ctx  context.Context
	base string

	mu     sync.Mutex
	faults []string
}

// browse opens a browser of its own that prefers the language.
func browse(t *testing.T, w *world, lang string, also ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(patience))
	options = append(options, also...)
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
	b := &tab{ctx: ctx, base: w.base}
	chromedp.ListenTarget(ctx, b.hear)
	head := network.Headers{"Accept-Language": lang}
	must(t, chromedp.Run(ctx, log.Enable(), network.Enable(), network.SetExtraHTTPHeaders(head)))
	return b
}

// hear notes what a page does that it must not.
func (b *tab) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.fault("threw " + e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError {
			b.fault("wrote an error to the console")
		}
	case *log.EventEntryAdded:
		// A refused form is answered with its status, which is no fault of the page.
		if e.Entry.Level == log.LevelError && !strings.Contains(e.Entry.Text, "the server responded with a status of 4") {
			b.fault("the browser says: " + e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && !strings.HasPrefix(e.Request.URL, b.base) {
			b.fault("asks " + e.Request.URL)
		}
	}
}

func (b *tab) fault(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, what)
}

// take gives what was noted since the last time.
func (b *tab) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.faults
	b.faults = nil
	return out
}

func (b *tab) run(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	must(t, chromedp.Run(ctx, actions...))
}

// opens does what leads to another page, and gives its status.
func (b *tab) opens(t *testing.T, actions ...chromedp.Action) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	r, err := chromedp.RunResponse(ctx, actions...)
	must(t, err)
	if r == nil {
		t.Fatal("no page came")
	}
	return int(r.Status)
}

// visit opens a path.
func (b *tab) visit(t *testing.T, path string) int {
	t.Helper()
	return b.opens(t, chromedp.Navigate(b.base+path))
}

func (b *tab) eval(t *testing.T, script string, into any) {
	t.Helper()
	wait := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	b.run(t, chromedp.Evaluate(script, into, wait))
}

// look is how a page is looked at.
type look struct {
	width int
	dark  bool
}

func (l look) String() string {
	theme := "light"
	if l.dark {
		theme = "dark"
	}
	return fmt.Sprintf("%d px %s", l.width, theme)
}

// as shows the page that is open in another way.
func (b *tab) as(t *testing.T, l look) {
	t.Helper()
	theme := "light"
	if l.dark {
		theme = "dark"
	}
	media := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}})
	b.run(t, emulation.SetDeviceMetricsOverride(int64(l.width), heights[l.width], 1, false), media)
}

// heights of a small phone, a phone, a tablet and a laptop.
var heights = map[int]int64{320: 640, 390: 760, 768: 1024, 1280: 800}
