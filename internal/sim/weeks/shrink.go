package weeks

import (
	"context"
	"slices"
	"strings"
)

// Shrink looks for the shortest life in which the seed still breaks the same
// rule: it leaves out acts and faults, half of them, then fewer and fewer, as
// long as that goes on and at most so many lives. Without a violation it gives
// the life as it is.
func (l *Lane) Shrink(ctx context.Context, seed uint64, most int) (Result, error) {
	p, err := newPlan(seed, l.opt.Weeks, l.opt.Units, l.opt.Faults)
	if err != nil {
		return Result{}, err
	}
	s := &shrinker{lane: l, left: most}
	best, err := l.play(ctx, p)
	if err != nil || len(best.Violations) == 0 {
		return best, err
	}
	s.rule, s.best = ruleOf(best.Violations[0]), best
	for size := max(len(p.acts), len(p.strikes)) / 2; size > 0 && s.left > 0; size /= 2 {
		if err := s.without(ctx, p, size); err != nil {
			return s.best, err
		}
	}
	for _, strike := range p.strikes {
		s.best.History = append(s.best.History, "planned fault "+strike.String())
	}
	return s.best, nil
}

// ruleOf is the rule that a violation is of.
func ruleOf(violation string) string {
	rule, _, _ := strings.Cut(violation, " ")
	return rule
}

type shrinker struct {
	lane *Lane
	rule string
	best Result
	left int
}

// without leaves out runs of so many strikes, then acts, wherever the rule is
// broken without them too.
func (s *shrinker) without(ctx context.Context, p *plan, size int) error {
	for at := 0; at < len(p.strikes); {
		kept := p.strikes
		p.strikes = without(kept, at, size)
		broken, err := s.still(ctx, p)
		if err != nil {
			return err
		}
		if !broken {
			p.strikes = kept
			at += size
		}
	}
	for at := 0; at < len(p.acts); {
		kept := p.acts
		p.acts = without(kept, at, size)
		broken, err := s.still(ctx, p)
		if err != nil {
			return err
		}
		if !broken {
			p.acts = kept
			at += size
		}
	}
	return nil
}

func without[T any](list []T, at, n int) []T {
	return slices.Concat(list[:at], list[min(at+n, len(list)):])
}

// still reports whether the plan breaks the rule.
func (s *shrinker) still(ctx context.Context, p *plan) (bool, error) {
	if s.left == 0 {
		return false, nil
	}
	s.left--
	r, err := s.lane.play(ctx, p)
	if err != nil {
		return false, err
	}
	broken := slices.ContainsFunc(r.Violations, func(v string) bool { return ruleOf(v) == s.rule })
	if broken {
		s.best = r
	}
	return broken, nil
}
