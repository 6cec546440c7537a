//go:build pages

package pages_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
)

// stops are all pages in all their states, made for one language.
func (w *world) stops(t *testing.T, lang string) []stop {
	t.Helper()
	v := w.visitor(lang)
	return append(v.residents(t), v.staff(t)...)
}

// residents are the pages without a sign-in.
func (v *visitor) residents(t *testing.T) []stop {
	t.Helper()
	e := v.events(t)
	at := func(id string) string { return outreach.EventPath + id }
	own := v.join(t, e.open, "2")
	gone := v.join(t, e.open, "1")
	v.must(t, v.fill(t, gone, gone, "act", "cancel", "cancel", "yes"), http.StatusSeeOther)
	waits := v.join(t, e.full, "1")
	address := "walk-" + v.lang + "@example.org"
	confirm := v.pending(t, e.open, address)
	reached := v.confirmed(t, v.pending(t, e.open, "reached-"+v.lang+"@example.org"))
	optOut := v.optOutLink(t, address)
	survey := v.surveyLinks(t, 1)[0]
	return []stop{
		{name: "coming", path: "/"},
		{name: "units", path: "/units"},
		{name: "data", path: "/data"},
		{name: "finished", path: "/done"},
		{name: "coming-unit", path: "/?unit=" + v.Tour.Unit},
		{name: "coming-none", path: "/?unit=" + e.villageWithout},
		{name: "event", path: at(e.open)},
		{name: "event-refused", path: at(e.open), then: submit("form.card")},
		{name: "event-full", path: at(e.full)},
		{name: "event-slots", path: at(e.slots)},
		{name: "event-postponed", path: at(e.postponed)},
		{name: "event-cancelled", path: at(e.cancelled)},
		{name: "event-over", path: at(v.Tour.Past)},
		{name: "registered", path: at(e.open), then: register},
		{name: "own", path: own},
		{name: "own-refused", path: own, then: submit("form")},
		{name: "wishes-none", path: own + "/wishes"},
		{name: "wishes", path: reached + "/wishes"},
		{name: "wishes-saved", path: reached + "/wishes", then: submit("main form")},
		{name: "own-confirmed", path: reached},
		{name: "own-cancelled", path: gone},
		{name: "own-waiting", path: waits},
		{name: "confirm", path: confirm},
		{name: "confirm-refused", path: confirm, then: submit("form")},
		{name: "confirm-done", path: confirm, then: choose(`input[value="yes"]`, "form")},
		{name: "opt-out", path: optOut},
		{name: "opt-out-refused", path: optOut, then: submit("form")},
		{name: "opt-out-done", path: optOut, then: choose(`input[value="yes"]`, "form")},
		{name: "survey", path: survey},
		{name: "survey-refused", path: survey, then: submit("form")},
		{name: "survey-second", path: survey, then: answerSurvey(1)},
		{name: "survey-words", path: survey, then: answerSurvey(surveyQuestions)},
		{name: "survey-sent", path: survey, then: func(t *testing.T, b *tab) {
			answerSurvey(surveyQuestions)(t, b)
			submit("form")(t, b)
		}},
		{name: "survey-again", path: survey, status: http.StatusNotFound},
		{name: "link-unknown", path: outreach.OwnPath + "AAAAAAAAAAAAAAAAAAAAAA", status: http.StatusNotFound},
		{name: "event-unknown", path: at("nothing"), status: http.StatusNotFound},
		{name: "nothing-there", path: "/nothing", status: http.StatusNotFound},
		{name: "mails", path: "/dev/mail"},
		{name: "mail", path: "/dev/mail/1"},
		{name: "code-asked", path: outreach.ShortPath, status: http.StatusNotFound},
		{name: "code-unknown", path: outreach.ShortPath + "NOTHING", status: http.StatusNotFound},
	}
}

// submit sends a form as it stands.
func submit(form string) func(*testing.T, *tab) {
	return func(t *testing.T, b *tab) {
		b.opens(t, chromedp.Click(form+" button:not([type=button])", chromedp.ByQuery))
	}
}

// choose picks a choice and sends the form.
func choose(choice, form string) func(*testing.T, *tab) {
	return func(t *testing.T, b *tab) {
		b.run(t, chromedp.Click(form+" "+choice, chromedp.ByQuery))
		submit(form)(t, b)
	}
}

// surveyQuestions is how many questions the demo's surveys have before the open one.
const surveyQuestions = 4

// answerSurvey answers the first questions, one screen each.
func answerSurvey(number int) func(*testing.T, *tab) {
	return func(t *testing.T, b *tab) {
		for range number {
			choose(`input[type=radio][value="4"]`, "form")(t, b)
		}
	}
}

// register fills the form of an event with one person and no address.
func register(t *testing.T, b *tab) {
	b.run(t, chromedp.Click(`input[name=party][value="1"]`, chromedp.ByQuery))
	b.opens(t, chromedp.Submit("form.card", chromedp.ByQuery))
}

// must wants the answer to have a status.
func (v *visitor) must(t *testing.T, a answer, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: status %d, want %d: %.3000s", a.path, a.status, status, a.body)
	}
	return a
}

// join registers somebody without an address and gives the path of the own page.
func (v *visitor) join(t *testing.T, event, party string) string {
	t.Helper()
	a := v.must(t, v.fill(t, outreach.EventPath+event, "/register", "party", party), http.StatusSeeOther)
	path, _, _ := strings.Cut(a.location, "?")
	return path
}

// pending registers somebody with an address, and gives the path that the mail leads to.
func (v *visitor) pending(t *testing.T, event, address string) string {
	t.Helper()
	v.must(t, v.fill(t, outreach.EventPath+event, "/register", "party", "1", "email", address), http.StatusOK)
	return link(t, v.mail(t, address), outreach.ConfirmPath)
}

// confirmed says yes there, and gives the path of the own page.
func (v *visitor) confirmed(t *testing.T, path string) string {
	t.Helper()
	a := v.fill(t, path, path, "choice", "yes")
	if a.location != "" {
		return link(t, v.base+a.location, outreach.OwnPath)
	}
	for _, m := range ownPath.FindAllString(a.body, -1) {
		return m
	}
	t.Fatalf("confirming answers %d without the own page: %.2000s", a.status, a.body)
	return ""
}

var ownPath = regexp.MustCompile(regexp.QuoteMeta(outreach.OwnPath) + `[A-Za-z0-9_-]+`)

// mail is the newest mail to the address, as text.
func (v *visitor) mail(t *testing.T, address string) string {
	t.Helper()
	deadline := time.After(patience)
	for {
		for _, m := range slices.Backward(v.Mails()) {
			if strings.Contains(m.To, address) {
				return m.Text
			}
		}
		select {
		case <-deadline:
			t.Fatalf("no mail came for one who had just registered")
		case <-time.Tick(50 * time.Millisecond):
		}
	}
}

var anyLink = regexp.MustCompile(`https?://[^/\s]+(/[A-Za-z0-9_/-]+(?:\.[A-Za-z0-9_-]+)?)`)

// link is the path of the first link in the text that begins with the prefix.
func link(t *testing.T, text, prefix string) string {
	t.Helper()
	for _, m := range anyLink.FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(m[1], prefix) {
			return m[1]
		}
	}
	t.Fatalf("no link to %s in %s", prefix, text)
	return ""
}
