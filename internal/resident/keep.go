package resident

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Create enters a resident, for staff with a role on the very unit.
func (s *Service) Create(ctx context.Context, act actor.Actor, in Draft) (Resident, error) {
	if err := act.Require(ScopeWrite); err != nil {
		return Resident{}, err
	}
	if !s.keeps(act, in.Unit) {
		return Resident{}, record.ErrAbsent
	}
	r, err := s.draft(ctx, act, in)
	if err != nil {
		return Resident{}, err
	}
	return s.insert(ctx, act, r)
}

// insert creates the resident, or gives the one of this id and unit that is
// there already. Who reads news is told what is announced by now.
func (s *Service) insert(ctx context.Context, act actor.Actor, r Resident) (Resident, error) {
	if r.News {
		r.Touch()
	}
	r.Note(s.entry(act, &r, "resident.create", "name", "village", "contacts", "consents"))
	err := s.p.Residents.Create(ctx, &r)
	if !errors.Is(err, record.ErrExists) {
		return r, err
	}
	there, err := s.p.Residents.Get(ctx, r.ID)
	if err == nil && there.Unit != r.Unit {
		return Resident{}, record.ErrExists
	}
	return there, err
}

func (s *Service) draft(ctx context.Context, act actor.Actor, in Draft) (Resident, error) {
	var c fault.Check
	r := s.fresh(in.ID, in.Unit)
	if r.Kind = in.Kind; r.Kind == "" {
		r.Kind = Person
	}
	if r.Kind != Person && r.Kind != Organisation {
		c.Add("kind", "resident.kind")
	}
	r.Village, r.Locale = in.Village, checkLocale(&c, in.Locale)
	if err := errors.Join(
		s.where(ctx, &c, in.Unit, in.Village),
		r.setName(&c, in.Name),
		r.setHousehold(&c, in.Household),
		s.checkChoices(ctx, &c, act, in.Consents),
	); err != nil {
		return r, err
	}
	ids, err := s.contacts(ctx, &c, in.Contacts)
	if err != nil {
		return r, err
	}
	r.setContacts(ids)
	r.setReach(&c, in.Reach)
	if err := c.Err(); err != nil {
		return r, err
	}
	_, err = r.log(in.Consents, by(act), s.p.Now())
	return r, err
}

func (s *Service) fresh(want, keeper string) Resident {
	r := Resident{Unit: keeper, Kind: Person, Reach: None, CreatedAt: s.p.Now()}
	if r.ID = want; r.ID == "" {
		r.ID = s.p.IDs.New(int64(s.p.Now()))
	}
	r.Part = id.Part(r.ID)
	return r
}

// Update changes a resident for staff with a role on the very unit. Seen is the
// version that the caller read, 0 for any; another one is ErrVersion.
func (s *Service) Update(ctx context.Context, act actor.Actor, resident string, seen int64, e Edit) (Resident, error) {
	r, err := s.open(ctx, act, ScopeWrite, resident)
	if err != nil {
		return Resident{}, err
	}
	before := r.Contacts
	ids, err := s.checkEdit(ctx, r, e)
	if err != nil {
		return Resident{}, err
	}
	r, err = s.p.Residents.Update(ctx, r.ID, func(r *Resident) error {
		if r.ErasedAt != 0 || r.MergedInto != "" {
			return ErrErased
		}
		if seen != 0 && seen != r.Ver {
			return ErrVersion
		}
		var c fault.Check
		fields, err := r.apply(&c, e, ids)
		if err := errors.Join(err, c.Err()); err != nil {
			return err
		}
		if len(fields) == 0 {
			return record.ErrUnchanged
		}
		r.Note(s.entry(act, r, "resident.update", fields...))
		return nil
	})
	if err != nil {
		return Resident{}, err
	}
	return r, s.forgetUnused(ctx, act, without(before, r.Contacts))
}

// checkEdit refuses all that is wrong with an edit at once, before anything is
// written, and gives the ids of its contacts.
func (s *Service) checkEdit(ctx context.Context, r Resident, e Edit) ([]string, error) {
	var c fault.Check
	if e.Village != nil {
		if err := s.village(ctx, &c, r.Unit, *e.Village); err != nil {
			return nil, err
		}
	}
	var in []ContactInput
	if e.Contacts != nil {
		in = *e.Contacts
	}
	ids, err := s.contacts(ctx, &c, in)
	if err != nil {
		return nil, err
	}
	trial := r
	if _, err := trial.apply(&c, e, ids); err != nil {
		return nil, err
	}
	return ids, c.Err()
}

// apply changes what differs and gives the names of those fields. What decides
// who is told something, or where, touches the resident.
func (r *Resident) apply(c *fault.Check, e Edit, contacts []string) (fields []string, err error) {
	before := *r
	if e.Name != nil {
		err = r.setName(c, *e.Name)
	}
	if e.Household != nil {
		err = errors.Join(err, r.setHousehold(c, *e.Household))
	}
	if e.Locale != nil {
		r.Locale = checkLocale(c, *e.Locale)
	}
	if e.Village != nil {
		r.Village = *e.Village
	}
	if e.Contacts != nil {
		r.setContacts(contacts)
	}
	if e.Contacts != nil || e.Reach != nil {
		want := Reach("")
		if e.Reach != nil {
			want = *e.Reach
		}
		r.setReach(c, want)
	}
	fields = r.differs(before)
	moved := r.News && slices.Contains(fields, "village")
	if moved || slices.Contains(fields, "contacts") || slices.Contains(fields, "reach") || slices.Contains(fields, "household") {
		r.Touch()
	}
	return fields, err
}

func (r *Resident) differs(before Resident) (fields []string) {
	for _, f := range []struct {
		name string
		is   bool
	}{
		{"name", r.Name != before.Name},
		{"village", r.Village != before.Village},
		{"locale", r.Locale != before.Locale},
		{"household", r.Household != before.Household},
		{"reach", r.Reach != before.Reach},
		{"contacts", !slices.Equal(r.Contacts, before.Contacts)},
	} {
		if f.is {
			fields = append(fields, f.name)
		}
	}
	return fields
}

func without(ids, kept []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(kept, id) })
}
