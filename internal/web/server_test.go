package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/web"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

const planted = "planted-token-0912345678"

type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// server is the real server with a few pages of its own.
type server struct {
	http.Handler
	logs     *logs
	registry *prometheus.Registry
	at       time.Time
}

func setup(t testing.TB, change func(*web.Options)) *server {
	t.Helper()
	texts, err := i18n.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{logs: &logs{}, registry: prometheus.NewRegistry(), at: time.Date(2026, 11, 29, 7, 0, 0, 0, time.UTC)}
	o := web.Options{
		Texts: texts, Process: func() time.Time { return s.at }, Registry: s.registry,
		Log: slog.New(slog.NewTextHandler(s.logs, nil)),
		Pages: func(r gin.IRouter) error {
			r.GET("/r/:token", func(c *gin.Context) { c.String(http.StatusOK, request.Lang(c.Request.Context())) })
			r.GET("/fails/:token", func(c *gin.Context) { c.String(http.StatusNotFound, "no such link") })
			r.GET("/panics/:token", func(*gin.Context) { panic(planted) })
			r.POST("/e/:id", func(c *gin.Context) {
				request.CausedMail(c.Request.Context())
				c.Status(http.StatusOK)
			})
			r.POST("/o/:token", func(c *gin.Context) { c.Status(http.StatusOK) })
			return nil
		},
	}
	if change != nil {
		change(&o)
	}
	if s.Handler, err = web.New(o); err != nil {
		t.Fatal(err)
	}
	return s
}

// do sends a request from 192.0.2.1; headers are pairs.
func (s *server) do(t *testing.T, method, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "From-Address" {
			r.RemoteAddr = headers[i+1] + ":1234"
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestServer_Headers(t *testing.T) {
	t.Parallel()
	s := setup(t, nil)
	want := map[string]string{
		"Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Set-Cookie": "",
	}
	for _, path := range []string{"/r/x", "/nowhere", "/api/v1/units", "/healthz"} {
		r := s.do(t, "GET", path)
		for name, value := range want {
			if got := r.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got, value)
			}
		}
		if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy is %q", path, csp)
		}
	}
}

func TestServer_NoRoute(t *testing.T) {
	t.Parallel()
	s := setup(t, nil)
	tests := []struct {
		method, path, kind, has string
		status                  int
	}{
		{"GET", "/nowhere", "text/html; charset=utf-8", `<html lang="pl">`, 404},
		{"PUT", "/r/x", "text/html; charset=utf-8", `<html lang="pl">`, 405},
		{"GET", "/nowhere?lang=en", "text/html; charset=utf-8", `href="/?lang=en">Coming Sundays`, 404},
		{"GET", "/nowhere", "text/html; charset=utf-8", `href="/">Nadchodzące`, 404},
		{"GET", "/api/v1/nowhere", "application/problem+json", `"status":404`, 404},
		{"PUT", "/api/v1/units", "application/problem+json", `"status":405`, 405},
	}
	for _, tt := range tests {
		r := s.do(t, tt.method, tt.path, "Accept-Language", "pl")
		got := body(t, r)
		if r.StatusCode != tt.status || r.Header.Get("Content-Type") != tt.kind || !strings.Contains(got, tt.has) {
			t.Errorf("%s %s: %d %s %s", tt.method, tt.path, r.StatusCode, r.Header.Get("Content-Type"), got)
		}
	}
}

func TestServer_Language(t *testing.T) {
	t.Parallel()
	s := setup(t, nil)
	tests := []struct{ path, accept, want string }{
		{"/r/x", "", "vi"}, {"/r/x", "en-GB,en;q=0.9", "en"}, {"/r/x?lang=pl", "en", "pl"}, {"/r/x", "de", "vi"},
	}
	for _, tt := range tests {
		if got := body(t, s.do(t, "GET", tt.path, "Accept-Language", tt.accept)); got != tt.want {
			t.Errorf("%s with %q: got %q, want %q", tt.path, tt.accept, got, tt.want)
		}
	}
}

