package sqlitestore

import (
	"context"
	"encoding/json"

	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

type paperRows struct{ ledger }

var _ paper.Rows = paperRows{}

func (s paperRows) Waiting(ctx context.Context, unit string, class notifications.Class, now notifications.Millis, after paper.Place, limit int) ([]notifications.Row, error) {
	return s.rows(ctx, "WHERE unit = ? AND class = ? AND state = 'planned' AND channel = 'paper' AND due <= ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?",
		unit, string(class), int64(now), int64(after.Due), after.ID, limit)
}

func (s paperRows) Printed(ctx context.Context, unit, after string, limit int) ([]notifications.Row, error) {
	return s.rows(ctx, "WHERE unit = ? AND state = 'printed' AND id > ? ORDER BY id LIMIT ?", unit, after, limit)
}

func (s paperRows) Many(ctx context.Context, part int, ids []string) ([]notifications.Row, error) {
	return s.rows(ctx, byID+"WHERE "+ofPart+" ORDER BY id", part, jsonText(ids))
}

func (s paperRows) Overdue(ctx context.Context, state notifications.State, now notifications.Millis, limit int) ([]notifications.Row, error) {
	const until = " AND until > 0 AND until < ? ORDER BY until, id LIMIT ?"
	if state == notifications.Printed {
		return s.rows(ctx, "WHERE state = 'printed'"+until, int64(now), limit)
	}
	return s.rows(ctx, "WHERE state = 'planned' AND channel = 'paper'"+until, int64(now), limit)
}

type sheetStore struct{ *Store }

var _ paper.Sheets = sheetStore{}

// sheetValues are the columns of a sheet after its id, in the order of the
// statements below.
func sheetValues(s paper.Sheet) ([]any, error) {
	doc, err := json.Marshal(s)
	return []any{s.Ver, s.Unit, s.Village, string(s.State), int64(s.Until), int64(s.ClosedAt), s.Pending, string(doc)}, err
}

func (s sheetStore) Insert(ctx context.Context, sheet paper.Sheet) (bool, error) {
	sheet.Ver = 1
	values, err := sheetValues(sheet)
	if err != nil {
		return false, err
	}
	did, err := s.did(ctx, `INSERT INTO sheets (id, ver, unit, village, state, until, closed_at, pending, doc)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, append([]any{sheet.ID}, values...)...)
	return did, forNotifications(err)
}

func (s sheetStore) Get(ctx context.Context, id string) (paper.Sheet, bool, error) {
	found, err := s.sheets(ctx, "WHERE id = ?", id)
	if err != nil || len(found) == 0 {
		return paper.Sheet{}, false, err
	}
	return found[0], true, nil
}

func (s sheetStore) Swap(ctx context.Context, sheet paper.Sheet) (bool, error) {
	seen := sheet.Ver
	sheet.Ver++
	values, err := sheetValues(sheet)
	if err != nil {
		return false, err
	}
	did, err := s.did(ctx, `UPDATE sheets SET ver = ?, unit = ?, village = ?, state = ?, until = ?, closed_at = ?, pending = ?, doc = ?
		WHERE id = ? AND ver = ?`, append(values, sheet.ID, seen)...)
	return did, forNotifications(err)
}

func (s sheetStore) List(ctx context.Context, f paper.Filter, below string, limit int) ([]paper.Sheet, error) {
	var where clause
	where.and("unit = ?", f.Unit)
	if f.Open {
		where.and("state <> 'closed'")
	}
	if f.Village != "" {
		where.and("village = ?", f.Village)
	}
	if below != "" {
		where.and("id < ?", below)
	}
	where.args = append(where.args, limit)
	return s.sheets(ctx, where.text+" ORDER BY id DESC LIMIT ?", where.args...)
}

func (s sheetStore) Pending(ctx context.Context, limit int) ([]paper.Sheet, error) {
	return s.sheets(ctx, "WHERE pending = 1 ORDER BY id LIMIT ?", limit)
}

func (s sheetStore) Over(ctx context.Context, now notifications.Millis, limit int) ([]paper.Sheet, error) {
	return s.sheets(ctx, "WHERE state <> 'closed' AND until < ? ORDER BY until, id LIMIT ?", int64(now), limit)
}

func (s sheetStore) Purge(ctx context.Context, before notifications.Millis, limit int) (int, error) {
	var n int64
	err := s.write(ctx, func(s *session) (err error) {
		n, err = s.exec(`DELETE FROM sheets WHERE id IN
			(SELECT id FROM sheets WHERE state = 'closed' AND closed_at < ? ORDER BY closed_at, id LIMIT ?)`, int64(before), limit)
		return err
	})
	return int(n), forNotifications(err)
}

func (s sheetStore) sheets(ctx context.Context, rest string, args ...any) ([]paper.Sheet, error) {
	found, err := list(ctx, s.Store, scanDoc[paper.Sheet], "SELECT doc FROM sheets "+rest, args...)
	return found, forNotifications(err)
}
