package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

const staffAddress = "lan@example.org"

// letter has the worker hand over what it owes, and gives the one mail that came
// and the path in it.
func (w *world) letter(subject, prefix string) (mailcatch.Mail, string) {
	w.t.Helper()
	w.must(w.app.RunJob(w.ctx, "account-mail"))
	m := w.received(mail{to: staffAddress, lang: "vi", subject: subject})[staffAddress]
	path := strings.TrimPrefix(link(m, prefix), w.app.BaseURL())
	if path == "" || !strings.Contains(m.HTML, "/staff/") || strings.Contains(m.Text, "{{") {
		w.t.Fatalf("%q has no link to %s: %s", subject, prefix, m.Text)
	}
	return m, path
}

// confirmAddress gives who is signed in an address, by the pages.
func (w *world) confirmAddress(session *http.Cookie) {
	w.t.Helper()
	form := url.Values{"address": {"no address"}, "current": {password}}
	res, doc := w.send(session, http.MethodPost, "/staff/account/address?lang=en", form)
	if res.StatusCode != http.StatusUnprocessableEntity {
		w.t.Errorf("no address: %d", res.StatusCode)
	}
	w.says(doc, "the account", []string{"This is no e-mail address."}, nil)
	form.Set("address", staffAddress)
	if res, _ = w.send(session, http.MethodPost, "/staff/account/address", form); res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("the address: %d", res.StatusCode)
	}
	_, path := w.letter("Xác nhận địa chỉ thư của bạn", "/staff/address/")
	_, doc = w.send(nil, http.MethodGet, path+"?lang=en", nil)
	w.says(doc, "the page", []string{"the account lan wants to be mailed"}, nil)
	if res, _ = w.send(nil, http.MethodPost, path, url.Values{}); res.StatusCode != http.StatusUnprocessableEntity {
		w.t.Errorf("a bare submit: %d", res.StatusCode)
	}
	_, doc = w.send(session, http.MethodGet, "/staff/account?lang=en", nil)
	w.says(doc, "the account", []string{staffAddress, "waits to be confirmed"}, nil)
	if res, _ = w.send(nil, http.MethodPost, path, url.Values{"choice": {"yes"}}); res.StatusCode != http.StatusOK {
		w.t.Fatalf("confirming: %d", res.StatusCode)
	}
	if res, _ = w.send(nil, http.MethodGet, path, nil); res.StatusCode != http.StatusNotFound {
		w.t.Errorf("a used link: %d", res.StatusCode)
	}
}

// TestForgot takes somebody from an address to a password that was forgotten and
// to another one.
func TestForgot(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("lan", "24848", "organizer")
	session := w.signIn("lan")
	w.confirmAddress(session)
	ask := func(login string) (*http.Response, string) {
		t.Helper()
		res, doc := w.send(nil, http.MethodPost, "/staff/forgot?lang=en", url.Values{"login": {login}})
		return res, words(doc)
	}
	known, said := ask("Lan ")
	unknown, saidToo := ask("nobody")
	if known.StatusCode != http.StatusOK || unknown.StatusCode != http.StatusOK || said != saidToo {
		t.Fatalf("%d %q for one that is there, %d %q for one that is not", known.StatusCode, said, unknown.StatusCode, saidToo)
	}
	m, path := w.letter("Đặt mật khẩu mới", "/staff/password/")
	if !strings.Contains(m.Text, "tài khoản lan") {
		t.Errorf("the mail says %s", m.Text)
	}
	_, doc := w.send(nil, http.MethodGet, path, nil)
	w.says(doc, "the page", []string{"tên đăng nhập của bạn là lan"}, nil)
	const next = "ba con vịt xiêm"
	res, _ := w.send(nil, http.MethodPost, path, url.Values{"password": {next}, "again": {next}})
	if res.StatusCode != http.StatusSeeOther || cookie(res, "sunday") == nil {
		t.Fatalf("setting the password: %d", res.StatusCode)
	}
	if res, _ := w.send(session, http.MethodGet, "/staff/account", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the session of before goes on: %d", res.StatusCode)
	}
	if res, _ := w.send(nil, http.MethodGet, path, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a used link: %d", res.StatusCode)
	}
	for range 2 {
		ask("lan")
	}
	if res, _ := ask("lan"); res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Errorf("the fourth mail within the hour: %d", res.StatusCode)
	}
	if res, _ := ask("minh"); res.StatusCode != http.StatusOK {
		t.Errorf("a colleague at the same address: %d", res.StatusCode)
	}
}

