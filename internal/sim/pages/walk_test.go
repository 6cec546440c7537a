//go:build pages

package pages_test

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

// stop is one page in one state.
type stop struct {
	// name is that of its picture.
	name, path string
	// login signs in first, by the form; empty for residents.
	login string
	// then does something on the page, such as sending a form that is refused.
	then func(t *testing.T, b *tab)
	// status of the page at path; 0 for 200.
	status int
}

// TestWalk opens every page in every state, language, width and theme: axe finds
// nothing, nothing is written to the console, nothing is asked of another host,
// nothing scrolls sideways, and every page has a language, a title and one heading.
func TestWalk(t *testing.T) {
	w := open(t)
	w.document(t)
	visited := &paths{}
	t.Run("languages", func(t *testing.T) {
		for _, lang := range languages {
			t.Run(lang, func(t *testing.T) {
				t.Parallel()
				w.walk(t, lang, visited)
			})
		}
	})
	everyRoute(t, visited.all, "no stop of the walk visits %s: add one to the stops, or name it in notPages")
}

func (w *world) walk(t *testing.T, lang string, visited *paths) {
	t.Helper()
	b := browse(t, w, lang)
	signedIn, found := "", findings{}
	for _, s := range w.stops(t, lang) {
		t.Run(s.name, func(t *testing.T) {
			if s.login != signedIn {
				w.sign(t, b, s.login)
				signedIn = s.login
			}
			visited.add(s.path)
			for _, one := range b.take() {
				found.add(one, "on the way to "+s.name)
			}
			status := b.visit(t, s.path)
			if want := max(s.status, http.StatusOK); status != want {
				t.Errorf("status %d, want %d", status, want)
			}
			if s.then != nil {
				s.then(t, b)
			}
			visited.add(b.at(t))
			for _, one := range append(b.inspect(t, lang, b.shooter(t, lang, s.name)), b.take()...) {
				found.add(one, s.name)
			}
		})
	}
	found.report(t)
}

// findings are faults, each with the stops that have it: what is wrong with a
// frame is wrong with all that it is around.
type findings map[string][]string

func (f findings) add(what, where string) { f[what] = append(f[what], where) }

func (f findings) report(t *testing.T) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(f)) {
		t.Errorf("%s: %s", strings.Join(f[what], ", "), what)
	}
}

// paths are those that were visited.
type paths struct {
	mu  sync.Mutex
	all []string
}

func (p *paths) add(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	path, _, _ = strings.Cut(path, "?")
	p.all = append(p.all, path)
}

// notPages are routes that show nobody a page, by how they begin or end.
var notPages = []string{
	"/healthz", "/readyz", "/seen-as", "/openapi.json", "/api/", // for programs
	"/docs",                  // the documentation of the API is another project's page
	"/dev/mail/:number/html", // what a mail is, framed by its page
	"/calendars/", ".ics", ".css", ".js", ".svg", ".png", ".webmanifest",
}

// everyRoute wants each page that can be got to be among the paths, so that a new
// one is looked at from its first day; but those that begin or end so, beside
// notPages. complaint has a place for the route.
func everyRoute(t *testing.T, all []string, complaint string, but ...string) {
	t.Helper()
	found := 0
	for _, r := range routes(t) {
		if r.Method != http.MethodGet || slices.ContainsFunc(append(but, notPages...), func(p string) bool {
			return strings.HasPrefix(r.Path, p) || strings.HasSuffix(r.Path, p)
		}) {
			continue
		}
		found++
		if !slices.ContainsFunc(all, func(path string) bool { return matches(r.Path, path) }) {
			t.Errorf(complaint, r.Path)
		}
	}
	if found < 8 {
		t.Errorf("only %d pages were found", found)
	}
}

// routes are those of a program that listens nowhere.
func routes(t *testing.T) gin.RoutesInfo {
	t.Helper()
	c, err := config.Load([]string{"SUNDAY_DATA=" + t.TempDir()})
	must(t, err)
	catcher, err := mailcatch.Start()
	must(t, err)
	a, err := app.Open(t.Context(), app.Options{Config: c, Catcher: catcher})
	must(t, err)
	t.Cleanup(func() { must(t, errors.Join(a.Close(), catcher.Close())) })
	handler, err := a.Pages()
	must(t, err)
	engine, ok := handler.(*gin.Engine)
	if !ok {
		t.Fatalf("the pages are a %T, whose routes nobody knows", handler)
	}
	return engine.Routes()
}

// matches tells whether the path is one of the route.
func matches(route, path string) bool {
	want, got := strings.Split(route, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, part := range want {
		if one, err := url.PathUnescape(got[i]); err != nil || part != one && (!strings.HasPrefix(part, ":") || one == "") {
			return false
		}
	}
	return true
}
