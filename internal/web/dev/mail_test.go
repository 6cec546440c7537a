package dev_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/web/dev"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

const mail = "From: Sunday <sunday@example.org>\r\nTo: an@example.org\r\n" +
	"Subject: =?utf-8?q?H=E1=BA=B9n_<script>x</script>?=\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nXem: https://example.org/r/abc?x=1.\r\n" +
	"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head></head><body><script>alert(1)</script><b>Hi</b></body></html>\r\n" +
	"--b\r\nContent-Type: text/calendar; charset=utf-8; method=PUBLISH\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n--b--\r\n"

func setup(t *testing.T) (*mailcatch.Catcher, http.Handler) {
	t.Helper()
	catcher, err := mailcatch.Start()
	must(t, err)
	t.Cleanup(func() { _ = catcher.Close() })
	texts, err := i18n.Open()
	must(t, err)
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(func(c *gin.Context) {
		c.Request = c.Request.WithContext(request.With(c.Request.Context(), &request.State{Texts: texts.For(c.Query("lang"))}))
	})
	must(t, dev.Mount(r, catcher))
	return catcher, r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get(h http.Handler, path string, change func(r *http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080"+path, nil)
	r.RemoteAddr = "127.0.0.1:1234"
	if change != nil {
		change(r)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func TestMail(t *testing.T) {
	t.Parallel()
	catcher, h := setup(t)
	if body := get(h, "/dev/mail?lang=en", nil).Body.String(); !strings.Contains(body, "There is no mail yet") {
		t.Error(body)
	}
	must(t, smtp.SendMail(catcher.Addr(), nil, "sunday@example.org", []string{"an@example.org"}, []byte(mail)))
	_, err := catcher.Wait(context.Background(), 1)
	must(t, err)
	wants := map[string][]string{
		"/dev/mail":              {"Hẹn &lt;script&gt;", `href="/dev/mail/1"`, "an@example.org"},
		"/dev/mail?lang=en":      {`href="/dev/mail?as=1&amp;lang=en">an@example.org`, "There is 1 mail."},
		"/dev/mail?as=1&lang=en": {"Mails to an@example.org.", `href="/dev/mail/1`},
		"/dev/mail/1": {
			`<a href="https://example.org/r/abc?x=1">https://example.org/r/abc?x=1</a>.`, "BEGIN:VCALENDAR", "PUBLISH",
			`sandbox="allow-popups allow-popups-to-escape-sandbox"`, "Mime-Version: 1.0",
		},
		"/dev/mail/1/html": {`<head><base target="_blank"></head>`, "<b>Hi</b>"},
	}
	for path, words := range wants {
		got := get(h, path, nil)
		for _, word := range words {
			if !strings.Contains(got.Body.String(), word) {
				t.Errorf("%s: %q is missing in %s", path, word, got.Body)
			}
		}
		if !strings.HasSuffix(path, "/html") && strings.Contains(got.Body.String(), "<script") {
			t.Errorf("%s: a mail's script is on our page", path)
		}
	}
	policy := get(h, "/dev/mail/1/html", nil).Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox ") || strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "allow-same-origin") ||
		!strings.Contains(policy, "default-src 'none'") {
		t.Error(policy)
	}
	for _, path := range []string{"/dev/mail/2", "/dev/mail/x", "/dev/mail?as=2", "/dev/mail?as=x", "/dev/mail/2/html"} {
		if got := get(h, path, nil); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
}

func TestMail_OnlyAtTheMachine(t *testing.T) {
	t.Parallel()
	_, h := setup(t)
	cases := map[string]struct {
		change func(r *http.Request)
		status int
	}{
		"here":          {func(*http.Request) {}, http.StatusOK},
		"by name":       {func(r *http.Request) { r.Host = "localhost:8080" }, http.StatusOK},
		"IPv6":          {func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:99", "[::1]:8080" }, http.StatusOK},
		"elsewhere":     {func(r *http.Request) { r.RemoteAddr = "192.0.2.7:99" }, http.StatusNotFound},
		"strange name":  {func(r *http.Request) { r.Host = "rebound.example.org" }, http.StatusNotFound},
		"through proxy": {func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.7") }, http.StatusNotFound},
		"no address":    {func(r *http.Request) { r.RemoteAddr = "" }, http.StatusNotFound},
	}
	for name, c := range cases {
		if got := get(h, "/dev/mail", c.change); got.Code != c.status {
			t.Errorf("%s: %d, want %d", name, got.Code, c.status)
		}
	}
}
