package registration

import (
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
)

// Roll is the only truth about the seats of one event. Its id is the event's.
type Roll struct {
	record.Head `bson:",inline"`
	Part        int        `json:"part"`
	Unit        string     `json:"unit"`
	Slots       []RollSlot `json:"slots"`
	// Seq is the number of the last change.
	Seq int64 `json:"seq"`
	// Seats packs the list of Seat in order of first entry; see Pack.
	Seats []byte `json:"seats,omitempty"`
	// Unsettled are registrations whose new state is not copied yet.
	Unsettled []string `json:"unsettled,omitempty"`
	// IsUnsettled is len(Unsettled) > 0 || ResyncAt != 0, for the index.
	IsUnsettled bool `json:"is_unsettled,omitempty"`
	// EventVer is the version of the event that Slots were read from. ResyncAt is
	// when somebody set out to change the event's slots and has not yet brought
	// them here, 0 for nobody.
	EventVer int64            `json:"event_ver,omitempty"`
	ResyncAt calendar.Instant `json:"resync_at,omitempty"`
	// NextAt is when the roll changes though nobody asks: the next end of an
	// offer, or of the quiet hours where a free place waits for them. 0 for never.
	NextAt calendar.Instant `json:"next_at,omitempty"`
}

// RollSlot is a slot with its capacity in people, 0 for no limit.
type RollSlot struct {
	ID       string `json:"id"`
	Capacity int    `json:"capacity,omitempty"`
}

// Seat is one registration's place on the roll, or on its waitlist.
type Seat struct {
	// Registration is 32 hex digits.
	Registration string
	// Slot is an index into Roll.Slots.
	Slot  int
	Party int
	// State is pending, registered, waitlisted, offered or cancelled.
	State State
	// Unconfirmed is whether the person's contact is still to be confirmed: a
	// promotion leads to pending then.
	Unconfirmed bool
	// FreedBy is why the seat came from the waitlist: the op that freed places,
	// empty where it was not promoted.
	FreedBy Op
	// Until is when an offer ends, 0 if it is none.
	Until calendar.Instant
	// Passed is whether an offer to a waiting one ended without an answer: it is
	// not asked again, so that offers come to an end.
	Passed bool
	// Seq is the change that last touched it; Entered the one that it queues by.
	Seq, Entered int64
}
