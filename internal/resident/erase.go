package resident

import (
	"context"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Erase clears what names a resident: name, contacts, household. Unit, village,
// the log of consents, merges and aliases stay, and with them every total. Staff
// with a role on the very unit do it, or the person with a link of their own.
// Called again it finishes what was left.
func (s *Service) Erase(ctx context.Context, act actor.Actor, resident string) (Resident, error) {
	r, err := s.own(ctx, act, resident)
	if err != nil {
		return Resident{}, err
	}
	return s.erase(ctx, act, r.ID)
}

// erase goes in three steps, each of which may be done again: nothing is sent
// any more, then the values are forgotten, then the ids that led to them.
func (s *Service) erase(ctx context.Context, act actor.Actor, resident string) (Resident, error) {
	r, err := s.p.Residents.Update(ctx, resident, func(r *Resident) error {
		if r.ErasedAt != 0 {
			return record.ErrUnchanged
		}
		r.ErasedAt = s.p.Now()
		r.blank()
		r.Touch()
		r.Note(s.entry(act, r, "resident.erase", "name", "contacts", "household"))
		return nil
	})
	if err != nil || len(r.Contacts) == 0 {
		return r, err
	}
	if err := s.forgetUnused(ctx, act, r.Contacts); err != nil {
		return Resident{}, err
	}
	return s.p.Residents.Update(ctx, resident, func(r *Resident) error {
		if len(r.Contacts) == 0 {
			return record.ErrUnchanged
		}
		r.Contacts = nil
		return nil
	})
}

// blank clears all that names the resident, but for the list of contacts.
func (r *Resident) blank() {
	r.Name, r.Words, r.SortKey = "", nil, nil
	r.Contact, r.Household, r.Reach = "", "", None
	r.Settle()
}

// forgetUnused forgets the values of contacts that no living resident of any
// unit has. Several people may share one.
func (s *Service) forgetUnused(ctx context.Context, act actor.Actor, ids []string) error {
	for _, one := range ids {
		used, err := s.used(ctx, one)
		if err != nil {
			return err
		}
		if used {
			continue
		}
		if _, err := s.p.Contacts.Forget(ctx, act, one); err != nil {
			return err
		}
	}
	return nil
}

// usersLooked bounds how many residents of one contact are looked at; a contact
// of that many is kept.
const usersLooked = 100

func (s *Service) used(ctx context.Context, contactID string) (bool, error) {
	users, err := s.p.Residents.WithContact(ctx, contactID, usersLooked)
	if err != nil {
		return false, err
	}
	for _, r := range users {
		if r.ErasedAt == 0 {
			return true, nil
		}
	}
	return len(users) == usersLooked, nil
}

// CheckLater has the record checked when the registration must be there, if one
// ever comes of the form.
func (r *Resident) CheckLater() { r.CheckAt = r.CreatedAt.Add(forgetAfter) }

// Checked ends the look whether a registration came of the form that made a
// resident, and tells whether they were erased: where none came, the process
// died before it, and nobody was answered. What the form agreed to counts for
// nothing then; what staff entered since keeps the record. It may be done again.
func (s *Service) Checked(ctx context.Context, act actor.Actor, resident string, registered bool) (erased bool, err error) {
	if !act.Is(actor.KindSystem) {
		return false, record.ErrAbsent
	}
	r, err := s.p.Residents.Get(ctx, resident)
	if err != nil {
		return false, err
	}
	if !registered && r.nobodys() {
		if _, err := s.erase(ctx, act, r.ID); err != nil {
			return false, err
		}
		erased = true
	}
	_, err = s.p.Residents.Update(ctx, resident, func(r *Resident) error {
		if r.CheckAt == 0 {
			return record.ErrUnchanged
		}
		r.CheckAt = 0
		return nil
	})
	return erased, err
}

// nobodys reports whether nothing is known of the resident but a form.
func (r Resident) nobodys() bool {
	entered := slices.ContainsFunc(r.Consents, func(c Consent) bool { return c.By != byResident })
	return r.Public && !entered && r.Household == "" && r.MergedInto == "" && len(r.Aliases) == 0
}

// forgetAfter is the least age of a one-off resident that is forgotten: the
// registration of a form is written after its resident.
const forgetAfter = 7 * 24 * time.Hour

// Forgettable tells whether a resident may be erased by the retention job: a
// public form made them, none of their registrations is kept any more (live),
// and they want neither reminders nor news of later Sundays.
func Forgettable(r Resident, live bool, now calendar.Instant) bool {
	return r.Public && !live && r.ErasedAt == 0 && r.MergedInto == "" &&
		now.Sub(r.CreatedAt) >= forgetAfter &&
		!r.Agrees(ForReminders) && !r.Agrees(ForNews)
}

// ForgetIdle erases a resident that is Forgettable and tells whether it did. It
// is for the retention job, which knows whether a registration lives.
func (s *Service) ForgetIdle(ctx context.Context, act actor.Actor, resident string, live bool) (bool, error) {
	if !act.Is(actor.KindSystem) {
		return false, record.ErrAbsent
	}
	r, err := s.p.Residents.Get(ctx, resident)
	if err != nil || !Forgettable(r, live, s.p.Now()) {
		return false, err
	}
	_, err = s.erase(ctx, act, r.ID)
	return err == nil, err
}
