package resident

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

// PublicInput is what somebody without an account typed into a form.
type PublicInput struct {
	// ID is derived from the form's random id: the same form twice makes one resident.
	ID      string
	Unit    string
	Village string
	Locale  string
	// Name and Email are optional.
	Name  string
	Email string
	// Purposes were agreed to, each to the text at the same place of TextIDs.
	// ForRegistration comes with leaving a contact and may be left out.
	Purposes []Purpose
	TextIDs  []string
	// Begin, where set, is called once all of this is found to be right, before
	// anybody is looked for or anything written. An error of it is the answer.
	Begin func(context.Context) error
}

// Match finds the resident of the unit with the contact and the name, folded as
// text.Fold does. Where several match, it is the first by id.
func (s *Service) Match(ctx context.Context, keeper, contactID, foldedName string) (Resident, bool, error) {
	if contactID == "" {
		return Resident{}, false, nil
	}
	known, err := s.p.Residents.ByContact(ctx, keeper, contactID)
	if err != nil {
		return Resident{}, false, err
	}
	for _, r := range known {
		if r.ErasedAt == 0 && r.MergedInto == "" && text.Fold(r.Name) == foldedName {
			return r, true, nil
		}
	}
	return Resident{}, false, nil
}

// EnsurePublic gives the resident that a public form speaks of: the known one
// of the contact and the folded name, to whom nothing is written, since anybody
// may type anything, or else a new one. Known may not be shown to whoever sent
// the form. What a known person agreed to in the form is logged with Consent
// once they confirmed it.
func (s *Service) EnsurePublic(ctx context.Context, in PublicInput) (r Resident, known bool, err error) {
	fresh, choices, err := s.readForm(ctx, in)
	if err == nil && in.Begin != nil {
		err = in.Begin(ctx)
	}
	if err != nil {
		return Resident{}, false, err
	}
	if in.ID != "" {
		r, err = s.p.Residents.Get(ctx, in.ID)
		switch {
		case err == nil && r.Unit != in.Unit:
			return Resident{}, false, record.ErrExists
		case err == nil, !errors.Is(err, record.ErrAbsent):
			return r, false, err
		}
	}
	ids, err := s.ensureContacts(ctx, in.contacts())
	if err != nil {
		return Resident{}, false, err
	}
	if fresh.setContacts(ids); len(ids) > 0 {
		fresh.Reach = Own
	}
	there, ok, err := s.Match(ctx, in.Unit, fresh.Contact, text.Fold(fresh.Name))
	if err != nil || ok {
		return there, ok, err
	}
	if _, err := fresh.log(choices, byResident, s.p.Now()); err != nil {
		return Resident{}, false, err
	}
	r, err = s.insert(ctx, actor.Resident(), fresh)
	return r, false, err
}

// readForm gives the record that a form would make, without its address: a form
// that is refused leaves none behind.
func (s *Service) readForm(ctx context.Context, in PublicInput) (Resident, []Choice, error) {
	var c fault.Check
	r := s.fresh(in.ID, in.Unit)
	r.Public = true
	r.CheckLater()
	r.Village, r.Locale = in.Village, checkLocale(&c, in.Locale)
	choices, err := in.choices(&c)
	if err := errors.Join(
		err,
		s.where(ctx, &c, in.Unit, in.Village),
		r.setName(&c, in.Name),
		s.checkChoices(ctx, &c, actor.Resident(), choices),
		checkContacts(&c, in.contacts()),
	); err != nil {
		return r, nil, err
	}
	return r, choices, c.Err()
}

func (in PublicInput) contacts() []ContactInput {
	if in.Email == "" {
		return nil
	}
	return []ContactInput{{Kind: contact.Email, Value: in.Email}}
}

// choices pairs purposes with their texts, and adds the consent that leaving a
// contact is.
func (in PublicInput) choices(c *fault.Check) ([]Choice, error) {
	if len(in.TextIDs) != len(in.Purposes) {
		c.Add("consents", ErrText.Code)
		return nil, nil
	}
	var choices []Choice
	for i, p := range in.Purposes {
		choices = append(choices, Choice{Purpose: p, Given: true, Text: in.TextIDs[i], Source: FromWeb})
	}
	if in.Email == "" || slices.Contains(in.Purposes, ForRegistration) {
		return choices, nil
	}
	t, err := TextFor(ForRegistration, in.Locale)
	return append(choices, Choice{Purpose: ForRegistration, Given: true, Text: t.ID, Source: FromWeb}), err
}
