package outreach

import (
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Seats as people are told of them.
const (
	SeatPending    = "pending"
	SeatRegistered = "registered"
	SeatWaitlisted = "waitlisted"
	SeatCancelled  = "cancelled"
)

// Told is what the facts would say now to the holder of the registration.
func Told(e event.Event, r registration.Registration) notifications.Told {
	return told(notifications.Told{
		Status: string(e.State.Told()), Seat: Seat(r.State),
		Start: notifications.Millis(e.StartAt), End: notifications.Millis(e.EndAt),
		Zone: e.Zone, Place: e.Place.Line(),
		Ver: e.Ver, SeatVer: r.PlanVer,
	})
}

// told drops what is no news to somebody without a seat: when and where the
// event is matters to those who still mean to come.
func told(t notifications.Told) notifications.Told {
	if t.Seat == SeatCancelled {
		return notifications.Told{Seat: SeatCancelled, Ver: t.Ver, SeatVer: t.SeatVer}
	}
	return t
}

// shown is what the holder of a registration was shown in answer to the own
// last POST.
func shown(s registration.Shown) notifications.Told {
	return told(notifications.Told{
		Status: s.Status, Seat: s.Seat,
		Start: notifications.Millis(s.Start), End: notifications.Millis(s.End),
		Zone: s.Zone, Place: s.Place, Ver: s.Ver, SeatVer: s.SeatVer,
	})
}

// Seat is a registration's state as its holder is told of it.
func Seat(s registration.State) string {
	switch s {
	case registration.Pending, registration.Unsettled:
		return SeatPending
	case registration.Waitlisted, registration.Offered:
		return SeatWaitlisted
	case registration.Cancelled:
		return SeatCancelled
	}
	return SeatRegistered
}

// newest returns the newest Told of a recipient: of the highest version among
// what was handed over or ever unknown and what the person was shown.
func newest(r registration.Registration, rows []notifications.Row) (notifications.Told, bool) {
	best, found := shown(r.Shown), r.Shown.Ver > 0
	for _, row := range rows {
		if row.HandedOver() && row.Rule != RulePending && row.Rule != RuleSurvey && (!found || row.Told.Newer(best)) {
			best, found = row.Told, true
		}
	}
	return best, found
}
