package mongostore

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func (l *ledger) Rows(ctx context.Context, f notifications.Filter, after string, limit int) ([]notifications.Row, error) {
	var filter bson.D
	if f.Occurrence != "" {
		filter = where(is("part", f.Part), is("occurrence", f.Occurrence))
	}
	if f.Recipient != "" {
		filter = append(filter, is("recipient", f.Recipient))
	}
	if len(filter) == 0 {
		return nil, nil
	}
	if len(f.States) > 0 {
		filter = append(filter, in("state", f.States))
	}
	if len(f.Reasons) > 0 {
		filter = append(filter, in("reason", f.Reasons))
	}
	filter = append(filter, above("_id", after))
	rows, err := list[notifications.Row](ctx, l.rows, filter, ascending("_id"), limit)
	return rows, forLedger(err)
}

func (l *ledger) Counts(ctx context.Context, part int, occurrence string) ([]notifications.Count, error) {
	alike := where(is("rule", "$rule"), is("state", "$state"), is("reason", expr("$ifNull", "$reason", "")))
	groups, err := aggregate[struct {
		ID   notifications.Count `bson:"_id"`
		Rows int                 `bson:"rows"`
	}](ctx, l.rows, bson.A{
		where(is("$match", where(is("part", part), is("occurrence", occurrence)))),
		where(is("$group", where(is("_id", alike), is("rows", where(is("$sum", 1)))))),
		where(is("$sort", ascending("_id.rule", "_id.state", "_id.reason"))),
	})
	if err != nil {
		return nil, forLedger(err)
	}
	var counts []notifications.Count
	for _, g := range groups {
		g.ID.Rows = g.Rows
		counts = append(counts, g.ID)
	}
	return counts, nil
}

func (l *ledger) Backlog(ctx context.Context, now notifications.Millis) (int, notifications.Millis, error) {
	due := where(is("state", notifications.Planned), atMost("due", now))
	var oldest notifications.Row
	err := l.rows.FindOne(ctx, due, options.FindOne().SetSort(ascending("due"))).Decode(&oldest)
	if err = translate(ctx, "backlog", err); errors.Is(err, record.ErrAbsent) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, forLedger(err)
	}
	n, err := l.rows.CountDocuments(ctx, due)
	return int(n), oldest.Due, forLedger(translate(ctx, "backlog", err))
}

// Forget takes the rows that ended first.
func (l *ledger) Forget(ctx context.Context, endedBefore notifications.Millis, limit int) (int, error) {
	ended := []notifications.State{
		notifications.Sent, notifications.Dead, notifications.Suppressed, notifications.Expired, notifications.Unknown,
	}
	filter := where(above("recipient", ""), in("state", ended), above("ended_at", 0))
	filter = narrowed(filter, "ended_at", "$lt", endedBefore)
	rows, err := list[row](ctx, l.rows, filter, ascending("ended_at", "_id"), limit)
	if err != nil {
		return 0, forLedger(err)
	}
	_, done, err := l.moveAll(ctx, rows, forgotten)
	return int(done), forLedger(err)
}

func forgotten(r notifications.Row) (notifications.Row, bool) {
	r.Recipient, r.Contact, r.MainContact, r.MessageID = "", "", "", ""
	r.Gen++
	return r, true
}

// Doubt reads planned rows by due and sending ones by id, and writes each back
// where nobody else did.
func (l *ledger) Doubt(ctx context.Context, part int, d notifications.Doubt) (int, error) {
	if d.Limit <= 0 {
		return 0, nil
	}
	lane := where(is("part", part), is("class", d.Lane.Class), is("channel", d.Lane.Channel), atMost("due", d.Until))
	planned := append(slices.Clone(lane), is("state", notifications.Planned))
	rows, err := list[row](ctx, l.rows, planned, ascending("due", "group", "_id"), d.Limit)
	if err == nil && len(rows) < d.Limit {
		var sending []row
		marked := append(slices.Clone(lane), is("state", notifications.Sending))
		sending, err = list[row](ctx, l.rows, marked, ascending("_id"), d.Limit-len(rows))
		rows = append(rows, sending...)
	}
	if err != nil {
		return 0, forLedger(err)
	}
	_, done, err := l.moveAll(ctx, rows, func(r notifications.Row) (notifications.Row, bool) { return r.Doubted(d), true })
	return int(done), forLedger(err)
}

// Erase reads the recipient's rows and writes each back where nobody else did.
func (l *ledger) Erase(ctx context.Context, recipient string, now notifications.Millis) (int, error) {
	rows, err := list[row](ctx, l.rows, where(is("recipient", recipient)), ascending("_id"), 0)
	if err != nil {
		return 0, forLedger(err)
	}
	_, done, err := l.moveAll(ctx, rows, func(r notifications.Row) (notifications.Row, bool) { return r.Erased(now) })
	return len(rows) - int(done), forLedger(err)
}
