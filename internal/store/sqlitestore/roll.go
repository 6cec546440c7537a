package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// maxSeatsBytes bounds the packed seats of one roll: 5,000 places take far
// less, and every change writes all of them.
const maxSeatsBytes = 1 << 20

var errRollTooLarge = fault.New(fault.TooLarge, "roll_too_large")

type rollStore struct {
	*collection[registration.Roll, *registration.Roll]
}

var _ registration.Rolls = rollStore{}

func newRollStore(s *Store) rollStore {
	return rollStore{newCollection(s, table[registration.Roll]{
		name:    "rolls",
		columns: []string{"is_unsettled", "next_at"},
		values:  func(r *registration.Roll) []any { return []any{r.IsUnsettled, int64(r.NextAt)} },
		kept:    []string{"seats"},
		keep:    func(r *registration.Roll) []any { return []any{bytesOf(r.Seats)} },
		strip:   func(r *registration.Roll) { r.Seats = nil },
		scan:    func(r *registration.Roll) []any { return []any{&r.Seats} },
	})}
}

func (s rollStore) CreateRoll(ctx context.Context, r *registration.Roll) error {
	if len(r.Seats) > maxSeatsBytes {
		return errRollTooLarge
	}
	return s.create(ctx, r)
}

func (s rollStore) Roll(ctx context.Context, event string) (registration.Roll, error) {
	return s.get(ctx, event)
}

func (s rollStore) SwapRoll(ctx context.Context, r *registration.Roll) error {
	if len(r.Seats) > maxSeatsBytes {
		return errRollTooLarge
	}
	next := *r
	next.Ver, next.Op = r.Ver+1, s.nonce()
	did, err := s.replace(ctx, &next, nil)
	if err == nil && !did {
		if _, err = s.get(ctx, r.ID); err == nil {
			err = record.ErrContended
		}
	}
	if err != nil {
		return err
	}
	*r = next
	return nil
}

func (s rollStore) UnsettledRolls(ctx context.Context, limit int) ([]string, error) {
	return list(ctx, s.Store, column[string], "SELECT id FROM rolls WHERE is_unsettled = 1 ORDER BY id LIMIT ?", limit)
}

func (s rollStore) DueRolls(ctx context.Context, now calendar.Instant, limit int) ([]string, error) {
	return list(ctx, s.Store, column[string], "SELECT id FROM rolls WHERE next_at > 0 AND next_at <= ? ORDER BY next_at, id LIMIT ?", int64(now), limit)
}

func (s rollStore) DeleteRoll(ctx context.Context, event string) error {
	_, err := s.did(ctx, "DELETE FROM rolls WHERE id = ?", event)
	return err
}
