package console

import (
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

// unitEvents is the list of a unit's events.
func unitEvents(unitID string) string { return unitsPath + unitID + "/events" }

func dayPath(unitID string, day calendar.Date) string {
	return unitsPath + unitID + "/days/" + string(day)
}

// eventItem is an event in a list.
type eventItem struct {
	ID, Title, Path, Village, Place, When, Day string
	Ver                                        int64
	State                                      stateTag
	Seats                                      string
}

func (n *names) item(e event.Event) (eventItem, error) {
	v := eventItem{
		ID: e.ID, Ver: e.Version(), Title: e.Title, Path: eventsPath + e.ID, Place: e.Place.Name, State: n.state(e.State),
		Day: n.t.FormatDay(calendar.InZone(e.StartAt, e.Zone)), When: clocks(e, n.t),
	}
	if e.Village == "" {
		return v, nil
	}
	var err error
	v.Village, err = n.village(e.Village)
	return v, err
}

// clocks are from when to when, on one day.
func clocks(e event.Event, t *i18n.Printer) string {
	start, end := calendar.InZone(e.StartAt, e.Zone), calendar.InZone(e.EndAt, e.Zone)
	if e.LocalStart.Date() != e.LocalEnd.Date() {
		return t.FormatRange(start, end)
	}
	return t.Text("page.event.clock", map[string]any{"start": t.FormatClock(start), "end": t.FormatClock(end)})
}

// lunar is the day of the lunar calendar, which people here go by.
func lunar(d calendar.Date, t *i18n.Printer) string {
	day, month, _, leap := calendar.Lunar(d)
	words := "desk.lunar"
	if leap {
		words = "desk.lunar.leap"
	}
	return t.Text(words, map[string]any{"day": day, "month": month})
}

// heads is how many people registered for an event, and how many may.
type heads struct {
	// Counted says that it is known, Limited that there is an end.
	Counted, Limited       bool
	Taken, Places, Waiting int
}

// headsOf sums slots, of which there are none where nobody can have registered.
func headsOf(places []registration.Place) heads {
	h := heads{Counted: len(places) > 0, Limited: len(places) > 0}
	for _, one := range places {
		h.Taken, h.Places, h.Waiting = h.Taken+one.Taken, h.Places+one.Capacity, h.Waiting+one.Waiting
		h.Limited = h.Limited && one.Capacity > 0
	}
	return h
}

// words say how many have registered, where that is known.
func (h heads) words(t *i18n.Printer) string {
	switch {
	case !h.Counted:
		return ""
	case h.Limited:
		return t.Text("desk.seats", map[string]any{"taken": h.Taken, "places": h.Places, "waiting": h.Waiting})
	case h.Waiting > 0: // one part is full, and another has no end
		return t.Count("desk.seats.open.waiting", h.Taken, map[string]any{"waiting": h.Waiting})
	}
	return t.Count("desk.seats.open", h.Taken, nil)
}

// framedEvent is a page about an event: in the frame of its unit for those who
// have a role there, else in that of their own.
func (p *site) framedEvent(c *gin.Context, act actor.Actor, e event.Event, title, here string) (assets.Page, unit.Unit, error) {
	u, err := p.s.Units.Get(c.Request.Context(), actor.System("console"), e.Unit)
	if err != nil {
		return assets.Page{}, u, err
	}
	pg := p.page(c, title, here)
	if act.Any(int64(p.s.Now()), e.Unit, actor.Roles()...) {
		pg = p.framed(c, pg, u, unitEvents(u.ID)+"/"+e.ID)
	}
	return pg, u, nil
}

// sheetHead is the head of what is printed about an event.
type sheetHead struct {
	assets.Page
	Unit, Name, Village, Day, When, Lunar, Place, Address string
	Tile                                                  tile
	Back                                                  string
}

// tile is the day as a leaf of a calendar shows it.
type tile struct{ Weekday, Day, Month string }

// head puts the event into words for a page of its own.
func (p *site) head(c *gin.Context, act actor.Actor, e event.Event, title, here string) (sheetHead, error) {
	pg, u, err := p.framedEvent(c, act, e, title, eventsPath+e.ID+here)
	if err != nil {
		return sheetHead{}, err
	}
	start := calendar.InZone(e.StartAt, e.Zone)
	v := sheetHead{
		Page: pg, Unit: u.Name(pg.Lang()), Name: e.Title, Day: pg.Texts.FormatDay(start), When: clocks(e, pg.Texts),
		Lunar: lunar(e.LocalStart.Date(), pg.Texts), Place: e.Place.Name, Address: e.Place.Address, Back: eventsPath + e.ID,
		Tile: tileOf(start, pg.Texts),
	}
	if e.Village != "" {
		v.Village, err = p.names(c.Request.Context()).village(e.Village)
	}
	return v, err
}

func tileOf(t time.Time, texts *i18n.Printer) tile {
	return tile{
		Weekday: texts.Text("date.weekday."+strconv.Itoa(int(t.Weekday())), nil), Day: t.Format("2"),
		Month: texts.Text("page.tile.month", map[string]any{"month": texts.Text("date.month."+t.Format("1"), nil)}),
	}
}

// host is an address without what nobody types.
func host(base string) string {
	base = strings.TrimPrefix(strings.TrimPrefix(base, "https://"), "http://")
	return strings.TrimSuffix(base, "/")
}
