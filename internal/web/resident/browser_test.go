package resident_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// answer is one page.
type answer struct {
	status   int
	header   http.Header
	body     string
	location string
}

func (w *world) ask(method, path string, form url.Values) answer {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) answer {
	rec := httptest.NewRecorder()
	w.pages.ServeHTTP(rec, r)
	return answer{rec.Code, rec.Header(), rec.Body.String(), rec.Header().Get("Location")}
}

func (w *world) get(path string) answer { return w.ask(http.MethodGet, path, nil) }

func (w *world) post(path string, pairs ...string) answer {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return w.ask(http.MethodPost, path, form)
}

// has wants a status and words in the body.
func (a answer) has(tb testing.TB, status int, words ...string) answer {
	tb.Helper()
	if a.status != status {
		tb.Errorf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, word := range words {
		if !strings.Contains(a.body, word) {
			tb.Errorf("%q is missing in %s", word, a.body)
		}
	}
	return a
}

// lacks wants words not to be in the body.
func (a answer) lacks(tb testing.TB, words ...string) answer {
	tb.Helper()
	for _, word := range words {
		if strings.Contains(a.body, word) {
			tb.Errorf("%q is in %s", word, a.body)
		}
	}
	return a
}

// formID is the form's own random id on the page.
func (a answer) formID(tb testing.TB) string {
	tb.Helper()
	for _, n := range a.nodes(tb) {
		if n.Data == "input" && attr(n, "name") == "form" {
			return attr(n, "value")
		}
	}
	tb.Fatalf("no form in %s", a.body)
	return ""
}

// nodes are the page's elements, in order.
func (a answer) nodes(tb testing.TB) []*html.Node {
	tb.Helper()
	root, err := html.Parse(strings.NewReader(a.body))
	must(tb, err)
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	v, _ := lookup(n, name)
	return v
}

func lookup(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
