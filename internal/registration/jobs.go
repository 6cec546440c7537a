package registration

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// graceOf is how long a request that is under way is left alone by Settle.
const graceOf = time.Minute

// Settle is the job that ends what a request began and did not come to end: it
// copies what rolls decided to registrations, brings rolls to slots that were
// changed, and has rolls decide on forms whose process died. It returns how
// many rolls and forms it saw to, at most limit of each; one that fails stops
// no other.
func (s *Service) Settle(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	rolls, err := s.p.Rolls.UnsettledRolls(ctx, limit)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, eventID := range rolls {
		failed = append(failed, s.settleRoll(ctx, now, eventID))
	}
	loose, err := s.p.Registrations.Loose(ctx, now.Add(-graceOf), limit)
	if err != nil {
		return len(rolls), errors.Join(append(failed, err)...)
	}
	for _, r := range loose {
		failed = append(failed, s.settleLoose(ctx, r))
	}
	return len(rolls) + len(loose), errors.Join(failed...)
}

func (s *Service) settleRoll(ctx context.Context, now calendar.Instant, eventID string) error {
	e, err := s.p.Events.Get(ctx, eventID)
	if err != nil {
		return record.IgnoreAbsent(err)
	}
	r, err := s.p.Rolls.Roll(ctx, eventID)
	if err != nil {
		return record.IgnoreAbsent(err)
	}
	var commands []Command
	if r.ResyncAt != 0 && r.ResyncAt < now.Add(-graceOf) {
		commands = append(commands, Command{Op: OpSetCapacity, Slots: slotsOf(e), EventVer: e.Ver, Resynced: true})
	}
	seats, err := r.unsettledSeats()
	if err != nil {
		return err
	}
	for _, seat := range seats {
		if _, err := s.copy(ctx, e, seat, actor.System("settle_rolls"), "", nil); err != nil {
			return err
		}
		commands = append(commands, Command{Op: OpCopied, Registration: seat.Registration, Seq: seat.Seq})
	}
	changes, err := s.queue.do(ctx, eventID, commands)
	if err != nil {
		return err
	}
	return s.copyOthers(ctx, e, changes)
}

// unsettledSeats are the seats whose last change is not known to be copied.
func (r *Roll) unsettledSeats() ([]Seat, error) {
	b, err := open(r)
	if err != nil {
		return nil, err
	}
	var seats []Seat
	for _, e := range b.entries {
		if b.unsettled[e.key] {
			seats = append(seats, e.seat())
		}
	}
	return seats, nil
}

// settleLoose does what the form asked for: its person was not told that it
// failed, and may have closed the page.
func (s *Service) settleLoose(ctx context.Context, r Registration) error {
	e, err := s.p.Events.Get(ctx, r.Event)
	if err != nil {
		return record.IgnoreAbsent(err)
	}
	if !changeable(e, s.p.Now()) {
		return s.discard(ctx, r)
	}
	_, _, err = s.settle(ctx, e, r, actor.System("settle_rolls"))
	if refusedByRoll(err) {
		return nil // discarded; there is nobody to tell
	}
	return err
}

