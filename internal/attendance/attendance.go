package attendance

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Source says how people were counted.
type Source string

// Sources.
const (
	QR     Source = "qr"
	Name   Source = "name"
	Tally  Source = "tally"
	Paper  Source = "paper"
	Online Source = "online"
)

// Entry is one count at the door. It is inserted once and never changed, but
// for Registration, which retention takes away.
type Entry struct {
	// ID is the scan id that the device made, so that sending twice counts once.
	record.Head `bson:",inline"`
	Part        int    `json:"part"`
	Event       string `json:"event"`
	Unit        string `json:"unit"`
	Slot        string `json:"slot,omitempty"`
	Village     string `json:"village,omitempty"`
	Source      Source `json:"source"`
	// People is -5,000 to 5,000; a counter-entry has the opposite sign.
	People   int              `json:"people"`
	DeviceAt calendar.Instant `json:"device_at,omitempty"`
	ServerAt calendar.Instant `json:"server_at"`
	// Registration is empty for walk-ins, tallies and after dissolving.
	Registration string `json:"registration,omitempty"`
	// Undoes is the id of the entry that this one takes back.
	Undoes string `json:"undoes,omitempty"`
}

// Totals are an event's counts.
type Totals struct {
	// People counted in all; Registered of them with a registration.
	People     int            `json:"people"`
	Registered int            `json:"registered"`
	BySource   map[Source]int `json:"by_source"`
	BySlot     map[string]int `json:"by_slot"`
	Villages   int            `json:"villages"`
}

// Store keeps entries.
type Store interface {
	// Append inserts entries; it reports for each whether it was new.
	Append(ctx context.Context, es []Entry) (fresh []bool, err error)
	Get(ctx context.Context, id string) (Entry, error)
	// ByEvent returns entries in order of id after the given one.
	ByEvent(ctx context.Context, part int, event, after string, limit int) ([]Entry, error)
	// Undone reports whether an entry undoes the given one.
	Undone(ctx context.Context, part int, event, id string) (bool, error)
	// Dissolve removes Registration from all entries of the event.
	Dissolve(ctx context.Context, part int, event string) error
}
