package console

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// wrong is one thing that was wrong with a form. Anchor is the id of its
// control, empty where it is none's.
type wrong struct{ Anchor, Message string }

// wrongs are what was wrong with a sent form, for the summary at the top and
// for each control.
type wrongs []wrong

// At is what was wrong with a control, empty if nothing.
func (ws wrongs) At(anchor string) string {
	for _, w := range ws {
		if w.Anchor == anchor {
			return w.Message
		}
	}
	return ""
}

// refused tells an error that the person can put right in the form, with the
// status of the answer; ok is false for any other. anchor gives the control of
// a field.
func refused(c *gin.Context, err error, anchor func(field string) string) (ws wrongs, status int, ok bool) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.PreconditionFailed:
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
		ws = append(ws, wrong{Anchor: anchor(f.Fields[i].Name), Message: one.Message})
	}
	return ws, said.Status, true
}

// asNamed is for forms whose controls bear the names of the fields.
func asNamed(field string) string { return field }
