package sqlitestore

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/sunday-with-the-people/sunday/notifications"
)

type reportStore struct{ *Store }

var _ notifications.Report = reportStore{}

var allStates = []notifications.State{
	notifications.Planned, notifications.Sending, notifications.Printed, notifications.Unknown,
	notifications.Sent, notifications.Dead, notifications.Suppressed, notifications.Expired,
}

// Rows of an occurrence are one range of an index; those of open states one
// each of another, merged.
func (s reportStore) Rows(ctx context.Context, f notifications.Filter, after string, limit int) ([]notifications.Row, error) {
	if err := s.enteredForPeople(ctx); err != nil {
		return nil, forNotifications(err)
	}
	states := allStates
	if len(f.States) > 0 {
		states = slices.Compact(slices.Sorted(slices.Values(f.States)))
	}
	if f.Recipient != "" {
		return s.ofRecipient(ctx, f, states, after, limit)
	}
	if len(f.Reasons) > 0 || len(f.States) > 0 && !slices.Contains(states, notifications.Sent) && !slices.Contains(states, notifications.Sending) {
		return s.few(ctx, f, states, after, limit)
	}
	found, err := list(ctx, s.Store, rowScanner(), selectRow+
		byOccurrence+"WHERE occurrence = ? AND id > ? AND +state IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
		f.Occurrence, after, jsonText(states), limit)
	return found, forNotifications(err)
}

const (
	// isOpen is the condition of the index of open rows, in its own words.
	isOpen = "state NOT IN ('sending', 'sent')"
	// byOccurrence: SQLite might walk the open rows of an event for all of them.
	byOccurrence = "INDEXED BY ledger_occurrence "
)

// few reads rows by states or reasons that indexes know: those of each open
// state, and what is sending. What was sent has no reason.
func (s reportStore) few(ctx context.Context, f notifications.Filter, states []notifications.State, after string, limit int) ([]notifications.Row, error) {
	var all []notifications.Row
	for _, state := range states {
		var where clause
		switch state {
		case notifications.Sent:
			continue
		case notifications.Sending:
			where.and("part = ? AND state = 'sending' AND occurrence = ?", f.Part, f.Occurrence)
		default:
			where.and("occurrence = ? AND state = ? || '' AND "+isOpen, f.Occurrence, string(state))
		}
		where.and("id > ?", after)
		if len(f.Reasons) > 0 {
			where.and("+reason IN (SELECT value FROM json_each(?))", jsonText(f.Reasons))
		}
		where.args = append(where.args, limit)
		found, err := list(ctx, s.Store, rowScanner(), selectRow+"WHERE rowid IN (SELECT rowid FROM ledger "+where.text+" ORDER BY id LIMIT ?) ORDER BY id", where.args...)
		if err != nil {
			return nil, forNotifications(err)
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b notifications.Row) int { return cmp.Compare(a.ID, b.ID) })
	return all[:min(limit, len(all))], nil
}

// ofRecipient sorts the few rows that a recipient has.
func (s reportStore) ofRecipient(ctx context.Context, f notifications.Filter, states []notifications.State, after string, limit int) ([]notifications.Row, error) {
	var where clause
	where.and("recipient = ?", f.Recipient)
	if f.Occurrence != "" {
		where.and("occurrence = ?", f.Occurrence)
	}
	where.and("+state IN (SELECT value FROM json_each(?))", jsonText(states))
	if len(f.Reasons) > 0 {
		where.and("+reason IN (SELECT value FROM json_each(?))", jsonText(f.Reasons))
	}
	where.and("+id > ?", after)
	where.args = append(where.args, limit)
	found, err := list(ctx, s.Store, rowScanner(), selectRow+where.text+" ORDER BY id LIMIT ?", where.args...)
	return found, forNotifications(err)
}

// counts reads, in one snapshot, what is open, what is sending, and all rows by
// their rules: what is left of those was sent.
const counts = `SELECT rule, state, reason, count(*) FROM ledger WHERE occurrence = ?1 AND ` + isOpen + ` GROUP BY rule, state, reason
	UNION ALL SELECT rule, 'sending', reason, count(*) FROM ledger WHERE part = ?2 AND state = 'sending' AND occurrence = ?1 GROUP BY rule, reason
	UNION ALL SELECT rule, 'sent', '', count(*) FROM ledger ` + byOccurrence + `WHERE occurrence = ?1 GROUP BY rule`

// Counts looks at no row that is not sending: two indexes have all that is counted.
func (s reportStore) Counts(ctx context.Context, part int, occurrence string) ([]notifications.Count, error) {
	scan := func(rows *sql.Rows) (notifications.Count, error) {
		var c notifications.Count
		err := rows.Scan(&c.Rule, &c.State, &c.Reason, &c.Rows)
		return c, err
	}
	if err := s.enteredForPeople(ctx); err != nil {
		return nil, forNotifications(err)
	}
	found, err := list(ctx, s.Store, scan, counts, occurrence, part)
	if err != nil {
		return nil, forNotifications(err)
	}
	others := make(map[string]int)
	for _, c := range found {
		if c.State != notifications.Sent {
			others[c.Rule] += c.Rows
		}
	}
	for i, c := range found {
		if c.State == notifications.Sent {
			found[i].Rows -= others[c.Rule]
		}
	}
	found = slices.DeleteFunc(found, func(c notifications.Count) bool { return c.Rows == 0 })
	slices.SortFunc(found, func(a, b notifications.Count) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.State, b.State), cmp.Compare(a.Reason, b.Reason))
	})
	return found, nil
}

