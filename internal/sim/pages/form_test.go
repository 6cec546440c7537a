//go:build pages

package pages_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// maxPageBytes bounds what is read of a page.
const maxPageBytes = 4 << 20

func copyAll(to io.Writer, from io.Reader) (int64, error) {
	return io.Copy(to, io.LimitReader(from, maxPageBytes))
}

// form is one form of a page.
type form struct {
	method, action string
	// values are what a browser sends of it as it stands.
	values url.Values
	fields []field
}

// field is one thing to fill in: all radio buttons of a name are one.
type field struct {
	name, kind string
	// choices are the values to choose from; none where one types.
	choices []string
}

func readForm(page string, n *html.Node) form {
	f := form{method: strings.ToUpper(attr(n, "method")), action: attr(n, "action"), values: url.Values{}}
	if f.method == "" {
		f.method = http.MethodGet
	}
	if f.action == "" {
		f.action = page
	}
	at := map[string]int{}
	for e := range n.Descendants() {
		name := attr(e, "name")
		if e.Type != html.ElementNode || name == "" {
			continue
		}
		kind, choice := e.Data, ""
		switch e.Data {
		case "input":
			kind, choice = attr(e, "type"), attr(e, "value")
			f.hold(e, kind, name)
		case "select":
			f.values.Set(name, chosen(e))
		case "textarea":
			f.values.Set(name, words(e))
		case "button":
		default:
			continue
		}
		i, known := at[name]
		if !known {
			i = len(f.fields)
			at[name] = i
			f.fields = append(f.fields, field{name: name, kind: kind})
		}
		switch kind {
		case "radio", "checkbox", "button":
			f.fields[i].choices = append(f.fields[i].choices, choice)
		case "select":
			f.fields[i].choices = options(e)
		}
	}
	return f
}

// hold keeps what an input would send.
func (f *form) hold(n *html.Node, kind, name string) {
	if _, checked := lookup(n, "checked"); kind == "radio" || kind == "checkbox" {
		if checked {
			f.values.Add(name, attr(n, "value"))
		}
		return
	}
	if kind != "submit" && kind != "file" {
		f.values.Add(name, attr(n, "value"))
	}
}

func options(n *html.Node) []string {
	var out []string
	for o := range n.Descendants() {
		if o.Data == "option" {
			out = append(out, attr(o, "value"))
		}
	}
	return out
}

func chosen(n *html.Node) string {
	first, found := "", false
	for o := range n.Descendants() {
		if o.Data != "option" {
			continue
		}
		if _, selected := lookup(o, "selected"); selected {
			return attr(o, "value")
		}
		if !found {
			first, found = attr(o, "value"), true
		}
	}
	return first
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
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
