package sim_test

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// quiet answers for parts in which nothing ever is, without asking: a worker
// looks into all 64 parts again and again, and the sweep lives many Sundays.
func quiet(set store.Set, parts map[int]bool) store.Set {
	set.Events = quietEvents{set.Events, parts}
	set.Registrations = quietRegistrations{set.Registrations, parts}
	set.Ledger = quietLedger{set.Ledger, parts}
	return set
}

type quietEvents struct {
	event.Store

	parts map[int]bool
}

func (q quietEvents) Dirty(ctx context.Context, part int, after string, limit int) ([]event.Event, error) {
	if !q.parts[part] {
		return nil, nil
	}
	return q.Store.Dirty(ctx, part, after, limit)
}

type quietRegistrations struct {
	registration.Store

	parts map[int]bool
}

func (q quietRegistrations) Dirty(ctx context.Context, part int, after registration.DirtyKey, limit int) ([]registration.Registration, error) {
	if !q.parts[part] {
		return nil, nil
	}
	return q.Store.Dirty(ctx, part, after, limit)
}

type quietLedger struct {
	notifications.Ledger

	parts map[int]bool
}

func (q quietLedger) Due(ctx context.Context, part int, lane notifications.Lane, now notifications.Millis, limit int) ([]notifications.Row, error) {
	if !q.parts[part] {
		return nil, nil
	}
	return q.Ledger.Due(ctx, part, lane, now, limit)
}

func (q quietLedger) DueOutside(ctx context.Context, part int, lane notifications.Lane, now notifications.Millis, units []string, limit int) ([]notifications.Row, error) {
	if !q.parts[part] {
		return nil, nil
	}
	return q.Ledger.DueOutside(ctx, part, lane, now, units, limit)
}

func (q quietLedger) Sweep(ctx context.Context, part int, s notifications.Sweep) (int, error) {
	if !q.parts[part] {
		return 0, nil
	}
	return q.Ledger.Sweep(ctx, part, s)
}
