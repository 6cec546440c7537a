package weeks

import (
	"fmt"
	randv2 "math/rand/v2"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// cue is a moment in a worker's work at which an act is done, while the worker
// stands still: where the program has to hold, and where two who take turns
// hardly ever meet by themselves.
type cue struct {
	// call is the one at which the worker stands still, for as long as it lasts:
	// before the rows are marked, or those of an event read, and after a worker
	// has heard which are due.
	call  string
	lasts millis
	// jobs says that the worker does not plan as a job, which another worker does
	// meanwhile: whatever is to be planned, in every part.
	jobs bool
	// meets reports whether it is a call for these rows, or for those of the event.
	meets func(event string, rows []notifications.Row) bool
}

// onCue has an act done that waits for a worker to make the call.
func (l *ledger) onCue(call, event string, rows []notifications.Row) {
	w, g := l.world, l.gate
	if g.off || g.killed || g.place < 0 {
		return
	}
	at := slices.IndexFunc(w.cued, func(a act) bool {
		return a.at <= w.now && a.cue.call == call && !(a.cue.jobs && w.claimed["plan"]) && a.cue.meets(event, rows)
	})
	if at < 0 {
		return
	}
	a := w.cued[at]
	w.cued = slices.Delete(w.cued, at, at+1)
	w.acts = slices.Insert(w.acts, 0, a)
	g.struck++
	w.struck[faultPause]++
	w.tellf(g.actor.name, "stands still at %s", call)
	if a.cue.jobs { // when the act is done
		w.later(5*second, func() error { clear(w.ran); return nil })
	}
	g.actor.park(a.cue.lasts)
}

// onCue plans an act that waits for its cue from a time on.
func (w *writer) onCue(at millis, c cue, name string, do doing) {
	w.add(at, "office", name, do)
	w.acts[len(w.acts)-1].cue = &c
}

// ofAny reports whether some of the rows are of the event, and such as the function
// says.
func ofAny(e *sunday, such func(notifications.Row) bool) func(string, []notifications.Row) bool {
	return func(_ string, rows []notifications.Row) bool {
		return slices.ContainsFunc(rows, func(r notifications.Row) bool { return r.Occurrence == e.id && such(r) })
	}
}

// interludes plan what falls between two calls of a worker. They draw from a
// source of their own: whatever is added here changes nothing beside it.
func (w *writer) interludes() {
	if !slices.Contains(w.faults, faultPause) {
		return
	}
	own := &writer{plan: w.plan, faults: w.faults, r: randv2.New(randv2.NewPCG(w.seed, 0x63756573))} //nolint:gosec // see crew.set
	for _, scene := range []func(*sunday){own.editedBeforeMark, own.editedInDoubt, own.mergedWhileCalled, own.struckOffUnseen, own.tiredOfNews} {
		if own.chance(25) {
			scene(own.events[own.r.IntN(len(own.events))])
		}
	}
	w.strikes = append(w.strikes, own.meant()...)
}

// otherwise is an edit of what people are told of an event.
func (w *writer) otherwise(e *sunday) (name string, do doing) {
	if by := []millis{-hour, hour, 2 * hour}[w.r.IntN(3)]; w.chance(30) {
		return fmt.Sprintf("%s is moved by %d min", w.name(e), by/minute), move(e, by)
	}
	return w.name(e) + " gets another place", rehouse(e, "Last house")
}

// editedBeforeMark plans that an event changes just before people are reminded
// of it: after the worker asked what is due, and before it marks that.
func (w *writer) editedBeforeMark(e *sunday) {
	name, do := w.otherwise(e)
	known := func(r notifications.Row) bool { return !r.WasUnknown }
	w.onCue(e.eve(), cue{call: "Ledger.Mark", lasts: 2 * second, meets: ofAny(e, known)}, name, do)
}

// editedInDoubt plans that an event changes once more just when the news of the
// change before, of which nobody knows whether it came, is due again: after it
// was planned, and before it is marked.
func (w *writer) editedInDoubt(e *sunday) {
	at := e.start - hour - millis(w.r.IntN(8*60))*minute
	w.doubtful = append(w.doubtful, at, at, at)
	w.add(at, "office", w.name(e)+" gets another place", rehouse(e, "Doubtful house"))
	name, do := w.otherwise(e)
	doubted := func(r notifications.Row) bool { return r.WasUnknown && outreach.IsChange(r.Rule) }
	w.onCue(at, cue{call: "Ledger.Due", lasts: 2 * second, meets: ofAny(e, doubted)}, name, do)
}

// mergedWhileCalled plans that two records turn out to be of one person who was
// told under both that an event has another place, before anybody is called.
func (w *writer) mergedWhileCalled(e *sunday) {
	n := slices.IndexFunc(w.people, func(one person) bool { return one.unit == e.unit }) + 1
	for ; n < len(w.people) && w.people[n].unit == e.unit; n++ {
		a, b := w.people[n-1], w.people[n]
		if a.guest || b.guest || a.email == "" || b.email == "" || a.phone+b.phone == "" {
			continue
		}
		at := e.start - 2*hour - millis(w.r.IntN(60))*minute
		for _, who := range []int{n - 1, n} {
			w.add(e.eve()+30*minute, "office", fmt.Sprintf("enters %s at %s", w.person(who), w.name(e)), enter(who, e, 1))
		}
		w.add(at, "office", w.name(e)+" gets another place", rehouse(e, "House of one"))
		w.add(at+6*minute, "office", fmt.Sprintf("merges %s into %s", w.person(n), w.person(n-1)), merge(n, n-1, true))
		for _, later := range []millis{10 * minute, 40 * minute} {
			w.add(at+later, "office", fmt.Sprintf("prints what unit-%d is to be told", e.unit), prints(e.unit))
		}
		return
	}
}

// struckOffUnseen plans that somebody is struck off after a worker listed who is
// registered, and before it reads their rows, while another plans that.
func (w *writer) struckOffUnseen(e *sunday) {
	at := e.start - 90*minute + millis(w.r.IntN(40))*minute
	w.looks = append(w.looks, at-3*minute) // jobs that ran then rest now
	w.add(at, "office", w.name(e)+" is told more of", describe(e))
	reads := cue{call: "Ledger.BySubject", lasts: 30 * second, jobs: true, meets: func(event string, _ []notifications.Row) bool { return event == e.id }}
	w.onCue(at, reads, "strikes somebody off "+w.name(e), strikeOffTold(e))
}

// tiredOfNews plans that some who read of an event, or are about to, want no more
// news in the hours before the announcement.
func (w *writer) tiredOfNews(e *sunday) {
	rule := id.Hash("scene", e.id, "announcement")
	e.rules[rule] = w.name(e) + " announcement"
	in := reminder.Input{Audience: []reminder.Audience{reminder.News}, MinutesBefore: 2 * 24 * 60}
	w.add(e.start-3*day, "office", fmt.Sprintf("%s gets %s", w.name(e), spelled(in)), addRule(e, rule, in))
	for n, one := range w.people {
		if one.unit == e.unit && one.news && one.email != "" && w.chance(60) {
			at := e.start - 2*day - hour - millis(w.r.IntN(8*60))*minute
			w.add(at, w.person(n), "withdraws the consent to "+string(resident.ForNews), consent(n, resident.ForNews, false))
		}
	}
}
