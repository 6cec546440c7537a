//go:build pages

package pages_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

const signInPath = "/staff/sign-in"

// staff are the pages behind a sign-in, and those that lead there.
func (v *visitor) staff(t *testing.T) []stop {
	t.Helper()
	home := "/staff/units/" + v.Tour.Unit
	sheet := v.sheetOnce(t, home+"/sheets")
	lan, link := v.newcomer(t, "walk-"+v.lang)
	newLogin := "first-" + v.lang
	first := "/staff/units/" + v.firstDay(t, newLogin)
	province := "/staff/units/" + v.province(t)
	return append([]stop{
		{name: "sign-in", path: signInPath},
		{name: "sign-in-refused", path: signInPath, then: func(t *testing.T, b *tab) { b.signIn(t, "organizer", "not this") }},
		{name: "password", path: link},
		{name: "password-refused", path: link, then: func(t *testing.T, b *tab) {
			b.run(t, chromedp.SendKeys("#password", "long enough to be one"), chromedp.SendKeys("#again", "and this is another"))
			submit("main form")(t, b)
		}},
		{name: "password-used", path: "/staff/password/AAAAAAAAAAAAAAAAAAAAAA", status: http.StatusNotFound},
		{name: "overview", path: "/staff", login: "organizer"},
		{name: "overview-admin", path: home, login: "admin"},
		{name: "accounts", path: home + "/accounts", login: "admin"},
		{name: "account-of", path: "/staff/accounts/" + lan, login: "admin"},
		{name: "account", path: "/staff/account", login: "organizer"},
		{name: "unit-overview", path: home, login: "organizer"},
		{name: "events", path: home + "/events", login: "organizer"},
		{name: "messages", path: "/staff/events/" + v.Tour.Coming + "/messages", login: "organizer"},
		{name: "scorecard", path: home + "/scorecard", login: "reviewer"},
		{name: "sheets", path: home + "/sheets", login: "organizer"},
		{name: "sheet", path: sheet, login: "organizer"},
		{name: "sheet-print", path: sheet + "/print", login: "organizer"},
		{name: "overview-approver", path: "/staff/", login: "approver"},
		{name: "below", path: province + "/below", login: "approver"},
		{name: "events-province", path: province + "/events", login: "approver"},
		{name: "unit-not-mine", path: "/staff/units/nothing/sheets", login: "approver", status: http.StatusNotFound},
		{name: "overview-empty", path: first, login: newLogin},
		{name: "events-empty", path: first + "/events", login: newLogin},
		{name: "sheets-empty", path: first + "/sheets", login: newLogin},
		{name: "scorecard-empty", path: first + "/scorecard", login: newLogin},
		{name: "plan-start-empty", path: first + "/new", login: newLogin},
	}, slices.Concat(v.secondStep(t), v.addresses(t), v.planning(t))...)
}

// sign has the browser be somebody; nobody where login is empty.
func (w *world) sign(t *testing.T, b *tab, login string) {
	t.Helper()
	b.run(t, network.ClearBrowserCookies())
	if login != "" {
		b.visit(t, signInPath)
		if status := b.signIn(t, login, w.Tour.Password); status != http.StatusOK {
			t.Fatalf("signing in as %s: status %d", login, status)
		}
	}
}

// signIn fills the form that is open.
func (b *tab) signIn(t *testing.T, login, password string) int {
	t.Helper()
	b.run(t, chromedp.SetValue("#login", login, chromedp.ByQuery), chromedp.SetValue("#password", password, chromedp.ByQuery))
	return b.opens(t, chromedp.Click("main form button", chromedp.ByQuery))
}

// as is another visitor, who is signed in.
func (v *visitor) as(t *testing.T, login string) *visitor {
	t.Helper()
	s := v.visitor(v.lang)
	a := v.must(t, s.fill(t, signInPath, signInPath, "login", login, "password", v.Tour.Password), http.StatusSeeOther)
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		s.head.Add("Cookie", c.Name+"="+c.Value)
	}
	return s
}

