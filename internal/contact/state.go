package contact

import "slices"

// BlockedAfter is how many permanent refusals in a row block a contact.
const BlockedAfter = 3

var transitions = map[State][]State{
	Unverified: {Verified, Blocked},
	Verified:   {Unverified, Blocked},
	Blocked:    {Unverified},
}

// States is the closed list.
func States() []State { return []State{Unverified, Verified, Blocked} }

// May tells whether a contact may go from s to the state.
func (s State) May(to State) bool { return slices.Contains(transitions[s], to) }

// Usable tells whether a message can be handed over at all: the address is
// known and has refused nothing for good.
func (c Contact) Usable() bool {
	return len(c.Sealed) > 0 && c.State != Blocked && c.SuppressedAt == 0
}

// OptedOut tells whether the person wants nothing but replies to own acts.
func (c Contact) OptedOut() bool { return c.OptedOutAt != 0 }

// refuse counts a permanent refusal.
func (c *Contact) refuse() {
	c.Failures++
	if c.Failures >= BlockedAfter && c.State.May(Blocked) {
		c.State = Blocked
	}
}
