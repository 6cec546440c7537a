package web

import (
	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/web/api"
)

// routes is every route on one screen.
func routes(r *gin.Engine, o Options) error {
	if err := api.Mount(r, o.API); err != nil {
		return err
	}
	if o.Pages != nil {
		if err := o.Pages(r); err != nil {
			return err
		}
	}
	if o.Dev != nil {
		return o.Dev(r)
	}
	return nil
}