// Lapse is the job that takes pending seats back whose hold has ended, at most
// limit, and returns how many.
func (s *Service) Lapse(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	held, err := s.p.Registrations.Lapsed(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	lapsed := 0
	var failed []error
	for _, r := range held {
		ended, err := s.lapse(ctx, r)
		failed = append(failed, err)
		if ended {
			lapsed++
		}
	}
	return lapsed, errors.Join(failed...)
}

func (s *Service) lapse(ctx context.Context, r Registration) (bool, error) {
	e, err := s.p.Events.Get(ctx, r.Event)
	if err != nil {
		return false, record.IgnoreAbsent(err)
	}
	c := Command{Op: OpLapse, Registration: r.ID, Slot: r.Slot}
	r, err = s.wish(ctx, e, c, actor.System("lapse"), func(r *Registration) {
		if r.State == Cancelled {
			r.Reason = ReasonLapsed
		}
	})
	if errors.Is(err, ErrGone) {
		return false, nil // confirmed or cancelled meanwhile
	}
	return r.State == Cancelled, err
}

// Retention of personal registration data; the page /data tells it to people.
const (
	KeptAfterReport = 30 * 24 * time.Hour
	KeptAfterEnd    = 90 * 24 * time.Hour
	// purgeBack bounds how far back a run looks for what is still to be purged.
	purgeBack = 400 * 24 * time.Hour
	pageSize  = 200
)

// Purge is the job that deletes registrations and roll 30 days after the
// report, at most 90 days after the end; it returns of how many events, at
// most limit.
func (s *Service) Purge(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	purged := 0
	due := func(e event.Event) bool {
		reported := e.State == event.Reported && e.ReportedAt.Add(KeptAfterReport) <= now
		return e.PurgedAt == 0 && (reported || e.EndAt.Add(KeptAfterEnd) <= now)
	}
	for _, state := range []event.State{event.Reported, event.Done, event.Cancelled, event.Postponed} {
		walk := event.Walk{State: state, From: now.Add(-purgeBack), Before: now.Add(-KeptAfterReport)}
		err := walk.Each(ctx, s.p.Events.Ended, func(e event.Event) (bool, error) {
			if !due(e) {
				return true, nil
			}
			purged++
			return purged < limit, s.purge(ctx, e.ID, now)
		})
		if err != nil || purged >= limit {
			return purged, err
		}
	}
	return purged, nil
}

func (s *Service) purge(ctx context.Context, eventID string, now calendar.Instant) error {
	for {
		list, err := s.p.Registrations.Page(ctx, Filter{Event: eventID}, page.Request{Limit: pageSize})
		if err != nil {
			return err
		}
		if len(list.Items) == 0 {
			break
		}
		ids := make([]string, len(list.Items))
		for i, r := range list.Items {
			ids[i] = r.ID
			if err := s.forget(ctx, r); err != nil {
				return err
			}
		}
		if err := s.p.Registrations.Delete(ctx, ids); err != nil {
			return err
		}
	}
	if err := errors.Join(s.p.Rolls.DeleteRoll(ctx, eventID), s.p.Forms.ForgetForms(ctx, eventID)); err != nil {
		return err
	}
	_, err := s.p.Events.Update(ctx, eventID, func(e *event.Event) error {
		e.PurgedAt = now
		e.Touch()
		e.Note(audit.Of(actor.System("purge"), now, e.Unit, audit.Thing("event", e.ID), "registration.purge", "registrations"))
		return nil
	})
	return err
}

// CheckForms is the job that has residents forgotten whose form came to
// nothing: a process that dies between them and their registration leaves them,
// with an address that nobody else would ever look at. It returns how many it
// looked at, at most limit; one that fails stops no other.
func (s *Service) CheckForms(ctx context.Context, now calendar.Instant, limit int) (int, error) {
	made, err := s.p.People.ToCheck(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, who := range made {
		regs, err := s.p.Registrations.ByResident(ctx, who.ID, 1)
		if err == nil {
			_, err = s.p.Residents.Checked(ctx, actor.System("check-forms"), who.ID, len(regs) > 0)
		}
		failed = append(failed, record.IgnoreAbsent(err))
	}
	return len(made), errors.Join(failed...)
}

// forget has the resident of a registration that is about to be deleted erased
// where a form made it for this once. It comes before the deletion, so that a
// process that dies between the two meets the resident again.
func (s *Service) forget(ctx context.Context, r Registration) error {
	others, err := s.p.Registrations.ByResident(ctx, r.Resident, 2)
	if err != nil {
		return err
	}
	live := slices.ContainsFunc(others, func(o Registration) bool { return o.ID != r.ID })
	_, err = s.p.Residents.ForgetIdle(ctx, actor.System("purge"), r.Resident, live)
	if errors.Is(err, record.ErrAbsent) {
		return nil
	}
	return err
}
