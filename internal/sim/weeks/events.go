package weeks

import (
	"context"
	"fmt"

	"github.com/sunday-with-the-people/sunday/internal/event"
)

// week plans what a unit does in one week: one event or two on its Sunday, and
// all that happens to them.
func (w *writer) week(u, week int) {
	sundayMorning := w.begins + millis(week)*7*day + 6*day
	for range 1 + w.r.IntN(10)/7 {
		e := &sunday{
			id: w.idIn(), unit: u, kind: event.Types()[w.r.IntN(len(event.Types()))],
			start: sundayMorning + millis(w.r.IntN(9))*hour, inVillage: w.chance(35), rules: map[string]string{},
		}
		if w.chance(60) {
			e.seats = 2 + w.r.IntN(4)
		}
		w.events = append(w.events, e)
		name := w.name(e)
		e.rules[e.defaultRule()] = name + " reminder"
		from := e.start - 6*day
		if w.chance(15) {
			from = e.start - 20*hour // at the last moment
		}
		out := w.between(from, min(from+2*day, e.start-14*hour))
		w.add(out, "office", name+" is published", func(ctx context.Context, x *world) error { return x.publish(ctx, e) })
		w.registrations(e, out)
		w.changes(e, out)
		w.reminders(e, out)
		w.after(e)
	}
	w.desk(u, week)
}

// changes plans what becomes of an event before it begins.
func (w *writer) changes(e *sunday, out millis) {
	for range w.r.IntN(4) {
		at := w.between(out, e.start+hour)
		if w.chance(40) { // when people are just being told
			at = w.amid([]millis{e.eve(), e.start - 3*hour, out + 5*minute}[w.r.IntN(3)])
		}
		w.change(e, at)
	}
	if w.chance(30) { // when a reminder in doubt is about to go again
		w.doubtful = append(w.doubtful, e.eve())
		w.change(e, e.eve()+2*minute+millis(w.r.IntN(4))*second)
	}
	if w.chance(30) {
		w.overtaken(e)
	}
	if w.chance(30) {
		w.changedInDoubt(e)
	}
	if w.chance(30) {
		w.changedWhenDue(e)
	}
	if w.chance(25) && !e.kind.Discreet() {
		w.familyInDoubt(e)
	}
}

// changedWhenDue plans that an event changes once more just when the news of the
// change before goes out.
func (w *writer) changedWhenDue(e *sunday) {
	at := e.eve() - day - millis(w.r.IntN(9*60))*minute
	w.add(at, "office", w.name(e)+" gets another place", rehouse(e, "Old house"))
	w.add(at+5*minute, "office", w.name(e)+" gets another place", rehouse(e, "New house"))
}

// familyInDoubt plans that a family comes, has one mail of which nobody knows
// whether it came, and that one of them is struck off before it goes again.
func (w *writer) familyInDoubt(e *sunday) {
	for n, one := range w.people {
		if n == 0 || one.unit != e.unit || one.household == "" || one.household != w.people[n-1].household || one.guest || w.people[n-1].guest {
			continue
		}
		at := e.start - 2*hour - millis(w.r.IntN(10*60))*minute
		for _, who := range []int{n - 1, n} {
			w.add(at-hour, "office", fmt.Sprintf("enters %s at %s", w.person(who), w.name(e)), enter(who, e, 1))
		}
		w.doubtful = append(w.doubtful, at, at, at) // among the mails to others is theirs
		w.add(at, "office", w.name(e)+" gets another place", rehouse(e, "Family house"))
		w.add(at+10*second+millis(w.r.IntN(70))*second, "office", fmt.Sprintf("strikes %s off %s", w.person(n), w.name(e)), strikeOff(n, e))
		return
	}
}

