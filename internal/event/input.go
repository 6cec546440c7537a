package event

import "github.com/sunday-with-the-people/sunday/internal/calendar"

// Input is what an organizer fills in. Unit is the lead unit; Zone may be
// empty for the unit's own; a slot without an id gets one; no slots at all
// make one without a limit.
type Input struct {
	Unit       string
	CoUnits    []string
	Type       Type
	Programme  string
	Series     string
	Title      string
	About      string
	Bring      string
	Place      Place
	Village    string
	Host       string
	Contact    string
	LocalStart calendar.Local
	LocalEnd   calendar.Local
	Zone       string
	Slots      []Slot
	NoticeDays int
}

// Patch changes what is not nil. The lead unit never changes.
type Patch struct {
	CoUnits    *[]string
	Type       *Type
	Programme  *string
	Series     *string
	Title      *string
	About      *string
	Bring      *string
	Place      *Place
	Village    *string
	Host       *string
	Contact    *string
	LocalStart *calendar.Local
	LocalEnd   *calendar.Local
	Zone       *string
	Slots      *[]Slot
	NoticeDays *int
}

// Move is a new time or place of an event that is approved already. What is
// nil stays as it is.
type Move struct {
	LocalStart *calendar.Local
	LocalEnd   *calendar.Local
	Zone       *string
	Place      *Place
	Village    *string
}

// ReportInput is what a unit files after the event.
type ReportInput struct {
	Households, Villages, Officials int
	Summary, Lessons                string
}
