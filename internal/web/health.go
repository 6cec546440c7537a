package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

const (
	// checkTime is how long one check may take.
	checkTime = 2 * time.Second
	// checkFor is how long an answer is given again: anybody may ask.
	checkFor = time.Second
)

// Health is the body of /readyz.
type Health struct {
	Ready  bool    `json:"ready"`
	Checks []State `json:"checks"`
}

// State is how one thing is that the process depends on.
type State struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	// Words say what is wrong, "ok" if nothing is.
	Words string `json:"words"`
}

// health runs the checks at most once at a time and once in checkFor.
type health struct {
	checks []Check
	now    func() time.Time

	mu   sync.Mutex
	at   time.Time
	last Health
}

// alive says that the process answers, whatever it depends on.
func alive(c *gin.Context) { c.String(http.StatusOK, "ok\n") }

// SeenAsPath tells who asks the network address that stands for them in limits:
// where it is a proxy's, or one that they made up, what is trusted is set wrong.
const SeenAsPath = "/seen-as"

func seenAs(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.String(http.StatusOK, c.ClientIP()+"\n")
}

// ready is 503 while something critical is away, so that a balancer sends
// requests elsewhere; it names every dependency either way.
func (h *health) ready(c *gin.Context) {
	report := h.report(context.WithoutCancel(c.Request.Context()))
	status := http.StatusOK
	if !report.Ready {
		status = http.StatusServiceUnavailable
	}
	c.JSON(status, report)
}

func (h *health) report(ctx context.Context) Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.at.IsZero() && h.now().Sub(h.at) < checkFor {
		return h.last
	}
	h.last = h.run(ctx)
	h.at = h.now()
	return h.last
}

func (h *health) run(ctx context.Context) Health {
	report := Health{Ready: true, Checks: make([]State, len(h.checks))}
	var all sync.WaitGroup
	for i, check := range h.checks {
		all.Go(func() { report.Checks[i] = state(ctx, check) })
	}
	all.Wait()
	for i, check := range h.checks {
		report.Ready = report.Ready && (report.Checks[i].OK || !check.Critical)
	}
	return report
}

// state waits for the check no longer than checkTime, even for one that does
// not look at its context.
func state(ctx context.Context, check Check) State {
	ctx, stop := context.WithTimeout(ctx, checkTime)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- check.Run(ctx) }()
	select {
	case err := <-done:
		if err != nil {
			return State{Name: check.Name, Words: text.Mask(err.Error())}
		}
		return State{Name: check.Name, OK: true, Words: "ok"}
	case <-ctx.Done():
		return State{Name: check.Name, Words: "no answer in time"}
	}
}
