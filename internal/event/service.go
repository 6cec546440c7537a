package event

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Service is what may be done with events, and by whom.
type Service struct{ p Ports }

// NewService makes a Service.
func NewService(p Ports) *Service { return &Service{p: p} }

// Create makes a draft, for an organizer of its unit. newID is the id that it
// gets, derived from the client's token and key so that a replay gives the
// event of the first try; "" for a new one.
func (s *Service) Create(ctx context.Context, a actor.Actor, newID string, in Input) (Event, error) {
	return s.create(ctx, a, newID, in, "")
}

// Copy makes a draft like another event, with its rules and without its
// notices, at another time or place where the move says so.
func (s *Service) Copy(ctx context.Context, a actor.Actor, newID, from string, m Move) (Event, error) {
	old, err := s.Get(ctx, a, from)
	if err != nil {
		return Event{}, err
	}
	made, err := s.create(ctx, a, newID, m.Patch().On(old.Input()), from)
	if err != nil {
		return Event{}, err
	}
	return made, s.p.Reminders.CopyRules(ctx, old, made)
}

func (s *Service) create(ctx context.Context, a actor.Actor, newID string, in Input, from string) (Event, error) {
	if err := a.Require(ScopeWrite); err != nil {
		return Event{}, err
	}
	if err := checkID(newID); err != nil {
		return Event{}, err
	}
	now := s.p.Now()
	if !a.Holds(int64(now), actor.Organizer, in.Unit) {
		return Event{}, ErrRole
	}
	in, times, place, err := s.check(ctx, in)
	if err != nil {
		return Event{}, err
	}
	if newID == "" {
		newID = s.p.IDs.New(int64(now))
	}
	e := Event{State: Draft, CreatedBy: a.ID, LastEditedBy: a.ID, CreatedAt: now, CopiedFrom: from}
	e.ID, e.Part = newID, id.Part(newID)
	if e.Short, err = s.short(ctx, e.ID); err != nil {
		return Event{}, err
	}
	e.fill(in, times, place)
	e.Note(audit.Of(a, now, e.Unit, audit.Thing("event", e.ID), "event.create"))
	if err := s.insert(ctx, &e); err != nil {
		return Event{}, err
	}
	if e, err = s.placeAgain(ctx, e); err != nil {
		return Event{}, err
	}
	if from != "" {
		return e, nil // a copy has the rules of what it was copied from
	}
	return e, s.p.Reminders.EnsureDefault(ctx, e)
}

// insert stores a new event, or gives the one that a first try stored.
func (s *Service) insert(ctx context.Context, e *Event) error {
	err := s.p.Events.Create(ctx, e)
	if !errors.Is(err, record.ErrExists) {
		return err
	}
	there, err := s.p.Events.Get(ctx, e.ID)
	if err != nil {
		return err
	}
	if there.Unit != e.Unit || there.CreatedBy != e.CreatedBy || there.CopiedFrom != e.CopiedFrom {
		return record.ErrExists
	}
	*e = there
	return nil
}

// placed is what the units of an event say of it.
type placed struct {
	scope   []string
	sortKey []byte
}

// check adds to Input.Check what only the store knows: the units, and with
// them the zone, the scope and the name of where it is.
func (s *Service) check(ctx context.Context, in Input) (Input, Times, placed, error) {
	lead, err := s.unit(ctx, "unit", in.Unit)
	if err != nil {
		return in, Times{}, placed{}, err
	}
	if in.Zone == "" {
		in.Zone = lead.Zone
	}
	in, times, err := in.Check()
	if err != nil {
		return in, Times{}, placed{}, err
	}
	others := make([]unit.Unit, 0, len(in.CoUnits))
	for _, co := range in.CoUnits {
		u, err := s.unit(ctx, "co_units", co)
		if err != nil {
			return in, Times{}, placed{}, err
		}
		others = append(others, u)
	}
	var village unit.Unit
	if in.Village != "" {
		if village, err = s.unit(ctx, "village", in.Village); err != nil {
			return in, Times{}, placed{}, err
		}
	}
	return in, times, placed{unit.Scope(lead, others...), sortKey(in, village)}, nil
}

func (s *Service) unit(ctx context.Context, field, id string) (unit.Unit, error) {
	u, err := s.p.Units.Get(ctx, id)
	if errors.Is(err, record.ErrAbsent) {
		var c fault.Check
		c.Add(field, "unit.unknown")
		return u, c.Err()
	}
	return u, err
}

