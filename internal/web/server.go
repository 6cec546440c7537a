package web

import (
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// apiPrefix is where programs talk to the server: errors are JSON there.
const apiPrefix = "/api/"

// server holds what the middleware needs.
type server struct {
	o       Options
	metrics *metrics
	limits  *limits
	health  *health
}

// New builds the handler with every route.
func New(o Options) (http.Handler, error) {
	if o.Texts == nil || o.Process == nil {
		return nil, errors.New("web: Texts and Process are required")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.API.Log == nil {
		o.API.Log = o.Log
	}
	counts, err := newMetrics(o.Registry)
	if err != nil {
		return nil, err
	}
	s := &server{o: o, metrics: counts, limits: newLimits(o.Limits, o.Process), health: &health{checks: o.Checks, now: o.Process}}
	s.o.API.Wait, s.o.API.TryMail = s.limits.Wait, s.limits.TryMail
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false
	if err := r.SetTrustedProxies(s.proxies()); err != nil {
		return nil, err
	}
	return r, s.routes(r)
}

// proxies are those that may name another client; nil trusts nobody.
func (s *server) proxies() []string {
	var names []string
	for _, p := range s.o.TrustedProxies {
		names = append(names, p.String())
	}
	return names
}

// NewHTTPServer gives a server with time limits on everything that a client
// could draw out. The caller serves on a listener of its own. The server's own
// log is dropped: its lines name addresses.
func NewHTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}
