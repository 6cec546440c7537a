package mongostore

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// rewriteTries bounds how often a row's state changes under a result that is
// to be stored on it: each miss is one other write of the same row.
const rewriteTries = 16

// ledger keeps the send ledger's rows.
type ledger struct {
	d    *db
	rows *mongo.Collection
	ids  id.Source
	// sent stores the results of rows that were sent.
	sent *gather[sentRow]
}

var (
	_ notifications.Ledger = (*ledger)(nil)
	_ notifications.Report = (*ledger)(nil)
)

// row is a stored row. Op names the planner's last write of it: the reply of a
// bulk gives only counts, and the op tells which of its changes were applied.
type row struct {
	notifications.Row `bson:",inline"`
	Op                string `bson:"op,omitempty"`
}

func newLedger(d *db) *ledger {
	l := &ledger{d: d, rows: d.mongo.Collection(rowsName), ids: d.ids}
	l.sent = newGather(l.settleSent)
	return l
}

// mine is the filter for rows of a part by id, both fields of the shard key.
// The id comes first: to MongoDB the order is nothing, but the test server
// takes the index of the first field.
func mine(part int, ids []string) bson.D { return where(in("_id", ids), is("part", part)) }

func (l *ledger) Insert(ctx context.Context, rows []notifications.Row) ([]bool, error) {
	fresh := make([]bool, 0, len(rows))
	for len(rows) > 0 {
		group := rows[:min(len(rows), insertGroup)]
		rows = rows[len(group):]
		more, err := insertMissing(ctx, l.rows, group)
		if err != nil {
			return nil, forLedger(err)
		}
		fresh = append(fresh, more...)
	}
	return fresh, nil
}

func (l *ledger) Change(ctx context.Context, changes []notifications.Change) ([]bool, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	name := hex.EncodeToString(l.ids.Nonce(opBytes))
	models := make([]mongo.WriteModel, len(changes))
	for i, c := range changes {
		next := row{Row: c.Row, Op: name}
		next.Gen = c.SeenGen + 1
		models[i] = mongo.NewReplaceOneModel().SetReplacement(next).SetFilter(where(
			is("_id", c.Row.ID), is("part", c.Row.Part), is("gen", c.SeenGen), is("state", c.SeenState)))
	}
	res, err := l.rows.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	if err != nil {
		return nil, forLedger(translate(ctx, "change", err))
	}
	if res.MatchedCount == int64(len(changes)) {
		return allTrue(len(changes)), nil
	}
	applied, err := l.changed(ctx, changes, name)
	return applied, forLedger(err)
}

// changed reads which of the changes carry the op. One that was written over
// since counts as missed: its planner looks again, which does no harm.
func (l *ledger) changed(ctx context.Context, changes []notifications.Change, name string) ([]bool, error) {
	var parts []int
	var ids []string
	for _, c := range changes {
		ids = append(ids, c.Row.ID)
		if !slices.Contains(parts, c.Row.Part) {
			parts = append(parts, c.Row.Part)
		}
	}
	rows, err := list[row](ctx, l.rows, where(in("_id", ids), in("part", parts), is("op", name)), ascending("_id"), 0)
	if err != nil {
		return nil, err
	}
	ours := map[string]bool{}
	for _, r := range rows {
		ours[r.ID] = true
	}
	applied := make([]bool, len(changes))
	for i, c := range changes {
		applied[i] = ours[c.Row.ID]
	}
	return applied, nil
}

// DueParts walks what is due in the index, and nothing else: at rest that is
// nothing.
func (l *ledger) DueParts(ctx context.Context, parts []int, channel string, now notifications.Millis) ([]int, error) {
	found, err := aggregate[struct {
		Part int `bson:"_id"`
	}](ctx, l.rows, bson.A{
		where(is("$match", where(is("state", notifications.Planned), atMost("due", now)))),
		where(is("$project", ascending("part", "class", "channel"))),
		where(is("$match", where(in("part", parts), in("class", notifications.Classes()), is("channel", channel)))),
		where(is("$group", where(is("_id", "$part")))),
		where(is("$sort", ascending("_id"))),
	})
	var due []int
	for _, f := range found {
		due = append(due, f.Part)
	}
	return due, forLedger(err)
}

// NextDue walks what comes due between the instants, as DueParts does.
func (l *ledger) NextDue(ctx context.Context, parts []int, channel string, after, until notifications.Millis) (notifications.Millis, error) {
	found, err := aggregate[struct {
		Due notifications.Millis `bson:"due"`
	}](ctx, l.rows, bson.A{
		where(is("$match", where(is("state", notifications.Planned), is("due", where(is("$gt", after), is("$lt", until+1)))))),
		where(is("$project", ascending("part", "class", "channel", "due"))),
		where(is("$match", where(in("part", parts), in("class", notifications.Classes()), is("channel", channel)))),
		where(is("$sort", ascending("due"))),
		where(is("$limit", 1)),
	})
	if err != nil || len(found) == 0 {
		return 0, forLedger(err)
	}
	return found[0].Due, nil
}

func (l *ledger) Due(ctx context.Context, part int, lane notifications.Lane, now notifications.Millis, limit int) ([]notifications.Row, error) {
	rows, err := list[notifications.Row](ctx, l.rows, dueIn(part, lane, now), ascending("due", "group", "_id"), limit)
	return rows, forLedger(err)
}

