package scheduler

import "time"

// When a clock is not believed.
const (
	// ClockSlack is how far the wall clock and process time, or the clocks of two
	// workers, may drift apart from one tick to the next.
	ClockSlack = 2 * time.Minute
	// ClockStale is how long after the last good tick a start is believed.
	ClockStale = 24 * time.Hour
	// ClockBack is how much earlier than the last good tick a start is believed:
	// the clocks of two machines are never quite the same.
	ClockBack = 5 * time.Second
	// ClockTicks is how many ticks in a row have to agree to be believed again.
	ClockTicks = 3
)

// ClockDoubt is why a clock is not believed, empty while it is.
type ClockDoubt string

// The doubts.
const (
	ClockJumped  ClockDoubt = "jumped"       // wall clock and process time differ between two ticks
	ClockEarlier ClockDoubt = "earlier"      // a start before the last good tick
	ClockLater   ClockDoubt = "later"        // a start more than ClockStale after it
	ClockOthers  ClockDoubt = "other_worker" // a start that is off another worker's beat
)

// ClockDoubts is the closed list.
func ClockDoubts() []ClockDoubt {
	return []ClockDoubt{ClockJumped, ClockEarlier, ClockLater, ClockOthers}
}

// ClockTick is one reading of both clocks.
type ClockTick struct {
	// Wall is in Unix milliseconds.
	Wall int64
	// Process is monotonic process time.
	Process time.Duration
}

// off is how far the wall clock went beyond process time since the earlier tick.
func (t ClockTick) off(earlier ClockTick) time.Duration {
	return time.Duration(t.Wall-earlier.Wall)*time.Millisecond - (t.Process - earlier.Process)
}

// ClockWatch tells a clock that goes on from one that jumped. It is a value:
// Tick returns the next one, and nothing is read but what it is given.
type ClockWatch struct {
	last, good ClockTick
	doubt      ClockDoubt
	agreed     int
}

// StartClock begins with the first tick of a process. lastGood is the last good
// tick of any worker in Unix milliseconds, 0 if there was none; others tells
// whether another worker that may be alive has a clock more than ClockSlack away.
func StartClock(first ClockTick, lastGood int64, others bool) ClockWatch {
	w := ClockWatch{last: first, good: first}
	since := time.Duration(first.Wall-lastGood) * time.Millisecond
	switch {
	case others:
		w.doubt = ClockOthers
	case lastGood == 0:
	case since < -ClockBack:
		w.doubt = ClockEarlier
	case since > ClockStale:
		w.doubt = ClockLater
	}
	if w.doubt != "" && lastGood != 0 {
		w.good.Wall = lastGood
	}
	return w
}

// Doubt is why nothing may be sent now, empty where all is well.
func (w ClockWatch) Doubt() ClockDoubt { return w.doubt }

// Good is the last good tick: that of the last start's or another worker's,
// with this process's time, where none was good since the start.
func (w ClockWatch) Good() ClockTick { return w.good }

// Agrees reports whether a reading goes on from the last tick.
func (w ClockWatch) Agrees(t ClockTick) bool { return t.off(w.last).Abs() <= ClockSlack }

// Tick takes the next tick. A clock in doubt is believed again once ClockTicks
// in a row agree with each other, and no other worker's clock differs.
func (w ClockWatch) Tick(t ClockTick, others bool) ClockWatch {
	agrees := w.Agrees(t)
	w.last = t
	switch {
	case !agrees:
		w.doubt, w.agreed = ClockJumped, 0
	case w.doubt == "":
		w.good = t
	case others:
		w.doubt, w.agreed = ClockOthers, 0
	default:
		if w.agreed++; w.agreed >= ClockTicks {
			w.doubt, w.agreed, w.good = "", 0, t
		}
	}
	return w
}
