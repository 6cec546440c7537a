package web

import (
	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/web/api"
)

// routes is every route on one screen.
func (s *server) routes(r *gin.Engine) error {
	r.Use(s.state, s.log, s.recover, headers)

	// How the process is, and for whom it takes who asks: open to all, never limited.
	r.GET("/healthz", alive)
	r.GET("/readyz", s.health.ready)
	r.GET(SeenAsPath, seenAs)

	r.Use(sameOrigin(), s.limits.middleware, form)
	r.NoRoute(noRoute)
	r.NoMethod(noMethod)

	// For staff, with a token: /api/v1/...; api.Mount lists them by noun. Its
	// description /openapi.json and its documentation /docs are open to all.
	if err := api.Mount(r, s.o.API); err != nil {
		return err
	}

	// Public and residents' pages, with a link of one's own or none: / and
	// /e/:id, /k/:code, /r/:token, /c/:token, /o/:token, /s/:event/:code, and what they load.
	if s.o.Pages != nil {
		if err := s.o.Pages(r); err != nil {
			return err
		}
	}

	// For staff, with a session: /staff/...; console lists them.
	if s.o.Staff != nil {
		if err := s.o.Staff(r, s.limits.Wait); err != nil {
			return err
		}
	}

	// The demo's own: /dev/mail, on loopback only.
	if s.o.Dev != nil {
		return s.o.Dev(r)
	}
	return nil
}
