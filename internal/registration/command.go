package registration

import "github.com/sunday-with-the-people/sunday/internal/calendar"

// Op is what a Command does to a roll.
type Op string

// Ops. OpCopied notes that a change was copied to its registration, OpPrepare
// that the event's slots are about to change. OpTerms says how places are given
// from here on, and ends the offers that are over: OpExpire is what happens to those.
const (
	OpRegister    Op = "register"
	OpConfirm     Op = "confirm"
	OpCancel      Op = "cancel"
	OpResize      Op = "resize"
	OpLapse       Op = "lapse"
	OpSetCapacity Op = "set_capacity"
	OpCopied      Op = "copied"
	OpPrepare     Op = "prepare"
	OpTerms       Op = "terms"
	OpAccept      Op = "accept"
	OpExpire      Op = "expire"
)

// Command is one wish at a roll. Every command may be applied again: what is
// as wished already does not change.
type Command struct {
	Op Op
	// Registration is 32 lower-case hex digits; all but OpSetCapacity, OpPrepare
	// and OpTerms need it.
	Registration string
	// Slot and Party go with OpRegister, Party with OpResize too.
	Slot  string
	Party int
	// Unconfirmed makes OpRegister a pending one: a contact is still to be confirmed.
	Unconfirmed bool
	// Slots go with OpSetCapacity, with the version of the event that they were
	// read from: older ones than the roll's change nothing.
	Slots    []RollSlot
	EventVer int64
	// Resynced ends what OpPrepare began, At is when it began.
	Resynced bool
	At       calendar.Instant
	// Seq goes with OpCopied: the change that was copied.
	Seq int64
	// Terms go with OpTerms.
	Terms Terms
}

// Refusal says why a command changed nothing.
type Refusal string

// Refusals.
const (
	RefusedSlot   Refusal = "no_slot"       // the event has no such slot
	RefusedFull   Refusal = "list_full"     // the list holds MaxEntries
	RefusedTooBig Refusal = "party_too_big" // more people than the slot ever holds
	RefusedNoRoom Refusal = "no_room"       // the party cannot grow by so many
	RefusedGone   Refusal = "gone"          // not on the roll, or cancelled
	RefusedKept   Refusal = "kept"          // to lapse, but confirmed meanwhile
	RefusedOver   Refusal = "offer_over"    // to accept, but there is no offer any more
)

// MaxEntries bounds a roll: its places and a waitlist as long again.
const MaxEntries = 10_000

// Change is one seat as a command left it.
type Change struct {
	// Command is the index of the command that caused it, Op its op.
	Command int
	Op      Op
	// Seat as it is now; Seat.Seq is the change's number. Only Registration is
	// set where the command was refused because there is no such seat.
	Seat Seat
	// Promoted is whether the seat came from the waitlist, given or offered,
	// because others gave places up or capacity grew: Seat.FreedBy is the reason.
	Promoted bool
	// Expired is whether the seat went back to the waitlist, since an offer was
	// not answered.
	Expired bool
	// Same is whether nothing changed, since all was as wished.
	Same bool
	// Refused is empty where the command was obeyed.
	Refused Refusal
}

// Own reports whether the change is what the command asked for, and not what
// came of it for somebody else.
func (c Change) Own() bool { return !c.Promoted && !c.Expired }
