package contact

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Kind of contact.
type Kind string

// Kinds.
const (
	Email Kind = "email"
	Phone Kind = "phone"
)

// State of a contact.
type State string

// States. Unverified may become verified or blocked, verified may become
// blocked, or unverified when its value is forgotten; blocked becomes
// unverified only when staff or the person say so.
const (
	Unverified State = "unverified"
	Verified   State = "verified"
	Blocked    State = "blocked"
)

// Contact is kept once per kind and value.
type Contact struct {
	// ID is the keyed hash "KEYID.HEX" of kind and normalised value.
	record.Head `bson:",inline"`
	Kind        Kind `json:"kind"`
	// Sealed is the value under AEAD, bound to the id.
	Sealed []byte `json:"sealed,omitempty"`
	State  State  `json:"state"`
	// Failures counts permanent refusals in a row.
	Failures int `json:"failures,omitempty"`
	// SuppressedAt is set by a permanent refusal; nothing is sent then.
	SuppressedAt calendar.Instant `json:"suppressed_at,omitempty"`
	// OptedOutAt stops everything that would go to the contact.
	OptedOutAt calendar.Instant `json:"opted_out_at,omitempty"`
	// FixedDay is the UTC day (days since 1970) of the last fixed mail to a
	// stranger, and FixedFor the row it was for: one a day. FixedAlso are rows of
	// that day that went beside it.
	FixedDay  int64    `json:"fixed_day,omitempty"`
	FixedFor  string   `json:"fixed_for,omitempty"`
	FixedAlso []string `json:"fixed_also,omitempty"`
	// OptOutGeneration and OptOutHash are the opt-out link's.
	OptOutGeneration int    `json:"optout_generation,omitempty"`
	OptOutHash       string `json:"optout_hash,omitempty"`
}

// Store keeps contacts.
type Store interface {
	// Create returns ErrExists where the contact is there.
	Create(ctx context.Context, c *Contact) error
	// CreateMany inserts contacts that are not there yet, in groups.
	CreateMany(ctx context.Context, cs []Contact) error
	Get(ctx context.Context, id string) (Contact, error)
	// Many returns those that are there, ordered by id.
	Many(ctx context.Context, ids []string) ([]Contact, error)
	ByOptOut(ctx context.Context, hash string) (Contact, error)
	Update(ctx context.Context, id string, change func(*Contact) error) (Contact, error)
}
