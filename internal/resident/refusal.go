package resident

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Refusal is what a resident took back: what has to outlive a store that is
// restored from a backup. It names nobody.
type Refusal struct {
	ID       string           `json:"id"`
	ErasedAt calendar.Instant `json:"erased_at,omitempty"`
	// Withdrawn are the newest entries of purposes that are not agreed to, in
	// the order of Purposes.
	Withdrawn []Consent `json:"withdrawn,omitempty"`
}

// Refusal is what the resident refuses now.
func (r Resident) Refusal() Refusal {
	out := Refusal{ID: r.ID, ErasedAt: r.ErasedAt}
	for _, p := range Purposes() {
		if last, ok := r.newest(p); ok && !last.Given {
			out.Withdrawn = append(out.Withdrawn, last)
		}
	}
	return out
}

// None reports whether nothing is refused.
func (r Refusal) None() bool { return r.ErasedAt == 0 && len(r.Withdrawn) == 0 }

// Same reports whether both refuse the same.
func (r Refusal) Same(other Refusal) bool {
	return r.ID == other.ID && r.ErasedAt == other.ErasedAt && slices.Equal(r.Withdrawn, other.Withdrawn)
}

// Refuse takes back again what a resident took back once, for the journal of a
// restored store, and reports whether that was not so already. ErrAbsent where
// the store does not know the resident. Nothing is ever given by it, and a
// consent that was given later stands.
func (s *Service) Refuse(ctx context.Context, act actor.Actor, in Refusal) (bool, error) {
	if !act.Is(actor.KindSystem) {
		return false, record.ErrAbsent
	}
	if in.ErasedAt != 0 {
		r, err := s.p.Residents.Get(ctx, in.ID)
		if err != nil || r.ErasedAt != 0 && len(r.Contacts) == 0 {
			return false, err
		}
		_, err = s.erase(ctx, act, in.ID)
		return err == nil, err
	}
	did := false
	_, err := s.p.Residents.Update(ctx, in.ID, func(r *Resident) error {
		if did = r.ErasedAt == 0 && r.withdraw(in.Withdrawn); !did {
			return record.ErrUnchanged
		}
		r.Touch()
		r.Note(s.entry(act, r, "resident.refuse_again", "consents"))
		return nil
	})
	return did && err == nil, err
}

// withdraw appends the entries that are newer than what is logged, and tells
// whether there were any.
func (r *Resident) withdraw(entries []Consent) bool {
	did := false
	for _, c := range entries {
		last, ok := r.newest(c.Purpose)
		if c.Given || ok && last.At >= c.At || len(r.Consents) >= maxConsents {
			continue
		}
		r.Consents = append(r.Consents, c)
		did = true
	}
	return did
}
