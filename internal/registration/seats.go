package registration

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// swapTries bounds how often one batch is laid on a roll that other processes
// write too. Each miss means that another batch got through.
const swapTries = 100

// settledMost bounds what copied remembers; what it forgets, Settle does.
const settledMost = 20_000

// copied remembers, until the next write of a roll, which of its changes were
// copied to their registrations.
type copied struct {
	mu     sync.Mutex
	events map[string][]Command
	size   int
}

func (c *copied) add(event, registration string, seq int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size >= settledMost {
		clear(c.events)
		c.size = 0
	}
	c.events[event] = append(c.events[event], Command{Op: OpCopied, Registration: registration, Seq: seq})
	c.size++
}

func (c *copied) take(event string) []Command {
	c.mu.Lock()
	defer c.mu.Unlock()
	commands := c.events[event]
	delete(c.events, event)
	c.size -= len(commands)
	return commands
}

// obey is the combiner's run: one read of the event and of the roll, one write
// for the whole batch.
func (s *Service) obey(ctx context.Context, eventID string, batch []*wish) {
	changes, owner, err := s.swap(ctx, eventID, batch)
	for _, w := range batch {
		w.err = err
	}
	if err != nil {
		return
	}
	for _, c := range changes {
		w := batch[0] // the event's own slots made room
		if owner[c.Command] >= 0 {
			w = batch[owner[c.Command]]
		}
		w.changes = append(w.changes, c)
	}
}

// swap lays the batch on the roll until it holds. Owner tells for each command
// which wish it came from, -1 for none.
func (s *Service) swap(ctx context.Context, eventID string, batch []*wish) (changes []Change, owner []int, err error) {
	done := s.copied.take(eventID)
	for range swapTries {
		var e event.Event
		if e, err = s.p.Events.Get(ctx, eventID); err != nil {
			return nil, nil, err
		}
		var r Roll
		if r, err = s.roll(ctx, e); err != nil {
			return nil, nil, err
		}
		commands := append([]Command{
			{Op: OpTerms, Terms: termsOf(e, s.p.Now())},
			{Op: OpSetCapacity, Slots: slotsOf(e), EventVer: e.Ver},
		}, done...)
		owner = slices.Repeat([]int{-1}, len(commands))
		for i, w := range batch {
			commands = append(commands, w.commands...)
			owner = append(owner, slices.Repeat([]int{i}, len(w.commands))...)
		}
		before := r
		if changes, err = r.Apply(commands...); err != nil {
			return nil, nil, err
		}
		if r.sameAs(before) {
			return changes, owner, nil
		}
		// Who is told of a change is told after its copy.
		if err = s.p.Rolls.SwapRoll(record.Soon(ctx), &r); !errors.Is(err, record.ErrContended) {
			return changes, owner, err
		}
	}
	return nil, nil, err
}

// sameAs reports whether there is nothing to write; a newer version of an
// event with the same slots is nothing.
func (r *Roll) sameAs(o Roll) bool {
	return r.Seq == o.Seq && r.ResyncAt == o.ResyncAt && r.NextAt == o.NextAt && bytes.Equal(r.Seats, o.Seats) &&
		slices.Equal(r.Slots, o.Slots) && slices.Equal(r.Unsettled, o.Unsettled)
}

// roll gives the roll of an event, and makes it first where nobody came before.
func (s *Service) roll(ctx context.Context, e event.Event) (Roll, error) {
	r, err := s.p.Rolls.Roll(ctx, e.ID)
	if !errors.Is(err, record.ErrAbsent) {
		return r, err
	}
	r = Roll{Part: id.Part(e.ID), Unit: e.Unit, Slots: slotsOf(e), EventVer: e.Ver}
	r.ID = e.ID
	if err := s.p.Rolls.CreateRoll(ctx, &r); err != nil && !errors.Is(err, record.ErrExists) {
		return Roll{}, err
	}
	return s.p.Rolls.Roll(ctx, e.ID)
}

func slotsOf(e event.Event) []RollSlot {
	slots := make([]RollSlot, len(e.Slots))
	for i, s := range e.Slots {
		slots[i] = RollSlot{ID: s.ID, Capacity: s.Capacity}
	}
	return slots
}

