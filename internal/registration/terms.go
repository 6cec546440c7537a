package registration

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
)

// When places that become free are offered instead of given.
const (
	// lateWithin before the start nobody is given a place unasked: they may have
	// made other plans.
	lateWithin = 12 * time.Hour
	// Nobody is asked later than lastAnswer before the start.
	lastAnswer = time.Hour
	// Who is asked has leastAnswer at the least, and usualAnswer by day.
	leastAnswer = time.Hour
	usualAnswer = 2 * time.Hour
	// Quiet hours are from quietFrom to quietTo; who is asked in them has the
	// first hours of the morning to answer.
	quietFrom, quietTo = "21:00", "07:00"
	nightAnswer        = "11:00"
)

// Terms say how places that are free at one moment are given to those who wait.
type Terms struct {
	// Now is the moment, 0 for no clock: offers that ended by it are over.
	Now calendar.Instant
	// As is what the first who fits becomes: Registered (a seat at once), Offered
	// (a seat held until they answer) or Waitlisted (nobody gets one any more).
	// Empty stands for Registered.
	As State
	// Until is when an offer made now ends.
	Until calendar.Instant
	// Next is when other terms begin that give more, 0 if none do.
	Next calendar.Instant
}

// TermsAt are the terms of an event that starts at the instant in the zone. By
// day and more than 12 hours before the start a place is given at once. In
// quiet hours, 21:00 to 7:00, it is offered until 11:00; in the last 12 hours
// for 2 hours; either way to 1 hour before the start at the latest, and where
// that leaves less than 1 hour nobody is asked.
func TermsAt(now, start calendar.Instant, zone string) Terms {
	t := Terms{Now: now, As: Registered}
	late := start.Add(-lateWithin)
	morning, until := nightOf(now, zone)
	switch {
	case morning == 0 && now < late:
		return t
	case morning == 0:
		until = now.Add(usualAnswer)
	case morning < late:
		t.Next = morning
	}
	t.As, t.Until = Offered, min(until, start.Add(-lastAnswer))
	if t.Until < now.Add(leastAnswer) {
		t.As, t.Until = Waitlisted, 0
	}
	return t
}

// nightOf gives the end of the quiet hours that the instant is in, and until
// when an offer made in them stands; 0 by day. An hour that the zone's clock
// leaves out or has twice is read as the later one.
func nightOf(now calendar.Instant, zone string) (morning, until calendar.Instant) {
	local := calendar.LocalOf(now, zone)
	date, clock := local.Date(), local.Clock()
	switch {
	case clock >= quietFrom:
		date = date.AddDays(1)
	case clock >= quietTo:
		return 0, 0
	}
	return on(date, quietTo, zone), on(date, nightAnswer, zone)
}

// on is 0 for a zone that nobody knows: zones are checked before they are stored.
func on(date calendar.Date, clock, zone string) calendar.Instant {
	at, _, err := calendar.Resolve(date.At(clock), zone, calendar.Later)
	if err != nil {
		return 0
	}
	return at
}

// termsOf are the terms of an event as it is. After it nobody gets a place; one
// that is postponed has no time yet at which it would be late.
func termsOf(e event.Event, now calendar.Instant) Terms {
	switch e.State {
	case event.Published:
		return TermsAt(now, e.StartAt, e.Zone)
	case event.Done, event.Reported:
		return Terms{Now: now, As: Waitlisted}
	}
	return Terms{Now: now, As: Registered}
}
