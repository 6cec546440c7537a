//go:build pages

package pages_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

const secondPath = "/staff/account/second"

// colleague is the id of a new account that signs in with the demo's password.
func (w *world) colleague(t *testing.T, login string) string {
	t.Helper()
	made, err := w.App.AddAccount(t.Context(), app.NewAccount{
		Login: login, Name: "Trần Văn Minh", Unit: "24848", Roles: []string{"viewer"}, Password: w.Tour.Password,
	})
	must(t, err)
	return made.ID
}

// appCode is what an authenticator app shows, so many time steps ahead.
func appCode(t *testing.T, secret string, ahead int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, app.RealClock().Wall().Add(time.Duration(ahead)*30*time.Second))
	must(t, err)
	return code
}

// offered is the secret on the page that is open.
func (b *tab) offered(t *testing.T) string {
	t.Helper()
	var secret string
	b.run(t, chromedp.Text(".code code", &secret, chromedp.ByQuery))
	return secret
}

// secondStep are the pages of the second step, in the order in which one account
// comes to them.
func (v *visitor) secondStep(t *testing.T) []stop {
	t.Helper()
	login := "second-" + v.lang
	id := v.colleague(t, login)
	turnOn := func(t *testing.T, b *tab) {
		secret := b.offered(t)
		m := mouse{b}
		m.write(t, "#code", appCode(t, secret, 0))
		m.write(t, "#current", v.Tour.Password)
		m.press(t, "main form button")
	}
	signIn := func(t *testing.T, b *tab) { b.signIn(t, login, v.Tour.Password) }
	return []stop{
		{name: "second", path: secondPath, login: login},
		{name: "second-refused", path: secondPath, login: login, then: func(t *testing.T, b *tab) {
			mouse{b}.write(t, "#code", "12345")
			mouse{b}.write(t, "#current", v.Tour.Password)
			mouse{b}.press(t, "main form button")
		}},
		{name: "recovery-codes", path: secondPath, login: login, then: turnOn},
		{name: "second-on", path: secondPath, login: login},
		{name: "account-second", path: "/staff/account", login: login},
		{name: "account-of-second", path: "/staff/accounts/" + id, login: "admin"},
		{name: "code", path: signInPath, then: signIn},
		{name: "code-refused", path: signInPath, then: func(t *testing.T, b *tab) {
			signIn(t, b)
			mouse{b}.write(t, "#code", "12345")
			mouse{b}.press(t, "main form button")
		}},
		{name: "code-recovery", path: signInPath, then: func(t *testing.T, b *tab) {
			signIn(t, b)
			mouse{b}.press(t, `main a[href*="with=recovery"]`)
		}},
	}
}

// secondStep turns a second step on and signs in with it.
func (f flow) secondStep(t *testing.T, login string) {
	t.Helper()
	f.colleague(t, login)
	f.enter(t, login)
	f.visit(t, secondPath)
	secret := f.offered(t)
	f.write(t, "#code", appCode(t, secret, 0))
	f.write(t, "#current", f.Tour.Password)
	f.want(t, f.press(t, "main form button"), http.StatusOK)
	f.leave(t)
	f.visit(t, signInPath)
	f.write(t, "#login", login)
	f.write(t, "#password", f.Tour.Password)
	f.want(t, f.press(t, "main form button"), http.StatusOK)
	f.write(t, "#code", appCode(t, secret, 1))
	f.want(t, f.press(t, "main form button"), http.StatusOK)
	if at := f.at(t); !strings.HasPrefix(at, "/staff/") || strings.HasPrefix(at, signInPath) {
		t.Errorf("the code leads to %s", at)
	}
}