// changedInDoubt plans that an event changes once more just when the news of the
// change before, of which nobody knows whether it came, is about to go again.
func (w *writer) changedInDoubt(e *sunday) {
	at := e.start - hour - millis(w.r.IntN(9*60))*minute
	w.doubtful = append(w.doubtful, at)
	w.add(at, "office", w.name(e)+" gets another place", rehouse(e, "Doubted house"))
	at += 2*minute + 2*second + millis(w.r.IntN(2))*2*second
	w.add(at, "office", w.name(e)+" gets another place", rehouse(e, "Better house"))
}

// overtaken plans that an event changes again while people are being called:
// what is reported back is of the line of before, or of both.
func (w *writer) overtaken(e *sunday) {
	at := e.start - 2*hour - millis(w.r.IntN(14*60))*minute
	for n := range 2 {
		w.add(at, "office", w.name(e)+" gets another place", rehouse(e, fmt.Sprintf("Hall %d", n)))
		w.add(at+8*minute, "office", fmt.Sprintf("prints what unit-%d is to be told", e.unit), prints(e.unit))
		at += 10*minute + millis(w.r.IntN(20))*minute
	}
	w.add(at, "office", fmt.Sprintf("enters results of unit-%d", e.unit), enters(e.unit))
}

// change is one thing that becomes of it.
func (w *writer) change(e *sunday, at millis) {
	name := w.name(e)
	by := []millis{-2 * hour, -hour, hour, 3 * hour, 26 * hour, 7 * day}[w.r.IntN(6)]
	soon := at + millis(30+w.r.IntN(400))*second
	if w.chance(30) {
		soon = w.between(at, at+day)
	}
	switch w.r.IntN(7) {
	case 0:
		w.add(at, "office", fmt.Sprintf("%s is moved by %d min", name, by/minute), move(e, by))
	case 1:
		w.add(at, "office", fmt.Sprintf("%s is moved by %d min", name, by/minute), move(e, by))
		w.add(soon, "office", fmt.Sprintf("%s is moved by %d min", name, -by/minute), move(e, -by))
	case 2:
		w.add(at, "office", name+" gets another place", rehouse(e, fmt.Sprintf("House %d", w.r.IntN(3))))
	case 3:
		w.add(at, "office", name+" is cancelled", do(e, event.Cancel, "storm"))
		if w.chance(60) {
			w.add(soon, "office", name+" is restored", do(e, event.Restore, ""))
		}
	case 4:
		w.add(at, "office", name+" is postponed", do(e, event.Postpone, "storm"))
		if w.chance(70) {
			w.add(soon, "office", fmt.Sprintf("%s is moved by %d min", name, by/minute), move(e, by))
			w.add(soon+millis(w.r.IntN(300))*second, "office", name+" is resumed", do(e, event.Resume, ""))
		}
	case 5:
		seats := 1 + w.r.IntN(6)
		w.add(at, "office", fmt.Sprintf("%s gets %d seats", name, seats), seat(e, seats))
	case 6:
		w.copied(e, at)
	}
}

// copied plans a copy of an event for the Sunday after, sometimes when the
// event is just being told of.
func (w *writer) copied(from *sunday, at millis) {
	e := &sunday{id: w.idIn(), unit: from.unit, kind: from.kind, start: from.start + 7*day, seats: from.seats, copyOf: from, rules: map[string]string{}}
	if w.chance(30) {
		e.start = from.start + day
	}
	w.events = append(w.events, e)
	w.add(at, "office", fmt.Sprintf("%s is copied from %s", w.name(e), w.name(from)), func(ctx context.Context, x *world) error { return x.copy(ctx, e) })
	for n := range w.people {
		if w.people[n].unit == e.unit && w.chance(40) {
			w.add(w.between(at, e.start), w.person(n), "registers at "+w.name(e), w.registering(n, e, w.people[n].guest))
		}
	}
	w.ends = max(w.ends, e.start)
}

// after plans the door and the report.
func (w *writer) after(e *sunday) {
	if w.chance(60) {
		w.add(e.start+90*minute, "office", w.name(e)+" is counted", count(e, w.r.IntN(4)))
	}
	if w.chance(40) {
		w.add(e.start+9*hour, "office", w.name(e)+" is reported", report(e))
	}
}
