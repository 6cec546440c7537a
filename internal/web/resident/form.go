package resident

import (
	"encoding/base64"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
	"github.com/sunday-with-the-people/sunday/internal/web/request"
)

// formIDBytes make a random id of 24 characters.
const formIDBytes = 18

// formID is the idempotency key of one form: sent twice, it acts once.
func (p *site) formID() string {
	return base64.RawURLEncoding.EncodeToString(p.s.IDs.Nonce(formIDBytes))
}

// errChoose: a form that acts was sent without a choice, as robots send it.
func errChoose(field string) error {
	var c fault.Check
	c.Add(field, "page.choose")
	return c.Err()
}

// anchorOf is the id of a field's first control.
func anchorOf(field string) string { return strings.ReplaceAll(field, ".", "-") }

// refused tells an error that the person can put right in a form of these
// fields, with the status of the answer; ok is false for any other. labels has
// the message of what the form calls each field.
func refused(c *gin.Context, err error, labels map[string]string) (ws problem.Wrongs, status int, ok bool) {
	texts := request.Texts(c.Request.Context())
	return problem.Refused(c.Request.Context(), err, func(field string) problem.Control {
		label, ok := labels[field]
		if !ok {
			return problem.Control{}
		}
		return problem.Control{Anchor: anchorOf(field), Name: texts.Text(label, nil)}
	})
}