func (l *ledger) DueOutside(ctx context.Context, part int, lane notifications.Lane, now notifications.Millis, units []string, limit int) ([]notifications.Row, error) {
	filter := append(dueIn(part, lane, now), op("unit", "$nin", units))
	rows, err := list[notifications.Row](ctx, l.rows, filter, ascending("due", "group", "_id"), limit)
	return rows, forLedger(err)
}

func dueIn(part int, lane notifications.Lane, now notifications.Millis) bson.D {
	return where(is("part", part), is("class", lane.Class), is("channel", lane.Channel),
		is("state", notifications.Planned), atMost("due", now))
}

// Mark is one update of many and one read of the same ids, in one causally
// consistent session: an update of many is not retried by the driver and
// returns a count, so the batch tells what it took. Of a row that nobody wrote
// since it was seen, which its gen tells, nothing else is read.
func (l *ledger) Mark(ctx context.Context, part int, seen []notifications.Row, m notifications.Mark) ([]notifications.Row, error) {
	if len(seen) == 0 {
		return nil, nil
	}
	ids := make([]string, len(seen))
	for i, r := range seen {
		ids[i] = r.ID
	}
	var rows []notifications.Row
	err := l.d.causal(ctx, func(ctx context.Context) error {
		due := append(mine(part, ids), is("state", notifications.Planned), atMost("due", m.Now))
		_, err := l.rows.UpdateMany(ctx, due, where(inc("gen", 1), set(
			is("state", notifications.Sending), is("batch", m.Batch), is("fence", m.Fence), is("sending_at", m.At))))
		if err != nil {
			return translate(ctx, "mark", err)
		}
		rows, err = l.taken(ctx, part, ids, seen, m)
		return err
	})
	slices.SortFunc(rows, notifications.InOrder)
	return rows, forLedger(err)
}

// taken returns the rows that carry the mark's batch.
func (l *ledger) taken(ctx context.Context, part int, ids []string, seen []notifications.Row, m notifications.Mark) ([]notifications.Row, error) {
	carry := []bson.E{is("batch", m.Batch), is("state", notifications.Sending)}
	gens, err := list[struct {
		ID  string `bson:"_id"`
		Gen int64  `bson:"gen"`
	}](ctx, l.rows, append(mine(part, ids), carry...), ascending("_id"), 0, "gen")
	if err != nil {
		return nil, err
	}
	now := make(map[string]int64, len(gens))
	for _, g := range gens {
		now[g.ID] = g.Gen
	}
	var rows []notifications.Row
	var moved []string
	for _, r := range seen {
		gen, ours := now[r.ID]
		switch next := r.Marked(m); {
		case ours && r.State == notifications.Planned && next.Gen == gen:
			rows = append(rows, next)
		case ours:
			moved = append(moved, r.ID)
		}
		delete(now, r.ID)
	}
	if len(moved) == 0 {
		return rows, nil
	}
	more, err := list[notifications.Row](ctx, l.rows, append(mine(part, moved), carry...), ascending("_id"), 0)
	return append(rows, more...), err
}

func (l *ledger) BySubject(ctx context.Context, part int, occurrence string, recipients []string) ([]notifications.Row, error) {
	if recipients != nil && len(recipients) == 0 {
		return nil, nil
	}
	filter := where(is("part", part), is("occurrence", occurrence))
	if recipients != nil {
		filter = append(filter, in("recipient", recipients))
	}
	rows, err := list[notifications.Row](ctx, l.rows, filter, ascending("recipient", "_id"), 0)
	slices.SortFunc(rows, func(a, b notifications.Row) int {
		return cmp.Or(cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Round, b.Round))
	})
	return rows, forLedger(err)
}

func (l *ledger) Sharing(ctx context.Context, part int, messageIDs []string) ([]notifications.Row, error) {
	if len(messageIDs) == 0 {
		return nil, nil
	}
	filter := where(in("message_id", messageIDs), is("part", part))
	rows, err := list[notifications.Row](ctx, l.rows, filter, ascending("_id"), 0)
	return rows, forLedger(err)
}

// Handed asks all shards: a person's rows are in the parts of many events. The
// first $match is what the index answers; MongoDB takes the second into it.
func (l *ledger) Handed(ctx context.Context, q notifications.HandedQuery) ([]notifications.Handed, error) {
	if len(q.Contacts) == 0 {
		return nil, nil
	}
	sending, printed := is("state", notifications.Sending), is("state", notifications.Printed)
	rows, err := aggregate[notifications.Handed](ctx, l.rows, bson.A{
		where(is("$match", where(in("main_contact", q.Contacts), is("budget", true)))),
		where(is("$sort", ascending("main_contact", "_id"))),
		where(is("$project", ascending("main_contact", "occurrence", "message_id", "state", "was_unknown", "ended_at"))),
		where(is("$match", where(is("$and", bson.A{
			where(is("$or", bson.A{where(sending), where(printed), where(is("state", notifications.Sent)), where(is("was_unknown", true))})),
			where(is("$or", bson.A{where(sending), where(printed), where(above("ended_at", q.Since)), where(in("occurrence", q.Occurrences))})),
		})))),
	})
	rows = slices.DeleteFunc(rows, func(h notifications.Handed) bool { return slices.Contains(q.But, h.ID) })
	return rows, forLedger(err)
}
