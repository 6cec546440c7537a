package resident

import (
	"context"
	"slices"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// maxHousehold bounds how many residents are declared one household at once.
const maxHousehold = 20

// DeclareHousehold makes 2 to maxHousehold residents of one unit one household,
// for staff with a role on that very unit, and returns them as they are then, in
// the order given. Whoever was of another household leaves it. Want is the
// household's id, or empty for a new one: called again with the same id, as
// after a process that died halfway, it does what was left. One leaves by an
// Update with an empty Household.
func (s *Service) DeclareHousehold(ctx context.Context, act actor.Actor, want string, residents []string) ([]Resident, error) {
	members, err := s.members(ctx, act, residents)
	if err != nil {
		return nil, err
	}
	if want == "" {
		want = s.p.IDs.New(int64(s.p.Now()))
	}
	for i, m := range members {
		if members[i], err = s.Update(ctx, act, m.ID, 0, Edit{Household: &want}); err != nil {
			return nil, err
		}
	}
	return members, nil
}

// members reads those who are to be one household, and refuses all that is
// wrong before anything is written.
func (s *Service) members(ctx context.Context, act actor.Actor, residents []string) ([]Resident, error) {
	var c fault.Check
	switch {
	case len(residents) < 2:
		c.Add("residents", "resident.household")
	case len(residents) > maxHousehold:
		c.Add("residents", "list.too_long", "max", maxHousehold)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	var members []Resident
	for i, one := range residents {
		r, err := s.open(ctx, act, ScopeWrite, one)
		if err != nil {
			return nil, err
		}
		switch {
		case r.ErasedAt != 0:
			return nil, ErrErased
		case i > 0 && r.Unit != members[0].Unit:
			return nil, record.ErrAbsent
		case slices.ContainsFunc(members, func(m Resident) bool { return m.ID == r.ID }):
			c.Add("residents."+strconv.Itoa(i), "list.twice")
		}
		members = append(members, r)
	}
	return members, c.Err()
}
