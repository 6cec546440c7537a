package console

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
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
	Wrongs             wrongs
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
	Wrongs wrongs
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
		if v.Typed, err = p.like(c.Request.Context(), act, u, from); err != nil {
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

const (
	lastShown = 6
	// knownDays is how far back events say what a village's place is; mostKnown
	// bounds how many are read.
	knownDays = 200
	mostKnown = 600
)

// lately are the unit's events of late and to come, the newest first.
func (p *site) lately(ctx context.Context, act actor.Actor, u unit.Unit) ([]event.Event, error) {
	since := p.s.Now().Add(-knownDays * day)
	all, err := p.eventsOf(ctx, act, event.Filter{Unit: u.ID, From: since}, mostKnown)
	slices.Reverse(all)
	return all, err
}

// eventsOf reads events page by page, at most limit.
func (p *site) eventsOf(ctx context.Context, act actor.Actor, f event.Filter, limit int) ([]event.Event, error) {
	var out []event.Event
	r := page.Request{Limit: page.MaxLimit}
	for {
		l, err := p.s.Events.Page(ctx, act, f, r)
		if err != nil {
			return nil, err
		}
		out = append(out, l.Items...)
		if l.Next == nil || len(out) >= limit {
			return out, nil
		}
		r.After = l.Next
	}
}

// sundays groups events that one form made, in the order in which they come.
func sundays(known []event.Event) [][]event.Event {
	var out [][]event.Event
	at := map[string]int{}
	for _, e := range known {
		if e.State == event.Cancelled {
			continue
		}
		key := cmp.Or(e.Programme, e.ID) + string(e.LocalStart.Date())
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key], out = i, append(out, nil)
		}
		out[i] = append(out[i], e)
	}
	return out
}

// template fills the form with what events of the type usually are. Whom
// residents may ask is who it was last time.
func (p *site) template(pg assets.Page, u unit.Unit, kind event.Type, known []event.Event) TypedEvent {
	t := event.TemplateOf(kind)
	word := func(part string) string { return pg.T("template." + string(kind) + "." + part) }
	today := calendar.DateOf(p.s.Now(), u.Zone)
	out := TypedEvent{
		Type: string(kind), Title: word("title"), About: word("about"), Bring: word("bring"), Host: word("host"),
		Day: string(today.AddDays(max(1, t.NoticeDays)).NextSunday()), Start: t.Start, End: t.End,
		NoticeDays: strconv.Itoa(t.NoticeDays), Slots: []TypedSlot{{Capacity: count(t.Places)}},
	}
	for _, e := range known {
		if e.Contact != "" {
			out.Contact = e.Contact
			break
		}
	}
	return out
}

// count is a number for a control that may be left empty.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// like fills the form with an event of before and those that were planned with
// it, on the next such day of the week.
func (p *site) like(ctx context.Context, act actor.Actor, u unit.Unit, from string) (TypedEvent, error) {
	base, err := p.s.Events.Get(ctx, act, from)
	if err != nil {
		return TypedEvent{}, err
	}
	group := []event.Event{base}
	if base.Programme != "" && base.Unit == u.ID {
		on := base.LocalStart.Date()
		same, err := p.eventsOf(ctx, act, event.Filter{Unit: u.ID, From: base.StartAt.Add(-day), Until: base.StartAt.Add(day)}, mostKnown)
		if err != nil {
			return TypedEvent{}, err
		}
		group = slices.DeleteFunc(same, func(e event.Event) bool {
			return e.Programme != base.Programme || e.LocalStart.Date() != on || e.State == event.Cancelled && e.ID != base.ID
		})
	}
	out := typedOf(base)
	first := calendar.DateOf(p.s.Now(), u.Zone).AddDays(max(1, base.NoticeDays))
	next := first.AddDays((7 + int(base.LocalStart.Weekday()) - int(first.Weekday())) % 7)
	if out.LastDay != "" {
		out.LastDay = string(next.AddDays(base.LocalEnd.Date().DaysSince(base.LocalStart.Date())))
	}
	out.Day, out.Venues = string(next), nil
	for i := range out.Slots {
		out.Slots[i].ID = ""
	}
	for _, e := range group {
		v := venueOf(e)
		v.From = e.ID
		if own := e.LocalStart.Clock(); own != out.Start {
			v.Start = own
		}
		if own := e.LocalEnd.Clock(); own != out.End {
			v.End = own
		}
		out.Venues = append(out.Venues, v)
	}
	return out, nil
}

