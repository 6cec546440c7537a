package console

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// belowView is the way from a province to its communes: whoever approves,
// appraises or administers there works on theirs.
type belowView struct {
	assets.Page
	Unit  string
	Units []belowItem
}

type belowItem struct{ Name, Kind, Path string }

func belowPath(unitID string) string { return unitsPath + unitID + "/below" }

// hasBelow tells whether other units than villages lie below a unit.
func (p *site) hasBelow(act actor.Actor, u unit.Unit) bool {
	return (u.Kind == unit.Province || u.Kind == unit.City) && anybody(p, act, u)
}

// unitsBelow lists the units right below, by name, with the way to each.
func (p *site) unitsBelow(c *gin.Context, act actor.Actor) error {
	u, err := p.seen(c, act)
	if err != nil {
		return err
	}
	pg := p.page(c, "", belowPath(u.ID))
	pg.Title = pg.T("unit.below")
	v := belowView{Page: pg, Unit: u.Name(pg.Lang())}
	r := page.Request{Limit: page.MaxLimit}
	for {
		list, err := p.s.Units.Page(c.Request.Context(), actor.System("console"), unit.Filter{Parent: u.ID}, r)
		if err != nil {
			return err
		}
		for _, one := range list.Items {
			if one.Kind != unit.Village && one.Open(p.s.Now()) {
				v.Units = append(v.Units, belowItem{Name: one.Name(pg.Lang()), Kind: pg.T("unit.kind." + string(one.Kind)), Path: unitsPath + one.ID})
			}
		}
		if r.After = list.Next; r.After == nil {
			return p.render(c, http.StatusOK, "below", v)
		}
	}
}
