package notifications

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// Millis is an instant in UTC milliseconds since 1970, 0 for none. Fields are
// on domain time unless their comment says process time.
type Millis int64

// Parts is the number of parts that message work is split into. It is fixed
// when a database is made.
const Parts = 64

// Key is what identifies a row. A fallback channel, a new address or a
// household member that arrives late never makes a second row, so none of
// them is part of it.
type Key struct {
	// Rule is the id of a reminder rule, or a built-in kind.
	Rule string `json:"rule"`
	// Occurrence is the id of what the message is about, such as an event.
	Occurrence string `json:"occurrence"`
	// Recipient is kind and id, as "resident:0192…".
	Recipient string `json:"recipient"`
	// Round is how many rows of this rule and recipient were handed over before.
	Round int `json:"round"`
}

// How many bytes of a row's id say what it is about, and to whom.
const (
	idOccurrence = 2
	idRecipient  = 4
	idBytes      = 16
)

// ID is the row's id, 32 hex digits. Ids order rows as they are handed over:
// those of an occurrence stand together, and within it as the registrations do,
// whose ids are hashes of occurrence and resident; so what is planned, marked and
// looked up together is together in a store. 16 bits of a SHA-256 over the
// occurrence come first, then 32 over occurrence and recipient, then 80 over the
// whole key, which alone part the rows of one recipient.
func (k Key) ID() string {
	_, who, _ := strings.Cut(k.Recipient, ":")
	var out [idBytes]byte
	about, to := out[:idOccurrence], out[idOccurrence:idOccurrence+idRecipient]
	copy(about, digest(k.Occurrence))
	copy(to, digest(k.Occurrence, who))
	copy(out[idOccurrence+idRecipient:], digest(k.Rule, k.Occurrence, k.Recipient, strconv.Itoa(k.Round)))
	return hex.EncodeToString(out[:])
}

