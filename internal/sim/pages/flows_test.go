//go:build pages

package pages_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// ways are how people go through the pages, always in the same order. Each has
// an address of its own, beside the language.
var ways = []struct {
	name, address string
	hand          func(b *tab) hand
	noScript      bool
}{
	{name: "mouse", address: "mouse", hand: func(b *tab) hand { return mouse{b} }},
	{name: "no JavaScript", address: "plain", hand: func(b *tab) hand { return mouse{b} }, noScript: true},
	{name: "keyboard", address: "keys", hand: func(b *tab) hand { return keyboard{b} }},
}

// TestFlow goes through what residents and staff do, in every language, by
// mouse, by keyboard alone and without JavaScript.
func TestFlow(t *testing.T) {
	w := open(t)
	for _, lang := range languages {
		t.Run(lang, func(t *testing.T) {
			v := w.visitor(lang)
			id := v.publish(t, []event.Slot{{ID: "all", Name: "Tham gia", Capacity: 150}})
			surveys := v.surveyLinks(t, len(ways))
			b := browse(t, w, lang)
			for i, way := range ways {
				f := flow{visitor: v, tab: b, hand: way.hand(b), event: id, survey: surveys[i]}
				f.address = "flow-" + lang + "-" + way.address + "@example.org"
				t.Run(way.name, func(t *testing.T) {
					b.run(t, emulation.SetScriptExecutionDisabled(way.noScript))
					b.as(t, look{width: 320})
					f.register(t)
					f.confirm(t)
					f.change(t)
					f.cancel(t)
					f.answer(t)
					f.optOut(t)
					f.plan(t)
					f.count(t)
					f.forgot(t, "forgot-"+lang+"-"+way.address)
					f.secondStep(t, "flow-"+lang+"-"+way.address)
					f.leave(t)
					for _, fault := range b.take() {
						t.Error(fault)
					}
				})
			}
		})
	}
}

// flow is one person's way through the pages.
type flow struct {
	*visitor
	*tab
	hand
	event, survey, address string
}

// register says that two come, with an address.
func (f flow) register(t *testing.T) {
	t.Helper()
	f.visit(t, outreach.EventPath+f.event)
	f.pick(t, `input[name=party][value="2"]`)
	f.write(t, "#email", f.address)
	f.want(t, f.press(t, "form.card button:not([type=button])"), http.StatusOK)
}

// confirm follows the mail, and stands on the own page after.
func (f flow) confirm(t *testing.T) {
	t.Helper()
	f.visit(t, link(t, f.mail(t, f.address), outreach.ConfirmPath))
	f.pick(t, `input[name=choice][value=yes]`)
	f.want(t, f.press(t, "main form button"), http.StatusOK)
	f.registered(t, registration.Registered, 2)
	if !strings.HasPrefix(f.at(t), outreach.OwnPath) {
		f.press(t, `main a[href*="`+outreach.OwnPath+`"]`)
	}
}

func (f flow) change(t *testing.T) {
	t.Helper()
	f.pick(t, `input[name=act][value=change]`)
	f.write(t, "#party", "3")
	f.want(t, f.press(t, "form.card:has(#party) button"), http.StatusOK)
	f.registered(t, registration.Registered, 3)
}

func (f flow) cancel(t *testing.T) {
	t.Helper()
	f.pick(t, `input[name=act][value=cancel]`)
	f.want(t, f.press(t, "form.card:has(#party) button"), http.StatusOK)
	f.registered(t, registration.Cancelled, 3)
}

// answer goes through the survey, one question a screen.
func (f flow) answer(t *testing.T) {
	t.Helper()
	f.visit(t, f.survey)
	for range surveyQuestions {
		f.pick(t, `input[type=radio][value="4"]`)
		f.want(t, f.press(t, "button[value=next]"), http.StatusOK)
	}
	f.write(t, "textarea", "Đường xong rồi, cảm ơn xã.")
	f.want(t, f.press(t, "button[value=send]"), http.StatusOK)
	if got := f.get(t, f.survey).status; got != http.StatusNotFound {
		t.Errorf("a survey that was answered can be opened again: status %d", got)
	}
}

func (f flow) optOut(t *testing.T) {
	t.Helper()
	f.visit(t, f.optOutLink(t, f.address))
	f.pick(t, `input[name=stop][value=yes]`)
	f.want(t, f.press(t, "main form button"), http.StatusOK)
	c, err := f.App.Services.Contacts.Ensure(context.Background(), contact.Email, f.address)
	must(t, err)
	if c.OptedOutAt == 0 {
		t.Error("mails go on after the opt-out")
	}
}

// enter signs in, by the form.
func (f flow) enter(t *testing.T, login string) {
	t.Helper()
	f.leave(t)
	f.visit(t, signInPath)
	f.write(t, "#login", login)
	f.write(t, "#password", f.Tour.Password)
	f.want(t, f.press(t, "main form button"), http.StatusOK)
	if at := f.at(t); !strings.HasPrefix(at, "/staff/") || at == signInPath {
		t.Fatalf("signing in leads to %s", at)
	}
}

// leave signs out, if somebody is signed in.
func (f flow) leave(t *testing.T) {
	t.Helper()
	if f.visit(t, "/staff/"); f.at(t) == signInPath {
		return
	}
	f.want(t, f.press(t, `form[action*="sign-out"] button`), http.StatusOK)
	if f.at(t) != signInPath {
		t.Errorf("signing out leads to %s", f.at(t))
	}
}

func (f flow) want(t *testing.T, got, want int) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: status %d, want %d", f.at(t), got, want)
	}
}

// at is the path of the page that is open.
func (b *tab) at(t *testing.T) string {
	t.Helper()
	var path string
	b.eval(t, `location.pathname`, &path)
	return path
}

// mine is the registration with the flow's own address.
func (f flow) mine(t *testing.T) registration.Registration {
	t.Helper()
	c, err := f.App.Services.Contacts.Ensure(t.Context(), contact.Email, f.address)
	must(t, err)
	l, err := f.App.Store().Registrations.Page(t.Context(), registration.Filter{Event: f.event}, page.Request{Limit: 200})
	must(t, err)
	for _, r := range l.Items {
		if one, err := f.App.Store().Residents.Get(t.Context(), r.Resident); err == nil && one.Contact == c.ID {
			return r
		}
	}
	t.Fatal("nobody with that address is registered")
	return registration.Registration{}
}

// registered wants the registration to be so.
func (f flow) registered(t *testing.T, state registration.State, party int) {
	t.Helper()
	if r := f.mine(t); r.State != state || r.Party != party {
		t.Errorf("%d people are %s, want %d %s", r.Party, r.State, party, state)
	}
}
