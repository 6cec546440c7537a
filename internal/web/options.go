package web

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/web/api"
)

// Check looks after one thing that the process depends on. Run gives nil while
// all is well, and otherwise an error whose words may be shown to anybody.
type Check struct {
	Name string
	Run  func(ctx context.Context) error
	// Critical ones make /readyz answer 503: without them nothing can be served.
	Critical bool
}

// Options are what New needs. API.Services, Texts and Process are required.
type Options struct {
	// API is what the JSON API needs.
	API   api.Options
	Texts *i18n.Catalogue
	// Process is the real clock, for limits and durations.
	Process func() time.Time
	Log     *slog.Logger
	// Registry takes the HTTP metrics; nil for none.
	Registry prometheus.Registerer
	// TrustedProxies may say in X-Forwarded-For whom they forward; nobody else.
	TrustedProxies []netip.Prefix
	// Checks are shown by /readyz, in their order.
	Checks []Check
	// Pages mounts the public and the residents' pages: resident.Mount.
	Pages func(r gin.IRouter) error
	// Staff mounts the pages of staff: console.Mount. Wait says how long a session
	// has to wait after all that it got wrong.
	Staff func(r gin.IRouter, wait func(tokenHash string) time.Duration) error
	// Dev mounts what only the demo has; nil for nothing.
	Dev func(r gin.IRouter) error
	// Limits have good zero values.
	Limits Limits
}
