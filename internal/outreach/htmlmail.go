package outreach

import (
	"embed"
	"html/template"
	"sync"
)

//go:embed templates/*.tmpl
var templates embed.FS

// htmlMail is the frame of every mail's HTML part.
var htmlMail = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(templates, "templates/mail.html.tmpl"))
})
