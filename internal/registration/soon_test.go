package registration_test

import (
	"context"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// marked notes of each write whether it was a step on the way to the last one.
type marked struct {
	registration.Store
	registration.Rolls
	soon []bool
}

func (m *marked) note(ctx context.Context) { m.soon = append(m.soon, record.IsSoon(ctx)) }

func (m *marked) Create(ctx context.Context, r *registration.Registration) error {
	m.note(ctx)
	return m.Store.Create(ctx, r)
}

func (m *marked) Update(ctx context.Context, id string, change func(*registration.Registration) error) (registration.Registration, error) {
	m.note(ctx)
	return m.Store.Update(ctx, id, change)
}

func (m *marked) Delete(ctx context.Context, ids []string) error {
	m.note(ctx)
	return m.Store.Delete(ctx, ids)
}

func (m *marked) SwapRoll(ctx context.Context, r *registration.Roll) error {
	m.note(ctx)
	return m.Rolls.SwapRoll(ctx, r)
}

// Whoever is told of a seat has it after a power cut: the last write of every
// act waits for the disk, however many steps it took.
func TestService_TheLastWriteOutlivesAPowerCut(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 5} {
		b := setup(t)
		m := &marked{Store: b.set.Registrations, Rolls: b.set.Rolls}
		b.ports.Registrations, b.ports.Rolls = m, m
		b.Service = registration.NewService(b.ports)
		e := b.event(t, capacity, 96*hour)
		check := func(act string, writes int) {
			t.Helper()
			if len(m.soon) != writes || m.soon[len(m.soon)-1] {
				t.Errorf("capacity %d, %s: steps %v, want %d writes, the last no step", capacity, act, m.soon, writes)
			}
			m.soon = nil
		}
		with, alone := 3, 1 // the roll between two writes of the registration
		if capacity == 0 {
			with = 1
		} else {
			alone = 2
		}
		m.soon = nil
		receipt := b.register(t, b.form(e, "An", 2))
		check("register", with)
		own := b.confirm(t, receipt)
		check("confirm", alone)
		_, err := b.CancelOwn(t.Context(), own.Token, b.formID())
		must(t, err)
		check("cancel", alone)
	}
}
