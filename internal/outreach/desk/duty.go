package desk

import (
	"cmp"
	"slices"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// DutyKind says what is to be done.
type DutyKind string

// The duties of paper.
const (
	// PrintList: messages are due that nobody has printed yet.
	PrintList DutyKind = "print_list"
	// WorkOff: a sheet has lines that wait for a result.
	WorkOff DutyKind = "work_off"
	// FindContact: people who mean to come cannot be reached any more.
	FindContact DutyKind = "find_contact"
)

// Duty is one thing that is left to do, derived from facts and never stored.
type Duty struct {
	Kind    DutyKind
	Unit    string
	Village string
	// Urgent, Paper and Sheet go with sheets; Sheet is empty for what is not
	// printed yet.
	Urgent bool
	Paper  paper.Kind
	Sheet  string
	// Count is of people or lines.
	Count int
	// Deadline is until when it is to be done: the first of theirs.
	Deadline notifications.Millis
	// Residents go with FindContact, by id.
	Residents []string
}

// Due is a row that waits to be printed.
type Due struct {
	Village string
	Urgent  bool
	Paper   paper.Kind
	// Until and Start are the row's.
	Until, Start notifications.Millis
}

// Lost is somebody who comes to an event and whose main contact works no more.
type Lost struct {
	Resident, Village string
	// Start of the first event that they mean to come to.
	Start notifications.Millis
}

// Work are the facts that duties follow from.
type Work struct {
	Unit string
	Due  []Due
	// Sheets are open ones.
	Sheets []paper.Sheet
	Lost   []Lost
}

// Duties derives what is left to do, urgent lists first, then by deadline.
func Duties(w Work, now notifications.Millis) []Duty {
	out := append(toPrint(w, now), toWorkOff(w, now)...)
	out = append(out, toFind(w)...)
	slices.SortStableFunc(out, func(a, b Duty) int {
		return cmp.Or(before(a.Urgent, b.Urgent), cmp.Compare(a.Deadline, b.Deadline), cmp.Compare(a.Village, b.Village),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Paper, b.Paper), cmp.Compare(a.Sheet, b.Sheet))
	})
	return out
}

// before puts what holds for a first.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func toPrint(w Work, now notifications.Millis) []Duty {
	type list struct {
		village string
		urgent  bool
		kind    paper.Kind
	}
	at := map[list]int{}
	var out []Duty
	for _, d := range w.Due {
		key := list{d.Village, d.Urgent, d.Paper}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Duty{Kind: PrintList, Unit: w.Unit, Village: d.Village, Urgent: d.Urgent, Paper: d.Paper})
		}
		out[i].add(paper.Deadline(d.Until, d.Start, now))
	}
	return out
}

// add counts one more, to be done until the instant.
func (d *Duty) add(by notifications.Millis) {
	d.Count++
	if d.Deadline == 0 || by < d.Deadline {
		d.Deadline = by
	}
}

func toWorkOff(w Work, now notifications.Millis) []Duty {
	var out []Duty
	for _, s := range w.Sheets {
		d := Duty{
			Kind: WorkOff, Unit: w.Unit, Village: s.Village, Urgent: s.Class == notifications.Urgent, Paper: s.Kind, Sheet: s.ID,
		}
		for _, l := range s.Lines {
			if s.State == paper.Open && l.IsOpen() && l.Until >= now {
				d.add(l.Deadline(now))
			}
		}
		if d.Count > 0 {
			out = append(out, d)
		}
	}
	return out
}

func toFind(w Work) []Duty {
	at := map[string]int{}
	var out []Duty
	for _, l := range w.Lost {
		i, ok := at[l.Village]
		if !ok {
			i = len(out)
			at[l.Village] = i
			out = append(out, Duty{Kind: FindContact, Unit: w.Unit, Village: l.Village})
		}
		out[i].add(l.Start)
		out[i].Residents = append(out[i].Residents, l.Resident)
	}
	for i := range out {
		slices.Sort(out[i].Residents)
	}
	return out
}
