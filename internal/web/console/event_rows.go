package console

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

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
