package registration

import (
	"slices"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Bounds and times of registrations.
const (
	MaxParty = 20
	maxName  = 120
	// A pending seat is held for holdFor, to holdBefore the start; whoever comes
	// later than that is registered at once.
	holdFor    = 48 * time.Hour
	holdBefore = 24 * time.Hour
	// OwnPageFor is how long after the end the own page lives, and OwnPageActs how
	// long it can act.
	OwnPageFor  = 30 * 24 * time.Hour
	OwnPageActs = 7 * 24 * time.Hour

	minFormID, maxFormID = 16, 64
	formLetters          = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
)

// Refusals of the service.
var (
	ErrRole = fault.New(fault.Forbidden, "role_missing")
	// ErrClosed: the event takes no registrations, or no changes of them, any more.
	ErrClosed = fault.New(fault.Conflict, "registration.closed")
	// ErrFormUsed: the form was sent before, with something else in it.
	ErrFormUsed = fault.New(fault.Conflict, "registration.form_used")
	// ErrLink stands for wrong, expired and revoked links alike.
	ErrLink = fault.New(fault.NotFound, "link.unknown")
	// ErrFull: even the waitlist is full.
	ErrFull = fault.New(fault.Conflict, "registration.full")
	// ErrNoRoom: the party cannot grow by so many; it is filled with "party", as it stays.
	ErrNoRoom = fault.New(fault.Conflict, "registration.no_room")
	// ErrOfferOver: the offer of a place has ended, or there was none.
	ErrOfferOver = fault.New(fault.Conflict, "registration.offer_over")
	// ErrGone: the registration was cancelled.
	ErrGone = fault.New(fault.Conflict, "registration.cancelled")
)

// joinable reports whether residents may still register.
func joinable(e event.Event, now calendar.Instant) bool {
	return e.State == event.Published && now < e.StartAt
}

// changeable reports whether an own registration may still be changed.
func changeable(e event.Event, now calendar.Instant) bool {
	return (e.State == event.Published || e.State == event.Postponed) && now < e.StartAt
}

// holdUntil is until when an unconfirmed seat is held, 0 where it is too late to ask.
func holdUntil(e event.Event, now calendar.Instant) calendar.Instant {
	last := e.StartAt.Add(-holdBefore)
	if now >= last {
		return 0
	}
	return min(now.Add(holdFor), last)
}

// check gives the form in its normal form.
func (f Form) check(e event.Event) (Form, error) {
	var c fault.Check
	checkForm(&c, f.ID)
	checkParty(&c, f.Party)
	f.Slot = checkSlot(&c, e, f.Slot, f.Party)
	if name, err := text.Line(f.Name, maxName); err == nil {
		f.Name = name
	} else if err := c.Take("name", err); err != nil {
		return f, err
	}
	f.Email = strings.TrimSpace(f.Email)
	if f.Email != "" {
		email, err := text.Email(f.Email)
		if err := c.Take("email", err); err != nil {
			return f, err
		}
		f.Email = email
	}
	if len(f.Purposes) != len(f.Texts) {
		c.Add("purposes", "resident.text")
	}
	return f, c.Err()
}

func checkForm(c *fault.Check, form string) {
	if len(form) < minFormID || len(form) > maxFormID || strings.Trim(form, formLetters) != "" {
		c.Add("form", "registration.form")
	}
}

func checkParty(c *fault.Check, party int) {
	if party < 1 || party > MaxParty {
		c.Add("party", "number.range", "min", 1, "max", MaxParty)
	}
}

// checkSlot gives the slot asked for; the only one may be left out.
func checkSlot(c *fault.Check, e event.Event, slot string, party int) string {
	if slot == "" && len(e.Slots) == 1 {
		slot = e.Slots[0].ID
	}
	i := slices.IndexFunc(e.Slots, func(s event.Slot) bool { return s.ID == slot })
	if i < 0 {
		c.Add("slot", "registration.slot")
		return slot
	}
	if e.HasRoll && e.Slots[i].Capacity > 0 && party > e.Slots[i].Capacity {
		c.Add("party", "registration.party_too_big", "max", e.Slots[i].Capacity)
	}
	return slot
}

// refusal turns a roll's refusal into an error for people.
func refusal(c Change, e event.Event, slot string) error {
	switch c.Refused {
	case "":
		return nil
	case RefusedFull:
		return ErrFull
	case RefusedNoRoom:
		return ErrNoRoom.With("party", c.Seat.Party)
	case RefusedOver:
		return ErrOfferOver
	case RefusedGone, RefusedKept:
		return ErrGone
	}
	var check fault.Check
	i := slices.IndexFunc(e.Slots, func(s event.Slot) bool { return s.ID == slot })
	if c.Refused == RefusedSlot || i < 0 {
		check.Add("slot", "registration.slot")
	} else {
		check.Add("party", "registration.party_too_big", "max", e.Slots[i].Capacity)
	}
	return check.Err()
}
