//go:build pages

package pages_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/sim/demo"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// languages are those that pages come in.
var languages = []string{"vi", "en", "pl"}

// begin is Monday noon in Vietnam, when the surveys about the Sunday before are open.
var begin = time.Date(2026, 11, 30, 5, 0, 0, 0, time.UTC)

// speed has the five minutes pass in half a minute that changes wait before they
// are told; an hour of walking is over before that evening's quiet hours.
const speed = 10

// world is the demo, as a visitor finds it.
type world struct {
	*demo.Demo
	base string

	// paper guards printed, the paths of lists by their kind.
	paper   sync.Mutex
	printed map[paper.Kind]string
}

// open starts the demo with its pages and its worker until the test ends.
func open(t *testing.T) *world {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c, err := config.Load([]string{"SUNDAY_DATA=" + t.TempDir(), "SUNDAY_ADDR=127.0.0.1:0"})
	must(t, err)
	l, err := app.Listen(ctx, c)
	must(t, err)
	d, err := demo.Open(ctx, demo.Options{
		Config: c, Listeners: l, Version: "pages", Now: begin, Speed: speed, Seed: 1, Units: 2, Residents: 60, Unlimited: true,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	must(t, err)
	must(t, d.Make(ctx, func(int) {}))
	var halves sync.WaitGroup
	for _, half := range []func(context.Context) error{d.App.Serve, d.App.Work} {
		halves.Go(func() {
			if err := half(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		halves.Wait()
		must(t, d.Close())
	})
	return &world{Demo: d, base: d.App.BaseURL(), printed: map[paper.Kind]string{}}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// visitor asks for pages as a program does, in one language.
type visitor struct {
	*world
	lang string
	// head is sent with each request: who is signed in.
	head http.Header
	http *http.Client
}

func (w *world) visitor(lang string) *visitor {
	return &visitor{world: w, lang: lang, head: http.Header{}, http: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is one page as it came.
type answer struct {
	path, location string
	status         int
	header         http.Header
	body           string
}

func (v *visitor) send(tb testing.TB, method, path string, form url.Values) answer {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), method, v.base+path, strings.NewReader(form.Encode()))
	must(tb, err)
	r.Header = v.head.Clone()
	r.Header.Set("Accept-Language", v.lang)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	got, err := v.http.Do(r)
	must(tb, err)
	defer got.Body.Close()
	var b strings.Builder
	_, err = copyAll(&b, got.Body)
	must(tb, err)
	return answer{path: path, location: got.Header.Get("Location"), status: got.StatusCode, header: got.Header, body: b.String()}
}

func (v *visitor) get(tb testing.TB, path string) answer {
	tb.Helper()
	return v.send(tb, http.MethodGet, path, nil)
}

// forms are those of the page, with what they hold.
func (a answer) forms(tb testing.TB) []form {
	tb.Helper()
	root, err := html.Parse(strings.NewReader(a.body))
	must(tb, err)
	var out []form
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" {
			out = append(out, readForm(a.path, n))
		}
	}
	return out
}

// fill sends the form whose address ends with the words, with the pairs put in.
func (v *visitor) fill(tb testing.TB, path, action string, pairs ...string) answer {
	tb.Helper()
	page := v.get(tb, path)
	for _, f := range page.forms(tb) {
		to, _, _ := strings.Cut(f.action, "?")
		if !strings.HasSuffix(to, action) {
			continue
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			f.values.Set(pairs[i], pairs[i+1])
		}
		return v.send(tb, http.MethodPost, f.action, f.values)
	}
	tb.Fatalf("%s (%d) has no form to %q: %.2000s", path, page.status, action, page.body)
	return answer{}
}
