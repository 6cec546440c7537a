package console

import (
	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// controls gives where a form asks for a field.
type controls func(field string) problem.Control

// refused tells an error that the person can put right in the form; see
// problem.Refused.
func refused(c *gin.Context, err error, of controls) (ws problem.Wrongs, status int, ok bool) {
	return problem.Refused(c.Request.Context(), err, of)
}

// labelled is for forms whose controls bear the names of the fields: labels has
// the messages of what they are called.
func labelled(t *i18n.Printer, labels map[string]string) controls {
	return func(field string) problem.Control {
		label, ok := labels[field]
		if !ok {
			return problem.Control{}
		}
		return problem.Control{Anchor: field, Name: t.Text(label, nil)}
	}
}

// ofForm is for what is pressed and not filled in.
func ofForm(string) problem.Control { return problem.Control{} }
