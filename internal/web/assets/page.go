package assets

import (
	_ "embed"
	"html/template"
	"io/fs"
	"net/url"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

//go:embed layout.html
var layout string

// languages as the switch shows them.
var languages = []string{"vi", "en", "pl"}

// Page is what the layout shows. A page's own view embeds it, and its templates
// take words and links from it.
type Page struct {
	Texts *i18n.Printer
	// Title is the heading of the browser's window.
	Title string
	// Here is the path of the page, with its query, as a link shows it: what a
	// POST answered is found there too.
	Here string
	// Keep is the language that was asked for by name, and that links keep; empty
	// where the browser's own list chose it.
	Keep string
	// Card is what other programs show of the page where somebody sends its
	// address, nil for nothing.
	Card *Card
	// Feeds are paths of calendars to follow.
	Feeds []string
	// Private keeps search engines away.
	Private bool
	// Staff makes the page as dense and wide as pages of staff are.
	Staff bool
	// Frame is around the pages of somebody who is signed in; nil for none.
	Frame *Frame
}

// Frame is where a member of staff is, and where else they may go.
type Frame struct {
	// Unit is whose page it is, Account who is signed in.
	Unit, Account string
	// AccountPath is of one's own account, SignOut takes a POST.
	AccountPath, SignOut string
	Nav                  []NavItem
	// Said tells what was just done, empty for nothing.
	Said string
}

// NavItem is one entry of the navigation at the side.
type NavItem struct {
	Words, Path string
	// Here marks the entry that the page belongs to.
	Here bool
}

// Home is where the product's name leads to.
func (p Page) Home() string {
	if p.Staff {
		return "/staff/"
	}
	return "/"
}

// Card is a page in a few words. URL and Picture are whole addresses, Picture may
// be empty; Locale is as the Open Graph protocol writes it, "vi_VN".
type Card struct{ Title, Words, URL, Picture, Locale string }

// T gives a text; pairs of a name and a value fill it.
func (p Page) T(id string, pairs ...any) string {
	var data map[string]any
	for i := 0; i+1 < len(pairs); i += 2 {
		if data == nil {
			data = map[string]any{}
		}
		if name, ok := pairs[i].(string); ok {
			data[name] = pairs[i+1]
		}
	}
	return p.Texts.Text(id, data)
}

// N gives a text in the plural form of n.
func (p Page) N(id string, n int) string { return p.Texts.Count(id, n, nil) }

// Lang is the language of the page.
func (p Page) Lang() string { return p.Texts.Lang() }

// Style is the path of the style sheet.
func (Page) Style() string { return stylePath }

// Link keeps the language of a path that begins with a slash.
func (p Page) Link(path string) string {
	if p.Keep == "" {
		return path
	}
	path, anchor, found := strings.Cut(path, "#")
	if strings.Contains(path, "?") {
		path += "&"
	} else {
		path += "?"
	}
	path += "lang=" + p.Keep
	if found {
		path += "#" + anchor
	}
	return path
}

// Switch is one language to choose.
type Switch struct {
	Lang, Name, Path string
	Chosen           bool
}

// Languages are the page in each language.
func (p Page) Languages() []Switch {
	out := make([]Switch, len(languages))
	for i, lang := range languages {
		out[i] = Switch{Lang: lang, Name: p.T("page.language." + lang), Path: inLang(p.Here, lang), Chosen: lang == p.Lang()}
	}
	return out
}

// Short is the language's tag in capitals, as the switch has no room for names.
func (s Switch) Short() string { return strings.ToUpper(s.Lang) }

func inLang(path, lang string) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/?lang=" + lang
	}
	q := u.Query()
	q.Set("lang", lang)
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// Parse reads the page templates of a folder, each by its name without .html.
// Each defines "main", and shares the layout and the files in share.
func Parse(files fs.FS, funcs template.FuncMap, share ...string) (map[string]*template.Template, error) {
	base, err := template.New("layout").Funcs(funcs).Parse(layout)
	if err != nil {
		return nil, err
	}
	if len(share) > 0 {
		if base, err = base.ParseFS(files, share...); err != nil {
			return nil, err
		}
	}
	names, err := fs.Glob(files, "*.html")
	if err != nil {
		return nil, err
	}
	pages := make(map[string]*template.Template, len(names))
	for _, name := range names {
		one, err := template.Must(base.Clone()).ParseFS(files, name)
		if err != nil {
			return nil, err
		}
		pages[strings.TrimSuffix(name, ".html")] = one
	}
	return pages, nil
}
