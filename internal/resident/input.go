package resident

import (
	"context"
	"slices"
	"strconv"

	"golang.org/x/text/language"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/text"
)

const (
	maxNameRunes      = 120
	maxHouseholdRunes = 64
	maxContacts       = 5
	maxLocaleBytes    = 35
)

// ContactInput is a phone number or an address as somebody typed it.
type ContactInput struct {
	Kind  contact.Kind
	Value string
}

// Draft is a resident as staff enter one.
type Draft struct {
	// ID is optional: a replay with the same id gives the resident made first.
	ID        string
	Unit      string
	Kind      Kind // Person if empty
	Village   string
	Locale    string
	Name      string
	Household string
	// Reach is Own with contacts and None without, if empty.
	Reach    Reach
	Contacts []ContactInput
	Consents []Choice
}

// Edit changes what is not nil.
type Edit struct {
	Name      *string
	Village   *string
	Locale    *string
	Household *string
	Reach     *Reach
	// Contacts replaces all, main first.
	Contacts *[]ContactInput
}

// setName fills name, words and sort key.
func (r *Resident) setName(c *fault.Check, name string) error {
	clean, err := text.Line(name, maxNameRunes)
	if err := c.Take("name", err); err != nil {
		return err
	}
	r.Name, r.Words, r.SortKey = clean, nil, nil
	if clean != "" {
		r.Words, r.SortKey = text.Words(clean), text.SortKey(clean)
	}
	return nil
}

func (r *Resident) setHousehold(c *fault.Check, household string) error {
	clean, err := text.Line(household, maxHouseholdRunes)
	if err := c.Take("household", err); err != nil {
		return err
	}
	r.Household = clean
	return nil
}

// setReach takes what staff chose, or else what the contacts say. It says
// nothing while the contacts themselves were refused.
func (r *Resident) setReach(c *fault.Check, want Reach) {
	has := r.Contact != ""
	switch {
	case c.Err() != nil:
	case want == "" && has:
		r.Reach = Own
	case want == "":
		r.Reach = None
	case want == Own && has, want == Helper, want == None:
		r.Reach = want
	default:
		c.Add("reach", "resident.reach")
	}
}

func (r *Resident) setContacts(ids []string) {
	r.Contacts, r.Contact = ids, ""
	if len(ids) > 0 {
		r.Contact = ids[0]
	}
}

// checkLocale gives a BCP 47 tag in its normal form; empty stays empty.
func checkLocale(c *fault.Check, tag string) string {
	if tag == "" {
		return ""
	}
	if len(tag) <= maxLocaleBytes {
		if t, err := language.Parse(tag); err == nil {
			return t.String()
		}
	}
	c.Add("locale", "locale.unknown")
	return ""
}

// contacts ensures each one and gives their ids, in order, each once. Nothing
// is ensured while one of them is refused.
func (s *Service) contacts(ctx context.Context, c *fault.Check, in []ContactInput) ([]string, error) {
	if err := checkContacts(c, in); err != nil {
		return nil, err
	}
	if refused := c.Err(); refused != nil {
		return nil, nil //nolint:nilerr // the caller gives all refusals of the check at once
	}
	return s.ensureContacts(ctx, in)
}

func checkContacts(c *fault.Check, in []ContactInput) error {
	if len(in) > maxContacts {
		c.Add("contacts", "resident.too_many_contacts", "max", maxContacts)
		return nil
	}
	for i, one := range in {
		_, err := contact.Normal(one.Kind, one.Value)
		if err := c.Take("contacts."+strconv.Itoa(i), err); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) ensureContacts(ctx context.Context, in []ContactInput) ([]string, error) {
	var ids []string
	for _, one := range in {
		made, err := s.p.Contacts.Ensure(ctx, one.Kind, one.Value)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, made.ID) {
			ids = append(ids, made.ID)
		}
	}
	return ids, nil
}
