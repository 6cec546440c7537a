package outreach

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Shifted says what an edit does to a message.
type Shifted string

// What an edit does: a planned message moves to another time; it changes its
// class or channel alone; it is dropped; it comes anew; or there is a new row
// that says why nothing goes out. Kept are planned messages that stay, and
// Rewritten those not sent that say another reason now.
const (
	ShiftMoved     Shifted = "moved"
	ShiftChanged   Shifted = "changed"
	ShiftDropped   Shifted = "dropped"
	ShiftAdded     Shifted = "added"
	ShiftNotSent   Shifted = "not_sent"
	ShiftKept      Shifted = "kept"
	ShiftRewritten Shifted = "rewritten"
)

// Shift is a number of messages to which an edit does the same. From is the
// zero value for what is new. All of them are in the language of To.
type Shift struct {
	What     Shifted
	From, To Lot
	Messages int
}

// RuleDifference is what an edit does to the messages of one rule. Before is
// Gone for a rule that the edit adds, After for one that it takes away.
type RuleDifference struct {
	Rule          string
	Before, After RuleLine
	Shifts        []Shift
}

// Difference is what an edit would do to what goes out about an event.
type Difference struct {
	At    notifications.Millis
	Event event.Event
	// Told are people who would get a notice of the change by the edit.
	Told  int
	Rules []RuleDifference
}

// Difference says what an edit would do: after is the event as it would be, and
// reminders are the rules that would hold then. It writes nothing.
func (x *Explainer) Difference(ctx context.Context, after event.Event, reminders []reminder.Rule) (Difference, error) {
	stored, err := x.stores.Events.Get(ctx, after.ID)
	if err != nil {
		return Difference{}, err
	}
	old, err := x.stores.reminders(ctx, stored)
	if err != nil {
		return Difference{}, err
	}
	v, err := x.view(ctx, stored, old)
	if err != nil {
		return Difference{}, err
	}
	w, err := x.view(ctx, after, reminders)
	if err != nil {
		return Difference{}, err
	}
	w.now = v.now
	if w.seats, err = x.trySeats(ctx, stored, after, v.now); err != nil {
		return Difference{}, err
	}
	d := newDifferer(v, w, newTongues(x.texts))
	// rows that are nobody's are changed by no edit
	err = x.everybody(ctx, v, []view{v, w}, d.person, func(notifications.Row) {})
	return d.difference(), err
}

// trySeats gives the seats that other slots would change.
func (x *Explainer) trySeats(ctx context.Context, before, after event.Event, now notifications.Millis) (seats, error) {
	if !after.HasRoll || slices.Equal(before.Slots, after.Slots) {
		return nil, nil
	}
	roll, err := x.stores.Rolls.Roll(ctx, after.ID)
	if errors.Is(err, record.ErrAbsent) {
		return nil, nil // nobody came yet
	}
	if err != nil {
		return nil, err
	}
	return roll.TrySlots(after, calendar.Instant(now))
}

// differer counts what becomes of each message.
type differer struct {
	before, after view
	tongues       tongues
	shifts        map[string]map[shiftKey]*Shift
	told          map[string]bool
}

type shiftKey struct {
	what     Shifted
	from, to Alike
}

func newDifferer(before, after view, t tongues) *differer {
	return &differer{before: before, after: after, tongues: t, shifts: map[string]map[shiftKey]*Shift{}, told: map[string]bool{}}
}

func (d *differer) person(p Person) {
	was := make(map[string]notifications.Row)
	for _, row := range d.before.project(p) {
		was[row.ID] = row
	}
	q := d.after.person(p)
	for _, row := range d.after.project(q) {
		old, there := was[row.ID]
		from, to := Lot{}, lotOf(d.after, q, row)
		if there {
			from = lotOf(d.before, p, old)
		}
		to.Language = d.tongues.of(p.Resident.Locale)
		what := shifted(old, row, there)
		if what == "" {
			continue
		}
		if what == ShiftAdded && IsChange(row.Rule) {
			d.told[p.Recipient] = true
		}
		d.count(row.Rule, what, from, to)
	}
}

func lotOf(v view, p Person, row notifications.Row) Lot {
	a, at := v.alike(p, row)
	return Lot{Alike: a, First: at, Last: at}
}

// shifted says what becomes of a row; "" where nothing does.
func shifted(old, row notifications.Row, there bool) Shifted {
	planned := row.State == notifications.Planned
	switch {
	case !there && planned, there && planned && old.State != notifications.Planned:
		return ShiftAdded
	case !there:
		return ShiftNotSent
	case planned && old.Due != row.Due:
		return ShiftMoved
	case planned && (old.Lane != row.Lane || old.Until != row.Until):
		return ShiftChanged
	case planned:
		return ShiftKept
	case old.State == notifications.Planned || old.State == notifications.Printed && row.State != notifications.Printed:
		return ShiftDropped
	case old.State != row.State || old.Reason != row.Reason:
		return ShiftRewritten
	}
	return ""
}

func (d *differer) count(rule string, what Shifted, from, to Lot) {
	key := shiftKey{what, from.Alike, to.Alike}
	if d.shifts[rule] == nil {
		d.shifts[rule] = make(map[shiftKey]*Shift)
	}
	s := d.shifts[rule][key]
	if s == nil {
		s = &Shift{What: what, From: from, To: to}
		d.shifts[rule][key] = s
	}
	s.From.First, s.From.Last = min(s.From.First, from.First), max(s.From.Last, from.Last)
	s.To.First, s.To.Last = min(s.To.First, to.First), max(s.To.Last, to.Last)
	s.Messages++
	s.From.Messages, s.To.Messages = s.Messages, s.Messages
}

func (d *differer) difference() Difference {
	out := Difference{At: d.after.now, Event: d.after.facts.Event, Told: len(d.told)}
	var ids []string
	for _, r := range d.after.rules {
		ids = append(ids, r.ID)
	}
	for _, r := range d.before.rules {
		if !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	for _, id := range withGone(ids, d.shifts) {
		one := RuleDifference{Rule: id, Before: d.before.ruleLine(id), After: d.after.ruleLine(id), Shifts: sortedShifts(d.shifts[id])}
		if one.Before.Reminder != nil || one.After.Reminder != nil || len(one.Shifts) > 0 {
			out.Rules = append(out.Rules, one)
		}
	}
	return out
}

func sortedShifts(by map[shiftKey]*Shift) []Shift {
	out := make([]Shift, 0, len(by))
	for _, s := range by {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Shift) int {
		return cmp.Or(
			cmp.Compare(a.What, b.What), cmp.Compare(a.To.First, b.To.First), cmp.Compare(a.From.First, b.From.First),
			a.From.compare(b.From.Alike), a.To.compare(b.To.Alike),
		)
	})
	return out
}
