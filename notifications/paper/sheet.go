package paper

import (
	"cmp"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Channel is the lane of rows that go out on paper.
const Channel = "paper"

// MaxLines is how many lines one sheet has at most.
const MaxLines = 200

// Kind says what is done with a sheet.
type Kind string

// Kinds of sheets: somebody calls, or somebody brings a letter.
const (
	Calls   Kind = "calls"
	Letters Kind = "letters"
)

// Valid reports whether the kind is one of them.
func (k Kind) Valid() bool { return k == Calls || k == Letters }

// State is where a sheet stands.
type State string

// The states of a sheet. Making is kept before its rows are printed, so that a
// kill in between leaves nothing that nobody finds.
const (
	Making State = "making"
	Open   State = "open"
	Closed State = "closed"
)

// Outcome is what came of a line, as it was written beside it.
type Outcome string

// The outcomes.
const (
	Reached     Outcome = "reached"
	NotReached  Outcome = "not_reached"
	WrongNumber Outcome = "wrong_number"
	NeverAgain  Outcome = "never_again"
)

// Outcomes is the closed list, in the order of the columns on a sheet.
func Outcomes() []Outcome { return []Outcome{Reached, NotReached, WrongNumber, NeverAgain} }

// Valid reports whether the outcome is one of Outcomes.
func (o Outcome) Valid() bool {
	switch o {
	case Reached, NotReached, WrongNumber, NeverAgain:
		return true
	}
	return false
}

// Standing is where a line stands.
type Standing string

// The standings. A line that waits may have been tried: its outcome is then
// not_reached. Entered is kept before anything is done about it.
const (
	Waiting Standing = ""
	Entered Standing = "entered"
	Done    Standing = "done"
	// Moved lines were overtaken: their message has changed since, and stands on
	// another line, or is no longer wanted: see Void.
	Moved Standing = "moved"
	// Late lines came back after the time up to which they were of use.
	Late Standing = "late"
)

// Line is one row on a sheet. It holds no name and no number to call: those are
// looked up when it is shown.
type Line struct {
	// Number counts from 1 and never changes.
	Number int `json:"number"`
	// Row, Part and Gen name the row as it was printed: a result counts only for
	// the row of this gen.
	Row  string `json:"row"`
	Part int    `json:"row_part"`
	Gen  int64  `json:"row_gen"`
	// Until is the last instant at which a result counts.
	Until notifications.Millis `json:"row_until"`
	// Start is when people set out, as the row says it; 0 where it says none, and
	// on sheets of before it was kept.
	Start notifications.Millis `json:"row_start,omitempty"`
	// Contact is the keyed hash of the phone that was printed, empty for a letter
	// or a visit. The row may have another by the time the line comes back.
	Contact string `json:"row_contact,omitempty"`

	Outcome  Outcome  `json:"outcome,omitempty"`
	Standing Standing `json:"standing,omitempty"`
	// Tries counts not_reached.
	Tries int `json:"tries,omitempty"`
	// Form names the form that brought the last entry, By who sent it, At when.
	Form string               `json:"form,omitempty"`
	By   string               `json:"by,omitempty"`
	At   notifications.Millis `json:"at,omitempty"`
	// After is the row's gen as the entry left it, for taking it back.
	After int64 `json:"gen_after,omitempty"`
}

// Deadline is until when the line is to be worked off: the start, while that lies
// ahead. Whoever is told later has set out, and a result counts until Until.
func (l Line) Deadline(now notifications.Millis) notifications.Millis {
	return Deadline(l.Until, l.Start, now)
}

// Deadline is until when a call is to be made that is of use until the instant,
// for what starts then, 0 for nothing.
func Deadline(until, start, now notifications.Millis) notifications.Millis {
	if start > now {
		return min(until, start)
	}
	return until
}

// IsOpen reports whether the line still waits for a final result.
func (l Line) IsOpen() bool { return l.Standing == Waiting || l.Standing == Entered }

// Void reports whether a line is overtaken and no other stands for it: its person
// was erased, wants to hear nothing, or has nothing more to be told.
func (l Line) Void(row notifications.Row) bool {
	switch {
	case l.Standing != Waiting && l.Standing != Moved:
		return false
	case row.Recipient == "":
		return true
	case row.State != notifications.Suppressed:
		return false
	}
	switch row.Reason {
	case notifications.ReasonErased, notifications.ReasonOptedOut, notifications.ReasonNoConsent,
		notifications.ReasonNothingNew, notifications.ReasonRuleRemoved:
		return true
	}
	return false
}

// Sheet is one list on paper: of one unit, village, class and kind.
type Sheet struct {
	ID string `json:"_id"`
	// Ver is 1 when it is stored first and raised by every Swap.
	Ver  int64  `json:"ver"`
	Unit string `json:"unit"`
	// Village is empty for people without one.
	Village string `json:"village"`
	// Class is urgent or normal.
	Class notifications.Class `json:"class"`
	Kind  Kind                `json:"kind"`
	State State               `json:"state"`
	// By made the sheet, At when.
	By string               `json:"by"`
	At notifications.Millis `json:"at"`
	// Until is the latest Until of its lines; of a sheet in the making, when it
	// counts as left behind.
	Until    notifications.Millis `json:"until"`
	ClosedAt notifications.Millis `json:"closed_at,omitempty"`
	// Pending says that something was entered and is not done yet.
	Pending bool   `json:"pending,omitempty"`
	Lines   []Line `json:"lines"`
}

// Line gives the line of the number.
func (s Sheet) Line(number int) (Line, bool) {
	if number < 1 || number > len(s.Lines) {
		return Line{}, false
	}
	return s.Lines[number-1], true
}

// Left counts the lines that still wait for a final result.
func (s Sheet) Left() int {
	n := 0
	for _, l := range s.Lines {
		if l.IsOpen() {
			n++
		}
	}
	return n
}

// Deadline is that of the first of its open lines, and of a sheet without any when
// results counted last.
func (s Sheet) Deadline(now notifications.Millis) notifications.Millis {
	first := notifications.Millis(0)
	for _, l := range s.Lines {
		if at := l.Deadline(now); l.IsOpen() && l.Until >= now && (first == 0 || at < first) {
			first = at
		}
	}
	return cmp.Or(first, s.Until)
}

// Missed counts the lines for which no result came in time.
func (s Sheet) Missed() int {
	n := 0
	for _, l := range s.Lines {
		if l.Standing == Late {
			n++
		}
	}
	return n
}

// tidy sets what follows from the lines.
func (s *Sheet) tidy(now notifications.Millis) {
	s.Pending, s.Until = false, 0
	open := false
	for i := range s.Lines {
		l := &s.Lines[i]
		s.Pending = s.Pending || l.Standing == Entered
		s.Until = max(s.Until, l.Until)
		open = open || l.IsOpen()
	}
	switch {
	case open:
		s.State, s.ClosedAt = Open, 0
	case s.State != Closed:
		s.State, s.ClosedAt = Closed, now
	}
}
