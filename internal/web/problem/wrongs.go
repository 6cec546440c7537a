package problem

import (
	"context"
	"errors"
	"net/http"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Control is where a form asks for a field: the id that the summary at the top
// links to, and what the form calls it. It is empty where no control of the form
// is the field's.
type Control struct{ Anchor, Name string }

// Wrong is one thing that was wrong with a form, or with a control of it.
type Wrong struct {
	Control

	Message string
}

// Wrongs are what was wrong with a sent form, for the summary at the top and
// for each control.
type Wrongs []Wrong

// At is what was wrong with a control, empty if nothing.
func (ws Wrongs) At(anchor string) string {
	for _, w := range ws {
		if w.Anchor == anchor {
			return w.Message
		}
	}
	return ""
}

// Refused tells an error that the person can put right in the form, with the
// status of the answer; ok is false for any other. control gives where the form
// asks for a field.
func Refused(ctx context.Context, err error, control func(field string) Control) (ws Wrongs, status int, ok bool) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.PreconditionFailed, fault.TooMany:
	default:
		return nil, http.StatusOK, false
	}
	f, found := errors.AsType[*fault.Error](err)
	if !found {
		return nil, http.StatusOK, false
	}
	said := Of(ctx, err)
	if len(said.Errors) == 0 {
		return Wrongs{{Message: said.Detail}}, said.Status, true
	}
	for i, one := range said.Errors {
		ws = append(ws, Wrong{Control: control(f.Fields[i].Name), Message: one.Message})
	}
	return ws, said.Status, true
}
