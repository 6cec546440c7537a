package registration

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// WishPurposes are what people choose on a page of their own. Messages about a
// registration itself come with leaving a contact, and end with the opt-out.
func WishPurposes() []resident.Purpose {
	return []resident.Purpose{resident.ForReminders, resident.ForSurveys, resident.ForNews}
}

// Wishes is what somebody agreed to hear about.
type Wishes struct {
	Own Own
	// Contact is the id of the contact that messages go to, empty for none.
	Contact string
	// Given is each purpose of WishPurposes that the person agrees to.
	Given []resident.Purpose
}

// Wishes are those of the holder of an own page. Whatever is wrong with a
// token, it is ErrLink. It changes nothing.
func (s *Service) Wishes(ctx context.Context, token string) (Wishes, error) {
	own, err := s.Own(ctx, token)
	if err != nil {
		return Wishes{}, err
	}
	out := Wishes{Own: own}
	who, err := s.p.Residents.Living(ctx, own.Registration.Resident)
	if errors.Is(err, record.ErrAbsent) {
		return out, nil // erased meanwhile
	}
	if err != nil {
		return Wishes{}, err
	}
	out.Contact = who.Contact
	for _, p := range WishPurposes() {
		if who.Agrees(p) {
			out.Given = append(out.Given, p)
		}
	}
	return out, nil
}

// SetWish logs that the holder of an own page agrees to a purpose of
// WishPurposes, or no longer does; text is the id of the consent text that was
// shown. Sent again it changes nothing.
func (s *Service) SetWish(ctx context.Context, token string, purpose resident.Purpose, given bool, text string) error {
	w, err := s.Wishes(ctx, token)
	if err != nil {
		return err
	}
	var c fault.Check
	if !slices.Contains(WishPurposes(), purpose) || w.Contact == "" {
		c.Add("set", "resident.purpose")
		return c.Err()
	}
	_, err = s.p.Residents.Consent(ctx, actor.Resident(), w.Own.Registration.Resident, resident.Choice{
		Purpose: purpose, Given: given, Text: text, Source: resident.FromWeb,
	})
	return err
}
