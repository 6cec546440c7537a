package registration

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Form is what a resident sends from an event's page.
type Form struct {
	Event string
	// ID is the random id that the form carried, 16 to 64 letters, digits, - or
	// _: its idempotency key.
	ID string
	// Slot may be empty where there is one only.
	Slot  string
	Party int
	// Name and Email are optional.
	Name, Email string
	// Purposes are what the person agreed to by a choice of their own, each to
	// the consent text at the same place of Texts; registration comes with
	// leaving an address.
	Purposes []resident.Purpose
	Texts    []string
	Locale   string
	Village  string
}

// Receipt is the answer to a Form. Where an address was given it shows what
// was typed, and never whether somebody was registered before.
type Receipt struct {
	Event event.Event
	// State is pending, registered or waitlisted.
	State State
	// Waits is whether others come first, which a pending state does not say.
	Waits bool
	Slot  string
	Party int
	// HoldUntil is until when a pending seat is held.
	HoldUntil calendar.Instant
	// Code is the check-in code. Own is the token of the own page: empty where
	// an address was given, since anybody may type anybody's; the mail has it.
	Code, Own string
	// Mail is whether an address was typed, to which a mail goes.
	Mail bool
}

// RegisterPublic takes a resident's form. An address is asked to confirm, and
// its seat held meanwhile; in the last 24 hours, or without an address, the
// registration counts at once. The same form sent again has the same answer, and
// is refused where something else is in it: what is new in it would be lost.
// Errors: Invalid with the fields, ErrClosed, ErrFull, ErrFormUsed.
func (s *Service) RegisterPublic(ctx context.Context, in Form) (Receipt, error) {
	e, err := s.p.Events.Get(ctx, in.Event)
	if err != nil {
		return Receipt{}, err
	}
	now := s.p.Now()
	switch {
	case !e.Public():
		return Receipt{}, record.ErrAbsent
	case !joinable(e, now):
		return Receipt{}, ErrClosed
	}
	if in, err = in.check(e); err != nil {
		return Receipt{}, err
	}
	who, err := s.visitor(ctx, e, in)
	if err != nil {
		return Receipt{}, err
	}
	want := s.fromForm(e, in, who.ID, now)
	if there, twice, err := s.twin(ctx, e, who); err != nil || twice {
		if err != nil {
			return Receipt{}, err
		}
		return s.again(ctx, e, in, there, want)
	}
	r, ours, err := s.put(ctx, want, in.Email != "")
	switch {
	case err != nil:
		return Receipt{}, err
	case !ours:
		return s.again(ctx, e, in, r, want)
	}
	var waits bool
	if r.State == Unsettled {
		r, waits, err = s.settle(ctx, e, r, actor.Resident())
	} else {
		waits, err = s.waits(ctx, e, r)
	}
	if err != nil {
		return Receipt{}, err
	}
	return s.receipt(e, in, r, waits), nil
}

// waits reports whether others come before a registration.
func (s *Service) waits(ctx context.Context, e event.Event, r Registration) (bool, error) {
	if r.State != Pending || !e.HasRoll {
		return r.State == Waitlisted, nil
	}
	roll, err := s.p.Rolls.Roll(ctx, e.ID)
	if err != nil {
		return false, record.IgnoreAbsent(err)
	}
	seat, _, err := roll.Find(r.ID)
	return seat.State == Waitlisted, err
}

// visitor finds or makes the resident who fills in the form. A registration is
// written after it, if anything is. ErrFormUsed where the form was sent before
// with something else in it, or made a record of whom nobody knows any more.
func (s *Service) visitor(ctx context.Context, e event.Event, in Form) (resident.Resident, error) {
	who, _, err := s.p.Residents.EnsurePublic(record.Soon(ctx), resident.PublicInput{
		ID: in.sentID(), Unit: e.Unit, Village: in.Village, Locale: in.Locale,
		Name: in.Name, Email: in.Email, Purposes: in.Purposes, TextIDs: in.Texts,
		Begin: func(ctx context.Context) error { return s.begin(ctx, e, in) },
	})
	if err == nil && who.ErasedAt != 0 {
		return resident.Resident{}, ErrFormUsed
	}
	return who, err
}

// fromForm is the registration that the form asks for. Without a roll it is
// what it will be at once.
func (s *Service) fromForm(e event.Event, in Form, residentID string, now calendar.Instant) Registration {
	r := s.fresh(e, residentID, in.Slot, in.Party, now)
	r.Source, r.Form, r.ActedAt = "web", in.ID, now
	if in.Email != "" {
		r.HoldUntil = holdUntil(e, now)
		for i, p := range in.Purposes {
			r.Asked = append(r.Asked, Asked{Purpose: string(p), Text: in.Texts[i]})
		}
	}
	if r.HoldUntil == 0 {
		r.confirm(now)
	}
	if !e.HasRoll {
		r.State = Pending
		if r.Confirmed {
			r.State = Registered
		}
		r.Touch()
		r.show(e)
		r.shownNow()
	}
	r.Note(noted(actor.Resident(), now, &r, "registration.register"))
	return r
}

// fresh is a registration before its roll has decided.
func (s *Service) fresh(e event.Event, residentID, slot string, party int, now calendar.Instant) Registration {
	r := Registration{
		Event: e.ID, Resident: residentID, Unit: e.Unit, Slot: slot, Party: party,
		State: Unsettled, CreatedAt: now, EventEnd: e.EndAt,
	}
	r.ID, r.Part = IDOf(e.ID, residentID), id.Part(e.ID)
	r.LinkHash = secret.LinkHash(s.p.Keys.Link(secret.LinkOwn, r.ID, 0))
	r.ConfirmHash = secret.LinkHash(s.p.Keys.Link(secret.LinkConfirm, r.ID, 0))
	return r
}

