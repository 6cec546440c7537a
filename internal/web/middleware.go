package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

const (
	// maxBodyBytes bounds every request's body; the API refuses one byte less.
	maxBodyBytes = 1<<20 + 1
	// maxTime is how long one request may work on the store.
	maxTime = 30 * time.Second
)

var (
	errCrossOrigin = fault.New(fault.Forbidden, "cross_origin")
	errTooLarge    = fault.New(fault.TooLarge, "form.too_large").With("max", strconv.Itoa(maxBodyBytes>>20))
)

// contentPolicy lets a page load from this server alone, and nothing inline.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// state gives the request its language and its client. A ?lang= is taken out of
// the query, since it is nobody else's business.
func (s *server) state(c *gin.Context) {
	query := c.Request.URL.Query()
	lang := s.o.Texts.Negotiate(c.GetHeader("Accept-Language"), query.Get("lang"))
	if query.Has("lang") && isAPI(c) {
		query.Del("lang")
		c.Request.URL.RawQuery = query.Encode()
	}
	st := &request.State{Texts: s.o.Texts.For(lang), Client: client(c.ClientIP())}
	ctx, stop := context.WithTimeout(request.With(c.Request.Context(), st), maxTime)
	defer stop()
	c.Request = c.Request.WithContext(ctx)
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBodyBytes)
	c.Header("Content-Language", st.Texts.Lang())
	c.Header("Vary", "Accept-Language")
	c.Next()
}

// client is what limits count: one IPv6 network is one client.
func client(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	a = a.Unmap()
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}

// log writes one line per request: the route's pattern and never the path, the
// query or the address, since those may hold what opens somebody's page.
func (s *server) log(c *gin.Context) {
	began := s.o.Process()
	c.Next()
	took := s.o.Process().Sub(began)
	method, route, status := knownMethod(c.Request.Method), c.FullPath(), c.Writer.Status()
	if route == "" {
		route = "unmatched"
	}
	s.metrics.observe(method, route, status, took)
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	st := request.From(c.Request.Context())
	s.o.Log.LogAttrs(c.Request.Context(), level, "request",
		slog.String("method", method), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("fault", st.Fault()), slog.String("cause", st.Cause()))
}

func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	default:
		return "other"
	}
}

// recover answers a panic with fixed words. What panicked may hold anything, so
// that only its type and the functions on the stack are logged.
func (s *server) recover(c *gin.Context) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if err, ok := r.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(r)
		}
		s.o.Log.LogAttrs(c.Request.Context(), slog.LevelError, "panic",
			slog.String("route", c.FullPath()), slog.String("type", fmt.Sprintf("%T", r)), slog.Any("stack", stack()))
		answer(c, errPanic)
	}()
	c.Next()
}

var errPanic = fault.New(fault.Internal, "internal")

// stack names the functions that were being called, innermost first.
func stack() []string {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(4, callers)])
	var names []string
	for {
		f, more := frames.Next()
		names = append(names, fmt.Sprintf("%s %d", f.Function[strings.LastIndexByte(f.Function, '/')+1:], f.Line))
		if !more {
			return names
		}
	}
}

// headers are those of every answer. A handler whose answer anybody may keep
// sets a Cache-Control of its own.
func headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	c.Next()
}

// sameOrigin refuses what another site makes a browser send. Left out are the
// API, which takes no cookies, and the one-click opt-out of RFC 8058, which a
// mail provider sends.
func sameOrigin() gin.HandlerFunc {
	p := http.NewCrossOriginProtection()
	p.AddInsecureBypassPattern(apiPrefix)
	p.AddInsecureBypassPattern("POST /o/{token}")
	return func(c *gin.Context) {
		if err := p.Check(c.Request); err != nil {
			answer(c, errCrossOrigin)
			return
		}
		c.Next()
	}
}

// form reads the form of a page, so that one that is too large is refused as that,
// and not as a form in which everything is missing.
func form(c *gin.Context) {
	if c.Request.Method == http.MethodPost && !isAPI(c) {
		// what cannot be read otherwise is refused by the fields that are missing
		err := errors.Join(c.Request.ParseForm(), c.Request.ParseMultipartForm(maxBodyBytes))
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			answer(c, errTooLarge)
			return
		}
	}
	c.Next()
}

func isAPI(c *gin.Context) bool { return strings.HasPrefix(c.Request.URL.Path, apiPrefix) }