// newcomer is the id of a new account, and the path where it sets its password.
func (w *world) newcomer(t *testing.T, login string) (id, path string) {
	t.Helper()
	made, err := w.App.AddAccount(t.Context(), app.NewAccount{Login: login, Name: "Nguyễn Thị Lan", Unit: "24848", Roles: []string{"viewer"}})
	must(t, err)
	link, err := w.App.AccountLink(t.Context(), login)
	must(t, err)
	return made.ID, strings.TrimPrefix(link, w.base)
}

// province is the id of the unit above the shown commune.
func (w *world) province(t *testing.T) string {
	t.Helper()
	shown, err := w.App.Services.Units.Get(t.Context(), w.actor(t, "admin"), w.Tour.Unit)
	must(t, err)
	return shown.Parent
}

// firstDay is the id of a department that has nothing yet, whose organizer signs
// in by the login for the first time.
func (w *world) firstDay(t *testing.T, login string) string {
	t.Helper()
	made, err := w.App.Services.Units.Create(t.Context(), w.actor(t, "admin"), unit.Draft{
		Kind: unit.Department, Parent: w.province(t), Names: map[string]string{"vi": "Sở Văn hóa, Thể thao và Du lịch"},
	})
	must(t, err)
	_, err = w.App.AddAccount(t.Context(), app.NewAccount{
		Login: login, Name: "Lê Thị Hồng", Unit: made.ID, Roles: []string{"organizer"}, Password: w.Tour.Password,
	})
	must(t, err)
	return made.ID
}

// sheetOnce prints one list for all languages, since there is but one.
func (v *visitor) sheetOnce(t *testing.T, sheets string) string {
	t.Helper()
	v.paper.Lock()
	defer v.paper.Unlock()
	if v.printed == "" {
		v.printed = v.sheet(t, sheets)
	}
	return v.printed
}

// sheet is the path of a call list, printed because a Sunday of the next hours was called off.
func (v *visitor) sheet(t *testing.T, sheets string) string {
	t.Helper()
	organizer := v.actor(t, "organizer")
	id := v.publishAt(t, calendar.InZone(v.App.Now(), unit.DefaultZone), 16, []event.Slot{{ID: "all", Name: "Tham gia", Capacity: 150}})
	words, err := resident.TextFor(resident.ForRegistration, "vi")
	must(t, err)
	for n := range 5 {
		one, err := v.App.Services.Residents.Create(t.Context(), organizer, resident.Draft{
			Unit: v.Tour.Unit, Name: fmt.Sprintf("Cil Múp Hà Thị Bích %d", n), Locale: "vi",
			Contacts: []resident.ContactInput{{Kind: contact.Phone, Value: fmt.Sprintf("+84912111%03d", n)}},
			Consents: []resident.Choice{{Purpose: resident.ForRegistration, Given: true, Text: words.ID, Source: "paper"}},
		})
		must(t, err)
		_, err = v.App.Services.Registrations.Enter(t.Context(), organizer, registration.Entry{Event: id, Resident: one.ID, Slot: "all", Party: 1})
		must(t, err)
	}
	v.do(t, "organizer", id, event.Cancel, "Mưa lớn.")
	staff := v.as(t, "organizer")
	deadline := time.After(patience)
	for {
		for _, f := range staff.get(t, sheets).forms(t) {
			if !f.values.Has("kind") {
				continue
			}
			if a := staff.send(t, http.MethodPost, f.action, f.values); a.status == http.StatusSeeOther {
				path, _, _ := strings.Cut(a.location, "?")
				return strings.TrimSuffix(path, "/print")
			}
		}
		select {
		case <-deadline:
			t.Fatal("no list is there to print")
		case <-time.Tick(200 * time.Millisecond):
		}
	}
}
