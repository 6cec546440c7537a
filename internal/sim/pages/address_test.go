//go:build pages

package pages_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
)

const forgotPath = "/staff/forgot"

// addresses are the pages about the address of an account, and of who forgot the
// password.
func (v *visitor) addresses(t *testing.T) []stop {
	t.Helper()
	login := "address-" + v.lang
	id := v.colleague(t, login)
	waiting := v.waiting(t, login)
	ask := func(t *testing.T, b *tab) {
		mouse{b}.write(t, "#login", "nobody-"+v.lang)
		mouse{b}.press(t, "main form button")
	}
	return []stop{
		{name: "forgot", path: forgotPath},
		{name: "forgot-asked", path: forgotPath, then: ask},
		{name: "address-refused", path: "/staff/account", login: login, then: func(t *testing.T, b *tab) {
			mouse{b}.write(t, "#address", "walk@example.org")
			mouse{b}.write(t, "#address-password", "not this")
			mouse{b}.press(t, `form[action*="/account/address"] button`)
		}},
		{name: "address-waiting", path: "/staff/account", login: login},
		{name: "address", path: waiting},
		{name: "address-bare", path: waiting, then: submit("main form")},
		{name: "address-confirmed", path: waiting, then: func(t *testing.T, b *tab) {
			mouse{b}.pick(t, "#yes")
			submit("main form")(t, b)
		}},
		{name: "address-used", path: waiting, status: http.StatusNotFound},
		{name: "account-address", path: "/staff/account", login: login},
		{name: "account-of-address", path: "/staff/accounts/" + id, login: "admin"},
		{name: "invited", path: "/staff/accounts/" + id, login: "admin", then: submit(`form[action*="/link"]`)},
	}
}

// waiting gives the account an address, and the path that its mail leads to.
func (v *visitor) waiting(t *testing.T, login string) string {
	t.Helper()
	of, err := v.App.Services.Accounts.ByLogin(t.Context(), actor.System("pages"), login)
	must(t, err)
	address := login + "@example.org"
	must(t, v.App.Services.Access.SetAddress(t.Context(), account.Who{Actor: actor.Staff(of.ID, nil), Account: of}, v.Tour.Password, address))
	return v.letter(t, address, account.AddressPath)
}

// letter is the path in the newest mail to the address that leads to such a page.
func (v *visitor) letter(t *testing.T, address, prefix string) string {
	t.Helper()
	deadline := time.After(patience)
	for {
		for _, m := range slices.Backward(v.Mails()) {
			if strings.Contains(m.To, address) && strings.Contains(m.Text, prefix) {
				return link(t, m.Text, prefix)
			}
		}
		select {
		case <-deadline:
			t.Fatalf("no mail came that leads to %s", prefix)
		case <-time.Tick(50 * time.Millisecond):
		}
	}
}

// forgot has a password that was forgotten set anew, by the mail.
func (f flow) forgot(t *testing.T, login string) {
	t.Helper()
	f.colleague(t, login)
	must(t, f.App.Services.Access.ConfirmAddress(t.Context(), strings.TrimPrefix(f.waiting(t, login), account.AddressPath)))
	f.leave(t)
	f.visit(t, signInPath)
	f.want(t, f.press(t, `main a[href*="/staff/forgot"]`), http.StatusOK)
	f.write(t, "#login", login)
	f.want(t, f.press(t, "main form button"), http.StatusOK)
	f.visit(t, f.letter(t, login+"@example.org", account.PasswordPath))
	f.write(t, "#password", "năm con ngỗng xám")
	f.write(t, "#again", "năm con ngỗng xám")
	f.want(t, f.press(t, "main form button"), http.StatusOK)
	if at := f.at(t); !strings.HasPrefix(at, "/staff/") || at == signInPath {
		t.Errorf("the new password leads to %s", at)
	}
}
