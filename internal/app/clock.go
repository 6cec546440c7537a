package app

import (
	"sync"
	"time"
)

// Clock is the two clocks of the program. Domain time is what facts, due times
// and limits are on, and may be simulated; process time is what leases,
// timeouts and sweeps are on, and is always real outside a simulation.
type Clock struct {
	// Domain is the time that the product lives in.
	Domain func() time.Time
	// Process is time since the process began, without jumps.
	Process func() time.Duration
	// Wall is the machine's clock.
	Wall func() time.Time
}

// RealClock is both clocks as the machine has them. Domain time is the wall
// clock's, so that a machine that slept or was set right has the right time.
func RealClock() Clock {
	c := simulated(time.Now(), 1)
	c.Domain = func() time.Time { return time.Now().Round(0) }
	return c
}

// ClockAt is a clock whose domain time starts at the instant and runs speed
// times as fast as real time.
func ClockAt(at time.Time, speed float64) Clock { return simulated(at, speed) }

func simulated(at time.Time, speed float64) Clock {
	began := time.Now()
	return Clock{
		Domain:  func() time.Time { return at.Add(time.Duration(float64(time.Since(began)) * speed)) },
		Process: func() time.Duration { return time.Since(began) },
		Wall:    time.Now,
	}
}

// HandClock is a clock whose domain time moves only when it is told to: for
// the demo's past and for tests.
type HandClock struct {
	mu    sync.Mutex
	at    time.Time
	speed float64
	since time.Time
}

// NewHandClock stands at the instant.
func NewHandClock(at time.Time) *HandClock { return &HandClock{at: at} }

// Now is the domain time.
func (h *HandClock) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now()
}

func (h *HandClock) now() time.Time {
	if h.speed == 0 {
		return h.at
	}
	return h.at.Add(time.Duration(float64(time.Since(h.since)) * h.speed))
}

// Set moves the clock to the instant.
func (h *HandClock) Set(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at, h.since = at, time.Now()
}

// Run lets the clock run from where it stands, speed times as fast as real time.
func (h *HandClock) Run(speed float64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.now()
	h.speed, h.since = speed, time.Now()
}

// Clock gives the two clocks, the domain one in the hand.
func (h *HandClock) Clock() Clock {
	c := RealClock()
	c.Domain = h.Now
	return c
}
