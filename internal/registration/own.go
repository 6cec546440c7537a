package registration

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Own is what a resident sees of the own registration.
type Own struct {
	Registration Registration
	Event        event.Event
	// Code is the check-in code, Token the own page's. Confirm is the token of the
	// first mail's button while it is still to be pressed, as by whoever signed up
	// again and has this page's link from before.
	Code, Token, Confirm string
	// ReadOnly is whether nothing can be changed any more.
	ReadOnly bool
	// Answered is whether the person said that they are coming, Open whether they
	// have a place and did not: see Doubtful. What an offer asks is in the
	// registration's state.
	Open, Answered bool
}

// Own is the resident's page, to 30 days after the end. It changes nothing.
// Whatever is wrong with a token, it is ErrLink.
func (s *Service) Own(ctx context.Context, token string) (Own, error) {
	r, e, err := s.byToken(ctx, token, s.p.Registrations.ByLink)
	if err != nil {
		return Own{}, err
	}
	return s.own(e, r), nil
}

// Confirming is the page with the first mail's button. It changes nothing.
func (s *Service) Confirming(ctx context.Context, token string) (Own, error) {
	r, e, err := s.byConfirm(ctx, token)
	if err != nil {
		return Own{}, err
	}
	return s.own(e, r), nil
}

// Confirm is the first mail's button: the seat is kept, the contact verified
// and what was agreed to in the form logged. It may be pressed again.
func (s *Service) Confirm(ctx context.Context, token string) (Own, error) {
	r, e, err := s.byConfirm(ctx, token)
	if err != nil {
		return Own{}, err
	}
	now := s.p.Now()
	if !r.Confirmed {
		if !changeable(e, now) {
			return Own{}, ErrClosed
		}
		r, err = s.wish(ctx, e, Command{Op: OpConfirm, Registration: r.ID, Slot: r.Slot}, actor.Resident(), func(r *Registration) {
			r.ActedAt = now
			r.show(e)
		})
		if errors.Is(err, ErrGone) {
			err = ErrLink // lapsed meanwhile
		}
	}
	if err != nil {
		return Own{}, err
	}
	return s.own(e, r), s.vouch(ctx, r)
}

// vouch does for the person what a confirmed address allows. All of it may be
// done again. Of a record that was merged into one with several addresses nobody
// knows to which the mail went: none of them is vouched for.
func (s *Service) vouch(ctx context.Context, r Registration) error {
	who, err := s.p.Residents.Living(ctx, r.Resident)
	if errors.Is(err, record.ErrAbsent) || err == nil && who.Contact == "" {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	if who.ID != r.Resident && len(who.Contacts) != 1 {
		return nil
	}
	if _, err := s.p.Contacts.MarkVerified(ctx, actor.Resident(), who.Contact); err != nil {
		return err
	}
	if len(r.Asked) == 0 {
		return nil
	}
	choices := make([]resident.Choice, len(r.Asked))
	for i, a := range r.Asked {
		choices[i] = resident.Choice{Purpose: resident.Purpose(a.Purpose), Given: true, Text: a.Text, Source: resident.FromWeb}
	}
	_, err = s.p.Residents.Consent(ctx, actor.Resident(), who.ID, choices...)
	return err
}

// ChangeParty changes the number of people. A party that cannot grow stays as
// it is: ErrNoRoom. The same form sent again changes nothing more.
func (s *Service) ChangeParty(ctx context.Context, token, form string, party int) (Own, error) {
	var c fault.Check
	checkForm(&c, form)
	checkParty(&c, party)
	if err := c.Err(); err != nil {
		return Own{}, err
	}
	return s.act(ctx, token, form, Command{Op: OpResize, Party: party})
}

// CancelOwn gives the own seat up; whoever waits and fits gets it.
func (s *Service) CancelOwn(ctx context.Context, token, form string) (Own, error) {
	var c fault.Check
	checkForm(&c, form)
	if err := c.Err(); err != nil {
		return Own{}, err
	}
	return s.act(ctx, token, form, Command{Op: OpCancel})
}

func (s *Service) act(ctx context.Context, token, form string, c Command) (Own, error) {
	r, e, err := s.byToken(ctx, token, s.p.Registrations.ByLink)
	if err != nil {
		return Own{}, err
	}
	now, key := s.p.Now(), keyOf(form, c.Op)
	switch {
	case r.Form == key, r.State == Cancelled && c.Op == OpCancel:
		return s.own(e, r), nil
	case r.State == Cancelled:
		return Own{}, ErrGone
	case !changeable(e, now) || !r.State.Live():
		return Own{}, ErrClosed
	}
	c.Registration, c.Slot = r.ID, r.Slot
	r, err = s.wish(ctx, e, c, actor.Resident(), func(r *Registration) {
		r.Form, r.ActedAt = key, now
		r.show(e)
	})
	if err != nil {
		return Own{}, err
	}
	return s.own(e, r), nil
}

// keyOf is what one button of a form does once: whoever goes back to the page
// and presses the other one means it.
func keyOf(form string, op Op) string { return form + ":" + string(op) }

func (s *Service) own(e event.Event, r Registration) Own {
	now := s.p.Now()
	has := r.State == Registered && e.State == event.Published && now < e.StartAt
	answered := has && r.Said(e.Revision) == Coming
	confirm := ""
	if r.State == Pending && changeable(e, now) {
		confirm = s.p.Keys.Link(secret.LinkConfirm, r.ID, r.LinkGeneration)
	}
	return Own{
		Confirm: confirm,
		Open:    has && !answered, Answered: answered,
		Registration: r, Event: e, Code: s.code(r),
		Token:    s.p.Keys.Link(secret.LinkOwn, r.ID, r.LinkGeneration),
		ReadOnly: !changeable(e, now) || !r.State.Live() || now > e.EndAt.Add(OwnPageActs),
	}
}

func (s *Service) byConfirm(ctx context.Context, token string) (Registration, event.Event, error) {
	r, e, err := s.byToken(ctx, token, s.p.Registrations.ByConfirm)
	if err == nil && r.State == Cancelled {
		err = ErrLink
	}
	return r, e, err
}

func (s *Service) byToken(ctx context.Context, token string, find func(context.Context, string) (Registration, error)) (Registration, event.Event, error) {
	if !secret.LinkForm(token) {
		return Registration{}, event.Event{}, ErrLink
	}
	r, err := find(ctx, secret.LinkHash(token))
	if errors.Is(err, record.ErrAbsent) {
		err = ErrLink
	}
	if err != nil {
		return Registration{}, event.Event{}, err
	}
	e, err := s.p.Events.Get(ctx, r.Event)
	if errors.Is(err, record.ErrAbsent) || err == nil && expired(e, s.p.Now()) {
		err = ErrLink
	}
	return r, e, err
}

func expired(e event.Event, now calendar.Instant) bool { return now > e.EndAt.Add(OwnPageFor) }
