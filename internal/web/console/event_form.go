package console

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"

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

// newView is the form that plans a Sunday.
type newView struct {
	assets.Page
	Unit, Path, Back string
	// FormID makes the form act once, Seen are the cautions that were shown.
	FormID, Seen, From string
	Typed              TypedEvent
	Choices            []option
	CoUnits            []option
	Rows               []venueRow
	Cautions           []string
	Wrongs             problem.Wrongs
	// Sent is whether the form comes again; the cautions are new to the person then.
	Sent bool
	// Made leads to what the form made before, where it comes again changed.
	Made string
}

// option is one value of a list to choose from.
type option struct {
	Value, Words string
	Chosen       bool
}

// venueRow is one village in the form.
type venueRow struct {
	TypedVenue
	Name   string
	Chosen bool
	// Elsewhere rows have an address and a link besides.
	Elsewhere bool
}

// ManySlots reports whether more than the first row of parts is filled in.
func (v newView) ManySlots() bool { return manySlots(v.Typed) }

func manySlots(t TypedEvent) bool {
	return slices.ContainsFunc(t.Slots[min(1, len(t.Slots)):], func(s TypedSlot) bool { return s != TypedSlot{} })
}

// nameOf is what the form calls a village.
func (v newView) nameOf(village string) string {
	for _, row := range v.Rows {
		if row.Village == village {
			return row.Name
		}
	}
	return ""
}

// With is one row for the template that shows its place.
func (v newView) With(row venueRow) rowView {
	return rowView{View: placeForm{v.Page, v.Wrongs}, Row: row}
}

// MoreOf reports whether a village has more of its own than its place.
func (v newView) MoreOf(row venueRow) bool {
	for _, name := range []string{"address-", "link-", "start-", "end-"} {
		if v.Wrongs.At(name+row.Village) != "" {
			return true
		}
	}
	return row.Chosen && row.Address+row.Link+row.Start+row.End != ""
}

// rowView is one place with what its form needs.
type rowView struct {
	View placeForm
	Row  venueRow
}

type placeForm struct {
	assets.Page
	Wrongs problem.Wrongs
}

// startView is the choice of what a form begins with.
type startView struct {
	assets.Page
	Unit, Back string
	Types      []startItem
	Last       []startItem
}

type startItem struct{ Title, Hint, Path string }

func newPath(unitID string) string { return unitsPath + unitID + "/new" }

// lead gives the unit of the path to its organizers; for others it is absent.
func (p *site) lead(c *gin.Context, act actor.Actor) (unit.Unit, error) {
	u, err := p.s.Units.Get(c.Request.Context(), actor.System("console"), c.Param("id"))
	if err == nil && !p.s.Events.MayPlan(act, u.ID) {
		err = record.ErrAbsent
	}
	return u, err
}

// newEvent shows the form, or what it may begin with.
func (p *site) newEvent(c *gin.Context, act actor.Actor) error {
	u, err := p.lead(c, act)
	if err != nil {
		return err
	}
	known, err := p.lately(c.Request.Context(), act, u)
	if err != nil {
		return err
	}
	kind, from := event.Type(c.Query("type")), c.Query("from")
	if from == "" && !slices.Contains(event.Types(), kind) {
		return p.start(c, u, known)
	}
	v := p.newForm(c, u)
	if from != "" {
		if v.Typed, err = p.like(c.Request.Context(), act, u, from, known); err != nil {
			return err
		}
		v.From = from
	} else {
		v.Typed = p.template(v.Page, u, kind, known)
	}
	if err := p.fillRows(c.Request.Context(), &v, u, known); err != nil {
		return err
	}
	if len(v.Rows) == 1 { // no villages: there is nothing to choose
		v.Rows[0].Chosen = true
	}
	v.Cautions, v.Seen = p.firstCautions(v, u)
	return p.render(c, http.StatusOK, "new", v)
}

