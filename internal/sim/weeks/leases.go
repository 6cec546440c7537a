package weeks

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

// leases keeps those of the parts in which nothing happens out of the store: to
// renew 64 of them was a fifth of a simulated week on MongoDB. Those of the parts
// in use, and those by which workers announce themselves, are the store's.
type leases struct {
	scheduler.Leases

	world *world
}

// partLease begins the names of the leases of parts.
const partLease = "part-"

// idle reports whether a lease is of a part without an event.
func (l leases) idle(name string) bool {
	number, isPart := strings.CutPrefix(name, partLease)
	part, err := strconv.Atoi(number)
	return isPart && err == nil && !l.world.parts[part]
}

// ListLeases gives both in the order of their names.
func (l leases) ListLeases(ctx context.Context, prefix string) ([]scheduler.LeaseRow, error) {
	rows, err := l.Leases.ListLeases(ctx, prefix)
	if err != nil {
		return nil, err
	}
	for name, row := range l.world.idle {
		if strings.HasPrefix(name, prefix) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b scheduler.LeaseRow) int { return cmp.Compare(a.Name, b.Name) })
	return rows, nil
}

// SwapLeases swaps those of the store first.
func (l leases) SwapLeases(ctx context.Context, swaps []scheduler.LeaseSwap) ([]bool, error) {
	done := make([]bool, len(swaps))
	var stored []scheduler.LeaseSwap
	var places []int
	for i, s := range swaps {
		if !l.idle(s.Next.Name) {
			stored, places = append(stored, s), append(places, i)
		}
	}
	if len(stored) > 0 {
		swapped, err := l.Leases.SwapLeases(ctx, stored)
		if err != nil {
			return nil, err
		}
		for n, i := range places {
			done[i] = swapped[n]
		}
	}
	for i, s := range swaps {
		if !l.idle(s.Next.Name) {
			continue
		}
		now, there := l.world.idle[s.Next.Name]
		switch {
		case there != (s.Seen.Fence > 0) || there && now != s.Seen:
		case s.Next.Fence == 0:
			delete(l.world.idle, s.Next.Name)
			done[i] = true
		default:
			l.world.idle[s.Next.Name] = s.Next
			done[i] = true
		}
	}
	return done, nil
}
