package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
)

// greeter is a mail server that counts who greets it.
type greeter struct {
	mailServer

	greeted atomic.Int64
}

func (g *greeter) NewSession(*smtp.Conn) (smtp.Session, error) {
	g.greeted.Add(1)
	return &g.mailServer, nil
}

// mustGreeter starts one without encryption, and names it.
func mustGreeter(t *testing.T) (*greeter, string) {
	t.Helper()
	g := &greeter{}
	return g, fmt.Sprintf("smtp://127.0.0.1:%d?tls=none", mustServeMail(t, smtp.NewServer(g)))
}

func mailTo(t *testing.T, url string) config.Config {
	t.Helper()
	c, err := config.Load([]string{"SUNDAY_DATA=" + t.TempDir(), "SUNDAY_MAIL_FROM=sunday@example.org", "SUNDAY_SMTP_URL=" + url})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ready is a program that is asked how it is, on a clock that can be moved on.
type ready struct {
	t      *testing.T
	pages  http.Handler
	passed time.Duration
}

func newReady(t *testing.T, c config.Config) *ready {
	t.Helper()
	r := &ready{t: t}
	clock := app.RealClock()
	process, wall := clock.Process, clock.Wall
	clock.Process = func() time.Duration { return process() + r.passed }
	clock.Wall = func() time.Time { return wall().Add(r.passed) }
	a, err := app.Open(t.Context(), app.Options{Config: c, Clock: clock, SyncOff: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	if r.pages, err = a.Pages(); err != nil {
		t.Fatal(err)
	}
	return r
}

// mail is what /readyz says of the mail server.
func (r *ready) mail() string {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.pages.ServeHTTP(w, httptest.NewRequestWithContext(r.t.Context(), "GET", "/readyz", nil))
	var report struct {
		Checks []struct {
			Name  string `json:"name"`
			Words string `json:"words"`
		} `json:"checks"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &report); err != nil {
		r.t.Fatal(err)
	}
	for _, c := range report.Checks {
		if c.Name == "mail" {
			return c.Words
		}
	}
	return "nothing"
}

// /readyz says of the mail server whether mails could be handed over: one that
// answers and refuses encryption or the sign-in is found out.
func TestReady_Mail(t *testing.T) {
	t.Parallel()
	_, plain := mustGreeter(t)
	strict, _, _ := mustMailServer(t) // with a certificate that nobody knows
	for _, tt := range []struct {
		name   string
		config config.Config
		says   string
	}{
		{"Takes", mailTo(t, plain), "ok"},
		{"Refuses", mailConfig(t, strict, "geheim"), "refuses encryption or the sign-in"},
		{"Away", mailTo(t, "smtp://127.0.0.1:1?tls=none"), "cannot be reached"},
		{"None", mailTo(t, ""), "no mail server is set"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := newReady(t, tt.config).mail(); !strings.Contains(got, tt.says) {
				t.Errorf("/readyz says of mail: %q, want %q", got, tt.says)
			}
		})
	}
}

// Servers count who signs in too often, and anybody may ask for /readyz.
func TestReady_SignsInOnceAMinute(t *testing.T) {
	t.Parallel()
	g, url := mustGreeter(t)
	r := newReady(t, mailTo(t, url))
	for _, step := range []struct {
		after   time.Duration
		greeted int64
	}{{0, 1}, {2 * time.Second, 1}, {30 * time.Second, 1}, {time.Minute, 2}} {
		r.passed += step.after
		if got := r.mail(); got != "ok" {
			t.Errorf("after %v: %q", r.passed, got)
		}
		if n := g.greeted.Load(); n != step.greeted {
			t.Errorf("after %v the server was greeted %d times, want %d", r.passed, n, step.greeted)
		}
	}
}

// Mail servers look at links with HEAD before they hand letters over: a link is
// answered so as it is by GET, and by that not used up.
func TestLinksOfLetters_Head(t *testing.T) {
	t.Parallel()
	r := newReady(t, mailTo(t, ""))
	for _, path := range []string{account.PasswordPath, account.AddressPath} {
		var codes []int
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			w := httptest.NewRecorder()
			r.pages.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path+"none", nil))
			codes = append(codes, w.Code)
		}
		if codes[0] != codes[1] {
			t.Errorf("%s: GET gives %d, HEAD %d", path, codes[0], codes[1])
		}
	}
}
