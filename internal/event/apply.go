package event

import (
	"reflect"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Input is the event as its organizer filled it in.
func (e Event) Input() Input {
	return Input{
		Unit: e.Unit, CoUnits: e.CoUnits, Type: e.Type, Programme: e.Programme, Series: e.Series,
		Title: e.Title, About: e.About, Bring: e.Bring, Place: e.Place, Village: e.Village,
		Host: e.Host, Contact: e.Contact, LocalStart: e.LocalStart, LocalEnd: e.LocalEnd,
		Zone: e.Zone, Slots: e.Slots, NoticeDays: e.NoticeDays,
	}
}

// fill writes a checked input into the event.
func (e *Event) fill(in Input, t Times, p placed) {
	e.Unit, e.CoUnits, e.Scope, e.SortKey = in.Unit, in.CoUnits, p.scope, p.sortKey
	e.Type, e.Programme, e.Series = in.Type, in.Programme, in.Series
	e.Title, e.About, e.Bring = in.Title, in.About, in.Bring
	e.Place, e.Village, e.Host, e.Contact = in.Place, in.Village, in.Host, in.Contact
	e.LocalStart, e.LocalEnd, e.Zone = in.LocalStart, in.LocalEnd, in.Zone
	e.StartAt, e.EndAt = t.Start, t.End
	e.Slots, e.NoticeDays = in.Slots, in.NoticeDays
}

// On gives the input with what the patch changes.
func (p Patch) On(in Input) Input {
	set(&in.CoUnits, p.CoUnits)
	set(&in.Type, p.Type)
	set(&in.Programme, p.Programme)
	set(&in.Series, p.Series)
	set(&in.Title, p.Title)
	set(&in.About, p.About)
	set(&in.Bring, p.Bring)
	set(&in.Place, p.Place)
	set(&in.Village, p.Village)
	set(&in.Host, p.Host)
	set(&in.Contact, p.Contact)
	set(&in.LocalStart, p.LocalStart)
	set(&in.LocalEnd, p.LocalEnd)
	set(&in.Zone, p.Zone)
	set(&in.Slots, p.Slots)
	set(&in.NoticeDays, p.NoticeDays)
	return in
}

// Patch is the move as an edit of an event that nobody approved yet.
func (m Move) Patch() Patch {
	return Patch{LocalStart: m.LocalStart, LocalEnd: m.LocalEnd, Zone: m.Zone, Place: m.Place, Village: m.Village}
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// changed names the fields in which two inputs differ, as clients name them.
func changed(a, b Input) []string {
	var names []string
	note := func(name string, x, y any) {
		if !reflect.DeepEqual(x, y) {
			names = append(names, name)
		}
	}
	if !slices.Equal(a.CoUnits, b.CoUnits) {
		names = append(names, "co_units")
	}
	note("type", a.Type, b.Type)
	note("programme", a.Programme, b.Programme)
	note("series", a.Series, b.Series)
	note("title", a.Title, b.Title)
	note("about", a.About, b.About)
	note("bring", a.Bring, b.Bring)
	note("place", a.Place, b.Place)
	note("village", a.Village, b.Village)
	note("host", a.Host, b.Host)
	note("contact", a.Contact, b.Contact)
	note("local_start", a.LocalStart, b.LocalStart)
	note("local_end", a.LocalEnd, b.LocalEnd)
	note("zone", a.Zone, b.Zone)
	note("slots", a.Slots, b.Slots)
	note("notice_days", a.NoticeDays, b.NoticeDays)
	return names
}

// Fields that an approval was given for, and those that Reschedule moves.
var (
	approvedFields = []string{"co_units", "type", "programme", "series", "notice_days"}
	movedFields    = []string{"place", "local_start", "local_end", "zone", "village"}
)

// checkEdit refuses what the event's state lets nobody edit.
func (e Event) checkEdit(to Input, fields []string) error {
	switch e.State {
	case Draft, Returned:
		return nil
	case Approved, Published, Postponed:
	default:
		return ErrState.With("state", string(e.State), "act", "edit")
	}
	var c fault.Check
	for _, f := range fields {
		switch {
		case slices.Contains(approvedFields, f):
			c.Add(f, "event.approved_field")
		case slices.Contains(movedFields, f):
			c.Add(f, "event.reschedule_instead")
		}
	}
	if e.State != Approved {
		e.checkSlotsKept(&c, to)
	}
	return c.Err()
}

// checkSlotsKept lets slots be added and capacities changed: people hold seats
// in those that are there, and an event without a roll cannot get one later.
func (e Event) checkSlotsKept(c *fault.Check, to Input) {
	for i, s := range e.Slots {
		if i >= len(to.Slots) || to.Slots[i].ID != s.ID {
			c.Add("slots", "event.slot_gone")
			break
		}
	}
	if !e.HasRoll && limited(to.Slots) {
		c.Add("slots", "event.no_roll")
	}
}

func limited(slots []Slot) bool {
	return slices.ContainsFunc(slots, func(s Slot) bool { return s.Capacity > 0 })
}
