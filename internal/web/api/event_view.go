package api

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// Event is one Sunday as staff see it.
type Event struct {
	ID         string     `json:"id"`
	Unit       string     `json:"unit" doc:"The unit that leads"`
	CoUnits    []string   `json:"co_units" nullable:"false" doc:"Units that join in; they see totals"`
	Type       string     `json:"type" example:"volunteer"`
	Programme  string     `json:"programme,omitempty"`
	Series     string     `json:"series,omitempty"`
	CopiedFrom string     `json:"copied_from,omitempty"`
	Short      string     `json:"short,omitempty" doc:"The code of the address on posters, /k/ and this" example:"K7MCP4X"`
	Title      string     `json:"title" example:"Làm sạch bờ hồ"`
	About      string     `json:"about,omitempty"`
	Bring      string     `json:"bring,omitempty"`
	Place      Place      `json:"place"`
	Village    string     `json:"village,omitempty"`
	Host       string     `json:"host,omitempty"`
	Contact    string     `json:"contact,omitempty"`
	LocalStart string     `json:"local_start" doc:"Wall time in zone" example:"2026-11-29T07:00"`
	LocalEnd   string     `json:"local_end" example:"2026-11-29T10:00"`
	Zone       string     `json:"zone" example:"Asia/Ho_Chi_Minh"`
	StartAt    *time.Time `json:"start_at,omitempty"`
	EndAt      *time.Time `json:"end_at,omitempty"`
	Slots      []Slot     `json:"slots" nullable:"false"`
	NoticeDays int        `json:"notice_days" doc:"The notice period before the start, in days"`
	Notices    []Notice   `json:"notices" nullable:"false"`

	State      string `json:"state" doc:"draft, submitted, returned, approved, published, postponed, done, reported or cancelled" example:"draft"`
	StateText  string `json:"state_text" doc:"The state in the language asked for"`
	StatusNote string `json:"status_note,omitempty"`
	Revision   int    `json:"revision" doc:"Raised by each change of time or place"`
	// Allowed says what the state allows; a role is needed besides.
	Allowed []string `json:"allowed" nullable:"false" doc:"What may be done next, by the state alone"`

	CreatedBy   string       `json:"created_by"`
	ApprovedBy  string       `json:"approved_by,omitempty"`
	CreatedAt   *time.Time   `json:"created_at,omitempty"`
	ApprovedAt  *time.Time   `json:"approved_at,omitempty"`
	PublishedAt *time.Time   `json:"published_at,omitempty"`
	CancelledAt *time.Time   `json:"cancelled_at,omitempty"`
	Report      *EventReport `json:"report,omitempty"`
}

// Place is where an event happens, or how to join it from afar.
type Place struct {
	Name    string `json:"name" example:"Nhà văn hóa thôn 3"`
	Address string `json:"address,omitempty"`
	Link    string `json:"link,omitempty" doc:"An https address of a meeting or a map"`
}

// Slot is a role, shift or reception time.
type Slot struct {
	ID       string `json:"id,omitempty" doc:"Given if left out" example:"all"`
	Name     string `json:"name,omitempty"`
	Capacity int    `json:"capacity,omitempty" minimum:"0" doc:"In people, 0 for no limit"`
	// The rest is given back for one event, and nothing to send.
	Taken   *int `json:"taken,omitempty" readOnly:"true" doc:"People with a place, once the event is published and until its registrations are removed"`
	Waiting *int `json:"waiting,omitempty" readOnly:"true" doc:"People on the waiting list"`
}

// Notice is the fact that people were told in public.
type Notice struct {
	Kind string     `json:"kind" doc:"poster, loudspeaker or portal" example:"poster"`
	At   *time.Time `json:"at,omitempty"`
	By   string     `json:"by"`
}

// EventReport is what a unit files afterwards.
type EventReport struct {
	ReportInput
	By string     `json:"by"`
	At *time.Time `json:"at,omitempty"`
}

// ReportInput is what is filled in of a report.
type ReportInput struct {
	Households int    `json:"households"`
	Villages   int    `json:"villages"`
	Officials  int    `json:"officials"`
	Summary    string `json:"summary"`
	Lessons    string `json:"lessons,omitempty"`
}

func showEvent(e event.Event, stateText string) Event {
	out := Event{
		ID: e.ID, Unit: e.Unit, CoUnits: append([]string{}, e.CoUnits...), Type: string(e.Type), Programme: e.Programme,
		Series: e.Series, CopiedFrom: e.CopiedFrom, Short: e.Short, Title: e.Title, About: e.About, Bring: e.Bring,
		Place: Place(e.Place), Village: e.Village, Host: e.Host, Contact: e.Contact,
		LocalStart: string(e.LocalStart), LocalEnd: string(e.LocalEnd), Zone: e.Zone, StartAt: at(e.StartAt), EndAt: at(e.EndAt),
		Slots: shown(e.Slots, showSlot), NoticeDays: e.NoticeDays, Notices: shown(e.Notices, showNotice),
		State: string(e.State), StateText: stateText, StatusNote: e.StatusNote, Revision: e.Revision,
		Allowed:   shown(e.Allowed(), func(a event.Act) string { return string(a) }),
		CreatedBy: e.CreatedBy, ApprovedBy: e.ApprovedBy, CreatedAt: at(e.CreatedAt), ApprovedAt: at(e.ApprovedAt),
		PublishedAt: at(e.PublishedAt), CancelledAt: at(e.CancelledAt),
	}
	if r := e.Report; r != nil {
		out.Report = &EventReport{ReportInput: ReportInput{
			Households: r.Households, Villages: r.Villages, Officials: r.Officials, Summary: r.Summary, Lessons: r.Lessons,
		}, By: r.By, At: at(r.At)}
	}
	return out
}

