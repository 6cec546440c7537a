package resident

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

const (
	unitsPath    = "/units"
	unitsPerPage = 50
	unitsScope   = "units "
	maxTyped     = 80 // bytes of a search
)

// unitLink leads to a unit's coming Sundays; Of is the unit above.
type unitLink struct{ Name, Of, Path string }

// unitsView is where somebody looks for their commune or village.
type unitsView struct {
	assets.Page
	Path, Typed string
	Units       []unitLink
	More        string
}

// chooseUnit lists units by name: all, or those that begin with what was typed,
// with or without accents.
func (p *site) chooseUnit(c *gin.Context) error {
	ctx := c.Request.Context()
	typed := c.Query("q")
	if len(typed) > maxTyped {
		typed = ""
	}
	q := url.Values{}
	if typed != "" {
		q.Set("q", typed)
	}
	here := unitsPath
	if len(q) > 0 {
		here += "?" + q.Encode()
	}
	v := unitsView{Page: p.page(c, request.Texts(ctx).Text("page.units.title", nil), here), Path: unitsPath, Typed: typed}
	r := page.Request{Limit: unitsPerPage}
	if after := c.Query("after"); after != "" {
		key, err := p.s.Cursors.Open(unitsScope+typed, after)
		if err != nil {
			return err
		}
		r.After = &key
	}
	found, err := p.s.Units.Page(ctx, actor.Anonymous(), unit.Filter{Prefix: typed}, r)
	if err != nil {
		return err
	}
	for _, u := range found.Items {
		if err := p.link(ctx, &v, u); err != nil {
			return err
		}
	}
	if found.Next != nil {
		q.Set("after", p.s.Cursors.Seal(unitsScope+typed, *found.Next))
		v.More = unitsPath + "?" + q.Encode()
	}
	return p.render(c, http.StatusOK, "units", v)
}

func (p *site) link(ctx context.Context, v *unitsView, u unit.Unit) error {
	above, err := p.units.of(ctx, u.Parent)
	v.Units = append(v.Units, unitLink{Name: u.Name(v.Lang()), Of: above.Name(v.Lang()), Path: byUnit(u.ID)})
	return err
}
