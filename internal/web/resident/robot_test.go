package resident_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// TestRobot opens every link and submits every form once with its defaults, as
// mail scanners do: nothing may change.
func TestRobot(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := input()
	in.Slots = append(in.Slots, event.Slot{ID: "late", Name: "Buổi chiều", Capacity: 4})
	coming, single := w.publish(t, in), w.publish(t, input())
	links := []string{"/", w.join(t, single, "3"), w.pending(t, coming, "an@example.org"), w.pending(t, single, "an@example.org")}
	links = append(links, w.optOutLink(t, "an@example.org", false), w.optOutLink(t, "binh@example.org", true))
	surveyed := w.surveyed(t)
	links = append(links, surveyed...)
	links = append(links, w.withAddress(t, single)+"/wishes")
	before := w.dump(t)
	r := robot{world: w, seen: map[string]bool{}}
	for _, link := range links {
		r.open(t, link)
	}
	if len(r.seen) < 20 || r.forms < 8 {
		t.Fatalf("only %d pages and %d forms were found", len(r.seen), r.forms)
	}
	if d := cmp.Diff(before, w.dump(t)); d != "" {
		t.Error(d)
	}
	if w.mails.Load() != 3 {
		t.Errorf("%d mails, want the 3 of before", w.mails.Load())
	}
}

// pending registers somebody with an address and gives the confirm page's path.
func (w *world) pending(tb testing.TB, e event.Event, email string) string {
	tb.Helper()
	page := w.get("/e/" + e.ID)
	w.post("/e/"+e.ID+"/register", "form", page.formID(tb), "party", "2", "slot", "all", "email", email).has(tb, http.StatusOK)
	all := w.all(tb, e)
	for _, r := range all {
		if !r.Confirmed {
			return "/c/" + w.keys.Link(secret.LinkConfirm, r.ID, r.LinkGeneration)
		}
	}
	tb.Fatal("nothing is pending")
	return ""
}

// withAddress registers somebody with an address, who confirms it, and gives
// the own page's path.
func (w *world) withAddress(tb testing.TB, e event.Event) string {
	tb.Helper()
	link := w.pending(tb, e, "cuc@example.org")
	got := w.post(link, "form", w.get(link).formID(tb), "choice", "yes")
	got.has(tb, http.StatusSeeOther)
	return got.location
}

func (w *world) optOutLink(tb testing.TB, email string, out bool) string {
	tb.Helper()
	ctx := context.Background()
	c, err := w.contacts.Ensure(ctx, contact.Email, email)
	must(tb, err)
	if out {
		c, err = w.contacts.OptOut(ctx, actor.Resident(), c.ID)
		must(tb, err)
	}
	token, err := w.contacts.OptOutLink(ctx, c)
	must(tb, err)
	return "/o/" + token
}

// surveyed makes an event whose survey is open, and gives two forms of it.
func (w *world) surveyed(tb testing.TB) []string {
	tb.Helper()
	ctx := context.Background()
	in := input()
	in.LocalStart, in.LocalEnd = "2026-11-22T07:00", "2026-11-22T11:00"
	e := w.publish(tb, in)
	w.now = at(22, 12)
	e = w.do(tb, e, actor.Organizer, event.Close)
	_, err := w.surveys.Ensure(ctx, e)
	must(tb, err)
	w.now = at(24, 9)
	_, err = w.surveys.OpenDue(ctx, w.now, 10)
	must(tb, err)
	codes, err := w.surveys.InviteMany(ctx, e.ID, 2)
	must(tb, err)
	return []string{"/s/" + e.ID + "/" + codes[0], "/s/" + e.ID + "/" + codes[1]}
}

type robot struct {
	*world
	seen  map[string]bool
	forms int
}

func (r *robot) open(t *testing.T, path string) {
	t.Helper()
	if path, _, _ = strings.Cut(path, "#"); r.seen[path] || !strings.HasPrefix(path, "/") {
		return
	}
	r.seen[path] = true
	got := r.get(path)
	if got.status == http.StatusSeeOther { // a mail's link, once it is confirmed
		r.open(t, got.location)
		return
	}
	if got.status != http.StatusOK {
		t.Errorf("%s: status %d", path, got.status)
	}
	r.follow(t, got)
}

func (r *robot) follow(t *testing.T, got answer) {
	t.Helper()
	if !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		return
	}
	for _, n := range got.nodes(t) {
		switch n.Data {
		case "a", "link":
			r.open(t, attr(n, "href"))
		case "form":
			if attr(n, "method") != "post" {
				r.open(t, attr(n, "action"))
				continue
			}
			r.submit(t, n)
		}
	}
}

// submit sends a form as it stands.
func (r *robot) submit(t *testing.T, form *html.Node) {
	t.Helper()
	r.forms++
	values := url.Values{}
	for n := range form.Descendants() {
		name := attr(n, "name")
		switch {
		case n.Type != html.ElementNode || name == "":
		case n.Data == "textarea":
			values.Add(name, "")
		case n.Data == "input":
			_, checked := lookup(n, "checked")
			if kind := attr(n, "type"); kind != "radio" && kind != "checkbox" || checked {
				values.Add(name, attr(n, "value"))
			}
		}
	}
	got := r.ask(http.MethodPost, attr(form, "action"), values)
	if got.status != http.StatusUnprocessableEntity {
		t.Errorf("%s: a form without a choice has status %d", attr(form, "action"), got.status)
	}
	got.has(t, got.status, `class="summary"`)
}
