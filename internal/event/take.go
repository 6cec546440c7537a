package event

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Refusals that depend on the clock: ErrOver of publishing or resuming what has
// ended already, and of what leads there; ErrEarly of closing what has not begun,
// or typing who came to it.
var (
	ErrOver  = fault.New(fault.Conflict, "event.over")
	ErrEarly = fault.New(fault.Conflict, "event.not_started")
)

// Refusals of a report: ErrUnheld before the event is over, ErrReported where it
// is filed, ErrUnreported where the event was cancelled.
var (
	ErrUnheld     = fault.New(fault.Conflict, "event.report_early")
	ErrReported   = fault.New(fault.Conflict, "event.reported")
	ErrUnreported = fault.New(fault.Conflict, "event.report_cancelled")
)

// A change notice goes 5 minutes after the last edit, at most 30 after the
// first: an edit after that begins a new count.
const (
	editQuiet  = 5 * time.Minute
	editAtMost = 30 * time.Minute
)

// Take moves the event by one act, with all that the act means for it: whoever
// may do so was asked before. By is the account, empty for a job. Note is kept
// as StatusNote where the act is return, postpone or cancel, and goes when
// resume, restore or submit undo those.
func (e *Event) Take(act Act, by, note string, now calendar.Instant) error {
	next, err := Next(e.State, e.Former, act)
	if err != nil {
		return err
	}
	if leadsToPublic(act) && e.EndAt <= now {
		return ErrOver
	}
	if act == Close && now < e.StartAt {
		return ErrEarly
	}
	switch act {
	case Submit:
		e.SubmittedBy, e.StatusNote = by, ""
	case Withdraw:
		e.SubmittedBy = ""
	case Approve:
		e.ApprovedBy, e.ApprovedAt, e.Uncounted = by, now, true
	case Publish:
		e.PublishedAt, e.HasRoll = now, limited(e.Slots)
	case Return:
		e.StatusNote = note
	case Postpone:
		e.StatusNote = note
		e.revise()
	case Resume:
		e.StatusNote = ""
		e.revise()
	case Cancel:
		e.cancel(note, now)
	case Restore:
		e.restore()
	case FileReport:
		e.ReportedAt, e.Uncounted = now, true
	}
	e.State = next
	if act == Postpone || act == Resume || act == Cancel || act == Restore {
		e.edited(now)
	}
	e.Touch()
	return nil
}

// leadsToPublic reports whether the act is of use only to what residents can come to.
func leadsToPublic(act Act) bool {
	return act == Submit || act == Approve || act == Publish || act == Resume
}

func (e *Event) cancel(note string, now calendar.Instant) {
	e.Former, e.StatusNote, e.CancelledAt = e.State, note, now
	if e.ApprovedAt != 0 {
		e.CancelCount++
		e.Uncounted = true
	}
	e.revise()
}

func (e *Event) restore() {
	e.Former, e.StatusNote, e.CancelledAt = "", "", 0
	if e.ApprovedAt != 0 {
		e.Uncounted = true
	}
	e.revise()
}

// Move changes time or place, or the village, of an approved event; it reports
// whether anything differed.
func (e *Event) Move(in Input, t Times, by string, now calendar.Instant) (fields []string, err error) {
	if _, err := Next(e.State, e.Former, Reschedule); err != nil {
		return nil, err
	}
	fields = changed(e.Input(), in)
	if len(fields) == 0 {
		return nil, nil
	}
	if e.StartAt > now && t.Start <= now { // nobody could come; of what has begun a wrong time may be set right
		var c fault.Check
		c.Add("local_start", "event.past_start")
		return nil, c.Err()
	}
	told := e.StartAt != t.Start || e.EndAt != t.End || e.Zone != in.Zone || e.Place != in.Place
	e.Place, e.Village = in.Place, in.Village
	e.LocalStart, e.LocalEnd, e.Zone = in.LocalStart, in.LocalEnd, in.Zone
	e.StartAt, e.EndAt = t.Start, t.End
	e.LastEditedBy = by
	if told {
		e.revise()
		e.edited(now)
	}
	e.Touch()
	return fields, nil
}

// revise raises the SEQUENCE of calendar parts. Nobody holds one of an event
// that was never approved, and a draft's number would only confuse.
func (e *Event) revise() {
	if e.ApprovedAt != 0 {
		e.Revision++
	}
}

// edited bounds the edits that one change notice covers. The planner never
// clears them: an edit after the notice was due begins a new count.
func (e *Event) edited(now calendar.Instant) {
	if e.PublishedAt == 0 {
		return
	}
	if e.FirstEditAt == 0 || now.Sub(e.LastEditAt) >= editQuiet || now.Sub(e.FirstEditAt) >= editAtMost {
		e.FirstEditAt = now
	}
	e.LastEditAt = now
}
