package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// mostListed bounds the events of one day.
const mostListed = 300

// seen gives the unit of the path to staff who see its events; for others it is
// absent.
func (p *site) seen(c *gin.Context, act actor.Actor) (unit.Unit, error) {
	u, err := p.s.Units.Get(c.Request.Context(), actor.System("console"), c.Param("id"))
	if err == nil && !p.s.Events.MaySee(act, u.Above()) {
		err = record.ErrAbsent
	}
	return u, err
}

// dayView is what a unit does on one day, and what may be done to all of it.
type dayView struct {
	assets.Page
	Unit, Day, Lunar, Path, Back, New string
	Events                            []eventItem
	Acts                              []dayActView
	Wrongs                            problem.Wrongs
}

// dayActView is an act that several events allow; the first one is primary.
type dayActView struct {
	Act, Words string
	Events     []eventItem
}

// dayActs may be done to many at once: none of them asks for a reason.
var dayActs = []event.Act{event.Approve, event.Publish, event.Submit}

// day shows one day of a unit.
func (p *site) day(c *gin.Context, act actor.Actor) error {
	return p.showDay(c, act, nil, http.StatusOK)
}

func (p *site) showDay(c *gin.Context, act actor.Actor, ws problem.Wrongs, status int) error {
	u, err := p.seen(c, act)
	if err != nil {
		return err
	}
	on, all, err := p.onDay(c, act, u)
	if err != nil {
		return err
	}
	pg := p.page(c, "", dayPath(u.ID, on))
	noon, _, err := calendar.Resolve(on.At("12:00"), u.Zone, calendar.Earlier)
	if err != nil {
		return err
	}
	pg.Title = pg.Texts.FormatDay(calendar.InZone(noon, u.Zone))
	v := dayView{
		Page: pg, Unit: u.Name(pg.Lang()), Day: pg.Title, Lunar: lunar(on, pg.Texts), Path: dayPath(u.ID, on), Back: unitEvents(u.ID), Wrongs: ws,
	}
	if p.s.Events.MayPlan(act, u.ID) {
		v.New = newPath(u.ID)
	}
	if err := p.fillDay(c, act, all, &v); err != nil {
		return err
	}
	return p.render(c, status, "day", v)
}

func (p *site) fillDay(c *gin.Context, act actor.Actor, all []event.Event, v *dayView) error {
	ctx := c.Request.Context()
	n := p.names(ctx)
	filled, err := p.s.Registrations.Filled(ctx, all...)
	if err != nil {
		return err
	}
	acts := map[event.Act][]eventItem{}
	for _, e := range all {
		item, err := n.item(e)
		if err != nil {
			return err
		}
		item.Seats = headsOf(filled[e.ID]).words(v.Texts)
		v.Events = append(v.Events, item)
		allowed, err := p.s.Events.Acts(ctx, act, e)
		if err != nil {
			return err
		}
		for _, a := range allowed {
			acts[a] = append(acts[a], item)
		}
	}
	for _, a := range dayActs {
		if len(acts[a]) > 0 {
			v.Acts = append(v.Acts, dayActView{Act: string(a), Words: v.N("desk.all."+string(a), len(acts[a])), Events: acts[a]})
		}
	}
	return nil
}

// onDay reads the events of the unit that begin on the day in the path.
func (p *site) onDay(c *gin.Context, act actor.Actor, u unit.Unit) (calendar.Date, []event.Event, error) {
	on, err := calendar.ParseDate(c.Param("day"))
	if err != nil {
		return "", nil, record.ErrAbsent
	}
	noon, _, err := calendar.Resolve(on.At("12:00"), u.Zone, calendar.Earlier)
	if err != nil {
		return "", nil, record.ErrAbsent
	}
	// An event's zone may be another one than its unit's.
	all, err := p.eventsOf(c.Request.Context(), act, event.Filter{Unit: u.ID, From: noon.Add(-36 * time.Hour), Until: noon.Add(36 * time.Hour)}, mostListed)
	all = slices.DeleteFunc(all, func(e event.Event) bool { return e.LocalStart.Date() != on })
	return on, all, err
}

// dayAct does one thing to all events that were shown for it. One that cannot
// be done stops no other, and is named.
func (p *site) dayAct(c *gin.Context, act actor.Actor) error {
	ctx := c.Request.Context()
	do := event.Act(c.PostForm("act"))
	if !slices.Contains(dayActs, do) {
		var f fault.Check
		f.Add("act", "event.act")
		return f.Err()
	}
	var ws problem.Wrongs
	for _, one := range cut(c.Request.PostForm["event"], mostListed) {
		id, ver, _ := strings.Cut(one, ".")
		_, err := p.s.Events.Do(ctx, act, id, version(ver), do, "")
		if err == nil {
			continue
		}
		said, _, ok := refused(c, err, ofForm)
		if !ok && fault.KindOf(err) != fault.Forbidden {
			return err
		}
		ws = append(ws, p.failedOf(c, act, id, said)...)
	}
	if len(ws) > 0 {
		return p.showDay(c, act, ws, http.StatusConflict)
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, unitsPath+c.Param("id")+"/days/"+c.Param("day")+"?done="+string(do)))
	return nil
}

// failedOf says which event it was.
func (p *site) failedOf(c *gin.Context, act actor.Actor, id string, said problem.Wrongs) problem.Wrongs {
	t := p.page(c, "", "")
	words := t.T("error.forbidden")
	if len(said) > 0 {
		words = said[0].Message
	}
	e, err := p.s.Events.Get(c.Request.Context(), act, id)
	if err != nil {
		return problem.Wrongs{{Message: words}}
	}
	return problem.Wrongs{{Message: t.T("desk.failed", "title", t.Wrote(e.Title), "place", t.Wrote(e.Place.Name), "why", words)}}
}

// version is what a form says it saw, 0 for none.
func version(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
