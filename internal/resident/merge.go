package resident

import (
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Merge makes two records of one unit one: the loser's id becomes an alias of
// the winner, so that no key of a message changes, and the winner takes over
// the loser's contacts and log of consents, in which the newest entry counts.
// Seen is the version of the loser that the caller read, 0 for any; another one
// is ErrVersion. Called again it finishes what was left. Registrations follow by
// the planner, since both are touched.
func (s *Service) Merge(ctx context.Context, act actor.Actor, loser, winner string, seen int64) (Resident, error) {
	to, err := s.open(ctx, act, ScopeWrite, winner)
	if err != nil {
		return Resident{}, err
	}
	from, err := s.p.Residents.Get(ctx, loser)
	if err != nil {
		return Resident{}, err
	}
	if from.Unit != to.Unit {
		return Resident{}, record.ErrAbsent
	}
	if from.MergedInto == to.ID {
		return to, nil
	}
	if seen != 0 && seen != from.Ver {
		return Resident{}, ErrVersion
	}
	if from.ID == to.ID {
		return Resident{}, ErrMergeSelf
	}
	if from.MergedInto != "" || from.ErasedAt != 0 {
		return Resident{}, ErrMerged
	}
	merged, err := s.p.Residents.Update(ctx, to.ID, func(r *Resident) error {
		if err := r.take(from); err != nil {
			return err
		}
		r.Note(s.entry(act, r, "resident.merge", "aliases", "contacts", "consents"))
		return nil
	})
	if err != nil {
		return Resident{}, err
	}
	return merged, s.give(ctx, act, from.ID, to.ID)
}

// give ends a merge at the loser, to whom the winner is known already.
func (s *Service) give(ctx context.Context, act actor.Actor, loser, winner string) error {
	_, err := s.p.Residents.Update(ctx, loser, func(r *Resident) error {
		if r.MergedInto == winner {
			return record.ErrUnchanged
		}
		if r.MergedInto != "" || slices.Contains(r.Aliases, winner) {
			return ErrMerged
		}
		r.MergedInto = winner
		r.blank()
		r.Contacts = nil
		r.Touch()
		r.Note(s.entry(act, r, "resident.merged", "merged_into", "name", "contacts"))
		return nil
	})
	return err
}

// FinishMerge gives the record that lives on, and ends merges into it that a
// process died in: the winner names the loser, and the loser does not know. It
// is for those who follow a merge, and asks for no role.
func (s *Service) FinishMerge(ctx context.Context, act actor.Actor, resident string) (Resident, error) {
	r, err := s.Living(ctx, resident)
	if err != nil {
		return Resident{}, err
	}
	for _, alias := range r.Aliases {
		other, err := s.p.Residents.Get(ctx, alias)
		if errors.Is(err, record.ErrAbsent) || err == nil && other.MergedInto != "" {
			continue
		}
		if err != nil {
			return Resident{}, err
		}
		if err := s.give(ctx, act, alias, r.ID); err != nil {
			return Resident{}, err
		}
	}
	return r, nil
}

// take adds the other to r as an alias, once.
func (r *Resident) take(other Resident) error {
	switch {
	case r.ErasedAt != 0 || r.MergedInto != "":
		return ErrMerged
	case slices.Contains(r.Aliases, other.ID):
		return record.ErrUnchanged
	}
	r.Aliases = append(append(r.Aliases, other.ID), other.Aliases...)
	if r.Name == "" {
		r.Name, r.Words, r.SortKey = other.Name, other.Words, other.SortKey
	}
	for _, c := range other.Contacts {
		if !slices.Contains(r.Contacts, c) {
			r.Contacts = append(r.Contacts, c)
		}
	}
	r.setContacts(r.Contacts)
	if r.Reach == None && r.Contact != "" {
		r.Reach = Own
	}
	r.Public = r.Public && other.Public // what staff entered is not forgotten after the last event
	r.Consents = append(r.Consents, other.Consents...)
	slices.SortStableFunc(r.Consents, func(a, b Consent) int { return int(a.At - b.At) })
	r.Settle()
	r.Touch()
	return nil
}
