package console

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
)

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
// it, on the next such day of the week on which none of their villages has one.
func (p *site) like(ctx context.Context, act actor.Actor, u unit.Unit, from string, known []event.Event) (TypedEvent, error) {
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
	next := freeDay(first.AddDays((7+int(base.LocalStart.Weekday())-int(first.Weekday()))%7), group, known)
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

// mostAhead is for how many weeks a free day is looked for.
const mostAhead = 52

// freeDay is the day, or the first of those weeks later, on which the unit has
// no event in a village of the group.
func freeDay(day calendar.Date, group, known []event.Event) calendar.Date {
	for range mostAhead {
		if !slices.ContainsFunc(known, func(e event.Event) bool {
			return e.State != event.Cancelled && e.LocalStart.Date() == day &&
				slices.ContainsFunc(group, func(g event.Event) bool { return g.Village == e.Village })
		}) {
			break
		}
		day = day.AddDays(7)
	}
	return day
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
