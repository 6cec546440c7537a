package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// eventsView are a unit's events, those to come by day and the last ones that were.
type eventsView struct {
	assets.Page
	Unit, New    string
	Coming, Past []dayItem
}

// dayItem is one day with its events.
type dayItem struct {
	Day, Path string
	Events    []eventItem
}

const (
	// comingDays is how far ahead the list looks, pastDays how far back.
	comingDays, pastDays = 120, 45
	mostListed           = 300
)

// events lists the events of a unit, and of the units below it that it leads.
func (p *site) events(c *gin.Context, act actor.Actor) error {
	ctx := c.Request.Context()
	u, err := p.seen(c, act)
	if err != nil {
		return err
	}
	now := p.s.Now()
	all, err := p.eventsOf(ctx, act, event.Filter{
		Unit: u.ID, From: now.Add(-pastDays * 24 * hour), Until: now.Add(comingDays * 24 * hour),
	}, mostListed)
	if err != nil {
		return err
	}
	pg := p.page(c, "", eventsPath(u.ID))
	pg.Title = pg.T("desk.events.title")
	v := eventsView{Page: pg, Unit: u.Name(pg.Lang())}
	if p.s.Events.MayPlan(act, u.ID) {
		v.New = newPath(u.ID)
	}
	n := p.names(ctx)
	split := slices.IndexFunc(all, func(e event.Event) bool { return e.EndAt > now })
	if split < 0 {
		split = len(all)
	}
	if v.Coming, err = n.days(u, all[split:]); err != nil {
		return err
	}
	if v.Past, err = n.days(u, all[:split]); err != nil {
		return err
	}
	slices.Reverse(v.Past)
	return p.render(c, http.StatusOK, "events", v)
}

// seen gives the unit of the path to staff who see its events; for others it is
// absent.
func (p *site) seen(c *gin.Context, act actor.Actor) (unit.Unit, error) {
	u, err := p.s.Units.Get(c.Request.Context(), actor.System("console"), c.Param("id"))
	if err == nil && !p.s.Events.MaySee(act, u.Above()) {
		err = record.ErrAbsent
	}
	return u, err
}

func (n *names) days(u unit.Unit, events []event.Event) ([]dayItem, error) {
	var out []dayItem
	for _, e := range events {
		item, err := n.item(e)
		if err != nil {
			return nil, err
		}
		if path := dayPath(u.ID, e.LocalStart.Date()); len(out) == 0 || out[len(out)-1].Path != path {
			out = append(out, dayItem{Day: item.Day, Path: path})
		}
		last := &out[len(out)-1]
		last.Events = append(last.Events, item)
	}
	return out, nil
}

// dayView is what a unit does on one day, and what may be done to all of it.
type dayView struct {
	assets.Page
	Unit, Day, Lunar, Path, Back, New string
	Events                            []eventItem
	Acts                              []dayActView
	Wrongs                            wrongs
	Made                              string
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

func (p *site) showDay(c *gin.Context, act actor.Actor, ws wrongs, status int) error {
	u, err := p.seen(c, act)
	if err != nil {
		return err
	}
	day, all, err := p.onDay(c, act, u)
	if err != nil {
		return err
	}
	pg := p.page(c, "", dayPath(u.ID, day))
	noon, _, err := calendar.Resolve(day.At("12:00"), u.Zone, calendar.Earlier)
	if err != nil {
		return err
	}
	pg.Title = pg.Texts.FormatDay(calendar.InZone(noon, u.Zone))
	v := dayView{
		Page: pg, Unit: u.Name(pg.Lang()), Day: pg.Title, Lunar: lunar(day, pg.Texts), Path: dayPath(u.ID, day), Back: eventsPath(u.ID), Wrongs: ws,
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
	acts := map[event.Act][]eventItem{}
	for _, e := range all {
		item, err := n.item(e)
		if err != nil {
			return err
		}
		if item.Seats, err = p.seats(ctx, e, v.Texts); err != nil {
			return err
		}
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
	day, err := calendar.ParseDate(c.Param("day"))
	if err != nil {
		return "", nil, record.ErrAbsent
	}
	noon, _, err := calendar.Resolve(day.At("12:00"), u.Zone, calendar.Earlier)
	if err != nil {
		return "", nil, record.ErrAbsent
	}
	// An event's zone may be another one than its unit's.
	all, err := p.eventsOf(c.Request.Context(), act, event.Filter{Unit: u.ID, From: noon.Add(-36 * hour), Until: noon.Add(36 * hour)}, mostListed)
	all = slices.DeleteFunc(all, func(e event.Event) bool { return e.LocalStart.Date() != day })
	return day, all, err
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
	var ws wrongs
	for _, one := range cut(c.Request.PostForm["event"], mostListed) {
		id, ver, _ := strings.Cut(one, ".")
		_, err := p.s.Events.Do(ctx, act, id, version(ver), do, "")
		if err == nil {
			continue
		}
		said, _, ok := refused(c, err, asNamed)
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
func (p *site) failedOf(c *gin.Context, act actor.Actor, id string, said wrongs) wrongs {
	t := p.page(c, "", "")
	words := t.T("error.forbidden")
	if len(said) > 0 {
		words = said[0].Message
	}
	e, err := p.s.Events.Get(c.Request.Context(), act, id)
	if err != nil {
		return wrongs{{Message: words}}
	}
	return wrongs{{Message: t.T("desk.failed", "title", e.Title, "place", e.Place.Name, "why", words)}}
}

// version is what a form says it saw, 0 for none.
func version(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// With is a list of days for the template that shows them.
func (v eventsView) With(days []dayItem) daysView { return daysView{v.Page, days} }

type daysView struct {
	View assets.Page
	Days []dayItem
}
