package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/assets"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

var (
	errNoRoute  = fault.New(fault.NotFound, "no_route")
	errNoMethod = fault.New(fault.Invalid, "no_method")
)

//go:embed pages
var files embed.FS

// errorPage is the page of an error that belongs to no other page.
var errorPage = sync.OnceValues(func() (*template.Template, error) {
	dir, err := fs.Sub(files, "pages")
	if err != nil {
		return nil, err
	}
	pages, err := assets.Parse(dir, nil)
	return pages["error"], err
})

// errorView says what happened and what to do.
type errorView struct {
	assets.Page
	Detail string
}

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
	page, err := errorPage()
	var body bytes.Buffer
	if err == nil {
		texts := request.Texts(c.Request.Context())
		v := errorView{Page: assets.Page{Texts: texts, Title: p.Title, Here: "/", Private: true}, Detail: p.Detail}
		if c.Query("lang") != "" { // the links go on in the language that was chosen
			v.Keep = texts.Lang()
		}
		err = page.ExecuteTemplate(&body, "layout", v)
	}
	if err != nil {
		c.Status(http.StatusInternalServerError)
		return
	}
	c.Data(p.Status, "text/html; charset=utf-8", body.Bytes())
}
