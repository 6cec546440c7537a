package resident

import (
	"context"
	"errors"

	"github.com/sunday-with-the-people/sunday/internal/record"
)

// maxHolders bounds who shares one contact: a household, an office, a helper.
const maxHolders = 500

// Holders has the messages of residents looked at again when their contact
// changes; contact.Service takes it.
type Holders struct{ Residents Store }

// TouchHolders marks every resident with the contact dirty.
func (h Holders) TouchHolders(ctx context.Context, contactID string) error {
	with, err := h.Residents.WithContact(ctx, contactID, maxHolders)
	if err != nil {
		return err
	}
	for _, r := range with {
		_, err := h.Residents.Update(ctx, r.ID, func(r *Resident) error {
			r.Touch()
			return nil
		})
		if err != nil && !errors.Is(err, record.ErrAbsent) {
			return err
		}
	}
	return nil
}
