package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

// shownLink is the link on a page that shows one.
func shownLink(w *world, doc *html.Node) string {
	w.t.Helper()
	for n := range doc.Descendants() {
		if n.Data == "input" && attr(n, "id") == "link" {
			return strings.TrimPrefix(attr(n, "value"), w.app.BaseURL())
		}
	}
	w.t.Fatalf("the page shows no link: %s", words(doc))
	return ""
}

// TestInvite takes somebody from an invitation to their first page, and to the
// end of their role.
func TestInvite(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("admin", "24848", "admin")
	w.account("organizer", "24848", "organizer")
	w.account("stranger", "24787", "admin")
	unit := w.call("admin", "GET", "/units/by-code/24848", nil, 200).str("id")
	list := "/staff/units/" + unit + "/accounts"
	for who, want := range map[string]int{"organizer": 404, "stranger": 404, "admin": 200} {
		if res, _ := w.staff(who, http.MethodGet, list, nil); res.StatusCode != want {
			t.Errorf("the accounts for %s: %d", who, res.StatusCode)
		}
	}
	form := url.Values{"name": {"Trần Thị Lan"}, "login": {"lan.tran"}, "role": {"organizer"}, "from": {"2026-11-01"}, "until": {"2026-12-31"}}
	for field, bad := range map[string]string{"login": "Lan Tran", "role": "king", "until": "2026-02-30", "from": "2027-01-01", "name": strings.Repeat("x", 130)} {
		wrong := maps.Clone(form)
		wrong.Set(field, bad)
		res, doc := w.staff("admin", http.MethodPost, list, wrong)
		if _, values := w.form(doc); res.StatusCode != http.StatusUnprocessableEntity || values.Get("name") != wrong.Get("name") {
			t.Errorf("%s %q: %d, %v", field, bad, res.StatusCode, values)
		}
		if at := w.leads(doc); len(at) != 1 || at[0] != field && field != "from" {
			t.Errorf("%s %q: the summary leads to %v", field, bad, at)
		}
	}
	res, doc := w.staff("admin", http.MethodPost, list+"?lang=en", form)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("the invitation: %d", res.StatusCode)
	}
	link := shownLink(w, doc)
	if res, _ = w.staff("admin", http.MethodPost, list, form); res.StatusCode != http.StatusConflict {
		t.Errorf("the same login again: %d", res.StatusCode)
	}
	_, waits := w.staff("admin", http.MethodGet, list+"?lang=en", nil)
	w.says(waits, "the list", []string{"invited, the link works until"}, nil)
	_, doc = w.send(nil, http.MethodGet, link+"?lang=en", nil)
	w.says(doc, "the link", []string{"Trần Thị Lan, your login is lan.tran."}, nil)
	res, doc = w.send(nil, http.MethodPost, link+"?lang=en", url.Values{})
	if at := w.leads(doc); res.StatusCode != http.StatusUnprocessableEntity || !slices.Equal(at, []string{"password"}) {
		t.Errorf("a bare submit: %d, %v", res.StatusCode, at)
	}
	if res, _ = w.send(nil, http.MethodPost, link, url.Values{"password": {password}, "again": {password + "!"}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("two passwords: %d", res.StatusCode)
	}
	res, _ = w.send(nil, http.MethodPost, link, url.Values{"password": {password}, "again": {password}})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/staff/" {
		t.Fatalf("setting the password: %d", res.StatusCode)
	}
	_, waits = w.staff("admin", http.MethodGet, list+"?lang=en", nil)
	w.says(waits, "the list of those who can sign in", []string{"lan.tran"}, []string{"invited", "no password yet"})
	if res, doc = w.send(nil, http.MethodGet, link+"?lang=en", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a used link: %d", res.StatusCode)
	}
	w.says(doc, "a used link", []string{"This link no longer works", "can give you a new one"}, []string{"lan.tran"})
	w.endOfRole(list, unit)
}

