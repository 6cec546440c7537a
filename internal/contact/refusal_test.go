package contact_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/contact"
)

// TestService_Refuse: what was refused in another life of the store is refused
// again, once, and nothing is lifted.
func TestService_Refuse(t *testing.T) {
	t.Parallel()
	b, act := setup(t), actor.System("journal")
	c := b.mustEnsure(t, contact.Email, "an@example.org")
	refusals := []struct {
		r   contact.Refusal
		did bool
	}{
		{contact.Refusal{ID: c.ID, Kind: contact.Email}, false}, // nothing is refused
		{contact.Refusal{ID: c.ID, Kind: contact.Email, OptedOutAt: 7}, true},
		{contact.Refusal{ID: c.ID, Kind: contact.Email, OptedOutAt: 8}, false},
		{contact.Refusal{ID: c.ID, Kind: contact.Email, SuppressedAt: 9, Blocked: true}, true},
		{contact.Refusal{ID: c.ID, Kind: contact.Email, SuppressedAt: 9, Blocked: true}, false},
	}
	for i, tt := range refusals {
		did, err := b.Refuse(t.Context(), act, tt.r)
		if err != nil || did != tt.did {
			t.Errorf("refusal %d: did %v, %v; want %v", i, did, err, tt.did)
		}
	}
	got, err := b.Get(t.Context(), c.ID)
	want := contact.Refusal{ID: c.ID, Kind: contact.Email, OptedOutAt: 7, SuppressedAt: 9, Blocked: true}
	if err != nil || got.Refusal() != want || got.Usable() {
		t.Errorf("refuses %+v, %v; want %+v", got.Refusal(), err, want)
	}
	_, err = b.Refuse(t.Context(), act, contact.Refusal{ID: c.ID, Kind: "pigeon", OptedOutAt: 1})
	same(t, err, contact.ErrKind)
}

// TestService_RefuseUnknown: a refusal of a contact that the store does not
// know is there when the address is entered again.
func TestService_RefuseUnknown(t *testing.T) {
	t.Parallel()
	lost, b, act := setup(t), setup(t), actor.System("journal")
	c := lost.mustEnsure(t, contact.Email, "an@example.org")
	did, err := b.Refuse(t.Context(), act, contact.Refusal{ID: c.ID, Kind: contact.Email, OptedOutAt: 7})
	if err != nil || !did {
		t.Fatalf("refused %v, %v", did, err)
	}
	if there, err := b.Get(t.Context(), c.ID); err != nil || len(there.Sealed) != 0 {
		t.Errorf("a value is there: %v", err)
	}
	again := b.mustEnsure(t, contact.Email, "An@example.org")
	if again.ID != c.ID || !again.OptedOut() || len(again.Sealed) == 0 {
		t.Errorf("entered again it is %+v, want opted out", again.Refusal())
	}
	token, err := b.OptOutLink(t.Context(), again)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := b.ByOptOut(t.Context(), token); err != nil || found.ID != c.ID {
		t.Errorf("its link leads to %q, %v", found.ID, err)
	}
}
