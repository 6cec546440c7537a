package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/sunday-with-the-people/sunday/scheduler"
)

type leaseStore struct{ *Store }

var _ scheduler.Leases = leaseStore{}

func (s leaseStore) ListLeases(ctx context.Context, prefix string) ([]scheduler.LeaseRow, error) {
	scan := func(rows *sql.Rows) (scheduler.LeaseRow, error) {
		var l scheduler.LeaseRow
		err := rows.Scan(&l.Name, &l.Owner, &l.Fence, &l.Beat)
		return l, err
	}
	text, args := "SELECT name, owner, fence, beat FROM leases WHERE name >= ?", []any{prefix}
	if end := prefixEnd(prefix); end != "" {
		text, args = text+" AND name < ?", append(args, end)
	}
	found, err := list(ctx, s.Store, scan, text+" ORDER BY name", args...)
	return found, forScheduler(err)
}

func (s leaseStore) SwapLeases(ctx context.Context, swaps []scheduler.LeaseSwap) ([]bool, error) {
	swaps = append([]scheduler.LeaseSwap{}, swaps...)
	did := make([]bool, len(swaps))
	err := s.write(ctx, func(s *session) error {
		for i, swap := range swaps {
			n, err := swapLease(s, swap)
			if err != nil {
				return err
			}
			did[i] = n == 1
		}
		return nil
	})
	if err != nil {
		return nil, forScheduler(err)
	}
	return did, nil
}

func swapLease(s *session, swap scheduler.LeaseSwap) (int64, error) {
	seen, next := swap.Seen, swap.Next
	const same = " WHERE name = ? AND owner = ? AND fence = ? AND beat = ?"
	switch {
	case seen.Fence == 0:
		return s.exec("INSERT INTO leases (name, owner, fence, beat) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			next.Name, next.Owner, next.Fence, next.Beat)
	case next.Fence == 0:
		return s.exec("DELETE FROM leases"+same, seen.Name, seen.Owner, seen.Fence, seen.Beat)
	default:
		return s.exec("UPDATE leases SET owner = ?, fence = ?, beat = ?"+same,
			next.Owner, next.Fence, next.Beat, seen.Name, seen.Owner, seen.Fence, seen.Beat)
	}
}

type jobStore struct{ *Store }

var _ scheduler.Jobs = jobStore{}

func (s jobStore) JobState(ctx context.Context, name string) (scheduler.JobState, error) {
	found, err := list(ctx, s.Store, scanDoc[scheduler.JobState], "SELECT doc FROM jobs WHERE name = ?", name)
	if err != nil || len(found) == 0 {
		return scheduler.JobState{Name: name}, forScheduler(err)
	}
	return found[0], nil
}

func (s jobStore) SwapJob(ctx context.Context, seen, next scheduler.JobState) (bool, error) {
	doc, err := json.Marshal(next)
	if err != nil {
		return false, err
	}
	var did bool
	if seen.Gen == 0 {
		did, err = s.did(ctx, "INSERT INTO jobs (name, gen, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", next.Name, next.Gen, string(doc))
	} else {
		did, err = s.did(ctx, "UPDATE jobs SET gen = ?, doc = ? WHERE name = ? AND gen = ?", next.Gen, string(doc), next.Name, seen.Gen)
	}
	return did, forScheduler(err)
}

func (s jobStore) ListJobs(ctx context.Context) ([]scheduler.JobState, error) {
	found, err := list(ctx, s.Store, scanDoc[scheduler.JobState], "SELECT doc FROM jobs ORDER BY name")
	return found, forScheduler(err)
}