func (p *site) newForm(c *gin.Context, u unit.Unit) newView {
	here := newPath(u.ID)
	if q := c.Request.URL.Query(); q.Get("type") != "" || q.Get("from") != "" {
		here += "?" + url.Values{"type": {q.Get("type")}, "from": {q.Get("from")}}.Encode()
	}
	pg := p.page(c, "", here)
	pg.Title = pg.T("desk.new.title")
	return newView{
		Page: pg, Unit: u.Name(pg.Lang()), Path: newPath(u.ID), Back: unitEvents(u.ID),
		FormID: base64.RawURLEncoding.EncodeToString(p.s.IDs.Nonce(formIDBytes)),
	}
}

// start lets choose a template, or a Sunday of before.
func (p *site) start(c *gin.Context, u unit.Unit, known []event.Event) error {
	pg := p.page(c, "", newPath(u.ID))
	pg.Title = pg.T("desk.new.title")
	v := startView{Page: pg, Unit: u.Name(pg.Lang()), Back: unitEvents(u.ID)}
	for _, t := range event.Types() {
		v.Types = append(v.Types, startItem{
			Title: pg.T("event.type." + string(t)), Hint: pg.T("template." + string(t) + ".about"), Path: newPath(u.ID) + "?type=" + string(t),
		})
	}
	for _, g := range sundays(known) {
		if len(v.Last) == lastShown {
			break
		}
		e := g[0]
		v.Last = append(v.Last, startItem{
			Title: e.Title, Path: newPath(u.ID) + "?from=" + e.ID,
			Hint: pg.T("desk.new.last", "day", pg.Texts.FormatDay(calendar.InZone(e.StartAt, e.Zone)), "villages", pg.N("desk.villages", len(g))),
		})
	}
	return p.render(c, http.StatusOK, "start", v)
}

// plan makes the events, and comes to the page of their day.
func (p *site) plan(c *gin.Context, act actor.Actor) error {
	u, err := p.lead(c, act)
	if err != nil {
		return err
	}
	form := c.PostForm("form") // reads the whole form
	typed := ReadEvent(c.Request.PostForm)
	if c.PostForm("act") == "more" {
		return p.planAgain(c, act, u, typed, nil, "")
	}
	submit := c.PostForm("act") == string(event.Submit)
	programme, err := typed.Programme(u.ID, form, submit)
	if err == nil && submit {
		var words []string
		var seen string
		if words, seen, err = p.unseen(c, act, u, programme); err == nil && words != nil {
			return p.planAgain(c, act, u, typed, nil, seen, words...)
		}
	}
	if err == nil {
		_, err = p.s.Events.Plan(c.Request.Context(), act, programme)
	}
	if err != nil {
		return p.planAgain(c, act, u, typed, err, c.PostForm("seen"))
	}
	done := "planned"
	if submit {
		done = string(event.Submit)
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, dayPath(u.ID, programme.Input.LocalStart.Date())+"?done="+done))
	return nil
}

// planAgain shows the form with all that was typed.
func (p *site) planAgain(c *gin.Context, act actor.Actor, u unit.Unit, typed TypedEvent, err error, seen string, cautions ...string) error {
	v := p.newForm(c, u)
	v.Sent = true
	v.FormID, v.Typed, v.Seen, v.Cautions, v.From = cmp.Or(c.PostForm("form"), v.FormID), typed, seen, cautions, c.PostForm("from")
	known, lost := p.lately(c.Request.Context(), act, u)
	if lost == nil {
		lost = p.fillRows(c.Request.Context(), &v, u, known)
	}
	if lost != nil {
		return lost
	}
	status := http.StatusOK
	if err != nil {
		var ok bool
		if v.Wrongs, status, ok = refused(c, typed.atDay(err), typed.Controls(v.Texts, v.nameOf)); !ok {
			return err
		}
		if fault.KindOf(err) == fault.Conflict {
			v.Made = dayPath(u.ID, calendar.Date(typed.Day))
		}
	}
	return p.render(c, status, "new", v)
}
