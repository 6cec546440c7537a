package demo

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// act is something that happens at a moment. The worker is stepped after the
// acts of a moment if one of them wants it.
type act struct {
	at   time.Time
	step bool
	do   func(context.Context) error
}

// life is what happens in some units, on a stage.
type life struct {
	stage  *stage
	seed   uint64
	origin origin
	people map[string][]person
	acts   []act
}

func newLife(s *stage, seed uint64, o origin) *life {
	return &life{stage: s, seed: seed, origin: o, people: map[string][]person{}}
}

// at plans an act after which the worker is stepped; quietly one after which it
// is not.
func (l *life) at(at time.Time, do func(context.Context) error) {
	l.acts = append(l.acts, act{at, true, do})
}

func (l *life) quietly(at time.Time, do func(context.Context) error) {
	l.acts = append(l.acts, act{at, false, do})
}

// settle has the worker stepped at a moment at which people do nothing.
func (l *life) settle(at time.Time) { l.at(at, func(context.Context) error { return nil }) }

// live carries out what happens up to an instant, and leaves the clock there,
// with nothing due that is not done.
func (l *life) live(ctx context.Context, until time.Time) error {
	last := until.Add(-settleMost * time.Minute)
	l.acts = slices.DeleteFunc(l.acts, func(a act) bool { return a.at.After(last) })
	if slices.ContainsFunc(l.acts, func(a act) bool { return a.step }) {
		l.settle(last)
	}
	slices.SortStableFunc(l.acts, func(a, b act) int { return a.at.Compare(b.at) })
	for len(l.acts) > 0 {
		at, step := l.acts[0].at, false
		l.stage.clock.Set(at)
		for len(l.acts) > 0 && l.acts[0].at.Equal(at) {
			a := l.acts[0]
			l.acts = l.acts[1:]
			step = step || a.step
			if err := a.do(ctx); err != nil {
				return fmt.Errorf("at %s: %w", at.Format(time.RFC3339), err)
			}
		}
		if !step {
			continue
		}
		if err := l.stage.settle(ctx); err != nil {
			return fmt.Errorf("at %s: %w", at.Format(time.RFC3339), err)
		}
	}
	l.stage.clock.Set(until)
	return nil
}
