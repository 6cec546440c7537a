package mongostore

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// Settle stores plain Sent results, which are nearly all, by one update of
// many, together with those of other parts that come meanwhile; the others row
// by row in one bulk.
func (l *ledger) Settle(ctx context.Context, part int, results []notifications.Result) error {
	sent, others := split(part, results)
	if len(sent) > 0 {
		if err := l.sent.ask(ctx, sent); err != nil {
			return forLedger(translate(ctx, "settle", err))
		}
	}
	byID := map[string][]notifications.Result{}
	var ids []string
	for _, r := range others {
		if byID[r.ID] == nil {
			ids = append(ids, r.ID)
		}
		byID[r.ID] = append(byID[r.ID], r)
	}
	return forLedger(l.rewrite(ctx, part, ids, func(r notifications.Row) (notifications.Row, bool) {
		moved := false
		for _, res := range byID[r.ID] {
			if r.CanSettle(res) {
				r, moved = r.Settled(res), true
			}
		}
		return r, moved
	}))
}

// sentRow is a result that says nothing but Sent.
type sentRow struct {
	part      int
	id, batch string
	at        notifications.Millis
}

// split parts the results that say nothing but Sent from the others. Of two
// results for one row the second counts as other.
func split(part int, results []notifications.Result) (sent []sentRow, others []notifications.Result) {
	seen := map[string]bool{}
	for _, r := range results {
		if r.State == notifications.Sent && r.Reason == "" && r.Error == "" && !seen[r.ID] {
			sent = append(sent, sentRow{part, r.ID, r.Batch, r.At})
		} else {
			others = append(others, r)
		}
		seen[r.ID] = true
	}
	return sent, others
}

// settleGroup is how many results share a statement: looking one up costs a
// walk along the list.
const settleGroup = 64

// settleSent sends one command. Each of its statements looks up a row's batch
// and time by the row's place in a list, so that results of many connections
// and parts are one statement.
func (l *ledger) settleSent(ctx context.Context, sent []sentRow) error {
	var models []mongo.WriteModel
	for _, each := range apart(sent) {
		for group := range slices.Chunk(each, settleGroup) {
			models = append(models, settleModel(group))
		}
	}
	_, err := l.rows.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	return err
}

// apart deals results so that no two of one row are together: a statement finds
// the first of a row only.
func apart(sent []sentRow) [][]sentRow {
	var dealt [][]sentRow
	times := map[string]int{}
	for _, r := range sent {
		n := times[r.id]
		times[r.id]++
		if n == len(dealt) {
			dealt = append(dealt, nil)
		}
		dealt[n] = append(dealt[n], r)
	}
	return dealt
}

// settleModel asks nothing of a row that an index cannot answer: whether the
// batch is the row's own is decided by the update, which gives other rows back
// as they are. A row's part follows from its id.
func settleModel(sent []sentRow) mongo.WriteModel {
	ids, values := make([]string, len(sent)), make(bson.A, len(sent))
	var parts []int
	var batches []string
	for i, r := range sent {
		ids[i], values[i] = r.id, where(is("batch", r.batch), is("at", r.at))
		if !slices.Contains(parts, r.part) {
			parts = append(parts, r.part)
		}
		if !slices.Contains(batches, r.batch) {
			batches = append(batches, r.batch)
		}
	}
	filter := where(in("_id", ids), in("part", parts), in("batch", batches),
		in("state", []notifications.State{notifications.Sending, notifications.Unknown, notifications.Planned}))
	applies := expr("$and", expr("$eq", "$batch", "$$result.batch"),
		expr("$or", expr("$ne", "$state", notifications.Planned), expr("$eq", "$was_unknown", true)))
	settled := where(
		is("state", notifications.Sent), is("reason", ""), is("error", ""),
		is("ended_at", "$$result.at"), is("gen", expr("$add", "$gen", int64(1))))
	// A list is literal as a whole: a text in it may begin with a dollar sign.
	result := expr("$arrayElemAt", where(is("$literal", values)), expr("$indexOfArray", where(is("$literal", ids)), "$_id"))
	return mongo.NewUpdateManyModel().SetFilter(filter).SetUpdate(bson.A{where(is("$replaceWith", where(is("$let", where(
		is("vars", where(is("result", result))),
		is("in", expr("$cond", applies, expr("$mergeObjects", "$$ROOT", settled), "$$ROOT")),
	)))))})
}

func expr(operator string, args ...any) bson.D { return where(is(operator, bson.A(args))) }

// Bind is one statement for each mail, in one command.
func (l *ledger) Bind(ctx context.Context, part int, binds []notifications.Bind) error {
	mails := map[notifications.Bind][]string{}
	var order []notifications.Bind
	for _, b := range binds {
		mail := b
		mail.ID = ""
		if mails[mail] == nil {
			order = append(order, mail)
		}
		mails[mail] = append(mails[mail], b.ID)
	}
	if len(order) == 0 {
		return nil
	}
	models := make([]mongo.WriteModel, len(order))
	for i, m := range order {
		filter := append(mine(part, mails[m]), is("batch", m.Batch), is("state", notifications.Sending))
		fields := bson.D{is("message_id", m.MessageID)}
		if m.Contact != "" {
			fields = append(fields, is("contact", m.Contact))
		}
		models[i] = mongo.NewUpdateManyModel().SetFilter(filter).SetUpdate(where(set(fields...), inc("gen", 1)))
	}
	_, err := l.rows.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	return forLedger(translate(ctx, "bind", err))
}