// typedOf is an event as its form shows it.
func typedOf(e event.Event) TypedEvent {
	out := TypedEvent{
		Type: string(e.Type), Title: e.Title, About: e.About, Bring: e.Bring, Host: e.Host, Contact: e.Contact,
		Day: string(e.LocalStart.Date()), Start: e.LocalStart.Clock(), End: e.LocalEnd.Clock(),
		NoticeDays: strconv.Itoa(e.NoticeDays), CoUnits: e.CoUnits, Venues: []TypedVenue{venueOf(e)},
	}
	if last := e.LocalEnd.Date(); last != e.LocalStart.Date() {
		out.LastDay = string(last)
	}
	for _, s := range e.Slots {
		out.Slots = append(out.Slots, TypedSlot{ID: s.ID, Name: s.Name, Capacity: count(s.Capacity)})
	}
	return out
}

func venueOf(e event.Event) TypedVenue {
	return TypedVenue{Village: cmp.Or(e.Village, Elsewhere), Place: e.Place.Name, Address: e.Place.Address, Link: e.Place.Link}
}

// fillRows adds every village of the unit with the place that it had last, and
// what else there is to choose from.
func (p *site) fillRows(ctx context.Context, v *newView, u unit.Unit, known []event.Event) error {
	villages, others, err := p.below(ctx, u)
	if err != nil {
		return err
	}
	for _, village := range villages {
		name := village.Name(v.Lang())
		row := venueRow{Name: name, TypedVenue: TypedVenue{Village: village.ID, Place: v.T("desk.place", "village", name), From: v.From}}
		if i := slices.IndexFunc(known, func(e event.Event) bool { return e.Village == village.ID }); i >= 0 {
			from := row.From
			row.TypedVenue = venueOf(known[i])
			row.From = from
		}
		v.Rows = append(v.Rows, row)
	}
	v.Rows = append(v.Rows, venueRow{Name: v.T("desk.elsewhere"), Elsewhere: true, TypedVenue: TypedVenue{Village: Elsewhere, From: v.From}})
	for _, typed := range v.Typed.Venues {
		for i := range v.Rows {
			if v.Rows[i].Village == typed.Village {
				v.Rows[i].TypedVenue, v.Rows[i].Chosen = typed, true
			}
		}
	}
	for _, t := range event.Types() {
		v.Choices = append(v.Choices, option{string(t), v.T("event.type." + string(t)), string(t) == v.Typed.Type})
	}
	v.CoUnits, err = p.coUnits(ctx, v.Lang(), others, v.Typed.CoUnits)
	v.Typed.Slots = append(v.Typed.Slots, make([]TypedSlot, spareSlots)...)
	if len(v.Typed.Slots) > event.MaxSlots {
		v.Typed.Slots = v.Typed.Slots[:event.MaxSlots]
	}
	return err
}

// spareSlots are empty rows for more parts; sent again the form has as many more.
const spareSlots = 2

// below are the unit's villages, and the other units right below it.
func (p *site) below(ctx context.Context, u unit.Unit) (villages, others []unit.Unit, err error) {
	r := page.Request{Limit: page.MaxLimit}
	for {
		l, err := p.s.Units.Page(ctx, actor.System("console"), unit.Filter{Parent: u.ID}, r)
		if err != nil {
			return nil, nil, err
		}
		for _, one := range l.Items {
			switch {
			case !one.Open(p.s.Now()):
			case one.Kind == unit.Village && len(villages) < event.MaxVenues-1:
				villages = append(villages, one)
			case one.Kind != unit.Village && len(others) < mostCoUnits:
				others = append(others, one)
			}
		}
		if l.Next == nil {
			return villages, others, nil
		}
		r.After = l.Next
	}
}