// Edit changes what the event's state lets change: all of a draft, texts and
// slots of what is approved. ifMatch is the Version that the client saw, 0 for any.
func (s *Service) Edit(ctx context.Context, a actor.Actor, id string, ifMatch int64, p Patch) (Event, error) {
	old, err := s.planned(ctx, a, id)
	if err != nil {
		return Event{}, err
	}
	in, times, place, err := s.check(ctx, p.On(old.Input()))
	if err != nil {
		return Event{}, err
	}
	seats := old.HasRoll && p.Slots != nil && !slices.Equal(old.Slots, in.Slots)
	if seats {
		if err := s.p.Seats.Prepare(ctx, id); err != nil {
			return Event{}, err
		}
	}
	now := s.p.Now()
	e, err := s.p.Events.Update(ctx, id, func(e *Event) error {
		return s.edit(e, a, now, edit{ifMatch: ifMatch, base: old.Version(), in: in, times: times, place: place})
	})
	if err != nil {
		return e, err
	}
	if seats {
		if err := s.p.Seats.Sync(ctx, e); err != nil {
			return e, err
		}
	}
	return s.placeAgain(ctx, e)
}

// edit is a checked edit; base is the version that it was made from.
type edit struct {
	ifMatch, base int64
	in            Input
	times         Times
	place         placed
}

func (s *Service) edit(e *Event, a actor.Actor, now calendar.Instant, d edit) error {
	if err := e.mayPlan(a, now); err != nil {
		return err
	}
	if err := e.seen(d.ifMatch); err != nil {
		return err
	}
	if e.Version() != d.base {
		return ErrVersion // the patch was laid on what is no longer there
	}
	fields := changed(e.Input(), d.in)
	if len(fields) == 0 {
		return record.ErrUnchanged
	}
	if err := e.checkEdit(d.in, fields); err != nil {
		return err
	}
	e.fill(d.in, d.times, d.place)
	e.LastEditedBy = a.ID
	e.Touch()
	e.Note(audit.Of(a, now, e.Unit, audit.Thing("event", e.ID), "event.edit", fields...))
	return nil
}

// Do moves the event: submit, withdraw, approve, return, publish, postpone,
// resume, cancel, restore or close. Return, postpone and cancel need a note that says
// why. Reschedule and report have methods of their own.
func (s *Service) Do(ctx context.Context, a actor.Actor, id string, ifMatch int64, act Act, note string) (Event, error) {
	if err := a.Require(ScopeWrite); err != nil {
		return Event{}, err
	}
	note, err := checkAct(act, note)
	if err != nil {
		return Event{}, err
	}
	old, err := s.p.Events.Get(ctx, id)
	if err != nil {
		return Event{}, err
	}
	lead, err := s.p.Units.Get(ctx, old.Unit)
	if err != nil {
		return Event{}, err
	}
	short := old.Short
	if act == Publish && short == "" {
		if short, err = s.short(ctx, id); err != nil {
			return Event{}, err
		}
	}
	now := s.p.Now()
	return s.p.Events.Update(ctx, id, func(e *Event) error {
		if err := e.may(a, act, lead.Above(), now); err != nil {
			return err
		}
		if err := e.seen(ifMatch); err != nil {
			return err
		}
		e.Note(audit.Of(a, now, e.Unit, audit.Thing("event", e.ID), "event."+string(act), "state"))
		if act == Publish {
			e.Short = short
		}
		return e.Take(act, a.ID, note, now)
	})
}

func (e Event) may(a actor.Actor, act Act, above []string, now calendar.Instant) error {
	if act != Approve && act != Return {
		return e.mayPlan(a, now)
	}
	if err := e.mayJudge(a, above, now); err != nil {
		return err
	}
	if act == Approve && (e.CreatedBy == a.ID || e.LastEditedBy == a.ID) {
		return ErrOwnApproval
	}
	return nil
}

func checkAct(act Act, note string) (string, error) {
	var c fault.Check
	if !slices.Contains(Acts(), act) || act == Reschedule || act == FileReport {
		c.Add("act", "event.act")
	}
	note = block(&c, "note", note, maxNote)
	if needsNote := act == Return || act == Postpone || act == Cancel; needsNote && strings.TrimSpace(text.Clean(note)) == "" {
		c.Add("note", "required")
	}
	return note, c.Err()
}

// planned gives an event to an organizer of its lead unit.
func (s *Service) planned(ctx context.Context, a actor.Actor, id string) (Event, error) {
	if err := a.Require(ScopeWrite); err != nil {
		return Event{}, err
	}
	e, err := s.p.Events.Get(ctx, id)
	if err != nil {
		return Event{}, err
	}
	return e, e.mayPlan(a, s.p.Now())
}
