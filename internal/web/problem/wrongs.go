package problem

import (
	"context"
	"errors"
	"net/http"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// Wrong is one thing that was wrong with a form. Anchor is the id of its
// control, empty where it is none's.
type Wrong struct{ Anchor, Message string }

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
// status of the answer; ok is false for any other. anchor gives the control of
// a field, "" for none.
func Refused(ctx context.Context, err error, anchor func(field string) string) (ws Wrongs, status int, ok bool) {
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
		ws = append(ws, Wrong{Anchor: anchor(f.Fields[i].Name), Message: one.Message})
	}
	return ws, said.Status, true
}
