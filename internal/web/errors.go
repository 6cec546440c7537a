package web

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

var (
	errNoRoute  = fault.New(fault.NotFound, "no_route")
	errNoMethod = fault.New(fault.Invalid, "no_method")
)

var errorPage = template.Must(template.New("error").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
<p>{{.Detail}}</p>
<p><a href="/">{{.Home}}</a></p>
</main>
</body>
</html>
`))

func noRoute(c *gin.Context) { answer(c, errNoRoute) }

func noMethod(c *gin.Context) {
	answer(c, problem.Make(c.Request.Context(), http.StatusMethodNotAllowed, errNoMethod))
}

// answer ends the request with an error: problem+json under the API's prefix, a
// plain page elsewhere. Nothing is added to an answer that has begun.
func answer(c *gin.Context, err error) {
	c.Abort()
	p := problem.Of(c.Request.Context(), err)
	if c.Writer.Written() {
		return
	}
	if isAPI(c) {
		body, err := json.Marshal(p)
		if err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.Data(p.Status, "application/problem+json", body)
		return
	}
	texts := request.Texts(c.Request.Context())
	var page bytes.Buffer
	if err := errorPage.Execute(&page, map[string]string{
		"Lang": texts.Lang(), "Title": p.Title, "Detail": p.Detail, "Home": texts.Text("page.coming.title", nil),
	}); err != nil {
		c.Status(http.StatusInternalServerError)
		return
	}
	c.Data(p.Status, "text/html; charset=utf-8", page.Bytes())
}
