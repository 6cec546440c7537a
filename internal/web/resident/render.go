package resident

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

//go:embed pages
var files embed.FS

// shared are templates that several pages use.
const shared = "shared/*.html"

func parse() (map[string]*template.Template, error) {
	dir, err := fs.Sub(files, "pages")
	if err != nil {
		return nil, err
	}
	return assets.Parse(dir, nil, shared)
}

// handler answers one request, or says why not.
type handler func(c *gin.Context) error

// wrap is the one place where errors become pages.
func (p *site) wrap(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			p.fail(c, err)
		}
	}
}

// plain is a page of words alone.
type plain struct {
	assets.Page
	Words []string
	// Finish offers to leave a blank page behind.
	Finish bool
}

// fail shows an error that belongs to no form. A link that opens nothing says
// how to get a new one, and says the same whatever is wrong with it.
func (p *site) fail(c *gin.Context, err error) {
	if c.Writer.Written() {
		return
	}
	ctx := c.Request.Context()
	texts := request.Texts(ctx)
	said := problem.Of(ctx, err)
	if said.Status >= http.StatusInternalServerError {
		p.log.ErrorContext(ctx, "a page failed", "route", c.FullPath(), "error", err)
	}
	v := plain{Page: p.page(c, texts.Text("page.error.title", nil), "/"), Words: []string{said.Detail}}
	v.Private = true
	switch {
	case errors.Is(err, registration.ErrLink), errors.Is(err, contact.ErrLink):
		v.Title, v.Words = v.T("page.link.title"), []string{v.T("page.link.text"), v.T("page.link.how")}
	case errors.Is(err, survey.ErrCode):
		v.Title, v.Words = v.T("page.survey.gone.title"), []string{v.T("page.survey.gone.text")}
	case said.Status == http.StatusNotFound:
		v.Title, v.Words = v.T("page.not_found.title"), []string{v.T("page.not_found.text")}
	}
	if err := p.render(c, said.Status, "plain", v); err != nil {
		p.log.ErrorContext(ctx, "an error page failed", "error", err)
		c.Status(http.StatusInternalServerError)
	}
}

// page is what the layout needs. Here is where the same is found by a GET.
func (p *site) page(c *gin.Context, title, here string) assets.Page {
	texts := request.Texts(c.Request.Context())
	out := assets.Page{Texts: texts, Title: title, Here: here}
	if c.Query("lang") != "" {
		out.Keep = texts.Lang()
	}
	return out
}

// personal is a page that nobody but its holder should keep or find.
func (p *site) personal(c *gin.Context, title, here string) assets.Page {
	personal(c)
	out := p.page(c, title, here)
	out.Private = true
	return out
}

// personal tells browsers not to keep the page, and search engines not to find
// it.
func personal(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("X-Robots-Tag", "noindex, nofollow")
}

func (p *site) render(c *gin.Context, status int, name string, view any) error {
	body, err := p.make(name, view)
	if err != nil {
		return err
	}
	c.Data(status, "text/html; charset=utf-8", body)
	return nil
}

func (p *site) make(name string, view any) ([]byte, error) {
	var b bytes.Buffer
	if err := p.pages[name].ExecuteTemplate(&b, "layout", view); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// seeOther sends the browser to a page that can be loaded again.
func seeOther(c *gin.Context, path string) error {
	c.Redirect(http.StatusSeeOther, path)
	return nil
}