// digest is a SHA-256 over the parts, each preceded by its length.
func digest(parts ...string) []byte {
	b := make([]byte, 0, 256) // most keys are shorter
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// State is where a row stands.
type State string

// The states of a row. Planned, Sending and Printed are open; Sent, Dead and
// an Unknown that nothing will resend are final; Suppressed and Expired were
// never handed over and may be reopened by the planner.
const (
	Planned    State = "planned"
	Sending    State = "sending"
	Printed    State = "printed"
	Unknown    State = "unknown"
	Sent       State = "sent"
	Dead       State = "dead"
	Suppressed State = "suppressed"
	Expired    State = "expired"
)

// Class says how a row is treated in quiet hours and which goes first.
type Class string

// The classes. Reply follows the person's own act within 15 minutes; Urgent
// is a change or cancellation shortly before the start; all else is Normal.
const (
	Reply  Class = "reply"
	Urgent Class = "urgent"
	Normal Class = "normal"
)

// Lane is what Due asks for: rows of one class for one channel. It is the
// planner's hint and no part of a row's identity.
type Lane struct {
	Class   Class  `json:"class"`
	Channel string `json:"channel"`
}

// Told is what a row says about its occurrence: the facts that a person would
// act on. Two Told are compared with Same, never with ==, because Ver only
// orders them.
type Told struct {
	// Status is the status of the occurrence, such as "published" or "cancelled".
	Status string `json:"status,omitempty"`
	// Seat is the recipient's own standing, such as "registered" or "waitlisted".
	Seat  string `json:"seat,omitempty"`
	Start Millis `json:"start,omitempty"`
	End   Millis `json:"end,omitempty"`
	Zone  string `json:"zone,omitempty"`
	Place string `json:"place,omitempty"`
	// Ver is the version of the occurrence that the facts were read from. The
	// newest Told is the one of the highest Ver, never of the latest time.
	Ver int64 `json:"told_ver,omitempty"`
	// SeatVer orders facts of one Ver: the version of the recipient's own fact,
	// since a promotion from the waitlist leaves the occurrence as it is.
	SeatVer int64 `json:"seat_ver,omitempty"`
	// OfferUntil is until when the recipient may take the place that is offered,
	// 0 where none is.
	OfferUntil Millis `json:"offer_until,omitempty"`
}

// Same reports whether both say the same, whatever version they were read from.
func (t Told) Same(u Told) bool {
	t.Ver, u.Ver = 0, 0
	t.SeatVer, u.SeatVer = 0, 0
	return t == u
}

// Newer reports whether t was read from newer facts than u.
func (t Told) Newer(u Told) bool {
	if t.Ver != u.Ver {
		return t.Ver > u.Ver
	}
	return t.SeatVer > u.SeatVer
}

// Basis is the plan_ver of the occurrence and of the recipient's own fact
// (a registration, 0 if there is none) that a row was planned from.
type Basis struct {
	OfOccurrence int64 `json:"basis_occurrence"`
	OfRecipient  int64 `json:"basis_recipient"`
}

// Older reports whether b was read before c in one of its parts.
func (b Basis) Older(c Basis) bool {
	return b.OfOccurrence < c.OfOccurrence || b.OfRecipient < c.OfRecipient
}

// Row is one message to one recipient, as the ledger keeps it. It holds no
// address and no words: those exist in memory only, at the hand-over.
type Row struct {
	ID string `json:"_id"`
	// Part is the occurrence's part, 0 to Parts-1.
	Part int `json:"part"`
	Key  `bson:",inline"`
	// Unit keeps the occurrence; a hold may stop all rows of a unit.
	Unit   string `json:"unit"`
	Lane   `bson:",inline"`
	State  State  `json:"state"`
	Reason Reason `json:"reason,omitempty"`
	// Error is the last refusal's text with addresses masked.
	Error string `json:"error,omitempty"`

	// Due is max(Wish, NotBefore).
	Due Millis `json:"due"`
	// Wish is the planner's alone, NotBefore the dispatcher's alone.
	Wish      Millis `json:"wish"`
	NotBefore Millis `json:"not_before,omitempty"`
	// Until is the last instant at which the row may still be handed over.
	Until Millis `json:"until"`

	Basis `bson:",inline"`
	Told  Told `json:"told"`

	// Contact and MainContact are keyed hashes; MainContact counts for the budget.
	Contact     string `json:"contact,omitempty"`
	MainContact string `json:"main_contact,omitempty"`
	// Budget says that the row counts for the budget of its main contact.
	Budget bool `json:"budget,omitempty"`
	// Group is the same for rows that may share one mail; the row's own id where
	// it is alone. It is the planner's hint and no part of a row's identity.
	Group string `json:"group"`

	// Batch and Fence name the mark that took the row, SendingAt its process time.
	Batch     string `json:"batch,omitempty"`
	Fence     int64  `json:"fence,omitempty"`
	SendingAt Millis `json:"sending_at,omitempty"`
	// EndedAt is when the row last became sent, dead, suppressed, expired or unknown.
	EndedAt Millis `json:"ended_at,omitempty"`

	// Try counts temporary refusals and unknowns, never a mark or a deferral.
	Try int `json:"try,omitempty"`
	// Resend says what unknown means: hand over again, or leave it.
	Resend bool `json:"resend,omitempty"`
	// WasUnknown stays once a hand-over of the row ended without an answer.
	WasUnknown bool `json:"was_unknown,omitempty"`
	// Unknowns counts those hand-overs.
	Unknowns int `json:"unknowns,omitempty"`
	// MessageID is stored where it is not derived from the row's id: rows that
	// share a mail have the mail's.
	MessageID string `json:"message_id,omitempty"`
	// Gen is raised by every write of the row.
	Gen int64 `json:"gen"`
}

// Left reports whether the row ended as unknown and nothing will resend it.
func (r Row) Left() bool { return r.State == Unknown && r.Reason == ReasonLeft }

// Final reports whether the row can never be handed over again.
func (r Row) Final() bool { return r.State == Sent || r.State == Dead || r.Left() }

// Closed reports whether the row is final, suppressed or expired.
func (r Row) Closed() bool { return r.Final() || r.State == Suppressed || r.State == Expired }

// HandedOver reports whether the person may have received the row: it counts
// for rounds and for the newest Told.
func (r Row) HandedOver() bool { return r.State == Sent || r.WasUnknown }

// InOrder compares rows by due, group, id: the order in which they go out.
func InOrder(a, b Row) int {
	return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Group, b.Group), cmp.Compare(a.ID, b.ID))
}