// IDOf is the id of a resident's registration at an event.
func IDOf(eventID, residentID string) string { return id.Hash(eventID, residentID) }

// put stores the registration, or finds the one that is there. Ours is whether
// it is what this form made; one that was cancelled is taken up again. Mailed is
// whether the person hears of it by mail.
func (s *Service) put(ctx context.Context, want Registration, mailed bool) (r Registration, ours bool, err error) {
	creating := ctx
	if want.State == Unsettled {
		creating = record.Soon(ctx) // the roll's decision is copied to it
	}
	err = s.p.Registrations.Create(creating, &want)
	if err == nil {
		return want, true, nil
	}
	if !errors.Is(err, record.ErrExists) {
		return Registration{}, false, err
	}
	r, err = s.p.Registrations.Get(ctx, want.ID)
	if err != nil || r.Form == want.Form && r.Reason != ReasonRefused {
		return r, err == nil, err
	}
	// Of somebody who was merged no other one lives: that was asked before.
	if r.State != Cancelled || r.Reason == ReasonErased {
		return r, false, nil
	}
	return s.revive(ctx, want, mailed)
}

// revive takes a cancelled registration up again, as its person asked for it.
// Where that needs no confirmation, the way to the own page is mailed: they had
// the confirmation before, and the answer to the form does not show it.
func (s *Service) revive(ctx context.Context, want Registration, mailed bool) (Registration, bool, error) {
	now := s.p.Now()
	r, err := s.p.Registrations.Update(ctx, want.ID, func(r *Registration) error {
		if r.State != Cancelled {
			return record.ErrUnchanged
		}
		if mailed && want.Confirmed && r.Confirmed {
			r.LinkAskedAt = want.CreatedAt
		}
		r.Slot, r.Party, r.State, r.Reason = want.Slot, want.Party, want.State, ""
		r.Source, r.Form, r.HoldUntil = want.Source, want.Form, want.HoldUntil
		r.Confirmed, r.ConfirmedAt = want.Confirmed, want.ConfirmedAt
		r.Turns++
		r.Asked, r.ActedAt, r.CreatedAt = want.Asked, want.ActedAt, want.CreatedAt
		if want.Shown.Ver != 0 { // else the person knows what was shown before
			r.Shown = want.Shown
			r.Shown.SeatVer = showNow
		}
		r.Touch()
		r.shownNow()
		r.Note(noted(actor.Resident(), now, r, "registration.register", "state", "party"))
		return nil
	})
	return r, err == nil && r.Form == want.Form, err
}

// settle has the roll decide on an unsettled registration. Waits is whether
// others come first.
func (s *Service) settle(ctx context.Context, e event.Event, r Registration, by actor.Actor) (settled Registration, waits bool, err error) {
	c := Command{Op: OpRegister, Registration: r.ID, Slot: r.Slot, Party: r.Party, Unconfirmed: !r.Confirmed}
	settled, seat, err := s.seated(ctx, e, c, by, func(r *Registration) {
		if by.Is(actor.KindResident) {
			r.show(e)
		}
	})
	if refused := refusedByRoll(err); refused {
		return r, false, errors.Join(err, s.discard(ctx, r))
	}
	return settled, seat.State == Waitlisted, err
}

func refusedByRoll(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, ErrGone) || isInvalid(err)
}

// discard ends a registration that the roll refused. One that was there before
// is cancelled again.
func (s *Service) discard(ctx context.Context, r Registration) error {
	_, err := s.p.Registrations.Update(ctx, r.ID, func(r *Registration) error {
		r.Reason = ReasonSelf
		if r.Seq == 0 {
			r.Reason = ReasonRefused
		}
		r.leave()
		r.Touch()
		return nil
	})
	return err
}

// receipt shows what the form has made.
func (s *Service) receipt(e event.Event, in Form, r Registration, waits bool) Receipt {
	out := Receipt{
		Event: e, State: r.State, Waits: waits, Slot: r.Slot, Party: r.Party, HoldUntil: r.HoldUntil,
		Code: s.code(r), Mail: in.Email != "",
	}
	if in.Email == "" {
		out.Own = s.p.Keys.Link(secret.LinkOwn, r.ID, r.LinkGeneration)
	}
	return out
}

// asTyped shows what a form would have made, had nobody been registered.
func (s *Service) asTyped(ctx context.Context, e event.Event, in Form, want Registration) (Receipt, error) {
	places, err := s.Places(ctx, e)
	if err != nil {
		return Receipt{}, err
	}
	seat := seatIn(places, in)
	if want.State = Pending; want.Confirmed {
		want.State = seat
	}
	return s.receipt(e, in, want, seat == Waitlisted), nil
}

func seatIn(places []Place, in Form) State {
	for _, p := range places {
		if p.Slot == in.Slot && p.Capacity > 0 && p.Taken+in.Party > p.Capacity {
			return Waitlisted
		}
	}
	return Registered
}

func noted(by actor.Actor, at calendar.Instant, r *Registration, act string, fields ...string) record.Entry {
	return audit.Of(by, at, r.Unit, audit.Thing("registration", r.ID), act, fields...)
}
