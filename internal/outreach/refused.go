package outreach

import (
	"context"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Refused suppresses the contact and looks for each row's next reach (L8): of
// the same channel or of another. A row that was ever unknown has none, since
// it may have come where it was sent first; nor has an urgent change by mail,
// for which the other channels' rows stand.
func (s *Source) Refused(ctx context.Context, now notifications.Millis, rows []notifications.Row, contactID string) ([]notifications.Lane, error) {
	if err := s.mailbox.Refused(ctx, contactID); err != nil {
		return nil, err
	}
	next := make([]notifications.Lane, len(rows))
	for i, row := range rows {
		if !row.WasUnknown {
			next[i] = row.Lane // what cannot be read now is for the recheck, which finds the contact suppressed
		}
	}
	for _, group := range byOccurrence(rows) {
		err := s.eachOf(ctx, rows, group, func(i int, c *concerned) error {
			if rows[i].WasUnknown {
				return nil
			}
			next[i] = notifications.Lane{}
			if c == nil {
				return nil
			}
			if want := When(c.rule, *c.facts, *c.person, now); want.Wanted() && want.Contact.ID != contactID {
				next[i] = want.Lane()
			}
			return nil
		})
		if err != nil {
			return next, away(err)
		}
	}
	return next, nil
}

// Exhausted has urgent changes planned again that mail does not carry, so that
// a call takes their place at once. The touch makes the basis of the rows older
// than the facts, so that the planner looks again until it sees their end.
func (s *Source) Exhausted(ctx context.Context, rows []notifications.Row) error {
	for _, group := range byOccurrence(rows) {
		err := s.eachOf(ctx, rows, group, func(i int, c *concerned) error {
			if c == nil || !IsChange(rows[i].Rule) || rows[i].Class != notifications.Urgent {
				return nil
			}
			return s.touch(ctx, *c.facts, *c.person)
		})
		if err != nil {
			return away(err)
		}
	}
	return nil
}
