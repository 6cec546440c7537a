package resident

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// perPage is how many events one page lists, maxVillages how many villages of a
// unit there are to choose from.
const (
	perPage     = 20
	maxVillages = 60
)

// comingView is the list of coming events.
type comingView struct {
	assets.Page
	Heading string
	// Unit is the one that was chosen, empty for all, and Of the one above a
	// village; Villages are those to choose of a unit.
	Unit, Of string
	Villages []unitLink
	Events   []comingEvent
	More     string
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
	if p.s.Trial != nil && chosen.ID == "" && c.Query("after") == "" {
		t := p.s.Trial()
		v.Trial = &t
	}
	if err := p.headings(ctx, &v, chosen); err != nil {
		return err
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

// headings says whose Sundays are listed, and whose else may be.
func (p *site) headings(ctx context.Context, v *comingView, chosen unit.Unit) error {
	v.Title = v.T("page.coming.title")
	v.Heading = v.Title
	if chosen.ID == "" {
		return nil
	}
	v.Title = v.T("page.coming.of", "unit", v.Unit)
	v.Heading = v.T("page.coming.of", "unit", v.Wrote(v.Unit))
	v.Feeds = []string{feedPath + chosen.ID + feedEnd}
	if chosen.Kind == unit.Village {
		above, err := p.units.of(ctx, chosen.Parent)
		v.Of = above.Name(v.Lang())
		return err
	}
	list, err := p.s.Units.Page(ctx, actor.Anonymous(), unit.Filter{Parent: chosen.ID, Kind: unit.Village}, page.Request{Limit: maxVillages})
	for _, u := range list.Items {
		v.Villages = append(v.Villages, unitLink{Name: u.Name(v.Lang()), Path: byUnit(u.ID)})
	}
	return err
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
	now := p.s.Now()
	found, err := p.s.Events.Coming(ctx, listedUnder(chosen), now.Add(-event.MaxLength), r)
	if err != nil {
		return "", err
	}
	for _, e := range found.Items {
		if e.EndAt <= now || !isFor(chosen, e.Village) {
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
