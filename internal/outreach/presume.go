package outreach

import (
	"cmp"
	"context"
	"slices"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// Presume gives the Message-IDs of the mails that the rows would share if they
// were handed over now, by row id: of those that belong to a group, and that no
// mail had before. The rows are whole groups in the order of Due. A restored
// ledger does not know which mails its rows went in after the backup; these are
// the likely ones, and what is bound to them goes again in the same set or not.
func (s *Source) Presume(ctx context.Context, now notifications.Millis, rows []notifications.Row) (map[string]string, error) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r notifications.Row) bool { return r.Group == r.ID || wentAs(r) != "" })
	var letters []letter
	for _, group := range byOccurrence(rows) {
		err := s.eachOf(ctx, rows, group, func(i int, c *concerned) error {
			if c == nil {
				return nil
			}
			if want := When(c.rule, *c.facts, *c.person, now); want.Wanted() {
				letters = append(letters, letter{at: i, row: rows[i], concerned: c, want: want})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(letters, func(a, b letter) int { return cmp.Compare(a.at, b.at) })
	ids := make(map[string]string, len(letters))
	for _, due := range atOnce(letters) {
		for _, m := range mails(due) {
			rows := make([]notifications.Row, len(m))
			for i, l := range m {
				rows[i] = l.row
			}
			for _, r := range rows {
				ids[r.ID] = s.writer.sharedID(rows)
			}
		}
	}
	return ids, nil
}

// atOnce parts letters in the order of Due where another instant begins: one
// with another due goes by itself.
func atOnce(letters []letter) [][]letter {
	var out [][]letter
	for i, l := range letters {
		if i == 0 || letters[i-1].row.Due != l.row.Due {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], l)
	}
	return out
}
