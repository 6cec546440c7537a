package outreach

import (
	"context"
	"slices"
	"time"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// A person's budget: how many messages that nobody asked for go to one main
// contact, in the last seven days and about one event. Residents who share a
// main contact share the budget, and a mail that several share counts once.
const (
	budgetAWeek   = 3
	budgetAnEvent = 2
	budgetWeek    = notifications.Millis(7 * 24 * time.Hour / time.Millisecond)
)

// How long a message waits that would go but for others that are under way: the
// longer, the more of them come before it by their ids, so that those that met
// do not meet again; at most as long as LEDGER.md says.
const (
	deferBudget     = notifications.Millis(5 * time.Second / time.Millisecond)
	deferBudgetNext = notifications.Millis(20 * time.Second / time.Millisecond)
	deferBudgetMost = notifications.Millis(5 * time.Minute / time.Millisecond)
)

// afford decides which mails their persons' budgets have room for. The rows are
// marked before the others are counted, and all that are under way elsewhere
// count: of two workers that take the last place at once, the one that counts
// later sees the other, so that never both pass. Only what was handed over
// suppresses; what waits for others that are under way looks again: a line on
// paper is under way from its printing until somebody says what came of it.
func (s *Source) afford(ctx context.Context, now notifications.Millis, rows []notifications.Row, mails []envelope, out []notifications.Verdict) ([]envelope, error) {
	q := budgetQuery(now, rows, mails)
	if len(q.Contacts) == 0 {
		return mails, nil
	}
	handed, err := s.stores.Ledger.Handed(ctx, q)
	if err != nil {
		return nil, err
	}
	books := newBooks(now, handed)
	var fit []envelope
	for _, m := range mails {
		if !counts(m) {
			fit = append(fit, m)
			continue
		}
		if main := m.lead().person.Main().ID; main != m.lead().row.MainContact {
			for _, l := range m {
				out[l.at] = later(l.row, now+deferFacts, notifications.ReasonFactsMoved)
				if err := s.lookAgain(ctx, *l.facts, *l.person); err != nil {
					return nil, err
				}
			}
			continue
		}
		if v := books.enter(now, m); v.Do != notifications.DoSend {
			for _, l := range m {
				v.RowID = l.row.ID
				out[l.at] = v
			}
			continue
		}
		fit = append(fit, m)
	}
	return fit, nil
}

// counts reports whether the mail needs a place in a budget: one that is sent
// again after unknown has it already.
func counts(m envelope) bool {
	row := m.lead().row
	return row.Budget && row.MainContact != "" && !slices.ContainsFunc(m, func(l *letter) bool { return l.row.WasUnknown })
}

// budgetQuery asks for all contacts and events of the mails at once, but not for
// the rows that are being decided, unless they have a place already.
func budgetQuery(now notifications.Millis, rows []notifications.Row, mails []envelope) notifications.HandedQuery {
	q := notifications.HandedQuery{Since: now - budgetWeek}
	for _, r := range rows {
		if !r.WasUnknown && r.State != notifications.Printed {
			q.But = append(q.But, r.ID)
		}
	}
	for _, m := range mails {
		if !counts(m) {
			continue
		}
		row := m.lead().row
		q.Contacts, q.Occurrences = append(q.Contacts, row.MainContact), append(q.Occurrences, row.Occurrence)
	}
	slices.Sort(q.Contacts)
	slices.Sort(q.Occurrences)
	q.Contacts, q.Occurrences = slices.Compact(q.Contacts), slices.Compact(q.Occurrences)
	return q
}

// books are the places taken, by main contact.
type books map[string]*book

type book struct {
	// settled are the mails that were or may have been received, each with the
	// events that it is about; a mail that several rows share is one.
	settled map[string]entry
	// others are rows under way elsewhere, mine the mails of this batch.
	others, mine []entry
	// printed says that one of the others is on paper, and takes hours or days.
	printed bool
}

// entry is what one message takes up.
type entry struct {
	id, occurrence string
	week           bool
}

func newBooks(now notifications.Millis, handed []notifications.Handed) books {
	all := make(books)
	for _, h := range handed {
		b := all.of(h.MainContact)
		sending := h.State == notifications.Sending
		p := entry{id: h.ID, occurrence: h.Occurrence, week: sending || h.EndedAt > now-budgetWeek}
		switch {
		case h.State == notifications.Sent || h.WasUnknown:
			mail := h.MessageID
			if mail == "" {
				mail = h.ID
			}
			p.week = p.week || b.settled[mail].week
			b.settled[mail] = p
		case h.State == notifications.Printed:
			b.printed = true
			b.others = append(b.others, p)
		case sending:
			b.others = append(b.others, p)
		}
	}
	return all
}

func (b books) of(contact string) *book {
	if b[contact] == nil {
		b[contact] = &book{settled: make(map[string]entry)}
	}
	return b[contact]
}

// enter takes a place for the mail, or says what becomes of it.
func (b books) enter(now notifications.Millis, m envelope) notifications.Verdict {
	lead := m.lead().row
	mine := b.of(lead.MainContact)
	week, event := mine.taken(lead.Occurrence)
	if week >= budgetAWeek || event >= budgetAnEvent {
		return end(lead, notifications.DoSuppress, notifications.ReasonBudget)
	}
	before := 0
	for _, p := range slices.Concat(mine.others, mine.mine) {
		week++
		if p.occurrence == lead.Occurrence {
			event++
		}
		if p.id < lead.ID {
			before++
		}
	}
	if week >= budgetAWeek || event >= budgetAnEvent {
		wait := min(deferBudget+notifications.Millis(before)*deferBudgetNext, deferBudgetMost)
		if mine.printed {
			wait = deferBudgetMost
		}
		return later(lead, min(now+wait, max(lead.Until, now+1)), notifications.ReasonBudget)
	}
	mine.mine = append(mine.mine, entry{id: lead.ID, occurrence: lead.Occurrence, week: true})
	return notifications.Verdict{RowID: lead.ID, Do: notifications.DoSend}
}

// taken counts the places that nothing will free before their time.
func (b *book) taken(occurrence string) (week, event int) {
	for _, p := range b.settled {
		if p.week {
			week++
		}
		if p.occurrence == occurrence {
			event++
		}
	}
	return week, event
}
