package sqlitestore

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/sunday-with-the-people/sunday/notifications"
)

type ledger struct{ *Store }

var _ notifications.Ledger = ledger{}

func newLedger(s *Store) ledger { return ledger{s} }

// changeRow compares the state with an expression, see inLane.
var changeRow = "UPDATE ledger SET " + strings.Join(stateColumns, " = ?, ") + " = ?, handed = ?, budget_of = " + budgetOf("?", "?", "?") +
	" WHERE part = ? AND id = ? AND gen = ? AND state = ? || ''"

func changeValues(next *notifications.Row, seenGen int64, seen notifications.State) []any {
	return append(appendState(nil, next), handed(next.State, next.WasUnknown), next.Budget, next.MainContact, next.MainContact, numberOf(next.MainContact),
		next.Part, next.ID, seenGen, string(seen))
}

// Change writes all rows in one commit.
func (l ledger) Change(ctx context.Context, changes []notifications.Change) ([]bool, error) {
	values := make([][]any, len(changes))
	for i, c := range changes {
		c.Row.Gen = c.SeenGen + 1
		values[i] = changeValues(&c.Row, c.SeenGen, c.SeenState)
	}
	return l.each(ctx, changeRow, values, func(*results) bool { return true })
}

// each runs one statement for every set of values, in one commit, and reports
// for each whether it changed a row. Enter says whether results have to be entered
// before.
func (l ledger) each(ctx context.Context, text string, values [][]any, enter func(*results) bool) ([]bool, error) {
	did := make([]bool, len(values))
	err := l.write(ctx, func(s *session) error {
		if r := l.writer.results; enter(r) {
			if err := r.enterAll(s); err != nil {
				return err
			}
		}
		for i, args := range values {
			n, err := s.exec(text, args...)
			if err != nil {
				return err
			}
			did[i] = n == 1
		}
		return nil
	})
	if err != nil {
		return nil, forNotifications(err)
	}
	return did, nil
}

// rows reads rows as they are.
func (l ledger) rows(ctx context.Context, rest string, args ...any) ([]notifications.Row, error) {
	if err := l.entered(ctx); err != nil {
		return nil, forNotifications(err)
	}
	return l.planned(ctx, rest, args...)
}

// planned reads planned rows. One that was unknown may have got its result
// meanwhile: its mark sees to that.
func (l ledger) planned(ctx context.Context, rest string, args ...any) ([]notifications.Row, error) {
	found, err := list(ctx, l.Store, rowScanner(), selectRow+rest, args...)
	return found, forNotifications(err)
}

// inLane asks for a channel by an expression: SQLite compares a bare parameter
// with the conditions of partial indexes, and prepares the statement anew
// whenever its value is bound.
const inLane = "channel = ? || '' AND class = ?"

// dueParts names all classes, or the index could not be entered at the due time.
const dueParts = `SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM ledger WHERE part = value AND channel = ? || ''
	AND class IN ('urgent', 'reply', 'normal') AND state = 'planned' AND due <= ?) ORDER BY value`

func (l ledger) DueParts(ctx context.Context, parts []int, channel string, now notifications.Millis) ([]int, error) {
	found, err := list(ctx, l.Store, column[int], dueParts, jsonText(parts), channel, int64(now))
	return found, forNotifications(err)
}

// nextDue looks into each lane of each part once, as dueParts does.
const nextDue = `SELECT coalesce(min((SELECT min(due) FROM ledger WHERE part = parts.value AND channel = ? || '' AND class = lanes.value
	AND state = 'planned' AND due > ? AND due <= ?)), 0) FROM json_each(?) AS parts, json_each(?) AS lanes`

func (l ledger) NextDue(ctx context.Context, parts []int, channel string, after, until notifications.Millis) (notifications.Millis, error) {
	next, err := one(ctx, l.Store, column[int64], nextDue, channel, int64(after), int64(until), jsonText(parts), jsonText(notifications.Classes()))
	return notifications.Millis(next), forNotifications(err)
}

func (l ledger) Due(ctx context.Context, part int, lane notifications.Lane, now notifications.Millis, limit int) ([]notifications.Row, error) {
	return l.planned(ctx, "WHERE part = ? AND "+inLane+" AND state = 'planned' AND due <= ? ORDER BY due, grp, id LIMIT ?",
		part, lane.Channel, string(lane.Class), int64(now), limit)
}

func (l ledger) DueOutside(ctx context.Context, part int, lane notifications.Lane, now notifications.Millis, units []string, limit int) ([]notifications.Row, error) {
	return l.planned(ctx, "WHERE part = ? AND "+inLane+" AND state = 'planned' AND due <= ? "+
		"AND unit NOT IN (SELECT value FROM json_each(?)) ORDER BY due, grp, id LIMIT ?",
		part, lane.Channel, string(lane.Class), int64(now), jsonText(units), limit)
}

func (l ledger) BySubject(ctx context.Context, part int, occurrence string, recipients []string) ([]notifications.Row, error) {
	const order = " ORDER BY recipient, rule, round"
	if recipients == nil {
		return l.rows(ctx, byOccurrence+"WHERE occurrence = ? AND part = ?"+order, occurrence, part)
	}
	return l.rows(ctx, "INDEXED BY ledger_recipient WHERE occurrence = ? AND recipient IN (SELECT value FROM json_each(?)) AND part = ?"+order,
		occurrence, jsonText(recipients), part)
}

// Sharing names its index: SQLite would walk the part, which comes in the order
// that is asked for.
func (l ledger) Sharing(ctx context.Context, part int, messageIDs []string) ([]notifications.Row, error) {
	return l.rows(ctx, "INDEXED BY ledger_message WHERE message_id IN (SELECT value FROM json_each(?)) AND message_id <> '' AND part = ? ORDER BY id",
		jsonText(messageIDs), part)
}

// handedRows names the rows that the index of budgets holds in the index's own
// words. What is only planned is looked at too: a person has few such rows.
const handedRows = `SELECT id, main_contact, occurrence, message_id, state, was_unknown, ended_at FROM ledger
	WHERE budget_of IN (SELECT no FROM contacts WHERE id IN (SELECT value FROM json_each(?)) UNION ALL SELECT value FROM json_each(?))
	AND budget_of <> 0 AND handed = 1 AND id NOT IN (SELECT value FROM json_each(?))
	AND (state IN ('sending', 'printed') OR ended_at > ? OR occurrence IN (SELECT value FROM json_each(?))) ORDER BY main_contact, id`

func (l ledger) Handed(ctx context.Context, q notifications.HandedQuery) ([]notifications.Handed, error) {
	var h notifications.Handed
	into := []any{
		&h.ID, &h.MainContact, &h.Occurrence, &h.MessageID,
		word[notifications.State]{&h.State}, truth{&h.WasUnknown}, instant{&h.EndedAt},
	}
	scan := func(rows *sql.Rows) (notifications.Handed, error) {
		err := rows.Scan(into...)
		return h, err
	}
	absent := make([]int64, len(q.Contacts))
	for i, c := range q.Contacts {
		absent[i] = numberOf(c)
	}
	read := func() ([]notifications.Handed, error) {
		return list(ctx, l.Store, scan, handedRows, jsonText(q.Contacts), jsonText(absent), jsonText(q.But), int64(q.Since), jsonText(q.Occurrences))
	}
	found, err := read()
	if err == nil && slices.ContainsFunc(found, func(h notifications.Handed) bool { return h.State == notifications.Sending }) {
		if err = l.entered(ctx); err == nil {
			found, err = read()
		}
	}
	return found, forNotifications(err)
}
