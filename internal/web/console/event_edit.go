package console

import (
	"cmp"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// editView is the form that changes an event.
type editView struct {
	assets.Page
	Unit, Path, Back string
	Ver              int64
	Typed            TypedEvent
	Choices          []option
	CoUnits          []option
	Villages         []option
	// Office is whether what was approved may still change; Told whether
	// residents are told of a new time or place.
	Office, Told bool
	Wrongs       problem.Wrongs
	// Theirs is what somebody else wrote meanwhile, beside what is typed here.
	Theirs []difference
}

type difference struct{ Field, Theirs, Yours string }

// ManySlots reports whether more than the first row of parts is filled in.
func (v editView) ManySlots() bool { return manySlots(v.Typed) }

// Place is the event's one place for the template that shows it.
func (v editView) Place() rowView {
	return rowView{View: placeForm{v.Page, v.Wrongs}, Row: venueRow{TypedVenue: v.Typed.Venues[0]}}
}

// here is the name of the one place in the form of an event that exists.
const here = "here"

// planned gives an event to the organizers of its unit; for others it is absent.
func (p *site) planned(c *gin.Context, act actor.Actor) (event.Event, error) {
	e, err := p.s.Events.Get(c.Request.Context(), act, c.Param("id"))
	if err == nil && !p.s.Events.MayPlan(act, e.Unit) {
		err = record.ErrAbsent
	}
	return e, err
}

// edit shows the form with the event as it is.
func (p *site) edit(c *gin.Context, act actor.Actor) error {
	e, err := p.planned(c, act)
	if err != nil {
		return err
	}
	typed := typedOf(e)
	typed.Venues[0].Village = here
	return p.showEdit(c, act, e, editView{Typed: typed, Ver: e.Version()}, e.Village, http.StatusOK)
}

func (p *site) showEdit(c *gin.Context, act actor.Actor, e event.Event, v editView, village string, status int) error {
	pg, u, err := p.framedEvent(c, act, e, "", eventsPath+e.ID+"/edit")
	if err != nil {
		return err
	}
	pg.Title = pg.T("desk.edit.title")
	v.Page, v.Unit, v.Path, v.Back = pg, u.Name(pg.Lang()), eventsPath+e.ID+"/edit", eventsPath+e.ID
	v.Office, v.Told = e.State == event.Draft || e.State == event.Returned, e.PublishedAt != 0
	villages, others, err := p.below(c.Request.Context(), u)
	if err != nil {
		return err
	}
	v.Villages = []option{{"", pg.T("desk.elsewhere"), village == ""}}
	for _, one := range villages {
		v.Villages = append(v.Villages, option{one.ID, one.Name(pg.Lang()), one.ID == village})
	}
	for _, t := range event.Types() {
		v.Choices = append(v.Choices, option{string(t), pg.T("event.type." + string(t)), string(t) == v.Typed.Type})
	}
	if v.CoUnits, err = p.coUnits(c.Request.Context(), pg.Lang(), others, v.Typed.CoUnits); err != nil {
		return err
	}
	v.Typed.Slots = append(v.Typed.Slots, make([]TypedSlot, min(spareSlots, max(0, event.MaxSlots-len(v.Typed.Slots))))...)
	return p.render(c, status, "edit", v)
}

// editSave writes the texts and slots, and then time and place: after the
// approval that is an act of its own, of which people are told.
func (p *site) editSave(c *gin.Context, act actor.Actor) error {
	e, err := p.planned(c, act)
	if err != nil {
		return err
	}
	seen := version(c.PostForm("ver")) // reads the whole form
	form := c.Request.PostForm
	form["village"] = []string{here}
	typed, village := ReadEvent(form), c.PostForm("in_village")
	again := func(err error) error { return p.editAgain(c, act, e, typed, village, seen, err) }
	if c.PostForm("act") == "more" {
		return again(nil)
	}
	var check fault.Check
	in := typed.Input(&check, e.Unit)
	if err := check.Err(); err != nil {
		return again(err)
	}
	place := typed.Venues[0].venue().Place
	move := event.Move{LocalStart: &in.LocalStart, LocalEnd: &in.LocalEnd, Place: &place, Village: &village}
	patch := event.Patch{
		Title: &in.Title, About: &in.About, Bring: &in.Bring, Host: &in.Host, Contact: &in.Contact, Slots: &in.Slots,
	}
	ctx, open := c.Request.Context(), e.State == event.Draft || e.State == event.Returned
	if open {
		patch.Type, patch.NoticeDays, patch.CoUnits = &in.Type, &in.NoticeDays, &in.CoUnits
		patch.LocalStart, patch.LocalEnd, patch.Place, patch.Village = move.LocalStart, move.LocalEnd, move.Place, move.Village
	}
	saved, err := p.s.Events.Edit(ctx, act, e.ID, seen, patch)
	if err == nil && !open {
		_, err = p.s.Events.Reschedule(ctx, act, e.ID, saved.Version(), move)
		seen = saved.Version()
	}
	if err != nil {
		return again(err)
	}
	c.Redirect(http.StatusSeeOther, p.keep(c, eventsPath+e.ID+"?done=edited"))
	return nil
}

// theOnlyPlace needs no name in the form of an event that exists.
func theOnlyPlace(string) string { return "" }

// editAgain shows the form with all that was typed. Where somebody else was
// faster it shows what they wrote, and sending it once more writes over that.
func (p *site) editAgain(c *gin.Context, act actor.Actor, e event.Event, typed TypedEvent, village string, seen int64, err error) error {
	v, status := editView{Typed: typed, Ver: seen}, http.StatusOK
	if err != nil {
		var ok bool
		if v.Wrongs, status, ok = refused(c, typed.atDay(err), typed.Controls(request.Texts(c.Request.Context()), theOnlyPlace)); !ok {
			return err
		}
	}
	if fault.KindOf(err) == fault.PreconditionFailed {
		now, err := p.planned(c, act)
		if err != nil {
			return err
		}
		e, v.Ver = now, now.Version()
		v.Theirs = differences(p.page(c, "", ""), typedOf(now), typed)
	}
	return p.showEdit(c, act, e, v, village, status)
}

// differences are the fields in which two forms differ.
func differences(pg assets.Page, theirs, yours TypedEvent) []difference {
	var out []difference
	note := func(words, a, b string) {
		if a != b {
			out = append(out, difference{pg.T(words), cmp.Or(a, "–"), cmp.Or(b, "–")})
		}
	}
	note("desk.field.day", theirs.Day, yours.Day)
	note("desk.field.start", theirs.Start, yours.Start)
	note("desk.field.end", theirs.End, yours.End)
	note("desk.field.last_day", theirs.LastDay, yours.LastDay)
	note("desk.field.place", theirs.Venues[0].Place, yours.Venues[0].Place)
	note("desk.field.address", theirs.Venues[0].Address, yours.Venues[0].Address)
	note("desk.field.link", theirs.Venues[0].Link, yours.Venues[0].Link)
	note("desk.field.title", theirs.Title, yours.Title)
	note("desk.field.about", theirs.About, yours.About)
	note("desk.field.bring", theirs.Bring, yours.Bring)
	note("desk.field.host", theirs.Host, yours.Host)
	note("desk.field.contact", theirs.Contact, yours.Contact)
	for i := range max(len(theirs.Slots), len(yours.Slots)) {
		var a, b TypedSlot
		if i < len(theirs.Slots) {
			a = theirs.Slots[i]
		}
		if i < len(yours.Slots) {
			b = yours.Slots[i]
		}
		note("desk.field.places", a.Capacity, b.Capacity)
		note("desk.field.slot", a.Name, b.Name)
	}
	if yours.NoticeDays != "" { // shown to those who may change it
		note("desk.field.notice_days", theirs.NoticeDays, yours.NoticeDays)
	}
	return out
}
