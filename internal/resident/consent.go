package resident

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Sources of a consent.
const (
	FromWeb   = "web"
	FromPaper = "paper"
	FromCall  = "call"
	FromSMS   = "sms"
	FromStaff = "staff"
)

// ErrTooManyConsents: the log of one resident is full.
var ErrTooManyConsents = fault.New(fault.TooMany, "resident.too_many_consents")

const (
	maxConsents = 1000
	byResident  = "resident"
)

// Choice is a consent given or withdrawn, before it is logged.
type Choice struct {
	Purpose Purpose
	Given   bool
	// Text is the id of the text that was shown, as TextFor gives it.
	Text string
	// Source is web, paper, call, sms or staff.
	Source string
}

// Consent logs choices. A resident's own come with a link of their own, which
// the caller has checked; staff record what they were told or handed. Choices
// that change nothing are left out.
func (s *Service) Consent(ctx context.Context, act actor.Actor, resident string, choices ...Choice) (Resident, error) {
	r, err := s.own(ctx, act, resident)
	if err != nil {
		return Resident{}, err
	}
	var c fault.Check
	if err := s.checkChoices(ctx, &c, act, choices); err != nil {
		return Resident{}, err
	}
	if err := c.Err(); err != nil {
		return Resident{}, err
	}
	return s.p.Residents.Update(ctx, r.ID, func(r *Resident) error {
		if r.ErasedAt != 0 {
			return ErrErased
		}
		changed, err := r.log(choices, by(act), s.p.Now())
		if err != nil {
			return err
		}
		if !changed {
			return record.ErrUnchanged
		}
		r.Touch()
		r.Note(s.entry(act, r, "resident.consent", "consents"))
		return nil
	})
}

func (s *Service) checkChoices(ctx context.Context, c *fault.Check, act actor.Actor, choices []Choice) error {
	sources := []string{FromWeb, FromSMS}
	if act.Is(actor.KindStaff) {
		sources = []string{FromPaper, FromCall, FromSMS, FromStaff}
	}
	for _, choice := range choices {
		if !slices.Contains(Purposes(), choice.Purpose) {
			c.Add("consents", "resident.purpose")
			continue
		}
		if !slices.Contains(sources, choice.Source) {
			c.Add("consents", ErrSource.Code)
		}
		if err := c.Take("consents", s.checkText(ctx, choice.Purpose, choice.Text)); err != nil {
			return err
		}
	}
	return nil
}

// log appends the choices that change something and tells whether any did.
// What the person withdrew, staff give again on the person's word only, on
// paper, by call or by SMS.
func (r *Resident) log(choices []Choice, by string, at calendar.Instant) (changed bool, err error) {
	for _, c := range choices {
		last, ok := r.newest(c.Purpose)
		if ok && last.Given == c.Given && last.Text == c.Text {
			continue
		}
		if ok && c.Given && !last.Given && last.By == byResident && c.Source == FromStaff {
			return false, ErrOnlyPerson
		}
		if len(r.Consents) >= maxConsents {
			return false, ErrTooManyConsents
		}
		r.Consents = append(r.Consents, Consent{
			Purpose: c.Purpose, Given: c.Given, Text: c.Text, Source: c.Source, By: by, At: at,
		})
		changed = true
	}
	r.Settle()
	return changed, nil
}

func (r Resident) newest(p Purpose) (Consent, bool) {
	for _, c := range slices.Backward(r.Consents) {
		if c.Purpose == p {
			return c, true
		}
	}
	return Consent{}, false
}

// Given is the newest entry of a purpose if it is a given one.
func (r Resident) Given(p Purpose) (Consent, bool) {
	last, ok := r.newest(p)
	return last, ok && last.Given
}

// by names who gave or recorded a consent.
func by(act actor.Actor) string {
	if act.Is(actor.KindStaff) {
		return audit.By(act)
	}
	return byResident
}
