package weeks

import (
	"context"
	"fmt"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/resident"
)

func (w *writer) person(n int) string { return fmt.Sprintf("person-%02d", n) }

// registrations plans who comes to an event, and how.
func (w *writer) registrations(e *sunday, out millis) {
	for n, one := range w.people {
		if one.unit != e.unit || w.chance(35) {
			continue
		}
		at := w.between(out, min(out+2*day, e.start))
		if w.chance(20) {
			at = w.between(e.start-15*hour, e.start)
		}
		form := one.guest || w.chance(35)
		w.add(at, w.person(n), "registers at "+w.name(e), w.registering(n, e, form))
		if form && one.email != "" && w.chance(75) {
			w.add(at+w.between(minute, 30*hour), w.person(n), "confirms for "+w.name(e), confirm(n, e))
		}
		for form && one.email != "" && w.chance(20) { // who has lost the mail, or the patience
			w.add(at+w.between(minute, 40*hour), w.person(n), "sends the form for "+w.name(e)+" again", registerAgain(n, e))
		}
		w.answers(n, e)
		switch later := w.between(at+hour, e.start+hour); w.r.IntN(12) {
		case 0, 1:
			w.add(later, w.person(n), "gives up "+w.name(e), giveUp(n, e))
			if w.chance(40) {
				w.add(w.between(later, e.start), w.person(n), "registers again at "+w.name(e), w.registering(n, e, one.guest))
			}
		case 2:
			party := 1 + w.r.IntN(4)
			w.add(later, w.person(n), fmt.Sprintf("comes as %d to %s", party, w.name(e)), resize(n, e, party))
		case 3:
			w.add(later, "office", fmt.Sprintf("strikes %s off %s", w.person(n), w.name(e)), strikeOff(n, e))
		}
	}
}

// registering is by the public form, or by staff.
func (w *writer) registering(n int, e *sunday, form bool) doing {
	party := 1 + w.r.IntN(2)
	if form {
		return register(n, e, party)
	}
	return enter(n, e, party)
}

// lives plans what people do that concerns no event alone.
func (w *writer) lives() {
	last := w.ends
	for n, one := range w.people {
		at := w.between(w.begins+hour, last)
		if w.chance(40) && len(w.events) > 0 { // while they are being told something
			e := w.events[w.r.IntN(len(w.events))]
			at = w.amid(e.eve())
		}
		switch w.r.IntN(14) {
		case 0, 1:
			w.add(at, w.person(n), "opts out", optOut(n))
			if w.chance(50) {
				w.add(w.between(at, last), w.person(n), "opts in again", optIn(n))
			}
		case 2:
			w.add(at, "office", "erases "+w.person(n), erase(n))
		case 3:
			p := []resident.Purpose{resident.ForReminders, resident.ForSurveys, resident.ForRegistration, resident.ForNews}[w.r.IntN(4)]
			w.add(at, w.person(n), "withdraws the consent to "+string(p), consent(n, p, false))
			if w.chance(50) {
				w.add(w.between(at, last), w.person(n), "consents to "+string(p), consent(n, p, true))
			}
		case 4:
			if !one.guest {
				w.add(at, "office", "gives "+w.person(n)+" another address", readdress(n))
			}
		}
	}
}

// holds plans holds of units and of everything, with something due behind them.
func (w *writer) holds() {
	if !slices.Contains(w.faults, faultHoldAhead) {
		return
	}
	for range w.r.IntN(3) {
		e := w.events[w.r.IntN(len(w.events))]
		at := w.between(e.start-5*day, e.start)
		if w.chance(50) {
			at = e.eve() - millis(w.r.IntN(600))*second
		}
		to := at + minute
		if w.chance(60) { // so that there is something to call people for
			w.add(at-6*minute-millis(w.r.IntN(900))*second, "office", w.name(e)+" gets another place", rehouse(e, "Held house"))
			to = at + millis(60+w.r.IntN(3600))*second
			w.add(to-30*second, "office", fmt.Sprintf("prints what unit-%d is to be told", e.unit), prints(e.unit))
		}
		unit, what := w.units[e.unit], fmt.Sprintf("unit-%d", e.unit)
		if w.chance(35) {
			unit, what = "", "everything"
		}
		w.holding(unit, what, at, w.between(to, at+10*hour))
	}
	if w.chance(30) {
		w.heldInDoubt(w.events[w.r.IntN(len(w.events))])
	}
}

func (w *writer) holding(unit, what string, from, to millis) {
	w.add(from, "office", what+" is held", func(ctx context.Context, x *world) error {
		x.struck[faultHoldAhead]++
		return x.hold(ctx, unit)
	})
	w.add(to, "office", what+" is released", func(ctx context.Context, x *world) error {
		return x.release(ctx, unit)
	})
}

// heldInDoubt plans that everything is released while every worker's clock is in
// doubt, with news waiting that was due before: their time stands still, and
// nothing else keeps it from going out. Workers look when the news is there, once
// more while their clocks agree, and right before and after the release.
func (w *writer) heldInDoubt(e *sunday) {
	at := e.eve()
	from, to := at-millis(w.r.IntN(300))*second, at+minute+millis(w.r.IntN(90))*second
	w.holding("", "everything", from, to)
	w.add(at, "office", w.name(e)+" gets another place", rehouse(e, "Waiting house"))
	w.jumps = append(w.jumps, to-9*second-millis(w.r.IntN(28))*second)
	w.looks = append(w.looks, at+2*second, at+6*second, to-8*second, to+2*second)
}
