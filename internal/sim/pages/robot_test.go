//go:build pages

package pages_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// inputs are what a robot types into a field: nothing, too much, and what is
// meant to do harm, always in the same order.
var inputs = []struct{ what, typed string }{
	{"empty", ""},
	{"huge", strings.Repeat("Nguyễn ", 6000)},
	{"hostile", "<script>alert(1)</script>\"'`;--${7*7}{{.}}\x00\u202e\r\nBcc: x@example.org"},
	{"number", "-99999999999999999999"},
	{"broken", "\xff\xfe\xc3\x28"},
}

// robots are who the robot is, in turn, and how many pages and submissions each
// finds at least. The administrator, who can end what others need, comes last.
var robots = []struct {
	login string
	least int
}{{"", 20}, {"organizer", 20}, {"approver", 10}, {"reviewer", 10}, {"admin", 10}}

// TestRobot opens every page that a link leads to, as a resident and as staff,
// and submits every form as it stands, with each choice, and with each of the inputs in each field:
// nothing is answered by 500 and above, a refusal says why, and what was typed
// is never markup.
func TestRobot(t *testing.T) {
	w := open(t)
	v := w.visitor("en")
	var starts []string
	for _, s := range v.residents(t) {
		starts = append(starts, s.path)
	}
	for _, s := range v.staff(t) {
		starts = append(starts, s.path)
	}
	for _, one := range robots {
		t.Run("as "+one.login, func(t *testing.T) {
			r := robot{visitor: v.visitor("en"), seen: map[string]bool{}, sent: map[string]bool{}}
			if one.login != "" {
				r.visitor = v.as(t, one.login)
			}
			r.queue = append(r.queue, starts...)
			r.walk(t)
			t.Logf("%d pages, %d kinds of forms, %d submissions", len(r.seen), len(r.sent), r.submissions)
			if len(r.seen) < one.least || r.submissions < one.least {
				t.Errorf("only %d pages and %d submissions, want at least %d", len(r.seen), r.submissions, one.least)
			}
		})
	}
}

type robot struct {
	*visitor
	queue []string
	// seen are pages by their route, and what was asked of a page by its form.
	seen, sent  map[string]bool
	submissions int
}

// perShape bounds how many pages of one shape are opened: a hundred events have
// one page.
const perShape = 3

func (r *robot) walk(t *testing.T) {
	t.Helper()
	shapes := map[string]int{}
	for len(r.queue) > 0 {
		path := r.queue[0]
		r.queue = r.queue[1:]
		path, _, _ = strings.Cut(path, "#")
		if r.seen[path] || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/docs") || strings.HasPrefix(path, "/api/") {
			continue
		}
		if shapes[shapeOf(path)]++; shapes[shapeOf(path)] > perShape {
			continue
		}
		r.seen[path] = true
		r.look(t, r.get(t, path))
	}
}

// shapeOf is the path with its ids and its query's values taken out.
func shapeOf(path string) string {
	path, query, _ := strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if len(part) > 12 || strings.ContainsAny(part, "0123456789") {
			parts[i] = "*"
		}
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return path
	}
	values.Del("lang")
	return strings.Join(parts, "/") + "?" + strings.Join(slices.Sorted(maps.Keys(values)), "&")
}

// look follows what is on a page.
func (r *robot) look(t *testing.T, a answer) {
	t.Helper()
	r.judge(t, a, "")
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		return
	}
	root, err := html.Parse(strings.NewReader(a.body))
	must(t, err)
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (n.Data == "a" || n.Data == "link") {
			r.queue = append(r.queue, attr(n, "href"))
		}
	}
	for _, f := range a.forms(t) {
		key := f.method + " " + shapeOf(f.action)
		if r.sent[key] || endsAccounts(f.action) {
			continue
		}
		r.sent[key] = true
		r.submit(t, f)
	}
}

// endsAccounts tells whether a form would sign the robot out, or take roles from
// those who walk after it.
func endsAccounts(action string) bool {
	path, _, _ := strings.Cut(action, "?")
	return slices.ContainsFunc([]string{"/sign-out", "/disable", "/roles/end"}, func(end string) bool { return strings.HasSuffix(path, end) })
}

// submit sends a form as it stands, and then once for each field and input.
func (r *robot) submit(t *testing.T, f form) {
	t.Helper()
	r.try(t, f, f.values, "as it stands")
	r.try(t, f, url.Values{}, "nothing")
	for _, field := range f.fields {
		put := func(input, what string) {
			values := url.Values{}
			maps.Copy(values, f.values)
			values.Set(field.name, input)
			r.try(t, f, values, field.name+" "+what)
		}
		for _, choice := range field.choices {
			put(choice, choice)
		}
		for _, input := range inputs {
			put(input.typed, input.what)
		}
	}
}

func (r *robot) try(t *testing.T, f form, values url.Values, what string) {
	t.Helper()
	r.submissions++
	var a answer
	if f.method == http.MethodGet {
		for name := range values { // no address may be longer, and no browser sends one
			values.Set(name, values.Get(name)[:min(len(values.Get(name)), 1000)])
		}
		path, _, _ := strings.Cut(f.action, "?")
		a = r.get(t, path+"?"+values.Encode())
	} else {
		a = r.send(t, f.method, f.action, values)
	}
	r.judge(t, a, what)
	if a.status == http.StatusSeeOther || a.status == http.StatusFound {
		r.queue = append(r.queue, a.location)
	}
}

// judge says whether an answer is one that a person can use.
func (r *robot) judge(t *testing.T, a answer, what string) {
	t.Helper()
	if a.status >= http.StatusInternalServerError {
		t.Errorf("%s %s: status %d", a.path, what, a.status)
	}
	if strings.Contains(a.body, "<script>alert") || strings.Contains(a.header.Get("Location"), "\n") {
		t.Errorf("%s %s: what was typed is markup", a.path, what)
	}
	if a.status < http.StatusBadRequest {
		return
	}
	root, err := html.Parse(strings.NewReader(a.body))
	must(t, err)
	if said := strings.TrimSpace(mainWords(root)); len(said) < 20 {
		t.Errorf("%.200s %s: refused by %d without a word: %q", a.path, what, a.status, said)
	}
}

// mainWords is the text of the page's own part.
func mainWords(root *html.Node) string {
	for n := range root.Descendants() {
		if n.Data == "main" {
			return words(n)
		}
	}
	return ""
}
