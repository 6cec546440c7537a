package weeks

import (
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// A clock that jumps by more than this is in doubt, until as many ticks agree.
const (
	clockSlack = 2 * minute
	clockTicks = 3
)

// watch is what anybody may know of the clock of a worker who stands beside it:
// when it jumped, and since when it goes on as it should.
type watch struct {
	begun  bool
	last   millis // by how much it was off at the last tick
	doubt  bool
	agreed int
}

// clockOf is the clocks of the program in a place. Its time of day is its
// machine's: where that jumps, it jumps. Whoever asks for domain time has to see
// that; the wall alone tells how old it is what is being sent, and may have jumped
// and be right again by the next tick.
func (w *world) clockOf(p *place) app.Clock {
	wall := func() time.Time {
		return time.UnixMilli(int64(w.now + w.jump(p.gate.place))).UTC()
	}
	domain := func() time.Time {
		if off := w.jump(p.gate.place); p.watch.begun && !p.watch.doubt && (off-p.watch.last).abs() > clockSlack {
			w.doubt(p, off)
		}
		return wall()
	}
	return app.Clock{
		Domain: domain, Wall: wall,
		Process: func() time.Duration { return time.Duration(w.now-w.plan.begins) * time.Millisecond },
	}
}

// wrong is by how much the clock of a worker is, whoever knows it.
func (w *world) wrong(name string) notifications.Millis {
	for _, p := range append([]*place{w.extra}, w.places...) {
		if p.actor.name == name {
			return notifications.Millis(w.jump(p.gate.place))
		}
	}
	return 0
}

// doubt notes that from now on the worker has to know that its clock is wrong.
func (w *world) doubt(p *place, off millis) {
	p.watch.doubt, p.watch.agreed, p.watch.last = true, 0, off
	w.holds = append(w.holds, oracle.Hold{Worker: p.actor.name, From: notifications.Millis(w.now)})
}

// tickOf notes that a worker begins its next step.
func (w *world) tickOf(p *place) {
	off := w.jump(p.gate.place)
	k := &p.watch
	switch {
	case !k.begun:
		*k = watch{begun: true, last: off}
	case (off - k.last).abs() > clockSlack:
		if k.doubt {
			k.agreed, k.last = 0, off
		} else {
			w.doubt(p, off)
		}
	case k.doubt:
		if k.agreed++; k.agreed >= clockTicks {
			k.doubt = false
			w.believe(p)
		}
	}
	k.last = off
}

// believe ends the hold of a worker's clock.
func (w *world) believe(p *place) {
	for i := range w.holds {
		if h := &w.holds[i]; h.Worker == p.actor.name && h.To == 0 {
			h.To = notifications.Millis(w.now)
		}
	}
}

func (m millis) abs() millis { return max(m, -m) }
