package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/actor"
)

// codeAt is what an authenticator app shows, which goes by the machine's clock as
// sign-ins do.
func (w *world) codeAt(secret string, off time.Duration) string {
	w.t.Helper()
	code, err := totp.GenerateCode(secret, w.clock.Clock().Wall().Add(off))
	w.must(err)
	return code
}

// cookie is the one of the name that an answer sets.
func cookie(res *http.Response, name string) *http.Cookie {
	for _, c := range res.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// turnOn gives who is signed in a second step by the page, and gives the secret,
// the new session and the recovery codes.
func (w *world) turnOn(session *http.Cookie) (secret string, fresh *http.Cookie, codes []string) {
	w.t.Helper()
	_, doc := w.send(session, http.MethodGet, "/staff/account/second?lang=en", nil)
	form := url.Values{"current": {password}}
	picture := false
	for n := range doc.Descendants() {
		if n.Data == "code" && n.FirstChild != nil {
			secret = n.FirstChild.Data
		}
		if n.Data == "input" && attr(n, "name") == "offer" {
			form.Set("offer", attr(n, "value"))
		}
		picture = picture || n.Data == "img" && strings.HasPrefix(attr(n, "src"), "data:image/png;base64,")
	}
	if secret == "" || !picture {
		w.t.Fatalf("no secret or no picture of it: %s", words(doc))
	}
	form.Set("code", "000000")
	if w.codeAt(secret, 0) == "000000" {
		form.Set("code", "000001")
	}
	res, doc := w.send(session, http.MethodPost, "/staff/account/second?lang=en", form)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(words(doc), secret) {
		w.t.Errorf("a wrong code: %d, and the secret stays: %v", res.StatusCode, strings.Contains(words(doc), secret))
	}
	form.Set("code", w.codeAt(secret, 0))
	res, doc = w.send(session, http.MethodPost, "/staff/account/second?lang=en", form)
	if fresh = cookie(res, "sunday"); res.StatusCode != http.StatusOK || fresh == nil || res.Header.Get("Cache-Control") != "no-store" {
		w.t.Fatalf("turning it on: %d, %s", res.StatusCode, words(doc))
	}
	return secret, fresh, shownCodes(doc)
}

func shownCodes(doc *html.Node) []string {
	for n := range doc.Descendants() {
		if n.Data == "pre" {
			return strings.Fields(words(n))
		}
	}
	return nil
}

// atStep signs in with the password, and gives the cookie of the second step.
func (w *world) atStep(login string) *http.Cookie {
	w.t.Helper()
	res, _ := w.send(nil, http.MethodPost, "/staff/sign-in?next=/staff/account", url.Values{"login": {login}, "password": {password}})
	step := cookie(res, "sunday-step")
	if step == nil || cookie(res, "sunday") != nil || cookie(res, "sunday-device") != nil || !strings.HasPrefix(res.Header.Get("Location"), "/staff/sign-in/code") {
		w.t.Fatalf("the password alone: %d to %s with %v", res.StatusCode, res.Header.Get("Location"), res.Cookies())
	}
	return step
}

// TestSecondStep goes from turning it on to signing in with the app and with a
// recovery code, and to turning it off.
func TestSecondStep(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("lan", "24848", "organizer")
	other := w.signIn("lan")
	secret, session, codes := w.turnOn(w.signIn("lan"))
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	if res, _ := w.send(other, http.MethodGet, "/staff/account", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("another session goes on: %d", res.StatusCode)
	}
	_, doc := w.send(session, http.MethodGet, "/staff/account?lang=en", nil)
	w.says(doc, "the account", []string{"10 recovery codes are left."}, []string{secret, codes[0]})
	_, doc = w.send(session, http.MethodGet, "/staff/account/second?lang=en", nil)
	w.says(doc, "the second step", []string{"On since"}, []string{secret, codes[0]})

	step := w.atStep("lan")
	_, doc = w.send(step, http.MethodGet, "/staff/sign-in/code?lang=en", nil)
	w.says(doc, "the step", []string{"Your code"}, []string{"lan"})
	if res, _ := w.send(step, http.MethodGet, "/staff/account", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("before the code there is a session: %d", res.StatusCode)
	}
	code := func(typed string) *http.Response {
		t.Helper()
		res, _ := w.send(step, http.MethodPost, "/staff/sign-in/code?next=/staff/account", url.Values{"code": {typed}})
		return res
	}
	if res := code(w.codeAt(secret, -5*time.Minute)); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an old code: %d", res.StatusCode)
	}
	next := w.codeAt(secret, 30*time.Second)
	for name, typed := range map[string]string{"the app": next, "a recovery code": codes[0]} {
		res := code(typed)
		in := cookie(res, "sunday")
		if res.StatusCode != http.StatusSeeOther || in == nil || res.Header.Get("Location") != "/staff/account" || cookie(res, "sunday-step").MaxAge >= 0 {
			t.Fatalf("%s: %d to %s", name, res.StatusCode, res.Header.Get("Location"))
		}
		if res, _ := w.send(in, http.MethodGet, "/staff/account", nil); res.StatusCode != http.StatusOK {
			t.Errorf("%s opens no session: %d", name, res.StatusCode)
		}
		if res := code(typed); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s twice: %d", name, res.StatusCode)
		}
	}
	w.turnOff(session)
}

