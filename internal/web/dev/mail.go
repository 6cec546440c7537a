package dev

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"net/mail"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
	"github.com/sunday-with-the-people/sunday/notifications/mailcatch"
)

//go:embed pages
var files embed.FS

const (
	root = "/dev/mail"
	// maxListed bounds the list; older mails are found by their number.
	maxListed = 200
	// Mails come from outside of this program's pages. Their page runs no script,
	// loads nothing and stands in a frame of its own; links open beside it.
	mailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; " +
		"img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
	// The list's own page shows that frame and nothing else from elsewhere.
	pagePolicy = "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors 'none'"
)

// errNoMail stands for a mail that is not kept, and for all of it to anybody
// who is not at the machine.
var errNoMail = fault.New(fault.NotFound, "not_found")

// mails are the pages of one catcher.
type mails struct {
	catcher *mailcatch.Catcher
	pages   map[string]*template.Template
}

// Mount adds the pages to a router.
func Mount(r gin.IRouter, c *mailcatch.Catcher) error {
	dir, err := fs.Sub(files, "pages")
	if err != nil {
		return err
	}
	m := &mails{catcher: c}
	if m.pages, err = assets.Parse(dir, nil); err != nil {
		return err
	}
	r.GET(root, atMachine(m.list))
	r.GET(root+"/:number", atMachine(m.one))
	r.GET(root+"/:number/html", atMachine(m.html))
	return nil
}

// atMachine answers only who sits at this very machine, and asked it by a name
// of its own: a page elsewhere may have its name point here.
func atMachine(h func(c *gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-store")
		c.Header("X-Robots-Tag", "noindex, nofollow")
		err := error(errNoMail)
		if isLoopback(c.Request.RemoteAddr) && isLoopback(c.Request.Host) && c.GetHeader("X-Forwarded-For") == "" {
			err = h(c)
		}
		if err != nil {
			p := problem.Of(c.Request.Context(), err)
			c.String(p.Status, "%s\n", p.Detail)
		}
	}
}

func isLoopback(address string) bool {
	host := address
	if h, _, err := net.SplitHostPort(address); err == nil {
		host = h
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}

type listView struct {
	assets.Page
	Mails []mailcatch.Mail
	// Count is how many there are, listed or not; To is whose they are, empty for
	// everybody's.
	Count int
	To    string
}

// list shows what was caught, newest first: all, or what went to the same
// address as a mail that is named by its number, since no address belongs into
// the path of a page.
func (m *mails) list(c *gin.Context) error {
	all := m.catcher.Mails()
	v := listView{Page: page(c, root)}
	if as := c.Query(asKey); as != "" {
		one, err := find(all, as)
		if err != nil {
			return err
		}
		v.To, v.Here = one.To, root+"?"+asKey+"="+as
		all = slices.DeleteFunc(all, func(other mailcatch.Mail) bool { return other.To != one.To })
	}
	slices.Reverse(all)
	v.Mails, v.Count = all[:min(len(all), maxListed)], len(all)
	v.Title = v.T("page.mail.title")
	return m.render(c, "list", v)
}

// When says when one of the mails was sent, as people here say it.
func (v listView) When(m mailcatch.Mail) string { return when(v.Page, m) }

// when is the mail's own date on the clocks of the sample province; the header as
// it stands where that is none.
func when(p assets.Page, m mailcatch.Mail) string {
	at, err := mail.ParseDate(m.Get("Date"))
	if err != nil {
		return m.Get("Date")
	}
	return p.Texts.FormatDate(calendar.InZone(calendar.FromTime(at), unit.DefaultZone))
}

// Subject shows the subject of one of the mails.
func (v listView) Subject(m mailcatch.Mail) template.HTML { return subject(v.Page, m) }

// asKey is the query that names a mail by whose recipient others are listed.
const asKey = "as"

type mailView struct {
	assets.Page
	Mail    mailcatch.Mail
	Subject template.HTML
	When    string
	Path    string
	Text    []piece
	Headers []header
}

type header struct{ Name, Value string }

// one shows a mail with all of its parts.
func (m *mails) one(c *gin.Context) error {
	found, err := m.find(c)
	if err != nil {
		return err
	}
	v := mailView{Page: page(c, root+"/"+strconv.Itoa(found.Number)), Mail: found, Text: pieces(found.Text)}
	v.Title, v.Subject, v.When, v.Path = found.Subject, subject(v.Page, found), when(v.Page, found), v.Here
	for name, values := range found.Header {
		for _, value := range values {
			v.Headers = append(v.Headers, header{name, value})
		}
	}
	slices.SortFunc(v.Headers, func(a, b header) int { return strings.Compare(a.Name+a.Value, b.Name+b.Value) })
	return m.render(c, "mail", v)
}

// html is the mail's own page, as its reader would see it.
func (m *mails) html(c *gin.Context) error {
	mail, err := m.find(c)
	if err != nil {
		return err
	}
	c.Header("Content-Security-Policy", mailPolicy)
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(inNewWindow(mail.HTML)))
	return nil
}

func (m *mails) find(c *gin.Context) (mailcatch.Mail, error) {
	return find(m.catcher.Mails(), c.Param("number"))
}

func find(all []mailcatch.Mail, number string) (mailcatch.Mail, error) {
	n, err := strconv.Atoi(number)
	if err != nil {
		return mailcatch.Mail{}, errNoMail
	}
	for _, mail := range all {
		if mail.Number == n {
			return mail, nil
		}
	}
	return mailcatch.Mail{}, errNoMail
}

func page(c *gin.Context, here string) assets.Page {
	p := assets.Page{Texts: request.Texts(c.Request.Context()), Here: here, Private: true}
	if c.Query("lang") != "" {
		p.Keep = p.Texts.Lang()
	}
	return p
}

func (m *mails) render(c *gin.Context, name string, view any) error {
	var b bytes.Buffer
	if err := m.pages[name].ExecuteTemplate(&b, "layout", view); err != nil {
		return err
	}
	c.Header("Content-Security-Policy", pagePolicy)
	c.Data(http.StatusOK, "text/html; charset=utf-8", b.Bytes())
	return nil
}

var head = regexp.MustCompile(`(?i)<head[^>]*>`)

// inNewWindow has the mail's links open beside it: a frame without rights may
// not lead its window elsewhere.
func inNewWindow(html string) string {
	const base = `<base target="_blank">`
	at := head.FindStringIndex(html)
	if at == nil {
		return base + html
	}
	return html[:at[1]] + base + html[at[1]:]
}

// piece is a part of a text: a link, or words.
type piece struct{ Words, Link string }

var link = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

func pieces(text string) []piece {
	var out []piece
	last := 0
	for _, at := range link.FindAllStringIndex(text, -1) {
		out = append(out, piece{Words: text[last:at[0]]}, piece{Link: text[at[0]:at[1]]})
		last = at[1]
	}
	return append(out, piece{Words: text[last:]})
}
