package console

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// homeView is a choice of units.
type homeView struct {
	assets.Page
	Units []unitItem
}

type unitItem struct{ Name, Path, Roles string }

// home goes to the unit on which somebody has roles, and lets choose where
// there are several.
func (p *site) home(c *gin.Context, act actor.Actor) error {
	n := p.names(c.Request.Context())
	v := homeView{Page: p.page(c, n.t.Text("staff.home.title", nil), homePath)}
	for _, on := range unitsOf(act) {
		u, err := n.unit(on)
		if err != nil {
			return err
		}
		item := unitItem{Name: u.Name(n.t.Lang()), Roles: n.roles(act, on)}
		if to := p.nav(act, u, n.t, ""); len(to) > 0 {
			item.Path = to[0].Path
		}
		v.Units = append(v.Units, item)
	}
	if len(v.Units) == 1 && v.Units[0].Path != "" {
		c.Redirect(http.StatusSeeOther, p.keep(c, v.Units[0].Path))
		return nil
	}
	return p.render(c, http.StatusOK, "home", v)
}

// unitsOf are the units on which somebody has a role now, each once.
func unitsOf(act actor.Actor) []string {
	var out []string
	for _, g := range act.Grants {
		if !slices.Contains(out, g.Unit) {
			out = append(out, g.Unit)
		}
	}
	return out
}

// roles names the roles on a unit.
func (n *names) roles(act actor.Actor, on string) string {
	var words []string
	for _, g := range act.Grants {
		if word := n.t.Text("role."+string(g.Role), nil); g.Unit == on && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return listed(words)
}