// mostCoUnits are to choose from: a province has more below it than a form bears.
const mostCoUnits = 40

func (p *site) coUnits(ctx context.Context, lang string, others []unit.Unit, chosen []string) ([]option, error) {
	for _, id := range chosen {
		if slices.ContainsFunc(others, func(u unit.Unit) bool { return u.ID == id }) {
			continue
		}
		u, err := p.s.Units.Get(ctx, actor.System("console"), id)
		if record.IgnoreAbsent(err) != nil {
			return nil, err
		}
		if err == nil {
			others = append(others, u)
		}
	}
	var out []option
	for _, u := range others {
		out = append(out, option{u.ID, u.Name(lang), slices.Contains(chosen, u.ID)})
	}
	return out, nil
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
	status := http.StatusOK
	if err != nil {
		var ok bool
		if v.Wrongs, status, ok = refused(c, err, typed.Anchor); !ok {
			return err
		}
		if fault.KindOf(err) == fault.Conflict {
			v.Made = dayPath(u.ID, calendar.Date(typed.Day))
		}
	}
	known, err := p.lately(c.Request.Context(), act, u)
	if err != nil {
		return err
	}
	if err := p.fillRows(c.Request.Context(), &v, u, known); err != nil {
		return err
	}
	return p.render(c, status, "new", v)
}

// firstCautions are what the form says before anything is chosen, so that
// sending it need not stop for the same again.
func (p *site) firstCautions(v newView, u unit.Unit) (words []string, seen string) {
	var c fault.Check
	in := v.Typed.Input(&c, u.ID)
	in.Zone, in.Place = u.Zone, event.Place{Name: "-"}
	in, times, err := in.Check()
	if err != nil {
		return nil, "" // an event of before that would no longer be taken: the form says so when it is sent
	}
	return p.cautionWords(v.Page, event.Cautions(in, times, p.s.Now(), nil), nil)
}

// unseen gives the words of all cautions where one was not shown yet, and the
// mark that they have been shown; nil where nothing is new.
func (p *site) unseen(c *gin.Context, act actor.Actor, u unit.Unit, programme event.Programme) (words []string, seen string, err error) {
	ctx := c.Request.Context()
	var others []event.Event
	if at, _, err := calendar.Resolve(programme.Input.LocalStart, u.Zone, calendar.Earlier); err == nil {
		others, err = p.eventsOf(ctx, act, event.Filter{Unit: u.ID, From: at.Add(-day), Until: at.Add(day)}, mostKnown)
		if err != nil {
			return nil, "", err
		}
	}
	each, err := p.s.Events.Cautions(ctx, act, programme, others)
	if err != nil {
		return nil, "", err
	}
	words, seen = p.cautionWords(p.page(c, "", ""), slices.Concat(each...), others)
	shown := strings.Split(c.PostForm("seen"), ",")
	for mark := range strings.SplitSeq(seen, ",") {
		if mark != "" && !slices.Contains(shown, mark) {
			return words, seen, nil
		}
	}
	return nil, seen, nil
}

// cautionWords says each caution once, and marks it.
func (p *site) cautionWords(pg assets.Page, cautions []event.Caution, others []event.Event) (words []string, seen string) {
	var marks []string
	for _, one := range cautions {
		mark := string(one.Kind) + one.Other
		if slices.Contains(marks, mark) {
			continue
		}
		marks = append(marks, mark)
		words = append(words, p.caution(pg, one, others))
	}
	return words, strings.Join(marks, ",")
}

func (p *site) caution(pg assets.Page, one event.Caution, others []event.Event) string {
	data := map[string]any{"days": one.Days}
	if one.Day != "" {
		if at, err := calendar.ParseLocal(string(one.Day) + "T12:00"); err == nil {
			moment, _, _ := calendar.Resolve(at, "UTC", calendar.Earlier)
			data["day"] = pg.Texts.FormatDay(moment.Time())
		}
	}
	for _, e := range others {
		if e.ID == one.Other {
			data["title"] = e.Title
		}
	}
	return pg.Texts.Text("desk.caution."+string(one.Kind), data)
}
