package sqlitestore

import (
	"context"
	"database/sql"
	"slices"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// The ledger's moves that a dispatcher causes: the transitions of package
// notifications in SQL, guarded by state and batch.

const (
	// ofPart chooses rows by their ids. SQLite might walk the part's planned rows,
	// or its sending ones, instead of looking the ids up.
	ofPart = "part = ? AND id IN (SELECT value FROM json_each(?))"
	byID   = "INDEXED BY ledger_id "

	// OR FAIL: a group of writes is undone whole if one fails, and needs no
	// journal of each statement.
	markRows = `UPDATE OR FAIL ledger ` + byID + `SET state = 'sending', batch = ?, fence = ?, sending_at = ?, handed = 1, room = x'', gen = gen + 1
		WHERE ` + ofPart + ` AND state = 'planned' AND due <= ? AND was_unknown <= ? RETURNING id, gen`

	selectMarked = byID + "WHERE " + ofPart + " AND batch = ? AND state = 'sending'"

	backRow = `UPDATE ledger SET state = 'planned', not_before = ?, due = max(wish, ?), reason = ?,
		class = CASE WHEN ? THEN ? ELSE class END, channel = CASE WHEN ? THEN ? ELSE channel END,
		try = try + ?, error = CASE WHEN ? <> '' THEN ? ELSE error END, handed = was_unknown, gen = gen + 1
		WHERE part = ? AND id = ? AND batch = ? AND state = 'sending'`

	bindRow = `UPDATE ledger SET message_id = ?, contact = CASE WHEN ? <> '' THEN ? ELSE contact END, gen = gen + 1 WHERE part = ? AND id = ? AND batch = ? AND state = 'sending'`

	// counted is whether a result is one more unknown.
	counted = `(? OR was_unknown = 0)`

	settled     = `UPDATE OR FAIL ledger ` + byID + `SET state = ?, reason = ?, error = ?, ended_at = ?, gen = gen + 1`
	settledRows = ` WHERE ` + ofPart + ` AND batch = ? `

	// What may be settled as known is handed over, by what it is: to write so
	// again would move it in an index for nothing.
	settleSent = settled + settledRows + `AND (state = 'sending' OR state = 'unknown' OR state = 'planned' AND was_unknown = 1)`
	settleEnd  = settled + `, handed = was_unknown` + settledRows +
		`AND (state = 'sending' OR state = 'unknown' OR state = 'planned' AND was_unknown = 1)`
	settleUnknown = settled + `, unknowns = unknowns + ` + counted + `, try = try + ` + counted +
		`, was_unknown = 1, handed = 1` + settledRows + `AND state = 'sending'`

	// Here too SQLite would walk the whole part for its order.
	selectAbandoned = `INDEXED BY ledger_sending WHERE part = ? AND state = 'sending' AND (fence < ? OR sending_at < ?) ORDER BY id`
	selectNoReply   = `WHERE part = ? AND state = 'unknown' AND reason = 'no_reply' ORDER BY id LIMIT ?`

	// What is kept concerns a sweep only where it is one more unknown.
	anySwept = `SELECT 1 FROM ledger WHERE part = ? AND state = 'sending' AND (fence < ? OR sending_at < ?)
		UNION ALL SELECT 1 FROM ledger WHERE part = ? AND state = 'unknown' AND reason = 'no_reply'
		UNION ALL SELECT 1 FROM ledger_results WHERE instr(ends, '"s":"unknown"') LIMIT 1`
)

// Mark returns rows as they were read where their Gen tells that nobody wrote
// them since, and reads the others: those that changed, and those that the
// batch has had from a call whose reply was lost. A row that was unknown may have
// been answered since: it is taken only after all results are entered.
func (l ledger) Mark(ctx context.Context, part int, seen []notifications.Row, m notifications.Mark) ([]notifications.Row, error) {
	ids := make([]string, len(seen))
	for i, r := range seen {
		ids[i] = r.ID
	}
	chosen := jsonText(ids)
	marked := make([]notifications.Row, 0, len(seen))
	err := l.write(ctx, func(s *session) error {
		gens := make(map[string]int64, len(ids))
		take := func(unknown bool) error {
			return s.query(func(rows *sql.Rows) error {
				var id string
				var gen int64
				err := rows.Scan(&id, &gen)
				gens[id] = gen
				return err
			}, markRows, m.Batch, m.Fence, int64(m.At), part, chosen, int64(m.Now), unknown)
		}
		err := take(false)
		if err == nil && len(gens) < len(ids) {
			if err = l.writer.results.enterAll(s); err == nil {
				err = take(true)
			}
		}
		if err != nil {
			return err
		}
		var others []string
		marked = marked[:0]
		for _, r := range seen {
			if next := r.Marked(m); gens[r.ID] == next.Gen {
				marked = append(marked, next)
			} else {
				others = append(others, r.ID)
			}
		}
		if len(others) == 0 {
			return nil
		}
		found, err := sessionRows(s, selectMarked, part, jsonText(others), m.Batch)
		marked = append(marked, found...)
		return err
	})
	if err != nil {
		return nil, forNotifications(err)
	}
	slices.SortFunc(marked, notifications.InOrder)
	return marked, nil
}

func sessionRows(s *session, rest string, args ...any) ([]notifications.Row, error) {
	var found []notifications.Row
	scan := rowScanner()
	err := s.query(func(rows *sql.Rows) error {
		r, err := scan(rows)
		found = append(found, r)
		return err
	}, selectRow+rest, args...)
	return found, err
}

func (l ledger) Bind(ctx context.Context, part int, binds []notifications.Bind) error {
	values := make([][]any, len(binds))
	for i, b := range binds {
		values[i] = []any{b.MessageID, b.Contact, b.Contact, part, b.ID, b.Batch}
	}
	_, err := l.each(ctx, bindRow, values, func(r *results) bool {
		return slices.ContainsFunc(binds, func(b notifications.Bind) bool { return r.keeps(b.Batch, b.ID) })
	})
	return err
}

func (l ledger) GiveBack(ctx context.Context, part int, backs []notifications.Back) error {
	values := make([][]any, len(backs))
	for i, b := range backs {
		moved := b.Lane != (notifications.Lane{})
		values[i] = []any{
			int64(b.NotBefore), int64(b.NotBefore), string(b.Reason),
			moved, string(b.Lane.Class), moved, b.Lane.Channel,
			b.TryMore, b.Error, b.Error, part, b.ID, b.Batch,
		}
	}
	_, err := l.each(ctx, backRow, values, func(r *results) bool {
		return slices.ContainsFunc(backs, func(b notifications.Back) bool { return r.keeps(b.Batch, b.ID) })
	})
	return err
}

// begunParts enters an index of its own for either kind of row: what is kept
// beside the rows is of some that are sending.
const begunParts = `SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM ledger INDEXED BY ledger_sending WHERE part = value AND state = 'sending')
	OR EXISTS (SELECT 1 FROM ledger INDEXED BY ledger_no_reply WHERE part = value AND state = 'unknown' AND reason = 'no_reply') ORDER BY value`

func (l ledger) BegunParts(ctx context.Context, parts []int) ([]int, error) {
	found, err := list(ctx, l.Store, column[int], begunParts, jsonText(parts))
	return found, forNotifications(err)
}

// Sweep reads, moves and writes in one transaction, so that no answer that
// came in between is lost. It takes no write lock where it finds nothing.
func (l ledger) Sweep(ctx context.Context, part int, sweep notifications.Sweep) (int, error) {
	found, err := list(ctx, l.Store, column[int], anySwept, part, sweep.FenceBelow, int64(sweep.SendingBefore), part)
	if err != nil || len(found) == 0 {
		return 0, forNotifications(err)
	}
	n := 0
	err = l.writeRows(ctx, func(s *session) error {
		rows, begun, err := abandoned(s, part, sweep)
		if err != nil {
			return err
		}
		for _, r := range rows {
			next := r.NotBegun()
			if r.State != notifications.Sending || begun[r.ID] {
				next = r.Swept(sweep)
			}
			if _, err := s.exec(changeRow, changeValues(&next, r.Gen, r.State)...); err != nil {
				return err
			}
		}
		n = len(rows)
		return nil
	})
	if err != nil {
		return 0, forNotifications(err)
	}
	return n, nil
}

// abandoned gives the rows that the sweep takes, and which of them may have
// been begun.
func abandoned(s *session, part int, sweep notifications.Sweep) ([]notifications.Row, map[string]bool, error) {
	rows, err := sessionRows(s, selectAbandoned, part, sweep.FenceBelow, int64(sweep.SendingBefore))
	if err != nil {
		return nil, nil, err
	}
	silent, err := sessionRows(s, selectNoReply, part, sweep.Limit)
	return append(rows, silent...), notifications.MayHaveBegun(rows), err
}
