package resident

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// perPage is how many events one page lists.
const perPage = 20

// comingView is the list of coming events.
type comingView struct {
	assets.Page
	// Unit is the one that was chosen, empty for all.
	Unit   string
	Events []comingEvent
	More   string
	// Trial is nil outside the demo.
	Trial *Trial
}

type comingEvent struct {
	shownEvent
	// ByUnit lists its unit's events alone, ByVillage those of its village.
	ByUnit, ByVillage string
}

// coming lists what is planned, of all units or of one and those below it. A
// village has what is for it, and what its commune plans for everybody.
func (p *site) coming(c *gin.Context) error {
	ctx := c.Request.Context()
	chosen, err := p.units.of(ctx, c.Query("unit"))
	if err != nil {
		return err
	}
	if c.Query("unit") != "" && chosen.ID == "" {
		return record.ErrAbsent
	}
	here := "/"
	if chosen.ID != "" {
		here = byUnit(chosen.ID)
	}
	v := comingView{Page: p.page(c, "", here), Unit: chosen.Name(request.Lang(ctx))}
	v.Title = v.T("page.coming.title")
	if p.s.Trial != nil && chosen.ID == "" && c.Query("after") == "" {
		t := p.s.Trial()
		v.Trial = &t
	}
	next, err := p.list(ctx, &v, chosen, c.Query("after"))
	if err != nil {
		return err
	}
	if next != "" {
		q := url.Values{"after": {next}}
		if chosen.ID != "" {
			q.Set("unit", chosen.ID)
		}
		v.More = "/?" + q.Encode()
	}
	return p.render(c, http.StatusOK, "coming", v)
}

// list fills in the events after a cursor, and gives the next one.
func (p *site) list(ctx context.Context, v *comingView, chosen unit.Unit, after string) (string, error) {
	scope := "coming " + chosen.ID
	r := page.Request{Limit: perPage}
	if after != "" {
		key, err := p.s.Cursors.Open(scope, after)
		if err != nil {
			return "", err
		}
		r.After = &key
	}
	of := chosen.ID
	if chosen.Kind == unit.Village {
		of = chosen.Parent
	}
	now := p.s.Now()
	found, err := p.s.Events.Coming(ctx, of, now.Add(-event.MaxLength), r)
	if err != nil {
		return "", err
	}
	for _, e := range found.Items {
		if e.EndAt <= now || chosen.Kind == unit.Village && e.Village != "" && e.Village != chosen.ID {
			continue
		}
		shown, err := p.shown(ctx, e, v.Texts)
		if err != nil {
			return "", err
		}
		one := comingEvent{shownEvent: shown, ByUnit: byUnit(e.Unit)}
		if e.Village != "" {
			one.ByVillage = byUnit(e.Village)
		}
		v.Events = append(v.Events, one)
	}
	if found.Next == nil {
		return "", nil
	}
	return p.s.Cursors.Seal(scope, *found.Next), nil
}

func byUnit(id string) string { return "/?unit=" + url.QueryEscape(id) }
