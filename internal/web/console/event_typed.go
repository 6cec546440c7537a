package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// Elsewhere is the row of the form for a place that is in no village.
const Elsewhere = "elsewhere"

// TypedEvent is an event, or a Sunday in several villages, as it was typed:
// everything is text, so that a refused form shows it again.
type TypedEvent struct {
	Type, Title, About, Bring, Host, Contact string
	// Day is a date, Start and End are clocks; LastDay is a date where it ends on
	// another one.
	Day, LastDay, Start, End string
	NoticeDays               string
	CoUnits                  []string
	Slots                    []TypedSlot
	Venues                   []TypedVenue
}

// TypedSlot is one part of the event with places of its own.
type TypedSlot struct{ ID, Name, Capacity string }

// TypedVenue is one village that was chosen, or Elsewhere.
type TypedVenue struct {
	Village, Place, Address, Link string
	// Start and End are empty where the village has the times of all.
	Start, End string
	// From is the event that this one is like.
	From string
}

// ReadEvent reads the form. It takes what is there and judges nothing: too many
// slots and villages are cut, as the page has no more.
func ReadEvent(form url.Values) TypedEvent {
	get := func(name string) string { return form.Get(name) }
	t := TypedEvent{
		Type: get("type"), Title: get("title"), About: get("about"), Bring: get("bring"), Host: get("host"), Contact: get("contact"),
		Day: writtenDay(get("day")), LastDay: writtenDay(get("last_day")), Start: writtenClock(get("start")), End: writtenClock(get("end")), NoticeDays: get("notice_days"),
		CoUnits: cut(form["co_unit"], event.MaxCoUnits+1),
	}
	for i := range event.MaxSlots {
		n := "slot-" + strconv.Itoa(i) + "-"
		if !form.Has(n + "name") {
			break
		}
		t.Slots = append(t.Slots, TypedSlot{ID: get(n + "id"), Name: get(n + "name"), Capacity: get(n + "capacity")})
	}
	for _, v := range cut(form["village"], event.MaxVenues+1) {
		if slices.ContainsFunc(t.Venues, func(o TypedVenue) bool { return o.Village == v }) {
			continue // a box that was sent twice is one box
		}
		t.Venues = append(t.Venues, TypedVenue{
			Village: v, Place: get("place-" + v), Address: get("address-" + v), Link: get("link-" + v),
			Start: writtenClock(get("start-" + v)), End: writtenClock(get("end-" + v)), From: get("from-" + v),
		})
	}
	return t
}

func cut(all []string, most int) []string { return all[:min(len(all), most)] }

// Input is what all villages share. What is no number or no time is noted.
func (t TypedEvent) Input(c *fault.Check, unit string) event.Input {
	in := event.Input{
		Unit: unit, CoUnits: t.CoUnits, Type: event.Type(t.Type), Title: t.Title, About: t.About, Bring: t.Bring, Host: t.Host,
		Contact: t.Contact, NoticeDays: whole(c, "notice_days", t.NoticeDays), Slots: t.slots(c),
	}
	t.checkWritten(c)
	in.LocalStart, in.LocalEnd = wall(t.Day, t.Start), wall(cmp.Or(t.LastDay, t.Day), t.End)
	return in
}

// wall is left to be refused by the event where day or clock is none.
func wall(day, clock string) calendar.Local {
	if day == "" || clock == "" {
		return ""
	}
	return calendar.Local(day + "T" + clock)
}

// slots leaves out rows in which nobody wrote.
func (t TypedEvent) slots(c *fault.Check) []event.Slot {
	var out []event.Slot
	for i, s := range t.Slots {
		if s.ID == "" && strings.TrimSpace(s.Name+s.Capacity) == "" {
			continue
		}
		capacity := whole(c, "slots."+strconv.Itoa(i)+".capacity", s.Capacity)
		out = append(out, event.Slot{ID: s.ID, Name: s.Name, Capacity: capacity})
	}
	return out
}

// mostTyped is more than any number of the form may be.
const mostTyped = 100_000

// whole reads a number that may be left out.
func whole(c *fault.Check, field, s string) int {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > mostTyped {
		c.Add(field, "desk.number")
		return 0
	}
	return n
}