func (l *ledger) GiveBack(ctx context.Context, part int, backs []notifications.Back) error {
	byID := map[string]notifications.Back{}
	var ids []string
	for _, b := range backs {
		if _, twice := byID[b.ID]; !twice {
			ids = append(ids, b.ID)
		}
		byID[b.ID] = b
	}
	return forLedger(l.rewrite(ctx, part, ids, func(r notifications.Row) (notifications.Row, bool) {
		b := byID[r.ID]
		if r.State != notifications.Sending || r.Batch != b.Batch {
			return r, false
		}
		return r.GivenBack(b), true
	}))
}

// rewrite reads rows, moves those that move says, and writes each where its
// gen is as read, until nothing is left to move. What is applied no longer
// moves, so a call that is made again does nothing.
func (l *ledger) rewrite(ctx context.Context, part int, ids []string, move func(notifications.Row) (notifications.Row, bool)) error {
	if len(ids) == 0 {
		return nil
	}
	for range rewriteTries {
		rows, err := list[row](ctx, l.rows, mine(part, ids), ascending("_id"), 0)
		if err != nil {
			return err
		}
		wanted, done, err := l.moveAll(ctx, rows, move)
		if err != nil || wanted == done {
			return err
		}
	}
	return record.ErrContended
}

func (l *ledger) moveAll(ctx context.Context, rows []row, move func(notifications.Row) (notifications.Row, bool)) (wanted, done int64, err error) {
	var models []mongo.WriteModel
	for _, r := range rows {
		next, moved := move(r.Row)
		if !moved {
			continue
		}
		filter := where(is("_id", r.ID), is("part", r.Part), is("gen", r.Gen))
		models = append(models, mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(row{Row: next, Op: r.Op}))
	}
	if len(models) == 0 {
		return 0, 0, nil
	}
	res, err := l.rows.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	if err != nil {
		return 0, 0, translate(ctx, "write rows", err)
	}
	return int64(len(models)), res.MatchedCount, nil
}

func plain(rows []row) []notifications.Row {
	out := make([]notifications.Row, len(rows))
	for i, r := range rows {
		out[i] = r.Row
	}
	return out
}

// BegunParts asks one index for each kind of row, as each has its own.
func (l *ledger) BegunParts(ctx context.Context, parts []int) ([]int, error) {
	sending, err := l.partsWith(ctx, is("state", notifications.Sending), in("part", parts))
	if err != nil {
		return nil, forLedger(err)
	}
	silent, err := l.partsWith(ctx, is("state", notifications.Unknown), in("part", parts), is("reason", notifications.ReasonNoReply))
	return slices.Compact(slices.Sorted(slices.Values(append(sending, silent...)))), forLedger(err)
}

// partsWith returns the parts of the rows that match, in no order.
func (l *ledger) partsWith(ctx context.Context, filter ...bson.E) ([]int, error) {
	found, err := aggregate[struct {
		Part int `bson:"_id"`
	}](ctx, l.rows, bson.A{
		where(is("$match", where(filter...))),
		where(is("$group", where(is("_id", "$part")))),
	})
	parts := make([]int, len(found))
	for i, f := range found {
		parts[i] = f.Part
	}
	return parts, err
}

// Sweep reads what nobody holds any more and moves it as the rules say.
func (l *ledger) Sweep(ctx context.Context, part int, s notifications.Sweep) (int, error) {
	rows, err := l.abandoned(ctx, part, s)
	if err != nil {
		return 0, forLedger(err)
	}
	begun := notifications.MayHaveBegun(plain(rows))
	silent := where(is("state", notifications.Unknown), is("part", part), is("reason", notifications.ReasonNoReply))
	unknown, err := list[row](ctx, l.rows, silent, ascending("_id"), s.Limit)
	if err != nil {
		return 0, forLedger(err)
	}
	_, done, err := l.moveAll(ctx, append(rows, unknown...), func(r notifications.Row) (notifications.Row, bool) {
		if r.State == notifications.Sending && !begun[r.ID] {
			return r.NotBegun(), true
		}
		return r.Swept(s), true
	})
	return int(done), forLedger(err)
}

// abandoned returns the rows that are sending and that nobody holds. Nearly
// always there is none, of the many that are sending.
func (l *ledger) abandoned(ctx context.Context, part int, s notifications.Sweep) ([]row, error) {
	sending := is("state", notifications.Sending)
	found, err := aggregate[idOnly](ctx, l.rows, bson.A{
		where(is("$match", where(sending, is("part", part)))),
		where(is("$project", ascending("fence", "sending_at"))),
		where(is("$match", where(is("$or", bson.A{where(below("fence", s.FenceBelow)), where(below("sending_at", s.SendingBefore))})))),
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	ids := make([]string, len(found))
	for i, f := range found {
		ids[i] = f.ID
	}
	rows, err := list[row](ctx, l.rows, append(mine(part, ids), sending), ascending("_id"), 0)
	return slices.DeleteFunc(rows, func(r row) bool { // marked anew meanwhile
		return r.Fence >= s.FenceBelow && r.SendingAt >= s.SendingBefore
	}), err
}
