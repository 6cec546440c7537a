package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// New builds the handler with every route.
func New(o Options) (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	if err := r.SetTrustedProxies(nil); err != nil {
		return nil, err
	}
	return r, routes(r, o)
}

// NewHTTPServer gives a server with time limits on everything a client could
// draw out. The caller sets no Addr; it serves on a listener of its own.
func NewHTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}
