package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// metrics counts what jobs and messages do. No label names a person, a
// contact, an event or a unit.
type metrics struct {
	jobs      *prometheus.HistogramVec
	skipped   *prometheus.CounterVec
	ended     *prometheus.CounterVec
	back      *prometheus.CounterVec
	handovers *prometheus.HistogramVec
	swept     prometheus.Counter
	down      *prometheus.CounterVec
	clock     prometheus.Gauge
	clocks    *prometheus.CounterVec
	journal   prometheus.Counter
}

var (
	_ scheduler.Metrics     = (*metrics)(nil)
	_ notifications.Metrics = (*metrics)(nil)
)

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sunday_job_seconds", Help: "How long runs of jobs took.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}, []string{"job", "outcome"}),
		skipped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sunday_job_skipped_total", Help: "Runs that were due while the last one still ran.",
		}, []string{"job"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sunday_messages_ended_total", Help: "Messages by how they ended.",
		}, []string{"class", "channel", "state", "reason"}),
		back: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sunday_messages_back_total", Help: "Messages given back before they were handed over.",
		}, []string{"class", "channel", "reason"}),
		handovers: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sunday_handover_seconds", Help: "How long hand-overs took.", Buckets: prometheus.ExponentialBuckets(0.0005, 4, 9),
		}, []string{"channel"}),
		swept: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "sunday_messages_swept_total", Help: "Messages that a worker left in the middle of a hand-over.",
		}),
		down: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sunday_channel_down_total", Help: "Tries to open a connection of a channel that failed.",
		}, []string{"channel"}),
	}
	m.keep(r)
	r.MustRegister(m.jobs, m.skipped, m.ended, m.back, m.handovers, m.swept, m.down)
	return m
}

func (m *metrics) keep(r prometheus.Registerer) {
	m.clock = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "sunday_clock_held", Help: "1 while nothing is sent because this worker's clock is in doubt.",
	})
	m.clocks = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sunday_clock_holds_total", Help: "Doubts of this worker's clock.",
	}, []string{"doubt"})
	m.journal = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "sunday_journal_errors_total", Help: "Tries to write a refusal to the journal that failed.",
	})
	r.MustRegister(m.clock, m.clocks, m.journal)
}

// clockHeld counts a doubt of the clock.
func (m *metrics) clockHeld(doubt string) {
	m.clock.Set(1)
	m.clocks.WithLabelValues(doubt).Inc()
}

// clockGood ends it.
func (m *metrics) clockGood() { m.clock.Set(0) }

// JobEnded counts a run.
func (m *metrics) JobEnded(name string, o scheduler.Outcome, took time.Duration) {
	m.jobs.WithLabelValues(name, string(o)).Observe(took.Seconds())
}

// JobSkipped counts a run that was skipped.
func (m *metrics) JobSkipped(name string) { m.skipped.WithLabelValues(name).Inc() }

// RowEnded counts a message that ended.
func (m *metrics) RowEnded(l notifications.Lane, s notifications.State, r notifications.Reason) {
	m.ended.WithLabelValues(string(l.Class), l.Channel, string(s), string(r)).Inc()
}

// RowBack counts a message that was given back.
func (m *metrics) RowBack(l notifications.Lane, r notifications.Reason) {
	m.back.WithLabelValues(string(l.Class), l.Channel, string(r)).Inc()
}

// HandedOver times a hand-over.
func (m *metrics) HandedOver(channel string, took time.Duration) {
	m.handovers.WithLabelValues(channel).Observe(took.Seconds())
}

// RowsSwept counts messages that a worker left.
func (m *metrics) RowsSwept(n int) { m.swept.Add(float64(n)) }

// ChannelDown counts a connection that could not be opened.
func (m *metrics) ChannelDown(channel string) { m.down.WithLabelValues(channel).Inc() }
