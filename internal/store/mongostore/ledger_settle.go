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
// many; the others row by row in one bulk.
func (l *ledger) Settle(ctx context.Context, part int, results []notifications.Result) error {
	sent, others := split(results)
	if len(sent) > 0 {
		if err := l.settleSent(ctx, part, sent); err != nil {
			return forLedger(err)
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

// split parts the results that say nothing but Sent from the others. Of two
// results for one row the second counts as other.
func split(results []notifications.Result) (sent, others []notifications.Result) {
	seen := map[string]bool{}
	for _, r := range results {
		if r.State == notifications.Sent && r.Reason == "" && r.Error == "" && !seen[r.ID] {
			sent = append(sent, r)
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
// and time by the row's place in a list, so that results of many
// connections are one statement.
func (l *ledger) settleSent(ctx context.Context, part int, results []notifications.Result) error {
	var models []mongo.WriteModel
	for group := range slices.Chunk(results, settleGroup) {
		models = append(models, settleModel(part, group))
	}
	_, err := l.rows.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	return translate(ctx, "settle", err)
}

func settleModel(part int, results []notifications.Result) mongo.WriteModel {
	ids := make([]string, len(results))
	batches, ends := make(bson.A, len(results)), make(bson.A, len(results))
	for i, r := range results {
		ids[i], batches[i], ends[i] = r.ID, r.Batch, r.At
	}
	// A list is literal as a whole: a text in it may begin with a dollar sign.
	of := func(values bson.A) bson.D {
		return expr("$arrayElemAt", where(is("$literal", values)), expr("$indexOfArray", ids, "$_id"))
	}
	filter := append(mine(part, ids),
		in("state", []notifications.State{notifications.Sending, notifications.Unknown, notifications.Planned}),
		is("$expr", expr("$and",
			expr("$eq", "$batch", of(batches)),
			expr("$or", expr("$ne", "$state", notifications.Planned), expr("$eq", "$was_unknown", true)))))
	return mongo.NewUpdateManyModel().SetFilter(filter).SetUpdate(bson.A{where(set(
		is("state", notifications.Sent), is("reason", ""), is("error", ""), is("ended_at", of(ends)),
		is("gen", expr("$add", "$gen", int64(1)))))})
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

// Sweep reads what nobody holds any more and moves it as the rules say.
func (l *ledger) Sweep(ctx context.Context, part int, s notifications.Sweep) (int, error) {
	abandoned := where(is("part", part), is("state", notifications.Sending), is("$or", bson.A{
		where(below("fence", s.FenceBelow)), where(below("sending_at", s.SendingBefore))}))
	rows, err := list[row](ctx, l.rows, abandoned, ascending("_id"), 0)
	if err != nil {
		return 0, forLedger(err)
	}
	begun := notifications.MayHaveBegun(plain(rows))
	silent := where(is("part", part), is("state", notifications.Unknown), is("reason", notifications.ReasonNoReply))
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
