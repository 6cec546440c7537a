package outreach

import (
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Asker knows whom the own page asks whether they are coming.
type Asker struct{ ledger notifications.Ledger }

// NewAsker asks the ledger what was sent.
func NewAsker(ledger notifications.Ledger) *Asker { return &Asker{ledger} }

// Asks reports whether the page asks. Who registered has said that they come:
// they are asked once the time or place is another one, or a reminder or a
// change was, or may have been, sent to them since.
func (a *Asker) Asks(ctx context.Context, own registration.Own) (bool, error) {
	e, r := own.Event, own.Registration
	if !own.Open || r.Doubtful(e) {
		return own.Open, nil
	}
	rows, err := a.ledger.BySubject(ctx, e.Part, e.ID, []string{RecipientOf(r.Resident)})
	return wroteSince(r, rows), err
}

// wroteSince reports whether one of the rows told the person of the place that
// they have, other than by its confirmation, after they took it.
func wroteSince(r registration.Registration, rows []notifications.Row) bool {
	return slices.ContainsFunc(maybeHeard(rows), func(row notifications.Row) bool {
		return tells(row.Rule) && row.Rule != RuleConfirmation && row.Told.Seat == SeatRegistered &&
			row.Wish > notifications.Millis(joined(r))
	})
}