// endOfRole has the administrator end the role of lan.tran, who is signed in.
func (w *world) endOfRole(list, unit string) {
	w.t.Helper()
	session := w.signIn("lan.tran")
	if res, _ := w.send(session, http.MethodGet, "/staff/units/"+unit, nil); res.StatusCode != http.StatusOK {
		w.t.Fatalf("the first page: %d", res.StatusCode)
	}
	_, doc := w.send(session, http.MethodGet, "/staff/account?lang=en", nil)
	w.says(doc, "the own account", []string{"Trần Thị Lan", "Organizer", "Sunday 1 November 2026 to Thursday 31 December 2026", "another device", "here"}, nil)
	_, doc = w.staff("admin", http.MethodGet, list+"?lang=en", nil)
	account := ""
	for n := range doc.Descendants() {
		if n.Data == "a" && words(n) == "Trần Thị Lan" {
			account = strings.TrimSuffix(attr(n, "href"), "?lang=en")
		}
	}
	if res, _ := w.send(session, http.MethodGet, account, nil); res.StatusCode != http.StatusOK {
		w.t.Errorf("the own account where its roles are: %d", res.StatusCode)
	}
	w.account("above", "68", "admin")
	_, doc = w.staff("above", http.MethodPost, account+"/link?lang=en", url.Values{})
	w.says(doc, "a new link", []string{"Hand this link over", "Xã Lạc Dương"}, nil)
	if res, _ := w.staff("stranger", http.MethodPost, account+"/link", url.Values{}); res.StatusCode != http.StatusNotFound {
		w.t.Errorf("a stranger makes a link: %d", res.StatusCode)
	}
	if res, _ := w.staff("admin", http.MethodPost, account+"/roles/end", url.Values{"role": {"organizer"}, "on": {unit}}); res.StatusCode != http.StatusSeeOther {
		w.t.Errorf("ending the role: %d", res.StatusCode)
	}
	if res, _ := w.send(session, http.MethodGet, "/staff/units/"+unit, nil); res.StatusCode != http.StatusSeeOther {
		w.t.Errorf("after the role's end the session goes on: %d", res.StatusCode)
	}
	if res, _ := w.staff("admin", http.MethodPost, account+"/disable", url.Values{}); res.StatusCode != http.StatusSeeOther {
		w.t.Errorf("ending the account: %d", res.StatusCode)
	}
	res, doc := w.staff("admin", http.MethodPost, account+"/link?lang=en", url.Values{})
	if res.StatusCode != http.StatusConflict {
		w.t.Errorf("a link of an account that ended: %d", res.StatusCode)
	}
	w.says(doc, "why there is no link", []string{"This account is disabled. Account"}, []string{"Enter results"})
}

// TestSignIn_Limited: whoever guesses has to wait and is told how long, and
// others who share the address or the login are not kept out.
func TestSignIn_Limited(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("lan", "24848", "organizer")
	w.account("minh", "24848", "organizer")
	first, _ := w.send(nil, http.MethodPost, "/staff/sign-in", url.Values{"login": {"lan"}, "password": {password}})
	device := cookie(first, "sunday-device")
	guess := url.Values{"login": {"lan"}, "password": {"nine guesses more"}}
	w.limited("/staff/sign-in", guess, url.Values{"login": {"lan"}, "password": {password}}, device)
	if res, _ := w.send(nil, http.MethodPost, "/staff/sign-in", url.Values{"login": {"minh"}, "password": {password}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a colleague: %d", res.StatusCode)
	}
}

// limited guesses until the page lets nobody guess further, who may know better, and
// says how long to wait; the owner's browser, which has the mark, is let in. The
// cookies go with each.
func (w *world) limited(path string, guess, right url.Values, mark *http.Cookie, cookies ...*http.Cookie) {
	w.t.Helper()
	for range 10 {
		if res, _ := w.sendWith(cookies, http.MethodPost, path, guess); res.StatusCode != http.StatusUnprocessableEntity {
			w.t.Fatalf("a guess: %d", res.StatusCode)
		}
	}
	res, doc := w.sendWith(cookies, http.MethodPost, path+"?lang=en", right)
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" || len(res.Cookies()) != 0 {
		w.t.Errorf("the eleventh: %d", res.StatusCode)
	}
	w.says(doc, "the page", []string{"Please try again in 1 min."}, nil)
	if res, _ = w.sendWith(append(cookies, mark), http.MethodPost, path, right); res.StatusCode != http.StatusSeeOther {
		w.t.Errorf("in the owner's browser: %d", res.StatusCode)
	}
}

