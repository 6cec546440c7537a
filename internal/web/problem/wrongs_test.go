package problem_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/problem"
)

// TestRefused: what the person can put right stands at its control, and what
// they cannot is for the caller.
func TestRefused(t *testing.T) {
	t.Parallel()
	var c fault.Check
	c.Add("email", "text.email")
	c.Add("unit", "text.email")
	ws, status, ok := problem.Refused(english(t), c.Err(), func(field string) problem.Control {
		if field == "email" {
			return problem.Control{Anchor: "the-email", Name: "E-mail"}
		}
		return problem.Control{}
	})
	if !ok || status != http.StatusUnprocessableEntity || len(ws) != 2 || ws.At("the-email") == "" || ws[0].Name != "E-mail" || ws[1].Anchor != "" || ws.At("name") != "" {
		t.Errorf("got %+v, %d, %t", ws, status, ok)
	}
	anywhere := func(string) problem.Control { return problem.Control{} }
	if ws, status, ok := problem.Refused(english(t), fault.New(fault.Conflict, "event.state"), anywhere); !ok || status != http.StatusConflict || len(ws) != 1 {
		t.Errorf("a conflict: %+v, %d, %t", ws, status, ok)
	}
	for _, err := range []error{nil, errors.New("broken"), fault.New(fault.NotFound, "absent")} {
		if ws, _, ok := problem.Refused(english(t), err, anywhere); ok || ws != nil {
			t.Errorf("%v: %+v", err, ws)
		}
	}
}
