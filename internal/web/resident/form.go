package resident

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
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

// wrong is one thing that was wrong with a form; Field is empty where it was
// none of its fields.
type wrong struct{ Field, Message string }

// Anchor is the id of the field's first control.
func (w wrong) Anchor() string { return strings.ReplaceAll(w.Field, ".", "-") }

// wrongs are what was wrong with a sent form, for the summary at the top and
// for each field.
type wrongs []wrong

// At is what was wrong with a field, empty if nothing.
func (ws wrongs) At(field string) string {
	for _, w := range ws {
		if w.Field == field {
			return w.Message
		}
	}
	return ""
}

// refused tells an error that the person can put right in the form, with the
// status of the answer; ok is false for any other.
func refused(c *gin.Context, err error, fields ...string) (ws wrongs, status int, ok bool) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.TooMany:
	default:
		return nil, http.StatusOK, false
	}
	f, found := errors.AsType[*fault.Error](err)
	if !found {
		return nil, http.StatusOK, false
	}
	said := problem.Of(c.Request.Context(), err)
	if len(said.Errors) == 0 {
		return wrongs{{Message: said.Detail}}, said.Status, true
	}
	for i, one := range said.Errors {
		w := wrong{Message: one.Message}
		for _, name := range fields {
			if f.Fields[i].Name == name {
				w.Field = name
			}
		}
		ws = append(ws, w)
	}
	return ws, said.Status, true
}
