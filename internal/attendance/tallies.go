package attendance

import (
	"cmp"
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/actor"
)

// Tallied is one count of people without names, as whoever entered it sees it.
type Tallied struct {
	Entry
	// Undone is whether a counter-entry took it back.
	Undone bool
}

// Tallies gives the counts of an event that stand for nobody by name (tallies,
// paper and online), the newest first, and the totals of all, to those who count
// on its very unit.
func (s *Service) Tallies(ctx context.Context, a actor.Actor, eventID string) ([]Tallied, Totals, error) {
	e, err := s.door(ctx, a, eventID)
	if err != nil {
		return nil, Totals{}, err
	}
	var f folder
	var out []Tallied
	undone := map[string]bool{}
	after := ""
	for {
		entries, err := s.p.Entries.ByEvent(ctx, e.Part, e.ID, after, readAtOnce)
		if err != nil {
			return nil, Totals{}, err
		}
		f.add(entries)
		for _, entry := range entries {
			switch {
			case entry.Undoes != "":
				undone[entry.Undoes] = true
			case !entry.Source.byPerson():
				out = append(out, Tallied{Entry: entry})
			}
		}
		if len(entries) < readAtOnce {
			break
		}
		after = entries[len(entries)-1].ID
	}
	for i := range out {
		out[i].Undone = undone[out[i].ID]
	}
	slices.SortFunc(out, func(a, b Tallied) int { return cmp.Or(cmp.Compare(b.ServerAt, a.ServerAt), cmp.Compare(a.ID, b.ID)) })
	return out, f.totals(), nil
}
