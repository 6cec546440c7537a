package contact_test

import (
	"context"
	"errors"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

var errHolders = errors.New("holders away")

// touched fails once where it is told to, and counts.
type touched struct {
	fail  bool
	times int
}

func (h *touched) TouchHolders(context.Context, string) error {
	if h.fail {
		h.fail = false
		return errHolders
	}
	h.times++
	return nil
}

// Whoever opts in again after a first try that died halfway gets what waits.
func TestService_OptIn_AgainTouchesHolders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	keys, err := secret.Open(oldSecret)
	if err != nil {
		t.Fatal(err)
	}
	holders := &touched{}
	s := contact.NewService(b.store, holders, keys, func() calendar.Instant { return noon })
	c, err := s.Ensure(t.Context(), contact.Email, "an@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.OptOut(t.Context(), actor.Resident(), c.ID); err != nil {
		t.Fatal(err)
	}
	holders.fail = true
	if _, err := s.OptIn(t.Context(), actor.Resident(), c.ID); !errors.Is(err, errHolders) {
		t.Fatalf("OptIn() = %v", err)
	}
	before := holders.times
	if _, err := s.OptIn(t.Context(), actor.Resident(), c.ID); err != nil || holders.times != before+1 {
		t.Errorf("OptIn() again = %v, holders touched %d times", err, holders.times-before)
	}
}
