package mongostore_test

import (
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// What a call of the ledger costs in commands, whatever the number of rows.
func TestLedger_commands(t *testing.T) {
	t.Parallel()
	var r recorder
	l := setupOn(t, replica, r.monitor()).Ledger
	ctx := t.Context()
	rows := make([]notifications.Row, 40)
	for i := range rows {
		rows[i] = aRow(i)
	}
	ids := idsOf(rows)
	cost := func(want string, call func() error) {
		t.Helper()
		before := r.count()
		check(t, call())
		var names []string
		for _, c := range r.since(before) {
			names = append(names, c.name)
		}
		same(t, "commands", fmt.Sprint(names), want)
	}
	cost("[insert]", func() error { _, err := l.Insert(ctx, rows); return err })
	cost("[aggregate]", func() error {
		_, err := l.DueParts(ctx, []int{part, part + 1, part + 2}, lane.Channel, 1000)
		return err
	})
	cost("[aggregate]", func() error {
		_, err := l.NextDue(ctx, []int{part, part + 1, part + 2}, lane.Channel, 0, 1000)
		return err
	})
	cost("[find]", func() error { _, err := l.Due(ctx, part, lane, 1000, 512); return err })
	cost("[find]", func() error {
		_, err := l.DueOutside(ctx, part, lane, 1000, []string{"held"}, 512)
		return err
	})
	cost("[update find]", func() error {
		_, err := l.Mark(ctx, part, rows, notifications.Mark{Batch: "b", Now: 1000})
		return err
	})
	cost("[update]", func() error { return l.Settle(ctx, part, sentResults(ids[:30], "b")) })
	backs := make([]notifications.Back, 10)
	for i, id := range ids[30:] {
		backs[i] = notifications.Back{ID: id, Batch: "b"}
	}
	cost("[find update]", func() error { return l.GiveBack(ctx, part, backs) })
	changes := make([]notifications.Change, 10)
	for i := range changes {
		changes[i] = notifications.Change{SeenGen: 3, SeenState: notifications.Planned, Row: aRow(30 + i)}
	}
	cost("[update]", func() error { _, err := l.Change(ctx, changes); return err })
	cost("[update find]", func() error { _, err := l.Change(ctx, changes); return err })
	cost("[aggregate find]", func() error { _, err := l.Sweep(ctx, part, notifications.Sweep{Limit: 100}); return err })
	cost("[find]", func() error { _, err := l.BySubject(ctx, part, "occurrence", nil); return err })
	cost("[aggregate]", func() error {
		_, err := l.Handed(ctx, notifications.HandedQuery{Contacts: ids, Occurrences: []string{"occurrence"}})
		return err
	})
	binds := make([]notifications.Bind, 10)
	for i, id := range ids[:10] {
		binds[i] = notifications.Bind{ID: id, Batch: "b", MessageID: "m"}
	}
	cost("[update]", func() error { return l.Bind(ctx, part, binds) })
}

func sentResults(ids []string, batch string) []notifications.Result {
	results := make([]notifications.Result, len(ids))
	for i, id := range ids {
		results[i] = notifications.Result{ID: id, Batch: batch, State: notifications.Sent, At: notifications.Millis(2000 + i)}
	}
	return results
}

const benchGroup = 512

func benchRows(n, from int) []notifications.Row {
	rows := make([]notifications.Row, n)
	for i := range rows {
		rows[i] = aRow(from + i)
	}
	return rows
}

func perSecond(b *testing.B) {
	b.ReportMetric(float64(b.N*benchGroup)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkLedger compares each call with the driver's own bulk of the same
// size, on a collection with the same indexes, in the same run.
func BenchmarkLedger(b *testing.B) {
	b.Run("Insert", benchInsert)
	b.Run("InsertRaw", benchInsertRaw)
	b.Run("Mark", benchMark)
	b.Run("Settle", benchSettle)
	b.Run("UpdateManyRaw", benchUpdateRaw)
	b.Run("Change", benchChange)
	b.Run("BulkReplaceRaw", benchReplaceRaw)
}

func benchInsert(b *testing.B) {
	l := setup(b).Ledger
	b.ResetTimer()
	for i := range b.N {
		must[[]bool](b)(l.Insert(b.Context(), benchRows(benchGroup, i*benchGroup)))
	}
	perSecond(b)
}

// rawRows opens the driver's own collection beside a store, with its indexes.
func rawRows(b *testing.B) *mongo.Collection {
	b.Helper()
	uri := mustURI(b, replica)
	name := mustDatabase(b, uri)
	mustOpen(b, at(uri, name))
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetBSONOptions(&options.BSONOptions{UseJSONStructTags: true}))
	check(b, err)
	b.Cleanup(func() { _ = client.Disconnect(b.Context()) })
	return client.Database(name).Collection("rows")
}

func benchInsertRaw(b *testing.B) {
	col := rawRows(b)
	b.ResetTimer()
	for i := range b.N {
		_, err := col.InsertMany(b.Context(), benchRows(benchGroup, i*benchGroup), options.InsertMany().SetOrdered(false))
		check(b, err)
	}
	perSecond(b)
}

func benchMark(b *testing.B) {
	l := setup(b).Ledger
	for i := range b.N {
		must[[]bool](b)(l.Insert(b.Context(), benchRows(benchGroup, i*benchGroup)))
	}
	b.ResetTimer()
	for i := range b.N {
		got := must[[]notifications.Row](b)(l.Mark(b.Context(), part, benchRows(benchGroup, i*benchGroup), notifications.Mark{Batch: fmt.Sprint(i), Now: 1000}))
		same(b, "marked", len(got), benchGroup)
	}
	perSecond(b)
}

func benchSettle(b *testing.B) {
	l := setup(b).Ledger
	for i := range b.N {
		rows := benchRows(benchGroup, i*benchGroup)
		for n := range rows {
			rows[n] = rows[n].Marked(notifications.Mark{Batch: "b"})
		}
		must[[]bool](b)(l.Insert(b.Context(), rows))
	}
	b.ResetTimer()
	for i := range b.N {
		check(b, l.Settle(b.Context(), part, sentResults(idsOf(benchRows(benchGroup, i*benchGroup)), "b")))
	}
	perSecond(b)
}

func benchUpdateRaw(b *testing.B) {
	col := rawRows(b)
	for i := range b.N {
		_, err := col.InsertMany(b.Context(), benchRows(benchGroup, i*benchGroup))
		check(b, err)
	}
	b.ResetTimer()
	for i := range b.N {
		_, err := col.UpdateMany(b.Context(),
			bson.D{{Key: "part", Value: part}, {Key: "_id", Value: bson.D{{Key: "$in", Value: idsOf(benchRows(benchGroup, i*benchGroup))}}}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "state", Value: "sending"}, {Key: "batch", Value: "b"}}}})
		check(b, err)
	}
	perSecond(b)
}