// TestServer_Panic: fixed words, and nothing of what panicked in body or log.
func TestServer_Panic(t *testing.T) {
	t.Parallel()
	s := setup(t, nil)
	r := s.do(t, "GET", "/panics/"+planted+"?name="+planted)
	got := body(t, r)
	if r.StatusCode != http.StatusInternalServerError {
		t.Errorf("got %d", r.StatusCode)
	}
	for _, leak := range []string{planted, ".go:", "goroutine"} {
		if strings.Contains(got, leak) || strings.Contains(s.logs.String(), leak) {
			t.Errorf("%q came out: %s\n%s", leak, got, s.logs)
		}
	}
	for _, want := range []string{"msg=panic", "type=string", "web_test.setup"} {
		if !strings.Contains(s.logs.String(), want) {
			t.Errorf("the log has no %q: %s", want, s.logs)
		}
	}
}

func TestServer_LogAndMetrics(t *testing.T) {
	t.Parallel()
	s := setup(t, nil)
	s.do(t, "GET", "/r/"+planted+"?q="+planted, "Referer", planted)
	s.do(t, planted, "/r/x")
	w := httptest.NewRecorder()
	web.MetricsHandler(s.registry).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	seen := s.logs.String() + w.Body.String()
	for _, leak := range []string{planted, "192.0.2.1"} {
		if strings.Contains(seen, leak) {
			t.Errorf("%q came out:\n%s", leak, seen)
		}
	}
	for _, want := range []string{"route=/r/:token status=200", `sunday_http_seconds_count{method="GET",route="/r/:token",status="200"} 1`, `method="other"`} {
		if !strings.Contains(seen, want) {
			t.Errorf("no %q in:\n%s", want, seen)
		}
	}
}

func TestServer_CrossOrigin(t *testing.T) {
	t.Parallel()
	s := setup(t, nil)
	tests := []struct {
		path, site string
		status     int
	}{
		{"/e/1", "cross-site", 403}, {"/e/1", "same-origin", 200}, {"/e/1", "", 200},
		{"/o/token", "cross-site", 200}, {"/o/token/more", "cross-site", 403}, {"/api/v1/units", "cross-site", 401},
	}
	for _, tt := range tests {
		if got := s.do(t, "POST", tt.path, "Sec-Fetch-Site", tt.site).StatusCode; got != tt.status {
			t.Errorf("POST %s from %q: got %d, want %d", tt.path, tt.site, got, tt.status)
		}
	}
}

// A form that is too large is refused as that, however it is written.
func TestServer_FormTooLarge(t *testing.T) {
	t.Parallel()
	s := setup(t, nil)
	long := strings.Repeat("x", 1<<20)
	multipart := "--x\r\nContent-Disposition: form-data; name=\"place\"\r\n\r\n%s\r\n--x--\r\n"
	for _, tt := range []struct {
		kind, form string
		status     int
	}{
		{"application/x-www-form-urlencoded", "place=" + long, 413},
		{"application/x-www-form-urlencoded", "place=" + long[:1<<20-6], 200},
		{"multipart/form-data; boundary=x", fmt.Sprintf(multipart, long), 413},
		{"multipart/form-data; boundary=x", fmt.Sprintf(multipart, "here"), 200},
		{"", "", 200},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/e/1", strings.NewReader(tt.form))
		r.Header.Set("Content-Type", tt.kind)
		r.Header.Set("Accept-Language", "en")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%d bytes of %q: got %d, want %d", len(tt.form), tt.kind, w.Code, tt.status)
		}
		if says := strings.Contains(w.Body.String(), "at most 1 MB"); says != (tt.status == 413) {
			t.Errorf("%d bytes of %q: %s", len(tt.form), tt.kind, w.Body)
		}
	}
}