// TestInvite_ByMail has an administrator invite somebody by an address, which is
// confirmed with the password.
func TestInvite_ByMail(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("admin", "24848", "admin")
	unit := w.call("admin", "GET", "/units/by-code/24848", nil, 200).str("id")
	list := "/staff/units/" + unit + "/accounts"
	form := url.Values{"name": {"Trần Thị Lan"}, "login": {"lan"}, "role": {"organizer"}, "address": {"lan@"}}
	if res, _ := w.staff("admin", http.MethodPost, list, form); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no address: %d", res.StatusCode)
	}
	form.Set("address", staffAddress)
	_, doc := w.staff("admin", http.MethodPost, list+"?lang=en", form)
	w.says(doc, "the invitation", []string{"The link is also on its way by mail."}, nil)
	shown := shownLink(w, doc)
	m, path := w.letter("Đặt mật khẩu của bạn", "/staff/password/")
	if !strings.HasPrefix(path, shown+"?mail=") || !strings.Contains(m.Text, "Trần Thị Lan") {
		t.Fatalf("the mail leads to %s, the page to %s", path, shown)
	}
	_, doc = w.send(nil, http.MethodGet, path, nil)
	action, _ := w.form(doc)
	res, _ := w.send(nil, http.MethodPost, action, url.Values{"password": {password}, "again": {password}})
	session := cookie(res, "sunday")
	if session == nil {
		t.Fatalf("setting the password: %d", res.StatusCode)
	}
	_, doc = w.send(session, http.MethodGet, "/staff/account?lang=en", nil)
	w.says(doc, "the account", []string{staffAddress, "confirmed"}, []string{"waits to be confirmed"})
	acc, err := w.app.Services.Accounts.ByLogin(w.ctx, actor.System("test"), "lan")
	w.must(err)
	_, doc = w.staff("admin", http.MethodPost, "/staff/accounts/"+acc.ID+"/link?lang=en", url.Values{})
	w.says(doc, "another link", []string{"The link is also on its way by mail."}, []string{staffAddress})
	w.letter("Đặt mật khẩu của bạn", "/staff/password/")
	page := "/staff/accounts/" + acc.ID
	_, doc = w.staff("admin", http.MethodGet, page+"?lang=en", nil)
	w.says(doc, "the account", []string{"The person has confirmed an address."}, []string{staffAddress})
	if res, _ = w.staff("admin", http.MethodPost, page+"/address/remove?lang=en", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("removing the address: %d", res.StatusCode)
	}
	_, doc = w.staff("admin", http.MethodGet, res.Header.Get("Location"), nil)
	w.says(doc, "the account after it", []string{"The address is removed."}, []string{"The person has confirmed an address."})
}

// TestForgot_NoMails: without a mail server the pages say what to do instead, and
// ask for no address.
func TestForgot_NoMails(t *testing.T) {
	t.Parallel()
	w := startLogged(t, "sqlite", sunday, nil, "SUNDAY_SMTP_URL=")
	w.account("admin", "24848", "admin")
	unit := w.call("admin", "GET", "/units/by-code/24848", nil, 200).str("id")
	_, doc := w.send(nil, http.MethodGet, "/staff/forgot?lang=en", nil)
	w.says(doc, "the page", []string{"No mails are sent from here. Ask the administrator of your unit"}, []string{"Type your login"})
	if res, _ := w.send(nil, http.MethodPost, "/staff/forgot", url.Values{"login": {"admin"}}); res.StatusCode != http.StatusConflict {
		t.Errorf("asking all the same: %d", res.StatusCode)
	}
	_, doc = w.staff("admin", http.MethodGet, "/staff/account?lang=en", nil)
	w.says(doc, "the account", []string{"No mails are sent from here."}, []string{"Send the mail that confirms it"})
	_, doc = w.staff("admin", http.MethodGet, "/staff/units/"+unit+"/accounts?lang=en", nil)
	w.says(doc, "the invitation", []string{"Invite somebody"}, []string{"E-mail address"})
}

// TestInvite_ByScreen has somebody who was invited by mail use the link that the
// administrator was shown: a mail of its own confirms the address.
func TestInvite_ByScreen(t *testing.T) {
	t.Parallel()
	w := start(t, "sqlite", sunday)
	w.account("admin", "24848", "admin")
	unit := w.call("admin", "GET", "/units/by-code/24848", nil, 200).str("id")
	form := url.Values{"name": {"Trần Thị Lan"}, "login": {"lan"}, "role": {"organizer"}, "address": {staffAddress}}
	_, doc := w.staff("admin", http.MethodPost, "/staff/units/"+unit+"/accounts?lang=en", form)
	shown := shownLink(w, doc)
	w.letter("Đặt mật khẩu của bạn", "/staff/password/")
	res, _ := w.send(nil, http.MethodPost, shown, url.Values{"password": {password}, "again": {password}})
	session := cookie(res, "sunday")
	if session == nil {
		t.Fatalf("setting the password: %d", res.StatusCode)
	}
	_, doc = w.send(session, http.MethodGet, "/staff/account?lang=vi", nil)
	w.says(doc, "the account", []string{staffAddress, "chờ xác nhận", "“Xác nhận địa chỉ thư của bạn”"}, nil)
	_, path := w.letter("Xác nhận địa chỉ thư của bạn", "/staff/address/")
	if res, _ = w.send(nil, http.MethodPost, path, url.Values{"choice": {"yes"}}); res.StatusCode != http.StatusOK {
		t.Fatalf("confirming: %d", res.StatusCode)
	}
	_, doc = w.send(session, http.MethodGet, "/staff/account?lang=en", nil)
	w.says(doc, "the account", []string{staffAddress, "confirmed"}, []string{"waits to be confirmed"})
}
