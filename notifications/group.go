package notifications

import (
	"context"
	"errors"
	"fmt"
)

// Rows of one group that are due at the same instant stand together in every
// list, since lists are ordered by due, group, id. They are marked, decided and
// handed over together; a member with another due goes by itself.

// firstGroup counts the leading rows that belong together.
func firstGroup(rows []Row) int {
	n := 0
	for n < len(rows) && rows[n].Group == rows[0].Group && rows[n].Due == rows[0].Due {
		n++
	}
	return n
}

// wholeGroups leaves out the last group of a list that was cut at the limit,
// since more of it may come behind; one as long as the list is cut: no household is.
func wholeGroups(rows []Row, limit int) []Row {
	if len(rows) < limit {
		return rows
	}
	last := len(rows) - 1
	cut := last
	for cut > 0 && rows[cut-1].Group == rows[last].Group && rows[cut-1].Due == rows[last].Due {
		cut--
	}
	if cut == 0 {
		return rows
	}
	return rows[:cut]
}

// Whole is as many of the rows, listed by Due with the doubt's limit, as it may
// take at once without taking a group apart.
func (d Doubt) Whole(rows []Row) []Row { return wholeGroups(rows, d.Limit) }

// bind stores the Message-ID of each mail that several rows share on all of
// them, before any is handed over: what a kill leaves unknown is found by it,
// and sent again as it was; what has none was not begun. A row of a group that
// goes alone has its own stored too, which writes over that of an earlier mail
// which nobody received. The contact is stored where it is not the one that the
// row was planned for, as after a refusal: what is unknown is sent again to the
// same place only.
func (b *batch) bind(ctx context.Context, parcels []parcel) error {
	var binds []Bind
	for _, p := range parcels {
		for _, r := range p.rows {
			known := len(p.rows) == 1 && r.Group == r.ID && r.MessageID == ""
			moved := p.msg.Contact != "" && r.Contact != p.msg.Contact
			if moved || !known && r.MessageID != p.msg.MessageID {
				binds = append(binds, Bind{ID: r.ID, Batch: r.Batch, MessageID: p.msg.MessageID, Contact: p.msg.Contact})
			}
		}
	}
	if len(binds) == 0 {
		return nil
	}
	if err := b.d.opt.Ledger.Bind(ctx, b.lease.Part(), binds); err != nil {
		return errors.Join(fmt.Errorf("bind mails of part %d: %w", b.lease.Part(), err), b.giveBack(ctx, parcels))
	}
	return nil
}
