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
		done, err := p.fanOut(ctx, r)
		if err != nil {
			return n, err
		}
		if !done {
			continue // the next pass sees its end
		}
		if _, err := p.stores.Residents.Clean(ctx, r.ID, r.PlanVer); err != nil {
			return n, err
		}
	}
	return len(residents), nil
}

// fanOut reaches all that hangs on one resident, under each of their ids, and
// reports whether nothing is left to do.
func (p *Planner) fanOut(ctx context.Context, r resident.Resident) (done bool, err error) {
	done = true
	if r.MergedInto != "" || len(r.Aliases) > 0 {
		if done, err = p.stores.Merges.FollowMerge(ctx, r.ID); err != nil {
			return false, err
		}
	}
	for _, one := range append([]string{r.ID}, r.Aliases...) {
		if err := p.touchAll(ctx, one); err != nil {
			return false, err
		}
		gone, err := p.eraseRows(ctx, one, r.ErasedAt != 0)
		if err != nil {
			return false, err
		}
		done = done && gone
	}
	return done, nil
}

func (p *Planner) touchAll(ctx context.Context, residentID string) error {
	regs, err := p.stores.Registrations.ByResident(ctx, residentID, maxOfResident)
	if err != nil {
		return err
	}
	for _, reg := range regs {
		_, err := p.stores.Registrations.Update(ctx, reg.ID, func(r *registration.Registration) error {
			r.Touch()
			return nil
		})
		if err := absentIsFine(err); err != nil {
			return err
		}
	}
	return nil
}

// eraseRows takes an erased resident out of the rows, and reports whether none
// is left: one that is being handed over stays until its end.
func (p *Planner) eraseRows(ctx context.Context, residentID string, erased bool) (bool, error) {
	if !erased {
		return true, nil
	}
	left, err := p.stores.Erasures.Erase(ctx, RecipientOf(residentID), p.now())
	return left == 0, err
}
