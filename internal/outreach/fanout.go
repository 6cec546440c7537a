package outreach

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
)

// maxOfResident bounds the registrations of one resident that are planned
// again; older ones are long over.
const maxOfResident = 200

// FanOut makes the registrations of dirty residents dirty, so that a consent,
// a contact or an erasure reaches the rows, and takes the erased out of their
// rows. It returns how many residents it took; what it did not finish is still
// dirty.
func (p *Planner) FanOut(ctx context.Context, limit int) (int, error) {
	residents, err := p.stores.Residents.Dirty(ctx, limit)
	if err != nil {
		return 0, err
	}
	for n, r := range residents {
		regs, err := p.stores.Registrations.ByResident(ctx, r.ID, maxOfResident)
		if err != nil {
			return n, err
		}
		for _, reg := range regs {
			_, err := p.stores.Registrations.Update(ctx, reg.ID, func(r *registration.Registration) error {
				r.Touch()
				return nil
			})
			if err := absentIsFine(err); err != nil {
				return n, err
			}
		}
		if done, err := p.eraseRows(ctx, r); err != nil || !done {
			if err != nil {
				return n, err
			}
			continue // a hand-over is under way: the next pass sees its end
		}
		if _, err := p.stores.Residents.Clean(ctx, r.ID, r.PlanVer); err != nil {
			return n, err
		}
	}
	return len(residents), nil
}

// eraseRows takes an erased resident out of the rows, and reports whether none
// is left.
func (p *Planner) eraseRows(ctx context.Context, r resident.Resident) (bool, error) {
	if r.ErasedAt == 0 {
		return true, nil
	}
	left, err := p.stores.Erasures.Erase(ctx, RecipientOf(r.ID), p.now())
	return left == 0, err
}
