package attendance

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// Bounds of a count.
const (
	MaxScans  = 500
	MaxPeople = 5000
	// maxAhead is how far a device's clock may be ahead before it is not believed.
	maxAhead             = 10 * time.Minute
	minScanID, maxScanID = 16, 64
	scanLetters          = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	maxVillageID         = 64
)

// Scan is one count as a device sends it.
type Scan struct {
	// ID is the device's own, random, 16 to 64 letters, digits, - or _: sending
	// it twice counts once.
	ID     string
	Source Source
	// Slot and Village may be empty.
	Slot, Village string
	// People is 1 to 5,000; 0 means the party of the registration, else 1.
	People int
	// Code is a check-in code; Registration an id, where the person was found by name.
	Code, Registration string
	// DeviceAt is when the device counted, 0 if it does not say.
	DeviceAt calendar.Instant
}

// Counted is what became of a scan.
type Counted struct {
	Entry Entry
	// Fresh is whether the scan is counted now for the first time.
	Fresh bool
	// Known is false where the code or registration is none of this event and
	// day: the people are counted as a tally then. The door never refuses.
	Known bool
	// Again is whether the registration was counted by another scan before: it
	// is not counted twice, and Entry is empty.
	Again bool
}

// Count appends entries, at most MaxScans, and answers in their order. Only
// what is no scan at all is refused, with its field, and then nothing is counted.
func (s *Service) Count(ctx context.Context, a actor.Actor, eventID string, scans []Scan) ([]Counted, error) {
	e, err := s.door(ctx, a, eventID)
	if err != nil {
		return nil, err
	}
	if err := checkScans(scans); err != nil {
		return nil, err
	}
	now := s.p.Now()
	out := make([]Counted, len(scans))
	var fresh []Entry
	var at []int
	counted := map[string]bool{} // registrations of this very call
	for i, scan := range scans {
		reg, err := s.find(ctx, e, scan, now)
		if err != nil {
			return nil, err
		}
		out[i] = Counted{Known: reg.ID != "" || !scan.Source.byPerson()}
		again, err := s.again(ctx, scan, reg, counted[reg.ID])
		if err != nil {
			return nil, err
		}
		if out[i].Again = again; again {
			continue
		}
		counted[reg.ID] = reg.ID != ""
		entry := scan.entry(e, reg, now)
		entry.Note(audit.Of(a, now, e.Unit, audit.Thing("attendance", entry.ID), "attendance.count"))
		fresh, at = append(fresh, entry), append(at, i)
	}
	return out, s.write(ctx, fresh, at, out)
}

// write appends the entries and then tells the registrations. A device that
// got no answer sends the same scans again, which does the rest.
func (s *Service) write(ctx context.Context, entries []Entry, at []int, out []Counted) error {
	if len(entries) == 0 {
		return nil
	}
	isNew, err := s.p.Entries.Append(ctx, entries)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		out[at[i]].Entry, out[at[i]].Fresh = entry, isNew[i]
		if err := s.mark(ctx, entry.Registration); err != nil {
			return err
		}
	}
	return nil
}

func checkScans(scans []Scan) error {
	var c fault.Check
	if len(scans) == 0 || len(scans) > MaxScans {
		c.Add("scans", "number.range", "min", 1, "max", MaxScans)
		return c.Err()
	}
	for i, scan := range scans {
		field := "scans." + strconv.Itoa(i)
		if len(scan.ID) < minScanID || len(scan.ID) > maxScanID || strings.Trim(scan.ID, scanLetters) != "" {
			c.Add(field+".id", "attendance.scan_id")
		}
		if !slices.Contains(Sources(), scan.Source) {
			c.Add(field+".source", "attendance.source")
		}
		if scan.People < 0 || scan.People > MaxPeople {
			c.Add(field+".people", "number.range", "min", 1, "max", MaxPeople)
		}
		if len(scan.Village) > maxVillageID {
			c.Add(field+".village", "unit.unknown")
		}
	}
	return c.Err()
}

// find gives the registration that a scan is of, the zero one for none.
func (s *Service) find(ctx context.Context, e event.Event, scan Scan, now calendar.Instant) (registration.Registration, error) {
	if e.DissolvedAt != 0 {
		return registration.Registration{}, nil // who came is nobody's business any more
	}
	regID, token := scan.Registration, ""
	switch scan.Source {
	case QR:
		var ok bool
		if regID, token, ok = registration.ParseCode(scan.Code); !ok || !onDay(e, scan.at(now)) {
			return registration.Registration{}, nil
		}
	case Name:
	default:
		return registration.Registration{}, nil
	}
	r, err := s.p.Registrations.Get(ctx, regID)
	if errors.Is(err, record.ErrAbsent) {
		return registration.Registration{}, nil
	}
	if err != nil {
		return registration.Registration{}, err
	}
	if r.Event != e.ID || r.State == registration.Unsettled {
		return registration.Registration{}, nil
	}
	if scan.Source == QR && !slices.Contains(s.p.Keys.Links(secret.LinkCheckIn, r.ID, r.LinkGeneration), token) {
		return registration.Registration{}, nil
	}
	return r, nil
}