// Backlog leaps over the lanes in the index of planned rows, and counts the
// due ones of each.
func (s reportStore) Backlog(ctx context.Context, now notifications.Millis) (due int, oldest notifications.Millis, err error) {
	err = s.lanes(ctx, func(part int, lane notifications.Lane) error {
		n, first, err := s.backlogOf(ctx, part, lane, now)
		if n > 0 && (due == 0 || first < oldest) {
			oldest = first
		}
		due += n
		return err
	})
	if err != nil {
		return 0, 0, forNotifications(err)
	}
	return due, oldest, nil
}

// maxLanes is far above the number of channels, and of classes.
const maxLanes = 1000

// lanes calls each for every lane that has planned rows.
func (s reportStore) lanes(ctx context.Context, each func(part int, lane notifications.Lane) error) error {
	const planned = "FROM ledger WHERE state = 'planned' AND "
	parts, err := leap[int](ctx, s.Store, notifications.Parts, "part", planned)
	if err != nil {
		return err
	}
	for _, part := range parts {
		channels, err := leap[string](ctx, s.Store, maxLanes, "channel", planned+"part = ? AND ", part)
		if err != nil {
			return err
		}
		for _, channel := range channels {
			classes, err := leap[notifications.Class](ctx, s.Store, maxLanes, "class", planned+"part = ? AND channel = ? || '' AND ", part, channel)
			if err != nil {
				return err
			}
			for _, class := range classes {
				if err := each(part, notifications.Lane{Class: class, Channel: channel}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s reportStore) backlogOf(ctx context.Context, part int, l notifications.Lane, now notifications.Millis) (n int, oldest notifications.Millis, err error) {
	err = s.query(ctx, func(rows *sql.Rows) error { return rows.Scan(&n, &oldest) },
		"SELECT count(*), coalesce(min(due), 0) FROM ledger WHERE part = ? AND "+inLane+" AND state = 'planned' AND due <= ?",
		part, l.Channel, string(l.Class), int64(now))
	return n, oldest, err
}

// Forget takes the rows that ended first.
func (s reportStore) Forget(ctx context.Context, endedBefore notifications.Millis, limit int) (int, error) {
	var n int64
	err := s.writeRows(ctx, func(s *session) (err error) {
		n, err = s.exec(`UPDATE ledger SET recipient = '', contact = '', main_contact = '', budget_of = 0, message_id = '', gen = gen + 1
			WHERE rowid IN (SELECT rowid FROM ledger WHERE recipient <> '' AND state <> 'planned' AND state <> 'sending' AND state <> 'printed'
			AND ended_at > 0 AND ended_at < ? ORDER BY ended_at, id LIMIT ?)`, int64(endedBefore), limit)
		return err
	})
	if err == nil && n > 0 {
		err = s.emptyLog(ctx)
	}
	if err != nil {
		return 0, forNotifications(err)
	}
	return int(n), nil
}

// Erase takes all rows of the recipient at once: there are few.
func (s reportStore) Erase(ctx context.Context, recipient string, now notifications.Millis) (int, error) {
	var left int
	err := s.writeRows(ctx, func(s *session) error {
		_, err := s.exec(`UPDATE ledger SET
			ended_at = CASE WHEN state = 'planned' THEN ? ELSE ended_at END,
			reason = CASE WHEN state <> 'planned' THEN reason WHEN was_unknown THEN 'left' ELSE 'erased' END,
			state = CASE WHEN state <> 'planned' THEN state WHEN was_unknown THEN 'unknown' ELSE 'suppressed' END,
			recipient = '', contact = '', main_contact = '', budget_of = 0, message_id = '', gen = gen + 1
			WHERE recipient = ? AND state NOT IN ('sending', 'printed') AND NOT (state = 'unknown' AND reason <> 'left')`,
			int64(now), recipient)
		if err != nil {
			return err
		}
		return s.query(func(rows *sql.Rows) error { return rows.Scan(&left) }, "SELECT count(*) FROM ledger WHERE recipient = ?", recipient)
	})
	if err == nil {
		err = s.emptyLog(ctx)
	}
	if err != nil {
		return 0, forNotifications(err)
	}
	return left, nil
}

const (
	doubtRows = `UPDATE ledger SET state = 'unknown', reason = 'no_reply', ended_at = ?,
		was_unknown = 1, handed = 1, unknowns = unknowns + 1, try = try + 1, gen = gen + 1 WHERE rowid IN (`
	doubtPlanned = doubtRows + `SELECT rowid FROM ledger WHERE part = ? AND ` + inLane + ` AND state = 'planned' AND due <= ?
		ORDER BY due, grp, id LIMIT ?)`
	doubtSending = doubtRows + `SELECT rowid FROM ledger WHERE part = ? AND state = 'sending' AND ` + inLane + ` AND due <= ? LIMIT ?)`
)

// Doubt takes planned rows first, and sending ones with what the limit leaves.
func (s reportStore) Doubt(ctx context.Context, part int, d notifications.Doubt) (int, error) {
	var planned, sending int64
	err := s.writeRows(ctx, func(s *session) (err error) {
		planned, err = s.exec(doubtPlanned, int64(d.Now), part, d.Lane.Channel, string(d.Lane.Class), int64(d.Until), max(d.Limit, 0))
		if err != nil {
			return err
		}
		sending, err = s.exec(doubtSending, int64(d.Now), part, d.Lane.Channel, string(d.Lane.Class), int64(d.Until), max(d.Limit-int(planned), 0))
		return err
	})
	if err != nil {
		return 0, forNotifications(err)
	}
	return int(planned + sending), nil
}
