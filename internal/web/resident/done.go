package resident

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// donePath is where somebody goes who is finished on a phone that others use.
const donePath = "/done"

// finished leaves a page with nothing on it, and has the browser drop what it
// kept of the pages before. Pages of a registration are never kept by a browser
// (no-store), so that going back has to ask for them again.
func (p *site) finished(c *gin.Context) error {
	c.Header("Clear-Site-Data", `"cache", "storage"`)
	v := p.personal(c, request.Texts(c.Request.Context()).Text("page.done.blank", nil), donePath)
	return p.render(c, http.StatusOK, "done", v)
}
