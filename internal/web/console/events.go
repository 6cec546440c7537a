package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// eventsView is all events of a unit, the next first.
type eventsView struct {
	assets.Page
	Unit string
	// New plans another one, for those who may.
	New    string
	Coming []eventLine
	// Past are those that were last, on the first page alone.
	Past  []eventLine
	First bool
	// More leads to those after Coming, empty for none.
	More string
}

const (
	// eventsShown is how many coming events one page has, pastShown how many that
	// are over.
	eventsShown, pastShown = 60, 30
	// mostWeek bounds how many of one week are read to find the last.
	mostWeek = 1000
)

// events lists what comes, and what was in the last weeks.
func (p *site) events(c *gin.Context, act actor.Actor) error {
	ctx := c.Request.Context()
	n := p.names(ctx)
	u, err := n.unit(c.Param("id"))
	if err != nil {
		return err
	}
	today := startOfDay(p.s.Now(), u.Zone)
	v := eventsView{Page: p.page(c, n.t.Text("overview.events", nil), unitEvents(u.ID)), Unit: u.Name(n.t.Lang()), First: c.Query("after") == ""}
	if p.s.Events.MayPlan(act, u.ID) {
		v.New = newPath(u.ID)
	}
	if err := p.comingEvents(c, act, n, u, today, &v); err != nil {
		return err
	}
	if v.First {
		past, err := p.lastEvents(ctx, act, u, today)
		if err != nil {
			return err
		}
		if v.Past, err = n.events(past, u); err != nil {
			return err
		}
	}
	return p.render(c, http.StatusOK, "events", v)
}

// comingEvents fills in one page of them, and where the next one is.
func (p *site) comingEvents(c *gin.Context, act actor.Actor, n *names, u unit.Unit, today calendar.Instant, v *eventsView) error {
	scope := "events " + u.ID
	r, err := p.pageAsked(c, scope, eventsShown)
	if err != nil {
		return err
	}
	list, err := p.s.Events.Page(c.Request.Context(), act, event.Filter{Scope: u.ID, From: today}, r)
	if err != nil {
		return err
	}
	v.More = p.more(unitEvents(u.ID), scope, list.Next)
	v.Coming, err = n.events(list.Items, u)
	return err
}

// pageAsked is the page of a list that the address asks for.
func (p *site) pageAsked(c *gin.Context, scope string, limit int) (page.Request, error) {
	r := page.Request{Limit: limit}
	if after := c.Query("after"); after != "" {
		key, err := p.s.Cursors.Open(scope, after)
		if err != nil {
			return r, err
		}
		r.After = &key
	}
	return r, nil
}

// more is where the list at the path goes on, "" at its end.
func (p *site) more(path, scope string, next *page.Key) string {
	if next == nil {
		return ""
	}
	return path + "?" + url.Values{"after": {p.s.Cursors.Seal(scope, *next)}}.Encode()
}

// lastEvents are those that were before the day, the last first. They are read
// week by week, since a province has more of them than one list holds.
func (p *site) lastEvents(ctx context.Context, act actor.Actor, u unit.Unit, until calendar.Instant) ([]event.Event, error) {
	var out []event.Event
	for first := until.Add(-duePast * day); until > first && len(out) < pastShown; {
		from := max(first, until.Add(-7*day))
		week, err := p.eventsOf(ctx, act, event.Filter{Scope: u.ID, From: from, Until: until}, mostWeek)
		if err != nil {
			return nil, err
		}
		slices.Reverse(week)
		out, until = append(out, week...), from
	}
	return out[:min(len(out), pastShown)], nil
}