// command gives one wish to the roll, copies what it changed and whom it
// promoted, and returns the own change with the registration as it is now.
// Also is done to the own registration in the same write.
func (s *Service) command(ctx context.Context, e event.Event, c Command, by actor.Actor, also func(*Registration)) (Change, Registration, error) {
	changes, err := s.queue.do(ctx, e.ID, []Command{c})
	if err != nil {
		return Change{}, Registration{}, err
	}
	i := slices.IndexFunc(changes, func(x Change) bool { return x.Seat.Registration == c.Registration && x.Own() })
	if i < 0 {
		return Change{}, Registration{}, record.ErrContended // the work on the roll ended early
	}
	own := changes[i]
	if own.Refused != "" {
		return own, Registration{}, s.copyOthers(ctx, e, changes)
	}
	reg, err := s.copy(ctx, e, own.Seat, by, "registration."+string(c.Op), also)
	if err != nil {
		return own, reg, err
	}
	return own, reg, s.copyOthers(ctx, e, changes)
}

// copyOthers tells the registrations of those who got a seat, or whose offer
// ended. One that fails is left to Settle: whoever gave the place up has done so.
func (s *Service) copyOthers(ctx context.Context, e event.Event, changes []Change) error {
	for _, c := range changes {
		if c.Own() {
			continue
		}
		if _, err := s.copy(ctx, e, c.Seat, actor.System("roll"), "", nil); err != nil {
			return ctx.Err()
		}
	}
	return nil
}

// copy writes a seat to its registration, unless a newer change is there
// already. Without an act it names what a promotion or an offer was caused by.
func (s *Service) copy(ctx context.Context, e event.Event, seat Seat, by actor.Actor, act string, also func(*Registration)) (Registration, error) {
	if act == "" {
		act = actOf(seat)
	}
	now := s.p.Now()
	r, err := s.p.Registrations.Update(ctx, seat.Registration, func(r *Registration) error {
		newer := seat.Seq > r.Seq
		if !newer && also == nil {
			return record.ErrUnchanged
		}
		if newer {
			r.take(seat, e, now)
		}
		if also != nil {
			also(r)
		}
		r.Touch()
		r.shownNow()
		r.Note(noted(by, now, r, act, "state", "party"))
		return nil
	})
	if errors.Is(err, record.ErrAbsent) {
		err = nil // purged or refused meanwhile: nothing is left to copy to
	}
	if err == nil {
		s.copied.add(e.ID, seat.Registration, seat.Seq)
	}
	return r, err
}

// actOf is what happened to a seat that nobody asked for, as the log names it.
func actOf(seat Seat) string {
	switch {
	case seat.State == Offered:
		return "registration.offer." + string(seat.FreedBy)
	case seat.FreedBy != "":
		return "registration.promote." + string(seat.FreedBy)
	case seat.State == Waitlisted && seat.Passed:
		return "registration.expire"
	}
	return "registration.settle"
}

// take is the registration as the roll has it. Who came has come.
func (r *Registration) take(seat Seat, e event.Event, now calendar.Instant) {
	r.Seq = seat.Seq
	r.Party = seat.Party
	if seat.Slot < len(e.Slots) {
		r.Slot = e.Slots[seat.Slot].ID
	}
	if r.State == Attended || r.State == NotRecorded {
		return
	}
	if seat.State == Cancelled {
		if r.Reason == "" || r.State != Cancelled {
			r.Reason = ReasonSelf
		}
		r.leave()
		return
	}
	r.State = seat.State
	switch {
	case seat.Unconfirmed:
		// Whoever waits unconfirmed is asked to confirm as well.
		r.State, r.Reason = Pending, ""
	case seat.State == Offered:
		r.HoldUntil, r.Reason = seat.Until, ""
	default:
		r.HoldUntil, r.Reason = 0, ""
		r.confirm(now)
	}
}

func (r *Registration) confirm(now calendar.Instant) {
	if !r.Confirmed {
		r.Confirmed, r.ConfirmedAt = true, now
	}
}
