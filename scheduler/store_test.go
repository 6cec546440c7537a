package scheduler_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

var errAway = errors.New("store away")

// store keeps both ports' rows in memory. It can be away, and lose a reply.
type store struct {
	mu     sync.Mutex
	leases map[string]scheduler.LeaseRow
	jobs   map[string]scheduler.JobState
	away   bool
	// loseReply makes the next SwapLeases fail after it was applied.
	loseReply bool
}

func newStore() *store {
	return &store{leases: map[string]scheduler.LeaseRow{}, jobs: map[string]scheduler.JobState{}}
}

var _ scheduler.Store = (*store)(nil)

func (s *store) setAway(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
}

func (s *store) ListLeases(ctx context.Context, prefix string) ([]scheduler.LeaseRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away || ctx.Err() != nil {
		return nil, errAway
	}
	var rows []scheduler.LeaseRow
	for name, row := range s.leases {
		if strings.HasPrefix(name, prefix) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b scheduler.LeaseRow) int { return cmp.Compare(a.Name, b.Name) })
	return rows, nil
}

func (s *store) SwapLeases(ctx context.Context, swaps []scheduler.LeaseSwap) ([]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away || ctx.Err() != nil {
		return nil, errAway
	}
	done := make([]bool, len(swaps))
	for i, swap := range swaps {
		row, ok := s.leases[swap.Seen.Name]
		if !ok {
			row = scheduler.LeaseRow{Name: swap.Seen.Name}
		}
		if row != swap.Seen {
			continue
		}
		done[i] = true
		if swap.Next.Fence == 0 {
			delete(s.leases, swap.Next.Name)
		} else {
			s.leases[swap.Next.Name] = swap.Next
		}
	}
	if s.loseReply {
		s.loseReply = false
		return nil, errAway
	}
	return done, nil
}

func (s *store) JobState(ctx context.Context, name string) (scheduler.JobState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away || ctx.Err() != nil {
		return scheduler.JobState{}, errAway
	}
	if st, ok := s.jobs[name]; ok {
		return st, nil
	}
	return scheduler.JobState{Name: name}, nil
}

func (s *store) SwapJob(ctx context.Context, seen, next scheduler.JobState) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away || ctx.Err() != nil {
		return false, errAway
	}
	if s.jobs[seen.Name].Gen != seen.Gen {
		return false, nil
	}
	s.jobs[seen.Name] = next
	return true, nil
}

func (s *store) ListJobs(context.Context) ([]scheduler.JobState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var states []scheduler.JobState
	for _, st := range s.jobs {
		states = append(states, st)
	}
	slices.SortFunc(states, func(a, b scheduler.JobState) int { return cmp.Compare(a.Name, b.Name) })
	return states, nil
}

// clock is a process clock and a domain clock that tests move.
type clock struct {
	mu     sync.Mutex
	at     time.Duration
	domain time.Time
}

func newClock() *clock { return &clock{domain: time.UnixMilli(1_700_000_000_000).UTC()} }

func (c *clock) process() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.domain
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at += d
	c.domain = c.domain.Add(d)
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.domain = now
}
