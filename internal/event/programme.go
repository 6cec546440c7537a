package event

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// MaxVenues bounds the villages of one programme.
const MaxVenues = 60

// maxForm is how long the id of a form may be.
const maxForm = 64

// ErrForm: the form has been sent before, with something else in it.
var ErrForm = fault.New(fault.Conflict, "event.form_used")

// Venue is one village of a programme, with what it does not share.
type Venue struct {
	Village string
	Place   Place
	// Start and End are clocks ("07:00") of its own, empty for those that all share.
	Start, End string
	// From is the event that this one is like, whose rules it gets; "" for none.
	From string
}

// Programme is what a unit does on one day in several villages: one event each.
type Programme struct {
	// Form is the id of the form that was filled in. Sent twice, it makes nothing
	// twice; after a crash it goes on where that stopped.
	Form string
	// Input is what all share. Its village and place are not looked at where there
	// are venues; without any it is one event.
	Input  Input
	Venues []Venue
	// Submit asks for approval at once.
	Submit bool
}

// Plan makes the events of a programme, in the order of its venues, for an
// organizer of its unit. Nothing is made before all of them are checked. Fields
// of a venue are refused as "venues.0.place.name".
func (s *Service) Plan(ctx context.Context, a actor.Actor, p Programme) ([]Event, error) {
	if err := a.Require(ScopeWrite); err != nil {
		return nil, err
	}
	if !a.Holds(int64(s.p.Now()), actor.Organizer, p.Input.Unit) {
		return nil, ErrRole
	}
	drafts, err := s.drafts(ctx, a, p)
	if err != nil {
		return nil, err
	}
	if err := s.unused(ctx, drafts); err != nil {
		return nil, err
	}
	out := make([]Event, 0, len(drafts))
	for _, d := range drafts {
		e, err := s.planOne(ctx, a, d, p.Submit)
		if err != nil {
			return out, err
		}
		out = append(out, e)
	}
	return out, nil
}

// draft is a checked event of a programme.
type draft struct {
	id   string
	in   Input
	from Event
}

// Cautions says of each event of the programme, in their order, what to think
// of before it is planned. The errors are those of Plan.
func (s *Service) Cautions(ctx context.Context, a actor.Actor, p Programme, others []Event) ([][]Caution, error) {
	drafts, err := s.drafts(ctx, a, p)
	if err != nil {
		return nil, err
	}
	out := make([][]Caution, len(drafts))
	for i, d := range drafts {
		_, times, err := d.in.Check()
		if err != nil {
			return nil, err
		}
		rest := slices.DeleteFunc(slices.Clone(others), func(e Event) bool { return e.ID == d.id })
		out[i] = Cautions(d.in, times, s.p.Now(), rest)
	}
	return out, nil
}

// drafts checks every event of a programme and names all that is wrong.
func (s *Service) drafts(ctx context.Context, a actor.Actor, p Programme) ([]draft, error) {
	var c fault.Check
	if p.Form == "" || len(p.Form) > maxForm {
		c.Add("form", "event.form")
	}
	if len(p.Venues) > MaxVenues {
		c.Add("venues", "list.too_long", "max", MaxVenues)
		return nil, c.Err()
	}
	venues := p.Venues
	if len(venues) == 0 {
		venues = []Venue{{Village: p.Input.Village, Place: p.Input.Place}}
	}
	if len(venues) > 1 && p.Input.Programme == "" {
		p.Input.Programme = id.Hash("programme", a.ID, p.Form)
	}
	out := make([]draft, len(venues))
	for i, v := range venues {
		if slices.ContainsFunc(venues[:i], func(o Venue) bool { return o.Village == v.Village }) {
			c.Add(venueField(i, "village"), "list.twice")
		}
		var err error
		if out[i], err = s.draftOf(ctx, a, p, v); err == nil {
			continue
		}
		if err := takeVenue(&c, err, i, v, len(p.Venues) > 0); err != nil {
			return nil, err
		}
	}
	return out, c.Err()
}

func (s *Service) draftOf(ctx context.Context, a actor.Actor, p Programme, v Venue) (draft, error) {
	d := draft{id: id.Hash("event", a.ID, p.Form, v.Village), in: p.Input}
	d.in.Village, d.in.Place = v.Village, v.Place
	d.in.LocalStart, d.in.LocalEnd = at(d.in.LocalStart, v.Start), at(d.in.LocalEnd, v.End)
	var err error
	if v.From != "" {
		if d.from, err = s.Get(ctx, a, v.From); err != nil {
			return d, err
		}
	}
	var times Times
	if d.in, times, _, err = s.check(ctx, d.in); err == nil && p.Submit && times.End <= s.p.Now() {
		var c fault.Check
		c.Add("local_start", "event.past_day")
		err = c.Err()
	}
	return d, err
}

// at is the wall time with a clock of its own; what is no clock is refused as
// the time that it would give.
func at(l calendar.Local, clock string) calendar.Local {
	if clock == "" || l == "" {
		return l
	}
	return calendar.Local(string(l.Date()) + "T" + clock)
}

// takeVenue notes the refused fields of one venue: its own under its number,
// what all share once.
func takeVenue(c *fault.Check, err error, i int, v Venue, numbered bool) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	for _, one := range f.Fields {
		if numbered && v.owns(one.Name) {
			one.Name = venueField(i, one.Name)
		}
		if !c.Has(one.Name) {
			c.AddField(one)
		}
	}
	return nil
}

func (v Venue) owns(field string) bool {
	switch field {
	case "village", "place.name", "place.address", "place.link":
		return true
	case "local_start":
		return v.Start != ""
	case "local_end":
		return v.Start != "" || v.End != ""
	}
	return false
}

func venueField(i int, name string) string { return "venues." + strconv.Itoa(i) + "." + name }

// unused refuses a form that has made other events before: what was typed into
// it since would be lost without a word.
func (s *Service) unused(ctx context.Context, drafts []draft) error {
	for _, d := range drafts {
		there, err := s.p.Events.Get(ctx, d.id)
		if errors.Is(err, record.ErrAbsent) {
			continue
		}
		if err != nil {
			return err
		}
		if len(changed(there.Input(), d.in)) > 0 || there.CopiedFrom != d.from.ID {
			return ErrForm
		}
	}
	return nil
}

func (s *Service) planOne(ctx context.Context, a actor.Actor, d draft, submit bool) (Event, error) {
	e, err := s.create(ctx, a, d.id, d.in, d.from.ID)
	if err != nil {
		return Event{}, err
	}
	if d.from.ID != "" {
		if err := s.p.Reminders.CopyRules(ctx, d.from, e); err != nil {
			return Event{}, err
		}
	}
	if !submit || e.State != Draft {
		return e, nil
	}
	e, err = s.Do(ctx, a, d.id, 0, Submit, "")
	if errors.Is(err, ErrState) { // the same form, sent twice at once, was faster
		return s.Get(ctx, a, d.id)
	}
	return e, err
}