// again reports whether another scan has counted the registration already.
func (s *Service) again(ctx context.Context, scan Scan, r registration.Registration, here bool) (bool, error) {
	if r.ID == "" || !here && r.State != registration.Attended {
		return false, nil
	}
	_, err := s.p.Entries.Get(ctx, scan.ID)
	if errors.Is(err, record.ErrAbsent) {
		return true, nil
	}
	return false, err
}

// at is when the people came: a device that was offline says it later.
func (scan Scan) at(now calendar.Instant) calendar.Instant {
	if scan.DeviceAt == 0 || scan.DeviceAt > now.Add(maxAhead) {
		return now
	}
	return scan.DeviceAt
}

// onDay reports whether a moment is on one of the event's days, in its zone.
func onDay(e event.Event, at calendar.Instant) bool {
	day := calendar.DateOf(at, e.Zone)
	return day >= e.LocalStart.Date() && day <= e.LocalEnd.Date()
}

func (scan Scan) entry(e event.Event, r registration.Registration, now calendar.Instant) Entry {
	entry := Entry{
		Part: e.Part, Event: e.ID, Unit: e.Unit, Slot: scan.Slot, Village: scan.Village,
		Source: scan.Source, People: scan.People, DeviceAt: scan.DeviceAt, ServerAt: now, Registration: r.ID,
	}
	entry.ID = scan.ID
	if scan.Source.byPerson() && r.ID == "" {
		entry.Source = Tally
	}
	if r.ID != "" && entry.Slot == "" {
		entry.Slot = r.Slot
	}
	if !slices.ContainsFunc(e.Slots, func(s event.Slot) bool { return s.ID == entry.Slot }) {
		entry.Slot = ""
	}
	if entry.People == 0 {
		entry.People = max(1, r.Party)
	}
	return entry
}

// mark notes that somebody came. It leaves no line in the audit log, which
// outlives the link from person to attendance.
func (s *Service) mark(ctx context.Context, registrationID string) error {
	return s.set(ctx, registrationID, func(r *registration.Registration) bool {
		was := r.State
		r.State = registration.Attended
		return was != r.State
	})
}

// unmark gives the registration the state back that the roll knows: who was
// counted by mistake may have been waiting, or have given the seat up.
func (s *Service) unmark(ctx context.Context, e event.Event, registrationID string) error {
	if registrationID == "" {
		return nil
	}
	seat, err := s.seat(ctx, e, registrationID)
	if err != nil {
		return err
	}
	return s.set(ctx, registrationID, func(r *registration.Registration) bool {
		if r.State != registration.Attended {
			return false
		}
		r.State = before(*r, seat)
		if e.State == event.Reported && r.State != registration.Cancelled && r.State != registration.Waitlisted {
			r.State = registration.NotRecorded
		}
		return true
	})
}

// before is what a registration was before somebody was counted, seat its
// state on the roll, empty where there is none.
func before(r registration.Registration, seat registration.State) registration.State {
	switch {
	case r.Reason != "": // only given when it is cancelled
		return registration.Cancelled
	case !r.Confirmed && r.HoldUntil != 0:
		return registration.Pending
	case seat != "":
		return seat
	}
	return registration.Registered
}

func (s *Service) seat(ctx context.Context, e event.Event, registrationID string) (registration.State, error) {
	if !e.HasRoll {
		return "", nil
	}
	roll, err := s.p.Rolls.Roll(ctx, e.ID)
	if errors.Is(err, record.ErrAbsent) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	seat, _, err := roll.Find(registrationID)
	return seat.State, err
}

func (s *Service) set(ctx context.Context, registrationID string, change func(*registration.Registration) bool) error {
	if registrationID == "" {
		return nil
	}
	_, err := s.p.Registrations.Update(ctx, registrationID, func(r *registration.Registration) error {
		if !change(r) {
			return record.ErrUnchanged
		}
		r.Touch()
		return nil
	})
	if errors.Is(err, record.ErrAbsent) {
		return nil
	}
	return err
}
