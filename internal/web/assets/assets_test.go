package assets_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

func style(t *testing.T) string {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	assets.Mount(r)
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, assets.Style(), nil))
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Fatalf("got %d, %v", rec.Code, rec.Header())
	}
	return rec.Body.String()
}

func TestStyle_AsksNobody(t *testing.T) {
	t.Parallel()
	css := style(t)
	if strings.Contains(css, "url(") || strings.Contains(css, "@import") {
		t.Error("the style sheet loads something")
	}
	if len(css) < 5_000 || len(css) > 29_000 {
		t.Errorf("%d bytes", len(css))
	}
}

// TestStyle_OldBrowsers keeps out what a WebView of 2019 does not know; a rule
// that it does not know it drops whole.
func TestStyle_OldBrowsers(t *testing.T) {
	t.Parallel()
	css := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(style(t), "")
	for _, word := range []string{
		"inset:", ":is(", ":where(", "clamp(", " min(", "color-mix", "@container", "@layer", "aspect-ratio", "&", "margin-inline", "padding-inline", "dvh",
	} {
		if strings.Contains(css, word) {
			t.Errorf("%q is too new", word)
		}
	}
	// gap is for grids, and under the name that was there first
	if strings.Contains(css, " gap:") || strings.Contains(css, "{gap:") {
		t.Error("gap is too new")
	}
	rest, help, _ := strings.Cut(css, "@supports selector(:has(*)) {")
	_, after, _ := strings.Cut(help, "\n}")
	if strings.Contains(rest+after, ":has(") {
		t.Error(":has is asked for where it is not known")
	}
}

func TestStyle_Packed(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	assets.Mount(r)
	tests := map[string]string{
		"gzip": "gzip", "br, GZIP;q=0.5": "gzip", "": "", "br": "", "gzip;q=0": "", "gzip; q=0.0, br": "", "x-gzip": "",
	}
	for accept, want := range tests {
		req := httptest.NewRequest(http.MethodGet, assets.Style(), nil)
		req.Header.Set("Accept-Encoding", accept)
		rec := httptest.NewRecorder()
		r.ServeHTTP(rec, req)
		if got := rec.Header().Get("Content-Encoding"); got != want {
			t.Errorf("%q: got %q, want %q", accept, got, want)
		}
		if want == "" {
			continue
		}
		z, err := gzip.NewReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(z)
		if err != nil || string(body) != style(t) {
			t.Errorf("%q: %d bytes, %v", accept, len(body), err)
		}
	}
}

// contrasts are pairs of text, or of a control's edge, and its ground, with the
// least contrast of WCAG 2.2 AA.
var contrasts = []struct {
	front, back string
	least       float64
}{
	{"ink", "paper", 4.5}, {"ink", "panel", 4.5}, {"muted", "paper", 4.5}, {"muted", "panel", 4.5},
	{"pine", "paper", 4.5}, {"pine", "panel", 4.5}, {"pine-ink", "pine", 4.5}, {"pine", "pine-soft", 4.5}, {"muted", "pine-soft", 4.5},
	{"sun-ink", "sun", 4.5}, {"sun", "sun-soft", 4.5}, {"ink", "sun-soft", 4.5}, {"bad", "bad-soft", 4.5}, {"ink", "bad-soft", 4.5},
	{"bad", "panel", 4.5}, {"ok", "ok-soft", 4.5}, {"ink", "ok-soft", 4.5}, {"pine", "ok-soft", 4.5}, {"pine", "sun-soft", 4.5},
	{"edge", "panel", 3}, {"edge", "paper", 3}, {"bad", "panel", 3},
}

func TestStyle_Contrast(t *testing.T) {
	t.Parallel()
	css := style(t)
	light, dark, found := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("no dark colours")
	}
	for name, part := range map[string]string{"light": light, "dark": dark} {
		colors := tokens(part)
		for _, c := range contrasts {
			if got := contrast(colors[c.front], colors[c.back]); got < c.least {
				t.Errorf("%s: %s on %s has %.2f, want %.1f", name, c.front, c.back, got, c.least)
			}
		}
	}
}

var page = fstest.MapFS{
	"one.html":          {Data: []byte(`{{define "main"}}<h1>{{.T "page.event.link" "host" "<b>"}}</h1>{{template "part" .}}{{end}}`)},
	"shared/parts.html": {Data: []byte(`{{define "part"}}<p>{{.N "page.event.days" 2}}</p>{{end}}`)},
}

func TestPage(t *testing.T) {
	t.Parallel()
	pages, err := assets.Parse(page, nil, "shared/*.html")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.Open()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	view := assets.Page{Texts: texts.For("en"), Title: "T", Here: "/?unit=a&after=b", Keep: "en"}
	if err := pages["one"].ExecuteTemplate(&b, "layout", view); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<html lang="en">`, "<h1>Open &lt;b&gt;</h1>", "<p>in 2 days</p>", `href="/?after=b&amp;lang=pl&amp;unit=a"`,
		`aria-current="true"`, assets.Style(), `href="/?lang=en"`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in %s", want, b.String())
		}
	}
	if regexp.MustCompile(`noindex`).MatchString(b.String()) {
		t.Error("a public page is hidden from search")
	}
}

func TestPage_Link(t *testing.T) {
	t.Parallel()
	tests := []struct{ keep, path, want string }{
		{"", "/e/1", "/e/1"},
		{"pl", "/e/1", "/e/1?lang=pl"},
		{"pl", "/?unit=a", "/?unit=a&lang=pl"},
		{"pl", "/e/1#come", "/e/1?lang=pl#come"},
	}
	for _, tt := range tests {
		if got := (assets.Page{Keep: tt.keep}).Link(tt.path); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestParse_RefusesBrokenPages(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"page":   {"one.html": {Data: []byte(`{{define "main"}}{{end`)}, "shared/parts.html": page["shared/parts.html"]},
		"shared": {"one.html": page["one.html"], "shared/parts.html": {Data: []byte(`{{`)}},
		"none":   {"one.html": page["one.html"]},
	} {
		if _, err := assets.Parse(files, nil, "shared/*.html"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