func TestServer_Limits(t *testing.T) {
	t.Parallel()
	s := setup(t, func(o *web.Options) {
		o.Limits = web.Limits{Failures: web.Rate{Burst: 3, Every: time.Second}, Mails: web.Rate{Burst: 2, Every: time.Minute}}
	})
	var got []int
	try := func(method, path string, headers ...string) {
		r := s.do(t, method, path, headers...)
		got = append(got, r.StatusCode)
		if r.StatusCode == http.StatusTooManyRequests && r.Header.Get("Retry-After") == "" {
			t.Error("a refusal does not say for how long")
		}
	}
	for range 50 {
		if code := s.do(t, "GET", "/r/x").StatusCode; code != 200 {
			t.Fatalf("what succeeds was counted: %d", code)
		}
	}
	for range 4 {
		try("GET", "/fails/x")
	}
	try("GET", "/fails/x", "From-Address", "198.51.100.7") // another address
	try("GET", "/healthz")
	s.at = s.at.Add(2 * time.Second)
	try("GET", "/r/x")
	for range 3 {
		try("POST", "/e/1")
	}
	try("GET", "/r/x") // pages can still be read
	s.at = s.at.Add(2 * time.Minute)
	try("POST", "/e/1")
	want := []int{404, 404, 404, 429, 404, 200, 200, 200, 200, 429, 200, 200}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Of links that open nothing an address may try 20 a minute; then pages behind
// links say to wait and what else to do, and all others go on.
func TestServer_WrongLinks(t *testing.T) {
	t.Parallel()
	s := setup(t, nil)
	guess := func() int { return s.do(t, "GET", "/fails/x").StatusCode }
	for i := range 20 {
		if code := guess(); code != http.StatusNotFound {
			t.Fatalf("guess %d: %d", i, code)
		}
	}
	slow := s.do(t, "GET", "/r/x", "Accept-Language", "en")
	if page := body(t, slow); slow.StatusCode != http.StatusTooManyRequests || slow.Header.Get("Retry-After") == "" ||
		!strings.Contains(page, "Please wait a minute") || !strings.Contains(page, assets.Style()) {
		t.Errorf("%d, %v: %s", slow.StatusCode, slow.Header, page)
	}
	if code := s.do(t, "GET", "/r/x", "From-Address", "198.51.100.7").StatusCode; code != http.StatusOK {
		t.Errorf("another address has to wait: %d", code)
	}
	if code := s.do(t, "POST", "/e/1").StatusCode; code != http.StatusOK {
		t.Errorf("a page that needs no link has to wait: %d", code)
	}
	allowed := 0
	for range 60 {
		s.at = s.at.Add(time.Second)
		if guess() == http.StatusNotFound {
			allowed++
		}
	}
	if allowed < 19 || allowed > 21 {
		t.Errorf("%d guesses in a minute, want 20", allowed)
	}
}

func TestServer_LimitsByNetwork(t *testing.T) {
	t.Parallel()
	s := setup(t, func(o *web.Options) { o.Limits.Failures = web.Rate{Burst: 1, Every: time.Hour} })
	s.do(t, "GET", "/fails/x", "From-Address", "[2001:db8::1]")
	if got := s.do(t, "GET", "/r/x", "From-Address", "[2001:db8::2]").StatusCode; got != 429 {
		t.Errorf("an IPv6 network has many addresses: got %d", got)
	}
	if got := s.do(t, "GET", "/r/x", "From-Address", "[2001:db8:0:1::1]").StatusCode; got != 200 {
		t.Errorf("another network: got %d", got)
	}
}

func TestServer_Proxies(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		trusted []netip.Prefix
		want    int
	}{
		"nobody is trusted": {nil, 429},
		"the proxy is":      {[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, 200},
		"another proxy is":  {[]netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}, 429},
	} {
		s := setup(t, func(o *web.Options) {
			o.TrustedProxies, o.Limits.Failures = tt.trusted, web.Rate{Burst: 1, Every: time.Hour}
		})
		s.do(t, "GET", "/fails/x", "X-Forwarded-For", "198.51.100.1")
		if got := s.do(t, "GET", "/r/x", "X-Forwarded-For", "198.51.100.2").StatusCode; got != tt.want {
			t.Errorf("%s: got %d, want %d", name, got, tt.want)
		}
	}
}

