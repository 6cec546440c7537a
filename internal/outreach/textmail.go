package outreach

import (
	"sync"
	"text/template"
)

// textMail is the frame of every mail's plain text part.
var textMail = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(templates, "templates/mail.txt.tmpl"))
})
