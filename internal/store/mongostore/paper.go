package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

type paperRows struct{ *ledger }

var _ paper.Rows = paperRows{}

// waiting is the filter of a partial index, word for word.
func waiting() bson.D {
	return where(is("state", notifications.Planned), is("channel", paper.Channel))
}

func (s paperRows) Waiting(ctx context.Context, unit string, class notifications.Class, now notifications.Millis, after paper.Place, limit int) ([]notifications.Row, error) {
	filter := append(waiting(), is("unit", unit), is("class", class), atMost("due", now))
	var start *page.Key
	if after != (paper.Place{}) {
		k := key(digits(after.Due), after.ID)
		start = &k
	}
	rows, err := seek(ctx, s.find, filter, []column{number("due"), text("_id")}, start, limit)
	return rows, forLedger(err)
}

func (s paperRows) find(ctx context.Context, filter, sort bson.D, limit int) ([]notifications.Row, error) {
	return list[notifications.Row](ctx, s.rows, filter, sort, limit)
}

func (s paperRows) Printed(ctx context.Context, unit, after string, limit int) ([]notifications.Row, error) {
	filter := where(is("state", notifications.Printed), is("unit", unit), above("_id", after))
	rows, err := s.find(ctx, filter, ascending("_id"), limit)
	return rows, forLedger(err)
}

func (s paperRows) Many(ctx context.Context, part int, ids []string) ([]notifications.Row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.find(ctx, mine(part, ids), ascending("_id"), 0)
	return rows, forLedger(err)
}

func (s paperRows) Overdue(ctx context.Context, state notifications.State, now notifications.Millis, limit int) ([]notifications.Row, error) {
	filter := where(is("state", notifications.Printed))
	if state != notifications.Printed {
		filter = waiting()
	}
	filter = narrowed(append(filter, above("until", 0)), "until", "$lt", now)
	rows, err := s.find(ctx, filter, ascending("until", "_id"), limit)
	return rows, forLedger(err)
}

type sheets struct{ col *mongo.Collection }

var _ paper.Sheets = (*sheets)(nil)

func newSheets(d *db) *sheets { return &sheets{d.mongo.Collection(sheetsName)} }

func (s *sheets) Insert(ctx context.Context, sheet paper.Sheet) (bool, error) {
	sheet.Ver = 1
	fresh, err := insertMissing(ctx, s.col, []paper.Sheet{sheet})
	if err != nil {
		return false, forLedger(err)
	}
	return fresh[0], nil
}

func (s *sheets) Get(ctx context.Context, id string) (paper.Sheet, bool, error) {
	found, err := list[paper.Sheet](ctx, s.col, where(is("_id", id)), ascending("_id"), 1)
	if err != nil || len(found) == 0 {
		return paper.Sheet{}, false, forLedger(err)
	}
	return found[0], true, nil
}

func (s *sheets) Swap(ctx context.Context, sheet paper.Sheet) (bool, error) {
	filter := where(is("_id", sheet.ID), is("ver", sheet.Ver))
	sheet.Ver++
	res, err := s.col.ReplaceOne(ctx, filter, sheet)
	if err != nil {
		return false, forLedger(translate(ctx, "swap sheet", err))
	}
	return res.MatchedCount == 1, nil
}

func (s *sheets) List(ctx context.Context, f paper.Filter, under string, limit int) ([]paper.Sheet, error) {
	filter := where(is("unit", f.Unit))
	if f.Open {
		filter = append(filter, in("state", notClosed()))
	}
	if f.Village != "" {
		filter = append(filter, is("village", f.Village))
	}
	if under != "" {
		filter = append(filter, below("_id", under))
	}
	return s.list(ctx, filter, where(is("_id", -1)), limit)
}

func notClosed() []paper.State { return []paper.State{paper.Making, paper.Open} }

func (s *sheets) Pending(ctx context.Context, limit int) ([]paper.Sheet, error) {
	return s.list(ctx, where(is("pending", true)), ascending("_id"), limit)
}

func (s *sheets) Over(ctx context.Context, now notifications.Millis, limit int) ([]paper.Sheet, error) {
	filter := where(in("state", notClosed()), below("until", now))
	return s.list(ctx, filter, ascending("until", "_id"), limit)
}

func (s *sheets) Purge(ctx context.Context, before notifications.Millis, limit int) (int, error) {
	filter := where(is("state", paper.Closed), below("closed_at", before))
	old, err := s.list(ctx, filter, ascending("closed_at", "_id"), limit)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	ids := make([]string, len(old))
	for i, sheet := range old {
		ids[i] = sheet.ID
	}
	res, err := s.col.DeleteMany(ctx, where(in("_id", ids), is("state", paper.Closed)))
	if err != nil {
		return 0, forLedger(translate(ctx, "purge sheets", err))
	}
	return int(res.DeletedCount), nil
}

func (s *sheets) list(ctx context.Context, filter, sort bson.D, limit int) ([]paper.Sheet, error) {
	found, err := list[paper.Sheet](ctx, s.col, filter, sort, limit)
	return found, forLedger(err)
}
