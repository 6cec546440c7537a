package resident

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// shortView asks for the code of a poster again.
type shortView struct {
	assets.Page
	Typed, Path string
}

// short leads from the address on a poster to the event's page. The code stands
// in the path, or in the query where it was typed into the page's own field.
func (p *site) short(c *gin.Context) error {
	ctx := c.Request.Context()
	typed := c.Param("code")
	if typed == "" {
		typed = c.Query("code")
	}
	e, err := p.s.Events.ByShort(ctx, typed)
	if errors.Is(err, record.ErrAbsent) {
		v := shortView{
			Page:  p.page(c, request.Texts(ctx).Text("page.short.title", nil), outreach.ShortPath),
			Typed: typed, Path: outreach.ShortPath,
		}
		return p.render(c, http.StatusNotFound, "short", v)
	}
	if err != nil {
		return err
	}
	c.Redirect(http.StatusFound, p.page(c, "", "").Link(outreach.EventPath+e.ID))
	return nil
}