// Programme is the whole form, for a unit.
func (t TypedEvent) Programme(unit, form string, submit bool) (event.Programme, error) {
	var c fault.Check
	if len(t.Venues) == 0 { // asked for before the rest
		c.Add("venues", "desk.no_village")
	}
	p := event.Programme{Form: form, Input: t.Input(&c, unit), Submit: submit}
	for _, v := range t.Venues {
		p.Venues = append(p.Venues, v.venue())
	}
	return p, c.Err()
}

func (v TypedVenue) venue() event.Venue {
	out := event.Venue{
		Village: v.Village, Place: event.Place{Name: v.Place, Address: v.Address, Link: v.Link}, Start: v.Start, End: v.End, From: v.From,
	}
	if v.Village == Elsewhere {
		out.Village = ""
	}
	return out
}

// Anchor is the id of the control that a refused field belongs to, as the
// services name it; "" for none of the form.
func (t TypedEvent) Anchor(field string) string {
	switch field {
	case "type", "title", "about", "bring", "host", "contact", "notice_days", "venues", "day", "last_day":
		return field
	case "local_start":
		return "start"
	case "local_end":
		return "end"
	case "co_units":
		return "co_unit"
	case "slots":
		return "slot-0-capacity"
	}
	parts := strings.Split(field, ".")
	if len(parts) < 2 {
		return ""
	}
	if parts[0] == "co_units" {
		return "co_unit"
	}
	n, err := strconv.Atoi(parts[1])
	switch {
	case err != nil && parts[0] == "place":
		return t.venueAnchor(0, parts[0:])
	case err != nil || n < 0:
		return ""
	case parts[0] == "slots" && len(parts) == 3 && n < len(t.Slots):
		return "slot-" + parts[1] + "-" + parts[2]
	case parts[0] == "venues" && n < len(t.Venues):
		return t.venueAnchor(n, parts[2:])
	}
	return ""
}

// fieldLabels are what the form calls its fields, by the ids of their controls;
// those of parts and villages have more in their ids.
var fieldLabels = map[string]string{
	"type": "desk.field.type", "title": "desk.field.title", "about": "desk.field.about", "bring": "desk.field.bring",
	"host": "desk.field.host", "contact": "desk.field.contact", "notice_days": "desk.field.notice_days",
	"venues": "desk.new.where", "day": "desk.field.day", "last_day": "desk.field.last_day", "start": "desk.field.start", "end": "desk.field.end", "co_unit": "desk.field.co_units",
	"capacity": "desk.field.places", "name": "desk.field.slot",
	"village": "desk.field.village", "place": "desk.field.place", "address": "desk.field.address", "link": "desk.field.link",
}

// Controls gives where the form asks for a field. village is the name of a
// village, or empty where there is only one place.
func (t TypedEvent) Controls(texts *i18n.Printer, village func(id string) string) func(field string) problem.Control {
	return func(field string) problem.Control {
		anchor := t.Anchor(field)
		if anchor == "" {
			return problem.Control{}
		}
		name, of, several := strings.Cut(anchor, "-")
		number, part, ofPart := strings.Cut(of, "-")
		ofPart = ofPart && name == "slot"
		if ofPart {
			name = part
		}
		words := texts.Text(fieldLabels[name], nil)
		if n, err := strconv.Atoi(number); ofPart && err == nil && (n > 0 || manySlots(t)) {
			words = texts.Text("desk.field.of_part", map[string]any{"field": words, "n": n + 1})
		} else if several && !ofPart && village(of) != "" {
			words = texts.Text("desk.field.of_village", map[string]any{"field": words, "village": i18n.Written(village(of))})
		}
		return problem.Control{Anchor: anchor, Name: words}
	}
}

// venueAnchor is the control of one village.
func (t TypedEvent) venueAnchor(n int, field []string) string {
	if n >= len(t.Venues) {
		return ""
	}
	name := map[string]string{
		"village": "village", "place.name": "place", "place.address": "address", "place.link": "link",
		"local_start": "start", "local_end": "end",
	}[strings.Join(field, ".")]
	if name == "" {
		return ""
	}
	return name + "-" + t.Venues[n].Village
}
