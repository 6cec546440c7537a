package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// MetricsHandler serves the metrics, for a listener that the public does not reach.
func MetricsHandler(g prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(g, promhttp.HandlerOpts{})
}

// metrics counts requests by the pattern of their route, never by their path.
type metrics struct{ seconds *prometheus.HistogramVec }

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "sunday_http_seconds", Help: "How long requests took, by the pattern of their route.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 3, 9),
	}, []string{"method", "route", "status"})}
	if r == nil {
		return m, nil
	}
	return m, r.Register(m.seconds)
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	m.seconds.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}
