package console

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
	"github.com/sunday-with-the-people/sunday/notifications"
)

//go:embed pages
var files embed.FS

func parse() (map[string]*template.Template, error) {
	dir, err := fs.Sub(files, "pages")
	if err != nil {
		return nil, err
	}
	list := func(parts ...any) []any { return parts } // what a part of a page is about
	return assets.Parse(dir, template.FuncMap{"list": list}, "shared/*.html")
}

// plain is a page of words alone.
type plain struct {
	assets.Page
	Words string
	// Back leads to where the person came from or has to go, empty for nowhere.
	Back, BackWords string
}

func (p *site) fail(c *gin.Context, err error) { p.failTo(c, err, "", "") }

// failTo leads back to a page, in the words of the key; "" is the overview.
func (p *site) failTo(c *gin.Context, err error, back, key string) {
	if c.Writer.Written() {
		return
	}
	ctx := c.Request.Context()
	said := problem.Of(ctx, err)
	if said.Status >= http.StatusInternalServerError {
		p.log.ErrorContext(ctx, "a page failed", "route", c.FullPath(), "cause", problem.Cause(err))
	}
	v := plain{Page: p.page(c, request.Texts(ctx).Text("page.error.title", nil), c.Request.URL.Path), Words: said.Detail, Back: back}
	if back != "" {
		v.BackWords = v.T(key)
	}
	if said.Status == http.StatusUnauthorized {
		v.Back, v.BackWords = signInPath, v.T("staff.sign_in")
	}
	if said.Status == http.StatusNotFound {
		v.Title, v.Words = v.T("page.not_found.title"), v.T("staff.not_found")
	}
	if v.Back == "" { // nobody is left on a page that leads nowhere
		v.Back, v.BackWords = homePath, v.T("overview.title")
	}
	if err := p.render(c, said.Status, "plain", v); err != nil {
		p.log.ErrorContext(ctx, "an error page failed", "cause", problem.Cause(err))
		c.Status(http.StatusInternalServerError)
	}
}

// page is what the layout needs. Here is where the same is found by a GET.
func (p *site) page(c *gin.Context, title, here string) assets.Page {
	texts := request.Texts(c.Request.Context())
	c.Header("Cache-Control", "no-store")
	c.Header("X-Robots-Tag", "noindex, nofollow")
	out := assets.Page{Texts: texts, Title: title, Here: here, Private: true, Staff: true}
	if c.Query("lang") != "" {
		out.Keep = texts.Lang()
	}
	if who, ok := signed(c); ok {
		out = p.framed(c, out, p.unitOf(c, who), here)
	}
	return out
}

func (p *site) render(c *gin.Context, status int, name string, view any) error {
	var b bytes.Buffer
	if err := p.pages[name].ExecuteTemplate(&b, "layout", view); err != nil {
		return err
	}
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// formIDBytes make a random id of 24 characters.
const formIDBytes = 18

// names remembers units for one page.
type names struct {
	p    *site
	ctx  context.Context
	t    *i18n.Printer
	kept map[string]unit.Unit
}

func (p *site) names(ctx context.Context) *names {
	return &names{p: p, ctx: ctx, t: request.Texts(ctx), kept: map[string]unit.Unit{}}
}

func (n *names) unit(id string) (unit.Unit, error) {
	if u, ok := n.kept[id]; ok {
		return u, nil
	}
	u, err := n.p.s.Units.Get(n.ctx, actor.System("console"), id)
	if err == nil {
		n.kept[id] = u
	}
	return u, err
}

// village is a village's name, or words for none.
func (n *names) village(id string) (string, error) {
	if id == "" {
		return n.t.Text("sheet.no_village", nil), nil
	}
	u, err := n.unit(id)
	return u.Name(n.t.Lang()), err
}

// listed joins words as a list.
func listed(words []string) string { return strings.Join(words, ", ") }

// when is an instant on the unit's clocks.
func (n *names) when(at notifications.Millis, u unit.Unit) string {
	return n.t.Near(n.p.s.Now().Time()).FormatDate(calendar.InZone(calendar.Instant(at), u.Zone))
}
