package weeks

import (
	"fmt"
	randv2 "math/rand/v2"
)

// millis is simulated time in milliseconds since 1970.
type millis int64

const (
	second millis = 1000
	minute        = 60 * second
	hour          = 60 * minute
	day           = 24 * hour
)

// crew is all actors. Each works in a goroutine of its own, and one of them at
// a time: whoever works holds the token, and gives it back at every call of a
// port, when it waits for a time, and at its end.
type crew struct {
	seed   uint64
	now    millis
	actors []*player
	back   chan struct{}
	// ready counts the actors that could go on now.
	ready int
	// turns chooses who goes on. It begins anew with each moment, so that what
	// is left out of one moment changes no other.
	turns *randv2.Rand
}

func newCrew(seed uint64, at millis) *crew {
	c := &crew{seed: seed, back: make(chan struct{})}
	c.set(at)
	return c
}

// set moves time on.
func (c *crew) set(at millis) {
	c.now = at
	c.turns = randv2.New(randv2.NewPCG(c.seed, uint64(at))) //nolint:gosec // a simulation has to repeat itself
}

// player is one thread of work: an office, or a worker.
type player struct {
	name string
	crew *crew
	turn chan struct{}
	busy bool
	// wake is when a parked actor goes on, 0 if it is not parked.
	wake millis
	// failed is what a panic in its work said.
	failed error
}

func (c *crew) hire(name string) *player {
	a := &player{name: name, crew: c, turn: make(chan struct{})}
	c.actors = append(c.actors, a)
	return a
}

// begin gives an idle actor work. It starts when its turn comes.
func (c *crew) begin(a *player, work func()) {
	a.busy = true
	c.ready++
	go func() {
		<-a.turn
		defer func() {
			if p := recover(); p != nil {
				a.failed = fmt.Errorf("%s panicked: %v", a.name, p)
			}
			a.busy = false
			c.ready--
			c.back <- struct{}{}
		}()
		work()
	}()
}

// settle lets actors work until none can go on at this time.
func (c *crew) settle() {
	for {
		a := c.choose()
		if a == nil {
			return
		}
		a.turn <- struct{}{}
		<-c.back
	}
}

// choose draws one of those that can go on.
func (c *crew) choose() *player {
	var able []*player
	for _, a := range c.actors {
		if a.busy && a.wake != 0 && a.wake <= c.now {
			a.wake = 0
			c.ready++
		}
		if a.busy && a.wake == 0 {
			able = append(able, a)
		}
	}
	if len(able) == 0 {
		return nil
	}
	return able[c.turns.IntN(len(able))]
}

// giveWay lets another actor go on now and then. It is called by the actor
// that holds the token.
func (a *player) giveWay() {
	if a.crew.ready < 2 || a.crew.turns.IntN(3) > 0 {
		return
	}
	a.yield()
}

// park stops the actor for a while of simulated time.
func (a *player) park(d millis) {
	a.wake = a.crew.now + d
	a.crew.ready--
	a.yield()
}

func (a *player) yield() {
	a.crew.back <- struct{}{}
	<-a.turn
}

// nextWake is when the first parked actor goes on, 0 if none is parked.
func (c *crew) nextWake() millis {
	var next millis
	for _, a := range c.actors {
		if a.busy && a.wake != 0 && (next == 0 || a.wake < next) {
			next = a.wake
		}
	}
	return next
}