func benchChange(b *testing.B) {
	l := setup(b).Ledger
	for i := range b.N {
		must[[]bool](b)(l.Insert(b.Context(), benchRows(benchGroup, i*benchGroup)))
	}
	b.ResetTimer()
	for i := range b.N {
		changes := make([]notifications.Change, benchGroup)
		for n, r := range benchRows(benchGroup, i*benchGroup) {
			changes[n] = notifications.Change{SeenGen: 1, SeenState: notifications.Planned, Row: r}
		}
		must[[]bool](b)(l.Change(b.Context(), changes))
	}
	perSecond(b)
}

func benchReplaceRaw(b *testing.B) {
	col := rawRows(b)
	for i := range b.N {
		_, err := col.InsertMany(b.Context(), benchRows(benchGroup, i*benchGroup))
		check(b, err)
	}
	b.ResetTimer()
	for i := range b.N {
		models := make([]mongo.WriteModel, benchGroup)
		for n, r := range benchRows(benchGroup, i*benchGroup) {
			models[n] = mongo.NewReplaceOneModel().SetFilter(bson.D{{Key: "_id", Value: r.ID}}).SetReplacement(r)
		}
		_, err := col.BulkWrite(b.Context(), models, options.BulkWrite().SetOrdered(false))
		check(b, err)
	}
	perSecond(b)
}