// turnOff makes new recovery codes and turns the second step off.
func (w *world) turnOff(session *http.Cookie) {
	w.t.Helper()
	post := func(what, typed string) (*http.Response, *html.Node) {
		return w.send(session, http.MethodPost, "/staff/account/second/"+what, url.Values{"current": {typed}})
	}
	for _, what := range []string{"codes", "off"} {
		if res, _ := post(what, "wrong"); res.StatusCode != http.StatusUnprocessableEntity {
			w.t.Errorf("%s with a wrong password: %d", what, res.StatusCode)
		}
	}
	if res, doc := post("codes", password); res.StatusCode != http.StatusOK || len(shownCodes(doc)) != 10 {
		w.t.Errorf("new codes: %d", res.StatusCode)
	}
	if res, _ := post("off", password); res.StatusCode != http.StatusSeeOther {
		w.t.Errorf("turning it off: %d", res.StatusCode)
	}
	if w.signIn("lan").Name != "sunday" {
		w.t.Error("signing in still asks for a code")
	}
}

// TestSecondStep_Strangers: the page of the step opens for nobody who has not
// given a password, and guesses of codes have to wait, the owner's browser aside.
func TestSecondStep_Strangers(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("lan", "24848", "organizer")
	first, _ := w.send(nil, http.MethodPost, "/staff/sign-in", url.Values{"login": {"lan"}, "password": {password}})
	device := cookie(first, "sunday-device")
	secret, _, _ := w.turnOn(cookie(first, "sunday"))
	if res, _ := w.send(nil, http.MethodGet, "/staff/sign-in/code", nil); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/staff/sign-in?") {
		t.Errorf("without a password: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := w.send(nil, http.MethodPost, "/staff/sign-in/code", url.Values{"code": {w.codeAt(secret, 0)}}); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code without a password: %d", res.StatusCode)
	}
	step := w.atStep("lan")
	w.limited("/staff/sign-in/code", url.Values{"code": {"nothing"}}, url.Values{"code": {w.codeAt(secret, 30*time.Second)}}, device, step)
}

// TestSecondStep_Lost: an administrator and the command line take it off.
func TestSecondStep_Lost(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("admin", "24848", "admin")
	w.account("lan", "24848", "organizer")
	w.account("stranger", "24787", "admin")
	_, session, _ := w.turnOn(w.signIn("lan"))
	acc, err := w.app.Services.Accounts.ByLogin(w.ctx, actor.System("test"), "lan")
	w.must(err)
	path := "/staff/accounts/" + acc.ID
	if res, _ := w.send(session, http.MethodGet, path, nil); res.StatusCode != http.StatusOK {
		t.Errorf("the own account, without being an administrator: %d", res.StatusCode)
	}
	_, doc := w.staff("admin", http.MethodGet, path+"?lang=en", nil)
	w.says(doc, "the account", []string{"Take the second step off"}, nil)
	if res, _ := w.staff("stranger", http.MethodPost, path+"/second", url.Values{}); res.StatusCode != http.StatusNotFound {
		t.Errorf("a stranger: %d", res.StatusCode)
	}
	res, _ := w.staff("admin", http.MethodPost, path+"/second?lang=en", url.Values{})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the administrator: %d", res.StatusCode)
	}
	_, doc = w.staff("admin", http.MethodGet, res.Header.Get("Location"), nil)
	w.says(doc, "the account after it", []string{"The second step is off"}, []string{"Take the second step off"})
	if res, _ = w.send(session, http.MethodGet, "/staff/account", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the session of before goes on: %d", res.StatusCode)
	}
	w.turnOn(w.signIn("lan"))
	had, err := w.app.RemoveSecond(w.ctx, "lan")
	if w.must(err); !had {
		t.Error("the command line says that there was no second step")
	}
	if w.signIn("lan").Name != "sunday" {
		t.Error("after the command line signing in still asks for a code")
	}
	if had, err := w.app.RemoveSecond(w.ctx, "lan"); had || err != nil {
		t.Errorf("where it is off already: %v, %v", had, err)
	}
	if _, err := w.app.RemoveSecond(w.ctx, "nobody"); err == nil {
		t.Error("an unknown login is no error")
	}
}
