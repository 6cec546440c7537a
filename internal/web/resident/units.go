package resident

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
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

// chooseUnit lists the units whose Sundays are the next, or units and villages
// whose names begin with what was typed, with or without accents.
func (p *site) chooseUnit(c *gin.Context) error {
	typed := c.Query("q")
	if len(typed) > maxTyped {
		typed = ""
	}
	here := unitsPath
	if typed != "" {
		here += "?" + url.Values{"q": {typed}}.Encode()
	}
	texts := request.Texts(c.Request.Context())
	v := unitsView{Page: p.page(c, texts.Text("page.units.title", nil), here), Path: unitsPath, Typed: typed}
	fill := p.planned
	if typed != "" {
		fill = p.search
	}
	if err := fill(c, &v); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "units", v)
}

// planned fills in whose Sundays are the next, by name.
func (p *site) planned(c *gin.Context, v *unitsView) error {
	ctx := c.Request.Context()
	coming, err := p.s.Events.Coming(ctx, "", p.s.Now().Add(-event.MaxLength), page.Request{Limit: page.MaxLimit})
	if err != nil {
		return err
	}
	found := map[string]unit.Unit{}
	for _, e := range coming.Items {
		if e.State == event.Cancelled {
			continue
		}
		u, err := p.units.of(ctx, e.Unit)
		if err != nil {
			return err
		}
		if u.ID != "" && len(found) < unitsPerPage {
			found[u.ID] = u
		}
	}
	byName := func(a, b unit.Unit) int {
		return cmp.Or(bytes.Compare(a.SortKey, b.SortKey), cmp.Compare(a.ID, b.ID))
	}
	for _, u := range slices.SortedFunc(maps.Values(found), byName) {
		if err := p.link(ctx, v, u); err != nil {
			return err
		}
	}
	return nil
}

// search fills in one page of units by their names.
func (p *site) search(c *gin.Context, v *unitsView) error {
	ctx := c.Request.Context()
	r := page.Request{Limit: unitsPerPage}
	if after := c.Query("after"); after != "" {
		key, err := p.s.Cursors.Open(unitsScope+v.Typed, after)
		if err != nil {
			return err
		}
		r.After = &key
	}
	found, err := p.s.Units.Page(ctx, actor.Anonymous(), unit.Filter{Prefix: v.Typed}, r)
	if err != nil {
		return err
	}
	for _, u := range found.Items {
		if err := p.link(ctx, v, u); err != nil {
			return err
		}
	}
	if found.Next != nil {
		q := url.Values{"q": {v.Typed}, "after": {p.s.Cursors.Seal(unitsScope+v.Typed, *found.Next)}}
		v.More = unitsPath + "?" + q.Encode()
	}
	return nil
}

func (p *site) link(ctx context.Context, v *unitsView, u unit.Unit) error {
	above, err := p.units.of(ctx, u.Parent)
	v.Units = append(v.Units, unitLink{Name: u.Name(v.Lang()), Of: above.Name(v.Lang()), Path: byUnit(u.ID)})
	return err
}
