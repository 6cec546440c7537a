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
	SeatOffered    = "offered"
	SeatCancelled  = "cancelled"
	// SeatNone is what an announcement says: its reader has no registration.
	SeatNone = "none"
)

// Told is what the facts would say now to the holder of the registration.
func Told(e event.Event, r registration.Registration) notifications.Told {
	seat := Seat(r.State)
	if r.ID == "" {
		seat = SeatNone
	}
	t := notifications.Told{
		Status: string(e.State.Told()), Seat: seat,
		Start: notifications.Millis(e.StartAt), End: notifications.Millis(e.EndAt),
		Zone: e.Zone, Place: e.Place.Line(),
		Ver: e.Ver, SeatVer: r.PlanVer,
	}
	if r.State == registration.Offered {
		t.OfferUntil = notifications.Millis(r.HoldUntil)
	}
	return told(t)
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
		OfferUntil: notifications.Millis(s.OfferUntil),
	})
}

// Seat is a registration's state as its holder is told of it.
func Seat(s registration.State) string {
	switch s {
	case registration.Pending, registration.Unsettled:
		return SeatPending
	case registration.Waitlisted:
		return SeatWaitlisted
	case registration.Offered:
		return SeatOffered
	case registration.Cancelled:
		return SeatCancelled
	}
	return SeatRegistered
}

// newest returns the newest Told of a recipient: of the highest version among
// what was handed over or ever unknown and what the person was shown.
func newest(r registration.Registration, rows []notifications.Row) (notifications.Told, bool) {
	best, found := hearing{told: shown(r.Shown), of: RecipientOf(r.Resident), at: notifications.Millis(r.ActedAt)}, showed(r, rows)
	for _, row := range rows {
		if (row.Told.Seat == SeatNone) != (r.ID == "") {
			continue // whoever registered since was shown what is so
		}
		if one := hearingOf(row); row.HandedOver() && tells(row.Rule) && (!found || one.newer(best)) {
			best, found = one, true
		}
	}
	return best.told, found
}

// hearing is what somebody was told, under which of their ids, and when.
type hearing struct {
	told notifications.Told
	of   string
	at   notifications.Millis
}

func hearingOf(row notifications.Row) hearing { return hearing{row.Told, row.Recipient, row.EndedAt} }

// newer reports whether it tells of newer facts. Of one version of an event the
// turns of a seat decide, and those of two registrations, which merged records
// have, count apart: there it is the time.
func (h hearing) newer(than hearing) bool {
	if h.of == than.of || h.told.Ver != than.told.Ver {
		return h.told.Newer(than.told)
	}
	return h.at > than.at
}

// tells reports whether a message of the rule says how things are. The request
// to confirm, the link that was asked for and the survey do not: whatever they
// show beside, a change is still to be told.
func tells(rule string) bool { return rule != RulePending && rule != RuleAgain && rule != RuleSurvey }

// showed reports whether what a page showed counts as told. A seat that was
// still to be confirmed, or given up, does not while the confirmation is to
// come: that one tells what became of it.
func showed(r registration.Registration, rows []notifications.Row) bool {
	if r.Shown.Seat != SeatPending && r.Shown.Seat != SeatCancelled {
		return r.Shown.Ver > 0
	}
	row, ok := Person{Rows: rows}.last(RuleConfirmation)
	return r.Shown.Ver > 0 && ok && row.Final()
}

// news reports whether the facts are news to somebody who was told so. A seat
// is none at a cancelled event, nor to somebody who is there.
func (p Person) news(told, facts notifications.Told) bool {
	switch state := p.Registration.State; {
	case told.Same(facts):
		return false
	case facts.Status == string(event.Cancelled) && told.Status == facts.Status:
		return false
	case state == registration.Attended || state == registration.NotRecorded:
		return told.Seat != SeatCancelled && !seatOnly(told, facts)
	}
	return true
}

// known is the newest Told without what a change notice says that is still to
// be handed over again after unknown: it may have come, but as long as nobody
// knows, it is no reason not to send it. For an urgent change what another
// channel's notice says of the same facts does not count either: it goes by
// every channel.
func known(rule string, p Person, facts notifications.Told, urgent bool) (notifications.Told, bool) {
	counted := make([]notifications.Row, 0, len(p.Rows)+len(p.Others))
	for _, row := range p.ofThis() {
		change := IsChange(row.Rule)
		open := change && row.WasUnknown && !row.Closed()
		other := urgent && change && row.Rule != rule && row.Class == notifications.Urgent && row.Told.Same(facts)
		if !open && !other {
			counted = append(counted, row)
		}
	}
	return newest(p.Registration, counted)
}