func TestServer_Ready(t *testing.T) {
	t.Parallel()
	var store, mail error
	ran := 0
	s := setup(t, func(o *web.Options) {
		o.Checks = []web.Check{
			{Name: "store", Critical: true, Run: func(context.Context) error {
				ran++
				return store
			}},
			{Name: "mail", Run: func(context.Context) error { return mail }},
		}
	})
	ask := func() (int, web.Health) {
		r := s.do(t, "GET", "/readyz")
		var h web.Health
		if err := json.Unmarshal([]byte(body(t, r)), &h); err != nil {
			t.Fatal(err)
		}
		s.at = s.at.Add(2 * time.Second)
		return r.StatusCode, h
	}
	mail = errors.New("no answer from lan@example.org")
	code, h := ask()
	want := web.Health{Ready: true, Checks: []web.State{{Name: "store", OK: true, Words: "ok"}, h.Checks[1]}}
	if diff := cmp.Diff(want, h); diff != "" || code != 200 {
		t.Errorf("without mail: %d\n%s", code, diff)
	}
	if strings.Contains(h.Checks[1].Words, "lan@") || h.Checks[1].OK {
		t.Errorf("mail: %+v", h.Checks[1])
	}
	store = errors.New("the store is away")
	if code, h := ask(); code != 503 || h.Ready || h.Checks[0].Words != "the store is away" {
		t.Errorf("without store: %d %+v", code, h)
	}
	if got := s.do(t, "GET", "/healthz").StatusCode; got != 200 {
		t.Errorf("the process is up: %d", got)
	}
	s.do(t, "GET", "/readyz")
	s.do(t, "GET", "/readyz")
	if ran != 3 {
		t.Errorf("the check ran %d times, want 3: asking at once gives the same answer", ran)
	}
}

// TestServer_ReadyHangs: a dependency that never answers does not hang the page.
func TestServer_ReadyHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := setup(t, func(o *web.Options) {
			o.Checks = []web.Check{{Name: "store", Critical: true, Run: func(context.Context) error {
				<-release
				return nil
			}}}
		})
		r := s.do(t, "GET", "/readyz")
		close(release)
		if got := body(t, r); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got, "no answer in time") {
			t.Errorf("got %d %s", r.StatusCode, got)
		}
	})
}

func TestNew_Refuses(t *testing.T) {
	t.Parallel()
	if _, err := web.New(web.Options{}); err == nil {
		t.Error("a server without texts and clock was made")
	}
}

// TestServer_HeadersTooLarge holds the one answer that the HTTP server gives of
// its own to what the API's description says of it.
func TestServer_HeadersTooLarge(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(nil)
	s.Config = web.NewHTTPServer(setup(t, nil))
	s.Start()
	t.Cleanup(s.Close)
	got, err := s.Client().Get(s.URL + "/?q=" + strings.Repeat("x", 40<<10))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if kind := got.Header.Get("Content-Type"); got.StatusCode != http.StatusRequestHeaderFieldsTooLarge || kind != "text/plain; charset=utf-8" {
		t.Errorf("got %d %s", got.StatusCode, kind)
	}
}

// FuzzServer_Headers: whatever a proxy or a browser says of itself, whom a request
// is counted for is one address or nobody, nothing that is said comes back, and
// none fails on the server's side.
func FuzzServer_Headers(f *testing.F) {
	s := setup(f, func(o *web.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
		o.Limits.Failures = web.Rate{Burst: 1 << 30, Every: time.Nanosecond}
	})
	f.Add("198.51.100.1, 192.0.2.7", "vi;q=0.5,*", "gzip;q=0")
	f.Add("[2001:db8::1]:443,,unknown", "x-klingon", "GZIP ; q = 0.001")
	f.Add("fe80::1%eth0", "", ",;,")
	f.Add("\x00<b>", "\xff", "*;q=1")
	f.Fuzz(func(t *testing.T, forwarded, languages, encodings string) {
		for _, path := range []string{web.SeenAsPath, "/r/x", assets.Style()} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("X-Forwarded-For", forwarded)
			r.Header.Set("Accept-Language", languages)
			r.Header.Set("Accept-Encoding", encodings)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code >= http.StatusInternalServerError {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
			if said := strings.TrimSpace(w.Body.String()); path == web.SeenAsPath && said != "" {
				if _, err := netip.ParseAddr(said); err != nil {
					t.Errorf("%q is taken for %q", forwarded, said)
				}
			}
			if packed := w.Header().Get("Content-Encoding") == "gzip"; packed && !strings.Contains(strings.ToLower(encodings), "gzip") {
				t.Errorf("%q is answered with gzip", encodings)
			}
		}
	})
}
