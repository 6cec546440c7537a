package api

import (
	"embed"
	"io/fs"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
)

//go:embed docs
var docs embed.FS

// documentation serves the description and the page that shows it, from files
// that came with the program: no page asks another host.
func (m *mount) documentation(r gin.IRouter) error {
	spec := sync.OnceValues(m.description) // few ask, and a start need not wait for it
	r.GET("/openapi.json", func(c *gin.Context) {
		spec, err := spec()
		if err != nil {
			panic(err) // a mistake of the program, and answered as one
		}
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, "application/openapi+json", spec)
	})
	for path, file := range map[string][2]string{
		"/docs":                      {"docs/index.html", "text/html; charset=utf-8"},
		"/docs/init.js":              {"docs/init.js", "text/javascript; charset=utf-8"},
		"/docs/swagger-ui.css":       {"docs/swagger-ui.css", "text/css; charset=utf-8"},
		"/docs/swagger-ui-bundle.js": {"docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
	} {
		if _, err := fs.Stat(docs, file[0]); err != nil {
			return err
		}
		r.GET(path, func(c *gin.Context) {
			c.Header("Cache-Control", "no-cache")
			c.Header("Content-Type", file[1])
			http.ServeFileFS(c.Writer, c.Request, docs, file[0]) // from the program itself: 2 MB less to keep
		})
	}
	return nil
}
