package registration

import (
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// TrySlots gives the seats that would change if the event's slots were brought
// to its roll now, by the ids of their registrations. The roll stays as it is.
func (r Roll) TrySlots(e event.Event, now calendar.Instant) (map[string]Seat, error) {
	r.Slots, r.Unsettled = slices.Clone(r.Slots), slices.Clone(r.Unsettled)
	changes, err := r.Apply(
		Command{Op: OpTerms, Terms: termsOf(e, now)},
		Command{Op: OpSetCapacity, Slots: slotsOf(e), EventVer: e.Ver, Resynced: true},
	)
	if err != nil {
		return nil, err
	}
	seats := make(map[string]Seat, len(changes))
	for _, c := range changes {
		if c.Refused == "" && !c.Same {
			seats[c.Seat.Registration] = c.Seat
		}
	}
	return seats, nil
}

// Seated is the registration as it would be once it has the seat of the roll.
func (r Registration) Seated(seat Seat, e event.Event, now calendar.Instant) Registration {
	r.take(seat, e, now)
	r.Touch()
	r.shownNow()
	return r
}
