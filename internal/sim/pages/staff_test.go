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
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

const signInPath = "/staff/sign-in"

// staff are the pages behind a sign-in, and those that lead there.
func (v *visitor) staff(t *testing.T) []stop {
	t.Helper()
	home := "/staff/units/" + v.Tour.Unit
	sheet, letters := v.sheetOnce(t, paper.Calls), v.sheetOnce(t, paper.Letters)
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
		{name: "letters", path: letters, login: "organizer"},
		{name: "letters-print", path: letters + "/print", login: "organizer"},
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
	link, _, err := w.App.AccountLink(t.Context(), login, "")
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

// sheetOnce prints one list of the kind for all languages, since there is but one.
func (v *visitor) sheetOnce(t *testing.T, kind paper.Kind) string {
	t.Helper()
	v.paper.Lock()
	defer v.paper.Unlock()
	if v.printed[kind] == "" {
		now := calendar.InZone(v.App.Now(), unit.DefaultZone)
		begins := now.Add(4 * time.Hour)
		if kind == paper.Letters {
			begins = now.Add(22 * time.Hour) // to be told at once, and nobody is called
		}
		v.calledOff(t, begins, kind)
		v.printed[kind] = v.sheet(t, "/staff/units/"+v.Tour.Unit+"/sheets", kind)
	}
	return v.printed[kind]
}

// calledOff is a Sunday that will not be, for people who are told on paper: they
// have a phone and nothing else, or for letters not even that, and one no name.
func (v *visitor) calledOff(t *testing.T, begins time.Time, kind paper.Kind) {
	t.Helper()
	organizer := v.actor(t, "organizer")
	id := v.publishAt(t, begins, begins.Hour(), []event.Slot{{ID: "all", Name: "Tham gia", Capacity: 150}})
	villages, err := v.App.Services.Units.Page(t.Context(), organizer, unit.Filter{Parent: v.Tour.Unit, Kind: unit.Village}, page.Request{Limit: 1})
	must(t, err)
	for n, locale := range []string{"vi", "en", "vi", "pl", "vi"} {
		words, err := resident.TextFor(resident.ForRegistration, locale)
		must(t, err)
		draft := resident.Draft{
			Unit: v.Tour.Unit, Name: fmt.Sprintf("Cil Múp Hà Thị Bích %d", n), Locale: locale,
			Consents: []resident.Choice{{Purpose: resident.ForRegistration, Given: true, Text: words.ID, Source: "paper"}},
		}
		switch {
		case kind == paper.Calls:
			draft.Contacts = []resident.ContactInput{{Kind: contact.Phone, Value: fmt.Sprintf("+84912111%03d", n)}}
		case n == 0:
			draft.Name, draft.Village = "", villages.Items[0].ID
		default:
			draft.Village = villages.Items[0].ID
		}
		one, err := v.App.Services.Residents.Create(t.Context(), organizer, draft)
		must(t, err)
		_, err = v.App.Services.Registrations.Enter(t.Context(), organizer, registration.Entry{Event: id, Resident: one.ID, Slot: "all", Party: 1})
		must(t, err)
	}
	v.do(t, "organizer", id, event.Cancel, "Mưa lớn.")
}

// sheet is the path of a list of the kind, printed as soon as it is there.
func (v *visitor) sheet(t *testing.T, sheets string, kind paper.Kind) string {
	t.Helper()
	staff := v.as(t, "organizer")
	deadline := time.After(patience)
	for {
		for _, f := range staff.get(t, sheets).forms(t) {
			if f.values.Get("kind") != string(kind) {
				continue
			}
			if a := staff.send(t, http.MethodPost, f.action, f.values); a.status == http.StatusSeeOther {
				path, _, _ := strings.Cut(a.location, "?")
				return strings.TrimSuffix(path, "/print")
			}
		}
		select {
		case <-deadline:
			t.Fatalf("no list of %s is there to print", kind)
		case <-time.Tick(200 * time.Millisecond):
		}
	}
}
