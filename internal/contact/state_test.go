package contact_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
)

func TestState_May(t *testing.T) {
	t.Parallel()
	allowed := map[[2]contact.State]bool{
		{contact.Unverified, contact.Verified}: true,
		{contact.Unverified, contact.Blocked}:  true,
		{contact.Verified, contact.Unverified}: true,
		{contact.Verified, contact.Blocked}:    true,
		{contact.Blocked, contact.Unverified}:  true,
	}
	states := append(contact.States(), "", "unknown")
	for _, from := range states {
		for _, to := range states {
			if got, want := from.May(to), allowed[[2]contact.State{from, to}]; got != want {
				t.Errorf("%q to %q: got %v, want %v", from, to, got, want)
			}
		}
	}
}

func TestContact_Usable(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		c    contact.Contact
		want bool
	}{
		"new":        {contact.Contact{Sealed: []byte{1}, State: contact.Unverified}, true},
		"verified":   {contact.Contact{Sealed: []byte{1}, State: contact.Verified}, true},
		"opted out":  {contact.Contact{Sealed: []byte{1}, State: contact.Verified, OptedOutAt: 1}, true},
		"suppressed": {contact.Contact{Sealed: []byte{1}, State: contact.Verified, SuppressedAt: 1}, false},
		"blocked":    {contact.Contact{Sealed: []byte{1}, State: contact.Blocked}, false},
		"forgotten":  {contact.Contact{State: contact.Verified}, false},
	} {
		if got := test.c.Usable(); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
