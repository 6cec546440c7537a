package calendar

import (
	"sync"
	"time"
	_ "time/tzdata" // a machine without zone files knows all zones too

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// The refusals of Resolve.
var (
	ErrZone    = fault.New(fault.Invalid, "calendar.zone")
	ErrGap     = fault.New(fault.Invalid, "calendar.gap")
	ErrOverlap = fault.New(fault.Invalid, "calendar.overlap")
)

// Policy says what to do with a wall time that does not occur (clocks were put
// forward over it) or occurs twice (they were put back).
type Policy uint8

// With Earlier, a time in a gap is read with the offset after it (and so shows
// as a time before the gap), one in an overlap as its first occurrence; Later
// is the reverse; Reject refuses both.
const (
	Reject Policy = iota
	Earlier
	Later
)

// Reading says how a wall time was found.
type Reading uint8

// A wall time occurs once, never or twice.
const (
	Plain Reading = iota
	Gap
	Overlap
)

// String names the reading.
func (r Reading) String() string {
	switch r {
	case Gap:
		return "gap"
	case Overlap:
		return "overlap"
	default:
		return "plain"
	}
}

// Resolve gives the moment at which clocks of the IANA zone show l. It is the
// only reader of wall times. Errors: ErrLocal, ErrZone, and with Reject ErrGap
// and ErrOverlap, with the reading.
func Resolve(l Local, zone string, p Policy) (Instant, Reading, error) {
	wall, err := strict(localLayout, string(l))
	if err != nil {
		return 0, Plain, ErrLocal
	}
	loc, err := location(zone)
	if err != nil {
		return 0, Plain, err
	}
	// No zone changes twice within two days, so that the offsets a day before
	// and a day after are the only ones under which l can have been meant.
	before, after := offset(wall.Add(-24*time.Hour), loc), offset(wall.Add(24*time.Hour), loc)
	first, last := wall.Add(-before), wall.Add(-after)
	firstOccurs, lastOccurs := offset(first, loc) == before, offset(last, loc) == after
	switch {
	case firstOccurs && lastOccurs && first.Equal(last):
		return FromTime(first), Plain, nil
	case firstOccurs && lastOccurs:
		return choose(first, last, p, Overlap, ErrOverlap)
	case firstOccurs:
		return FromTime(first), Plain, nil
	case lastOccurs:
		return FromTime(last), Plain, nil
	default:
		return choose(first, last, p, Gap, ErrGap)
	}
}

// CheckZone is nil for an IANA zone's name, else ErrZone.
func CheckZone(zone string) error {
	_, err := location(zone)
	return err
}

func choose(a, b time.Time, p Policy, r Reading, refusal error) (Instant, Reading, error) {
	if a.After(b) {
		a, b = b, a
	}
	switch p {
	case Earlier:
		return FromTime(a), r, nil
	case Later:
		return FromTime(b), r, nil
	default:
		return 0, r, refusal
	}
}

func offset(t time.Time, loc *time.Location) time.Duration {
	_, seconds := t.In(loc).Zone()
	return time.Duration(seconds) * time.Second
}

// locations keeps what is dear to load and never changes. Only names that
// exist enter it, so that it is bounded by the zones there are.
var locations sync.Map

func location(zone string) (*time.Location, error) {
	if loc, ok := locations.Load(zone); ok {
		return loc.(*time.Location), nil
	}
	if zone == "" || zone == "Local" { // the machine's own zone is nobody's choice
		return nil, ErrZone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, ErrZone
	}
	locations.Store(zone, loc)
	return loc, nil
}
