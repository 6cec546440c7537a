package sqlitestore

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// identityColumns are set once; stateColumns by every change of a row. Order
// is that of identityValues, stateValues and rowScanner.
var (
	identityColumns = []string{"id", "part", "rule", "occurrence", "recipient", "round"}
	stateColumns    = []string{
		"unit", "class", "channel", "state", "reason", "error",
		"due", "wish", "not_before", "until", "basis_occurrence", "basis_recipient",
		"told_status", "told_seat", "told_start", "told_end", "told_zone", "told_place", "told_ver", "told_seat_ver", "told_offer_until",
		"contact", "main_contact", "budget", "grp", "batch", "fence", "sending_at", "ended_at",
		"try", "resend", "was_unknown", "unknowns", "message_id", "gen",
	}
	selectRow = "SELECT " + strings.Join(slices.Concat(identityColumns, stateColumns), ", ") + " FROM ledger "
)

// budgetOf is the number of the contact whose budget a row counts for, 0 for none.
// Rows do not wait for their contact: for one that is not kept there is a number
// below 0, see numberOf.
func budgetOf(counts, contact, otherwise string) string {
	return "CASE WHEN " + counts + " AND " + contact + " <> '' THEN coalesce((SELECT no FROM contacts WHERE id = " + contact + "), " + otherwise + ") ELSE 0 END"
}

// numberOf is the number of a contact that is not kept: some 63 bits of its id's
// hash, below 0.
func numberOf(contact string) int64 {
	sum := sha256.Sum256([]byte(contact))
	return math.MinInt64 | int64(binary.BigEndian.Uint64(sum[:8])>>1)
}

// room is what a planned row grows by until it is sent: a batch of 32 characters,
// a fence and two times. The mark takes it.
var room = make([]byte, 48)

func appendIdentity(to []any, r *notifications.Row) []any {
	return append(to, r.ID, r.Part, r.Rule, r.Occurrence, r.Recipient, r.Round)
}

func appendState(to []any, r *notifications.Row) []any {
	return append(to,
		r.Unit, string(r.Class), r.Channel, string(r.State), string(r.Reason), r.Error,
		int64(r.Due), int64(r.Wish), int64(r.NotBefore), int64(r.Until), r.OfOccurrence, r.OfRecipient,
		r.Told.Status, r.Told.Seat, int64(r.Told.Start), int64(r.Told.End), r.Told.Zone, r.Told.Place, r.Told.Ver, r.Told.SeatVer, int64(r.Told.OfferUntil),
		r.Contact, r.MainContact, r.Budget, r.Group, r.Batch, r.Fence, int64(r.SendingAt), int64(r.EndedAt),
		r.Try, r.Resend, r.WasUnknown, r.Unknowns, r.MessageID, r.Gen)
}

func roomOf(r *notifications.Row) []byte {
	if r.State == notifications.Planned {
		return room
	}
	return []byte{}
}

// handed is whether a row counts for a budget, if it has one.
func handed(state notifications.State, wasUnknown bool) bool {
	return state == notifications.Sending || state == notifications.Printed || state == notifications.Sent || wasUnknown
}

// rowScanner reads rows of selectRow, into the same places one after another.
func rowScanner() func(*sql.Rows) (notifications.Row, error) {
	var r notifications.Row
	into := []any{
		&r.ID, integer[int]{&r.Part}, &r.Rule, &r.Occurrence, &r.Recipient, integer[int]{&r.Round},
		&r.Unit, word[notifications.Class]{&r.Class}, &r.Channel, word[notifications.State]{&r.State}, word[notifications.Reason]{&r.Reason}, &r.Error,
		instant{&r.Due}, instant{&r.Wish}, instant{&r.NotBefore}, instant{&r.Until}, integer[int64]{&r.OfOccurrence}, integer[int64]{&r.OfRecipient},
		&r.Told.Status, &r.Told.Seat, instant{&r.Told.Start}, instant{&r.Told.End}, &r.Told.Zone, &r.Told.Place,
		integer[int64]{&r.Told.Ver}, integer[int64]{&r.Told.SeatVer}, instant{&r.Told.OfferUntil},
		&r.Contact, &r.MainContact, truth{&r.Budget}, &r.Group, &r.Batch, integer[int64]{&r.Fence}, instant{&r.SendingAt}, instant{&r.EndedAt},
		integer[int]{&r.Try}, truth{&r.Resend}, truth{&r.WasUnknown}, integer[int]{&r.Unknowns}, &r.MessageID, integer[int64]{&r.Gen},
	}
	return func(rows *sql.Rows) (notifications.Row, error) {
		err := rows.Scan(into...)
		return r, err
	}
}
