package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web"
)

// office is the program's pages with somebody signed in who has every role.
type office struct {
	pages   http.Handler
	session *http.Cookie
	// paths of the unit, of an event and of another account.
	unit, event, colleague string
}

func openOffice(f *testing.F) office {
	f.Helper()
	must := func(err error) {
		f.Helper()
		if err != nil {
			f.Fatal(err)
		}
	}
	c, err := config.Load([]string{"SUNDAY_DATA=" + f.TempDir(), "SUNDAY_SMTP_URL=smtp://127.0.0.1:9?tls=none", "SUNDAY_MAIL_FROM=a@example.org"})
	must(err)
	never := web.Rate{Burst: 1 << 30, Every: time.Nanosecond}
	a, err := app.Open(f.Context(), app.Options{
		Config: c, SyncOff: true, HashCost: account.HashCost{MemoryKiB: 64, Passes: 1},
		Limits: web.Limits{Failures: never, Links: never, Mails: never, Guesses: never},
	})
	must(err)
	f.Cleanup(func() { must(a.Close()) })
	d := office{}
	d.pages, err = a.Pages()
	must(err)
	var roles []string
	for _, r := range actor.Roles() {
		roles = append(roles, string(r))
	}
	lan, err := a.AddAccount(f.Context(), app.NewAccount{Login: "lan", Unit: "24848", Roles: roles, Password: password})
	must(err)
	minh, err := a.AddAccount(f.Context(), app.NewAccount{Login: "minh", Unit: "24848", Roles: []string{"viewer"}})
	must(err)
	e, err := a.Services.Events.Create(f.Context(), actor.Staff(lan.ID, lan.Grants, actor.AllScopes), "", event.Input{
		Unit: lan.Unit, Type: event.Volunteer, Title: "Làm đường thôn", Place: event.Place{Name: "Nhà văn hóa"},
		LocalStart: "2031-03-02T07:00", LocalEnd: "2031-03-02T11:00", Slots: []event.Slot{{ID: "all", Name: "Tham gia"}},
	})
	must(err)
	d.unit, d.event, d.colleague = "/staff/units/"+unit.StateID("24848"), "/staff/events/"+e.ID, "/staff/accounts/"+minh.ID
	d.session = cookie(d.ask(http.MethodPost, "/staff/sign-in", "", url.Values{"login": {"lan"}, "password": {password}}.Encode()).Result(), "sunday")
	if d.session == nil {
		f.Fatal("nobody is signed in")
	}
	for _, path := range []string{d.unit, d.event + "/edit", d.colleague} {
		if got := d.ask(http.MethodGet, path, "", ""); got.Code != http.StatusOK {
			f.Fatalf("%s: %d", path, got.Code)
		}
	}
	return d
}

func (d office) ask(method, path, query, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.URL.RawQuery = query
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if d.session != nil {
		r.AddCookie(d.session)
	}
	w := httptest.NewRecorder()
	d.pages.ServeHTTP(w, r)
	return w
}

// FuzzStaff_Get asks for every page of staff with any query and, where the path
// ends with a day, any day: none fails on the server's side, and nothing comes back
// that could run.
func FuzzStaff_Get(f *testing.F) {
	d := openOffice(f)
	paths := []string{
		"/staff/", d.unit, d.unit + "/events", d.unit + "/scorecard", d.unit + "/new", d.unit + "/accounts", d.unit + "/sheets",
		d.event, d.event + "/edit", d.event + "/poster", d.event + "/attendance", d.event + "/count", d.event + "/report", d.event + "/messages",
		d.colleague, "/staff/account", "/staff/account/second", "/staff/sign-in", "/staff/forgot", d.unit + "/days/2031-03-02",
	}
	for i, seed := range []string{
		"done=saved&lang=pl", "done=%00<script>", "type=volunteer&from=x", "after=AAAA&lang=%e2%80%ae", "village=%ff", "next=//example.org", "saved=9&look=1,,x", "lang=vi&lang=en",
	} {
		f.Add(uint(i*3), seed)
	}
	f.Fuzz(func(t *testing.T, which uint, query string) {
		path := paths[which%uint(len(paths))]
		got := d.ask(http.MethodGet, path, query, "")
		if got.Code >= http.StatusInternalServerError || strings.Contains(got.Body.String(), "<script>") {
			t.Errorf("%s?%s: %d %s", path, query, got.Code, got.Body)
		}
	})
}

// FuzzStaff_Post sends anything to every form of staff, with the same demands.
func FuzzStaff_Post(f *testing.F) {
	d := openOffice(f)
	paths := []string{
		d.unit + "/new", d.unit + "/accounts", d.unit + "/sheets", d.unit + "/days/2031-03-02", d.event, d.event + "/edit", d.event + "/count", d.event + "/report",
		d.colleague + "/roles", d.colleague + "/roles/end", d.colleague + "/link", "/staff/account/locale", "/staff/account/address", "/staff/account/sessions/end",
		"/staff/account/second", "/staff/account/second/off", "/staff/sign-in", "/staff/sign-in/code", "/staff/forgot",
	}
	for i, seed := range []string{
		"form=x&title=%00&act=submit&venues.0=x&seen=,,", "name=a&login=A%ff&role=admin&from=0000-00-00&until=9999-99-99", "kind=calls&village=%2e%2e&urgent=1",
		"act=approve&ver=-1", "act=cancel&note=<script>&ver=99999999999999999999", "ver=1&title=&local_start=x", "form=f&people-elsewhere=5&undo=", "households=-1&ver=x",
		"role=king&from=2026-02-30", "role=&on=%00", "address=a%0d%0ab@example.org", "locale=xx", "address=x&current=", "session=AAAA", "offer=AAAA&code=%d9%a1&current=x",
		"current=" + strings.Repeat("x", 5000), "login=%e2%80%ae&password=", "code=0o1l-", "login=lan",
	} {
		f.Add(uint(i), seed)
	}
	f.Fuzz(func(t *testing.T, which uint, body string) {
		path := paths[which%uint(len(paths))]
		got := d.ask(http.MethodPost, path, "", body)
		if got.Code >= http.StatusInternalServerError || strings.Contains(got.Body.String(), "<script>") {
			t.Errorf("%s with %q: %d %s", path, body, got.Code, got.Body)
		}
	})
}
