package registration

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Service is what may be done with registrations, and by whom.
type Service struct {
	p      Ports
	queue  *combiner
	copied copied
}

// NewService makes a Service. One per process and store: it combines what many
// clients want of one roll.
func NewService(p Ports) *Service {
	s := &Service{p: p, copied: copied{events: make(map[string][]Command)}}
	s.queue = newCombiner(s.obey)
	return s
}

// Place is how full one slot is.
type Place struct {
	Slot string
	// Capacity is in people, 0 for no limit; Taken by registered, pending and
	// offered; Waiting on the waitlist.
	Capacity, Taken, Waiting int
}

// Places tells how full the slots of an event are, in their order. Of an event
// without a roll nobody counts who is registered.
func (s *Service) Places(ctx context.Context, e event.Event) ([]Place, error) {
	places := make([]Place, len(e.Slots))
	for i, slot := range e.Slots {
		places[i] = Place{Slot: slot.ID, Capacity: slot.Capacity}
	}
	if !e.HasRoll {
		return places, nil
	}
	r, err := s.p.Rolls.Roll(ctx, e.ID)
	if errors.Is(err, record.ErrAbsent) {
		return places, nil // nobody came yet
	}
	if err != nil {
		return nil, err
	}
	return r.Places()
}

// Filled tells how full the slots of events are, by event, also of those without
// a roll: there the people are counted who are registered, which is for staff, as
// it reads what was registered. It leaves out events that nobody could register
// for yet, and those whose registrations were removed.
func (s *Service) Filled(ctx context.Context, events ...event.Event) (map[string][]Place, error) {
	filled := make(map[string][]Place, len(events))
	var uncounted []string
	for _, e := range events {
		if e.PublishedAt == 0 || e.PurgedAt != 0 {
			continue
		}
		places, err := s.Places(ctx, e)
		if err != nil {
			return nil, err
		}
		filled[e.ID] = places
		if !e.HasRoll {
			uncounted = append(uncounted, e.ID)
		}
	}
	if len(uncounted) == 0 {
		return filled, nil
	}
	heads, err := s.p.Registrations.Heads(ctx, uncounted, HavePlace())
	for _, h := range heads {
		for i, p := range filled[h.Event] {
			if p.Slot == h.Slot {
				filled[h.Event][i].Taken = h.People
			}
		}
	}
	return filled, err
}

// Prepare notes on the roll that the event's slots are about to change.
func (s *Service) Prepare(ctx context.Context, eventID string) error {
	_, err := s.queue.do(ctx, eventID, []Command{{Op: OpPrepare, At: s.p.Now()}})
	return err
}

// Sync brings the roll to the slots of the event, and promotes who fits.
func (s *Service) Sync(ctx context.Context, e event.Event) error {
	if !e.HasRoll {
		return nil
	}
	changes, err := s.queue.do(ctx, e.ID, []Command{
		{Op: OpSetCapacity, Slots: slotsOf(e), EventVer: e.Ver, Resynced: true},
	})
	if err != nil {
		return err
	}
	return s.copyOthers(ctx, e, changes)
}

// wish does to the registration what the command says: by the roll where the
// event has one, else at once.
func (s *Service) wish(ctx context.Context, e event.Event, c Command, by actor.Actor, also func(*Registration)) (Registration, error) {
	r, _, err := s.seated(ctx, e, c, by, also)
	return r, err
}

// seated is wish with the seat that the roll has then, none where there is no
// roll.
func (s *Service) seated(ctx context.Context, e event.Event, c Command, by actor.Actor, also func(*Registration)) (Registration, Seat, error) {
	if !e.HasRoll {
		r, err := s.direct(ctx, c, by, also)
		return r, Seat{}, err
	}
	change, r, err := s.command(ctx, e, c, by, also)
	if err != nil {
		return r, Seat{}, err
	}
	return r, change.Seat, refusal(change, e, c.Slot)
}

// direct obeys a command of an event whose places nobody counts: the seat is
// what a roll without limits would have made of it.
func (s *Service) direct(ctx context.Context, c Command, by actor.Actor, also func(*Registration)) (Registration, error) {
	now := s.p.Now()
	return s.p.Registrations.Update(ctx, c.Registration, func(r *Registration) error {
		if err := r.obey(c, now); err != nil {
			return err
		}
		if also != nil {
			also(r)
		}
		r.Touch()
		r.shownNow()
		r.Note(noted(by, now, r, "registration."+string(c.Op), "state", "party"))
		return nil
	})
}

func (r *Registration) obey(c Command, now calendar.Instant) error {
	if r.State == Cancelled && c.Op != OpRegister && c.Op != OpCancel {
		return ErrGone
	}
	switch c.Op {
	case OpRegister:
		r.State, r.Reason, r.Party, r.Slot = Pending, "", c.Party, c.Slot
		if !c.Unconfirmed {
			r.State, r.HoldUntil = Registered, 0
			r.confirm(now)
		}
	case OpConfirm:
		if r.State == Pending {
			r.State = Registered
		}
		r.HoldUntil = 0
		r.confirm(now)
	case OpResize:
		r.Party = c.Party
	case OpLapse:
		if r.State != Pending {
			return record.ErrUnchanged
		}
		r.leave()
	case OpCancel:
		if r.State.Live() {
			r.leave()
			r.Reason = ReasonSelf
		}
	}
	return nil
}
