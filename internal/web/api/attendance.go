package api

import (
	"context"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
)

// Scan is one count as a device sends it.
type Scan struct {
	ID           string     `json:"id" doc:"The device's own id of the scan: sending it twice counts once" example:"01939f2e-7c1a-7c30-9f5e-0242ac120003"`
	Source       string     `json:"source" doc:"qr, name, tally, paper or online" example:"tally"`
	Slot         string     `json:"slot,omitempty"`
	Village      string     `json:"village,omitempty"`
	People       int        `json:"people" doc:"How many people" example:"3"`
	Code         string     `json:"code,omitempty" doc:"A check-in code"`
	Registration string     `json:"registration,omitempty" doc:"Its id, where it was found by name"`
	DeviceAt     *time.Time `json:"device_at,omitempty"`
}

func readScan(s Scan) attendance.Scan {
	return attendance.Scan{
		ID: s.ID, Source: attendance.Source(s.Source), Slot: s.Slot, Village: s.Village, People: s.People,
		Code: s.Code, Registration: s.Registration, DeviceAt: instant(s.DeviceAt),
	}
}

// Counted is what became of a scan. The door never refuses.
type Counted struct {
	ID    string `json:"id"`
	Fresh bool   `json:"fresh" doc:"Whether it was counted now, and not before"`
	Known bool   `json:"known" doc:"Whether the code or registration is one of this event; people are counted either way"`
}

// CountedScans answers scans in their order.
type CountedScans struct {
	Items []Counted `json:"items" nullable:"false"`
}

// Entry is one count at the door.
type Entry struct {
	ID       string     `json:"id"`
	Source   string     `json:"source"`
	Slot     string     `json:"slot,omitempty"`
	Village  string     `json:"village,omitempty"`
	People   int        `json:"people" doc:"Negative in an entry that takes another back"`
	Undoes   string     `json:"undoes,omitempty" doc:"The entry that this one takes back"`
	ServerAt *time.Time `json:"server_at,omitempty"`
}

func showEntry(e attendance.Entry) Entry {
	return Entry{
		ID: e.ID, Source: string(e.Source), Slot: e.Slot, Village: e.Village, People: e.People, Undoes: e.Undoes,
		ServerAt: at(e.ServerAt),
	}
}

// Totals are an event's counts.
type Totals struct {
	People     int            `json:"people"`
	Registered int            `json:"registered" doc:"Those of them with a registration"`
	BySource   map[string]int `json:"by_source"`
	BySlot     map[string]int `json:"by_slot"`
	Villages   int            `json:"villages"`
}

type attendanceNew struct {
	ByID
	Body struct {
		Scans []Scan `json:"scans" nullable:"false" minItems:"1" maxItems:"500"`
	}
}

type attendanceUndo struct {
	ByID
	Entry string `path:"entry" maxLength:"64" doc:"The entry's id"`
}

func (m *mount) attendance() {
	s := m.Services.Attendance
	add(m, operation{
		ID: "count-attendance", Do: "POST /events/{id}/attendance", Says: "Count people at the door", Scope: attendance.ScopeWrite,
		More: "May be sent again and again: each scan counts once.",
	}, func(ctx context.Context, act actor.Actor, in *attendanceNew) (*plain[CountedScans], error) {
		counted, err := s.Count(ctx, act, in.ID, shown(in.Body.Scans, readScan))
		if err != nil {
			return nil, err
		}
		return &plain[CountedScans]{Body: CountedScans{Items: shown(counted, func(c attendance.Counted) Counted {
			return Counted{ID: c.Entry.ID, Fresh: c.Fresh, Known: c.Known}
		})}}, nil
	})
	add(m, operation{
		ID: "undo-attendance", Do: "POST /events/{id}/attendance/{entry}/undo", Says: "Take a count back", Scope: attendance.ScopeWrite,
		More: "By an entry of its own; nothing is deleted. Sending it again gives the same entry.",
	}, func(ctx context.Context, act actor.Actor, in *attendanceUndo) (*plain[Entry], error) {
		e, err := s.Undo(ctx, act, in.ID, in.Entry)
		if err != nil {
			return nil, err
		}
		return &plain[Entry]{Body: showEntry(e)}, nil
	})
	add(m, operation{
		ID: "get-attendance", Do: "GET /events/{id}/attendance", Says: "Get how many came", Scope: attendance.ScopeRead,
	}, func(ctx context.Context, act actor.Actor, in *ByID) (*plain[Totals], error) {
		t, err := s.Totals(ctx, act, in.ID)
		if err != nil {
			return nil, err
		}
		out := Totals{People: t.People, Registered: t.Registered, BySource: map[string]int{}, BySlot: t.BySlot, Villages: t.Villages}
		for source, n := range t.BySource {
			out.BySource[string(source)] = n
		}
		return &plain[Totals]{Body: out}, nil
	})
}
