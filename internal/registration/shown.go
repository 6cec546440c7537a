package registration

import (
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// showNow stands for the PlanVer that the write under way will give.
const showNow = -1

// show notes what the person is shown in answer to the own act.
func (r *Registration) show(e event.Event) {
	r.Shown = Shown{
		Status: string(e.State.Told()), Seat: r.State.told(),
		Start: e.StartAt, End: e.EndAt, Zone: e.Zone, Place: e.Place.Line(),
		Ver: e.Ver, SeatVer: showNow,
	}
	if r.State == Offered {
		r.Shown.OfferUntil = r.HoldUntil
	}
}

// shownNow is called after Touch, in the same write as show.
func (r *Registration) shownNow() {
	if r.Shown.SeatVer == showNow {
		r.Shown.SeatVer = r.PlanVer
	}
}

// Doubtful reports whether the person meant another time or place than the
// event has now: that which they were shown, or said that they come to.
// Registering is an answer as long as neither is so.
func (r Registration) Doubtful(e event.Event) bool {
	if r.Answer == Coming {
		return r.AnsweredRevision != e.Revision
	}
	s := r.Shown
	return s.Ver != 0 && (s.Start != e.StartAt || s.End != e.EndAt || s.Zone != e.Zone || s.Place != e.Place.Line())
}

// told is a state as its holder is told of it.
func (s State) told() string {
	switch s {
	case Pending, Unsettled:
		return string(Pending)
	case Waitlisted, Offered, Cancelled:
		return string(s)
	}
	return string(Registered)
}

func isInvalid(err error) bool {
	return errors.Is(err, &fault.Error{Kind: fault.Invalid, Code: fault.CodeInvalid})
}
