package resident

import (
	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// Services are what the pages show and do.
type Services struct {
	Events        *event.Service
	Registrations *registration.Service
	Contacts      *contact.Service
	Surveys       *survey.Service
	Units         *unit.Service
}

// Mount adds the pages to a router.
func Mount(_ gin.IRouter, _ Services) error { return nil }