// TestOwnSessions ends one session from another's page.
func TestOwnSessions(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("lan", "24848", "organizer")
	w.account("minh", "24848", "organizer")
	session, other, strange := w.signIn("lan"), w.signIn("lan"), w.signIn("minh")
	sessions := func(of *http.Cookie) (ids []string) {
		_, doc := w.send(of, http.MethodGet, "/staff/account", nil)
		for n := range doc.Descendants() {
			if n.Data == "input" && attr(n, "name") == "session" {
				ids = append(ids, attr(n, "value"))
			}
		}
		return ids
	}
	ids := sessions(session)
	if len(ids) != 1 {
		t.Fatalf("%d other sessions", len(ids))
	}
	end := func(of *http.Cookie, id string) *http.Response {
		res, _ := w.send(of, http.MethodPost, "/staff/account/sessions/end", url.Values{"session": {id}})
		return res
	}
	if res := end(strange, ids[0]); res.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else ends it: %d", res.StatusCode)
	}
	if res := end(session, ids[0]); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/staff/account?done=session_ended" {
		t.Errorf("ending it: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := w.send(other, http.MethodGet, "/staff/account", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the other session goes on: %d", res.StatusCode)
	}
	own := sessions(w.signIn("lan"))[0]
	if res := end(session, own); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/staff/sign-in") {
		t.Errorf("ending this one: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := w.send(session, http.MethodGet, "/staff/account", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after that: %d", res.StatusCode)
	}
}

// TestOwnAccount changes language and password by the page.
func TestOwnAccount(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("lan", "24848", "organizer")
	session, other := w.signIn("lan"), w.signIn("lan")
	if res, _ := w.send(session, http.MethodPost, "/staff/account/locale", url.Values{"locale": {"pl"}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("choosing a language: %d", res.StatusCode)
	}
	_, shown := w.send(session, http.MethodGet, "/staff/account", nil)
	w.says(shown, "the account", []string{"Wyloguj wszędzie"}, nil)
	change := url.Values{"current": {"wrong"}, "password": {"ba con vịt xiêm"}, "again": {"ba con vịt xiêm"}}
	res, doc := w.send(session, http.MethodPost, "/staff/account/password", change)
	if at := w.leads(doc); res.StatusCode != http.StatusUnprocessableEntity || !slices.Equal(at, []string{"current"}) {
		t.Errorf("with a wrong password: %d, %v", res.StatusCode, at)
	}
	change.Set("current", password)
	res, _ = w.send(session, http.MethodPost, "/staff/account/password", change)
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		t.Fatalf("changing the password: %d", res.StatusCode)
	}
	for name, old := range map[string]*http.Cookie{"this": session, "the other": other} {
		if res, _ := w.send(old, http.MethodGet, "/staff/account", nil); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s session goes on: %d", name, res.StatusCode)
		}
	}
	fresh := res.Cookies()[0]
	if res, _ = w.send(fresh, http.MethodPost, "/staff/account/sign-out", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("signing out everywhere: %d", res.StatusCode)
	}
	if res, _ = w.send(fresh, http.MethodGet, "/staff/account", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after that: %d", res.StatusCode)
	}
}

// Who has more colleagues than one page holds reads on, and sees each once.
func TestAccounts_GoOn(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("admin", "24848", "admin")
	const others = 230
	for i := range others {
		_, err := w.app.AddAccount(w.ctx, app.NewAccount{Login: fmt.Sprintf("can-bo-%03d", i), Unit: "24848", Roles: []string{"checkin"}})
		w.must(err)
	}
	seen := map[string]int{}
	path := "/staff/units/" + w.call("admin", "GET", "/units/by-code/24848", nil, 200).str("id") + "/accounts"
	for pages := 0; path != ""; pages++ {
		res, doc := w.staff("admin", http.MethodGet, path, nil)
		if path = ""; res.StatusCode != http.StatusOK || pages > others {
			t.Fatalf("page %d: %d", pages, res.StatusCode)
		}
		for n := range doc.Descendants() {
			switch to := attr(n, "href"); {
			case strings.Contains(to, "?after="):
				path = to
			case strings.HasPrefix(to, "/staff/accounts/"):
				seen[to]++
			}
		}
	}
	for to, times := range seen {
		if times != 1 {
			t.Errorf("%s is listed %d times", to, times)
		}
	}
	if len(seen) != others+1 {
		t.Errorf("%d accounts are listed, want %d", len(seen), others+1)
	}
}
