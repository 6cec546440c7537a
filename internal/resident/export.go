package resident

import (
	"context"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Export calls each with every living resident of a unit, by name, and with
// their contacts in plain, main first, for staff with a role on that very unit.
// That they are given out is an entry of the log, made before, with the names of
// the fields and the reason; how many there were is another, made after.
func (s *Service) Export(ctx context.Context, act actor.Actor, keeper, reason string, fields []string, each func(Resident, []Revealed) error) (int, error) {
	if err := act.Require(ScopeRead); err != nil {
		return 0, err
	}
	if !s.keeps(act, keeper) {
		return 0, record.ErrAbsent
	}
	note := func(verb string, fields ...string) error {
		return s.p.Log.Record(ctx, audit.Of(act, s.p.Now(), keeper, audit.Thing("unit", keeper), verb, fields...))
	}
	if err := note("resident.export", append([]string{"reason:" + reason}, fields...)...); err != nil {
		return 0, err
	}
	count := 0
	req := page.Request{Limit: page.MaxLimit}
	for {
		list, err := s.p.Residents.Page(ctx, Filter{Unit: keeper}, req)
		if err != nil {
			return count, err
		}
		for _, r := range list.Items {
			if r.ErasedAt != 0 || r.MergedInto != "" {
				continue
			}
			shown, err := s.plain(ctx, r)
			if err != nil {
				return count, err
			}
			if err := each(r, shown); err != nil {
				return count, err
			}
			count++
		}
		if req.After = list.Next; list.Next == nil {
			return count, note("resident.exported", "rows:"+strconv.Itoa(count))
		}
	}
}

// Named gives those of the residents that a unit keeps, by id, to staff with a
// role on that very unit, for a list that is being exported: the export is in
// the log.
func (s *Service) Named(ctx context.Context, act actor.Actor, keeper string, ids []string) (map[string]Resident, error) {
	if err := act.Require(ScopeRead); err != nil {
		return nil, err
	}
	if !s.keeps(act, keeper) {
		return nil, record.ErrAbsent
	}
	list, err := s.p.Residents.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	named := make(map[string]Resident, len(list))
	for _, r := range list {
		if r.Unit == keeper {
			named[r.ID] = r
		}
	}
	return named, nil
}

// plain opens a resident's contacts; one whose value was forgotten is left out.
func (s *Service) plain(ctx context.Context, r Resident) ([]Revealed, error) {
	var shown []Revealed
	for _, one := range r.Contacts {
		c, err := s.p.Contacts.Get(ctx, one)
		if err != nil {
			return nil, err
		}
		if len(c.Sealed) == 0 {
			continue
		}
		value, err := s.p.Contacts.Plain(ctx, c)
		if err != nil {
			return nil, err
		}
		shown = append(shown, Revealed{ID: c.ID, Kind: c.Kind, Value: value})
	}
	return shown, nil
}

// First gives the first of a kind, "" if there is none.
func First(shown []Revealed, kind contact.Kind) string {
	for _, one := range shown {
		if one.Kind == kind {
			return one.Value
		}
	}
	return ""
}
