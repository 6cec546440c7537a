package notifications

import (
	"log/slog"
	"time"
)

// Options are what a Dispatcher needs. Halted, Log and Metrics may be nil; the
// numbers have good zero values.
type Options struct {
	Ledger   Ledger
	Source   Source
	Holds    Holds
	Channels []Channel
	// Leases returns the parts that this worker holds now, ordered by part.
	Leases func() []Lease
	// Now is domain time: that of the last good tick.
	Now func() Millis
	// Process is the wall clock at the start of the process plus the monotonic
	// time since. Wall is the wall clock itself, nil to do without: of both,
	// the later one ages rows that are sending.
	Process func() Millis
	Wall    func() Millis
	// Nonce returns a new id for each mark.
	Nonce func() string
	// Halted stops all sending while it returns true, as a hold of the system does.
	Halted func() bool
	// Connections of each channel that Run keeps busy, 10 if 0.
	Connections int
	// Poll is how long Run waits after it found nothing due, 800 ms if 0.
	Poll time.Duration
	// Drain is how long Run has to end after its context is done, 30 s if 0.
	Drain   time.Duration
	Log     *slog.Logger
	Metrics Metrics
}

// Metrics is told what happens to rows. Its methods may be called at once by
// several goroutines.
type Metrics interface {
	// RowEnded is called when a result was decided.
	RowEnded(lane Lane, state State, reason Reason)
	// RowBack is called when a marked row is given back.
	RowBack(lane Lane, reason Reason)
	// HandedOver is called after each hand-over.
	HandedOver(channel string, took time.Duration)
	// RowsSwept is called with the rows that a sweep moved.
	RowsSwept(n int)
	// ChannelDown is called when no connection could be opened.
	ChannelDown(channel string)
}

type noMetrics struct{}

func (noMetrics) RowEnded(Lane, State, Reason)     {}
func (noMetrics) RowBack(Lane, Reason)             {}
func (noMetrics) HandedOver(string, time.Duration) {}
func (noMetrics) RowsSwept(int)                    {}
func (noMetrics) ChannelDown(string)               {}

func (o Options) withDefaults() Options {
	if o.Connections == 0 {
		o.Connections = 10
	}
	if o.Poll == 0 {
		o.Poll = 800 * time.Millisecond
	}
	if o.Drain == 0 {
		o.Drain = 30 * time.Second
	}
	if o.Wall == nil {
		o.Wall = o.Process
	}
	if o.Halted == nil {
		o.Halted = func() bool { return false }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = noMetrics{}
	}
	return o
}

// Stats counts what one run did with rows.
type Stats struct {
	Sent, Dead, Unknown, Suppressed, Expired int
	// Refused rows were refused for now, Deferred ones wait by the Source's
	// decision, Returned ones were marked and not begun, Held ones are of a
	// held unit, Swept ones were left sending by someone.
	Refused, Deferred, Returned, Held, Swept int
	// Down are the channels that could not be reached.
	Down []string
}

func (s *Stats) ended(state State) {
	switch state {
	case Sent:
		s.Sent++
	case Dead:
		s.Dead++
	case Unknown:
		s.Unknown++
	case Suppressed:
		s.Suppressed++
	case Expired:
		s.Expired++
	case Planned, Sending, Printed:
	}
}