func showSlot(s event.Slot) Slot { return Slot{ID: s.ID, Name: s.Name, Capacity: s.Capacity} }

func readSlot(s Slot) event.Slot { return event.Slot{ID: s.ID, Name: s.Name, Capacity: s.Capacity} }

func showNotice(n event.Notice) Notice { return Notice{Kind: string(n.Kind), At: at(n.At), By: n.By} }

// showPlaces adds how full the slots are.
func showPlaces(slots []Slot, places []registration.Place) {
	for i := range slots {
		for _, p := range places {
			if p.Slot == slots[i].ID {
				taken, waiting := p.Taken, p.Waiting
				slots[i].Taken, slots[i].Waiting = &taken, &waiting
			}
		}
	}
}

// EventInput is what an organizer fills in.
type EventInput struct {
	Unit       string   `json:"unit" doc:"The unit that leads"`
	CoUnits    []string `json:"co_units,omitempty" nullable:"false"`
	Type       string   `json:"type" doc:"volunteer, dialogue, reception, procedures, legal_aid, health, digital, land, business, gratitude, culture or other" example:"volunteer"`
	Programme  string   `json:"programme,omitempty"`
	Series     string   `json:"series,omitempty"`
	Title      string   `json:"title" example:"Làm sạch bờ hồ"`
	About      string   `json:"about,omitempty"`
	Bring      string   `json:"bring,omitempty"`
	Place      Place    `json:"place"`
	Village    string   `json:"village,omitempty"`
	Host       string   `json:"host,omitempty"`
	Contact    string   `json:"contact,omitempty" doc:"A line that residents may ask, shown in public"`
	LocalStart string   `json:"local_start" doc:"Wall time in zone" example:"2026-11-29T07:00"`
	LocalEnd   string   `json:"local_end" example:"2026-11-29T10:00"`
	Zone       string   `json:"zone,omitempty" doc:"An IANA time zone, the unit's own if left out"`
	Slots      []Slot   `json:"slots,omitempty" nullable:"false" doc:"One without a limit if left out"`
	NoticeDays int      `json:"notice_days,omitempty"`
}

func (in EventInput) read() event.Input {
	return event.Input{
		Unit: in.Unit, CoUnits: in.CoUnits, Type: event.Type(in.Type), Programme: in.Programme, Series: in.Series,
		Title: in.Title, About: in.About, Bring: in.Bring, Place: event.Place(in.Place), Village: in.Village, Host: in.Host,
		Contact: in.Contact, LocalStart: calendar.Local(in.LocalStart), LocalEnd: calendar.Local(in.LocalEnd), Zone: in.Zone,
		Slots: shown(in.Slots, readSlot), NoticeDays: in.NoticeDays,
	}
}

// EventPatch changes what it names.
type EventPatch struct {
	CoUnits    *[]string `json:"co_units,omitempty"`
	Type       *string   `json:"type,omitempty"`
	Programme  *string   `json:"programme,omitempty"`
	Series     *string   `json:"series,omitempty"`
	Title      *string   `json:"title,omitempty"`
	About      *string   `json:"about,omitempty"`
	Bring      *string   `json:"bring,omitempty"`
	Place      *Place    `json:"place,omitempty"`
	Village    *string   `json:"village,omitempty"`
	Host       *string   `json:"host,omitempty"`
	Contact    *string   `json:"contact,omitempty"`
	LocalStart *string   `json:"local_start,omitempty"`
	LocalEnd   *string   `json:"local_end,omitempty"`
	Zone       *string   `json:"zone,omitempty"`
	Slots      *[]Slot   `json:"slots,omitempty"`
	NoticeDays *int      `json:"notice_days,omitempty"`
}

func (in EventPatch) read() event.Patch {
	p := event.Patch{
		CoUnits: in.CoUnits, Type: (*event.Type)(in.Type), Programme: in.Programme, Series: in.Series, Title: in.Title,
		About: in.About, Bring: in.Bring, Place: (*event.Place)(in.Place), Village: in.Village, Host: in.Host, Contact: in.Contact,
		LocalStart: (*calendar.Local)(in.LocalStart), LocalEnd: (*calendar.Local)(in.LocalEnd), Zone: in.Zone, NoticeDays: in.NoticeDays,
	}
	if in.Slots != nil {
		slots := shown(*in.Slots, readSlot)
		p.Slots = &slots
	}
	return p
}

// EventMove is a new time or place.
type EventMove struct {
	LocalStart *string `json:"local_start,omitempty" example:"2026-12-06T07:00"`
	LocalEnd   *string `json:"local_end,omitempty" example:"2026-12-06T10:00"`
	Zone       *string `json:"zone,omitempty"`
	Place      *Place  `json:"place,omitempty"`
	Village    *string `json:"village,omitempty"`
}

func (in EventMove) read() event.Move {
	return event.Move{
		LocalStart: (*calendar.Local)(in.LocalStart), LocalEnd: (*calendar.Local)(in.LocalEnd), Zone: in.Zone,
		Place: (*event.Place)(in.Place), Village: in.Village,
	}
}
