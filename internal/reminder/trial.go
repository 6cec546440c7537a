package reminder

import (
	"context"
	"slices"
	"strconv"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Trial is edits of an event's own rules that are tried and not stored.
type Trial struct {
	Add    []Input
	Change []TrialChange
	// Remove are ids of the event's own rules.
	Remove []string
}

// TrialChange is what one of the event's own rules would say.
type TrialChange struct {
	ID    string
	Input Input
}

// Try gives the rules that would hold for the event after the edits, which may
// be one that is itself only tried, to staff who see it. A rule that is added
// has an id that no rule has, by its place: "new-1". It writes nothing.
func (s *Service) Try(ctx context.Context, a actor.Actor, e event.Event, t Trial) ([]Rule, error) {
	if err := a.Require(event.ScopeRead); err != nil {
		return nil, err
	}
	if err := e.Visible(a, s.p.Now()); err != nil {
		return nil, err
	}
	o, err := s.ofEvent(ctx, e)
	if err != nil {
		return nil, err
	}
	rules, err := s.p.Rules.ByOwners(ctx, append(slices.Clone(o.above), o.id))
	if err != nil {
		return nil, err
	}
	for _, id := range t.Remove {
		i := own(rules, o.id, id)
		if i < 0 {
			return nil, record.ErrAbsent
		}
		rules[i].Removed = true
	}
	for _, c := range t.Change {
		if err := tryChange(rules, o.id, c); err != nil {
			return nil, err
		}
	}
	for i, in := range t.Add {
		r, err := tryAdd(o, rules, in)
		if err != nil {
			return nil, err
		}
		r.ID = "new-" + strconv.Itoa(i+1)
		rules = append(rules, r)
	}
	return Living(Effective(o.id, e.Type, o.above, rules)), nil
}

// own finds one of the owner's own rules that holds.
func own(rules []Rule, owner, id string) int {
	return slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id && r.Owner == owner && !r.Removed })
}

func tryChange(rules []Rule, owner string, c TrialChange) error {
	i := own(rules, owner, c.ID)
	if i < 0 {
		return record.ErrAbsent
	}
	in, err := checkEdit(rules[i], c.Input)
	if err != nil {
		return err
	}
	in.fill(&rules[i])
	return nil
}

func tryAdd(o owner, rules []Rule, in Input) (Rule, error) {
	in, err := in.Check()
	if err != nil {
		return Rule{}, err
	}
	if in.Type != "" {
		var c fault.Check
		c.Add("type", "reminder.unit_only")
		return Rule{}, c.Err()
	}
	if in, err = o.fit(in, rules, Effective(o.id, o.event.Type, o.above, rules)); err != nil {
		return Rule{}, err
	}
	return o.rule("", in), nil
}
