package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"
)

// rowKey finds a row: both fields of the shard key.
type rowKey struct{ id, part any }

// bulkMongo copies the rows as they were before they were sent into a database
// with the same indexes, and has the driver's unordered bulk of single updates
// mark and settle them. Each try has as many rows; the fastest counts.
func (b *bench) bulkMongo(ctx context.Context, occurrences []string, rows int) (best BulkReport, err error) {
	r, err := openRawMongo(ctx, b)
	if err != nil {
		return best, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	var keys []rowKey
	for _, one := range occurrences {
		more, err := r.replant(ctx, one)
		if err != nil {
			return best, err
		}
		keys = append(keys, more...)
	}
	if len(keys) != rows {
		return best, fmt.Errorf("%d of %d rows were copied", len(keys), rows)
	}
	tries := bulkTries()
	for i, try := range tries {
		share := keys[i*rows/len(tries) : (i+1)*rows/len(tries)]
		if len(share) == 0 {
			continue
		}
		took, err := r.write(ctx, share, try)
		if err != nil {
			return best, err
		}
		b.opt.Progress("bulk", (i+1)*rows/len(tries), rows)
		if speed := float64(len(share)) / took.Seconds(); speed > best.PerSecond {
			best = BulkReport{PerSecond: speed, Batch: try.batch, Writers: try.writers}
		}
	}
	return best, nil
}

// replant inserts the rows of an event, those that were sent as they were when
// they were planned, and returns the keys of these.
func (r *rawMongo) replant(ctx context.Context, event string) (sent []rowKey, err error) {
	found, err := r.from.Find(ctx, bson.D{{Key: "occurrence", Value: event}})
	if err != nil {
		return nil, err
	}
	var rows []bson.M
	if err := found.All(ctx, &rows); err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row["state"] != "sent" {
			continue
		}
		sent = append(sent, rowKey{id: row["_id"], part: row["part"]})
		row["state"] = "planned"
		for _, field := range []string{"batch", "fence", "sending_at", "reason", "error", "ended_at"} {
			delete(row, field)
		}
	}
	for some := range slices.Chunk(rows, rawCommit) {
		if _, err := r.to.InsertMany(ctx, some, options.InsertMany().SetOrdered(false)); err != nil {
			return nil, fmt.Errorf("insert many: %w", err)
		}
	}
	return sent, nil
}

// write marks and settles rows and says how long that took. What is written is
// made before: it is the writing that is measured.
func (r *rawMongo) write(ctx context.Context, keys []rowKey, try bulkTry) (time.Duration, error) {
	var all []bulk
	for batch := range slices.Chunk(keys, min(try.batch, (len(keys)+try.writers-1)/try.writers)) {
		all = append(all, newBulk(batch))
	}
	work := make(chan bulk, len(all))
	for _, one := range all {
		work <- one
	}
	close(work)
	began := r.now()
	g, ctx := errgroup.WithContext(ctx)
	for range try.writers {
		g.Go(func() error {
			for one := range work {
				if err := errors.Join(r.bulk(ctx, one.marks), r.bulk(ctx, one.results)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := g.Wait()
	return r.now() - began, err
}

func (r *rawMongo) bulk(ctx context.Context, models []mongo.WriteModel) error {
	res, err := r.to.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	if err != nil {
		return fmt.Errorf("bulk write: %w", err)
	}
	if res.ModifiedCount != int64(len(models)) {
		return fmt.Errorf("%d of %d rows were changed", res.ModifiedCount, len(models))
	}
	return nil
}

// bulk is the writes of some rows: first their marks, then their results.
type bulk struct{ marks, results []mongo.WriteModel }

// newBulk writes the fields that Mark and Settle of the ledger write.
func newBulk(keys []rowKey) (b bulk) {
	gen := bson.E{Key: "$inc", Value: bson.D{{Key: "gen", Value: int64(1)}}}
	mark := bson.D{gen, {Key: "$set", Value: bson.D{
		{Key: "state", Value: "sending"}, {Key: "batch", Value: "0123456789abcdef"},
		{Key: "fence", Value: int64(1)}, {Key: "sending_at", Value: int64(1)},
	}}}
	result := bson.D{gen, {Key: "$set", Value: bson.D{
		{Key: "state", Value: "sent"}, {Key: "reason", Value: ""}, {Key: "error", Value: ""},
		{Key: "ended_at", Value: remindedAt.UnixMilli()},
	}}}
	for _, k := range keys {
		row := bson.D{{Key: "part", Value: k.part}, {Key: "_id", Value: k.id}}
		b.marks = append(b.marks, mongo.NewUpdateOneModel().SetFilter(row).SetUpdate(mark))
		b.results = append(b.results, mongo.NewUpdateOneModel().SetFilter(row).SetUpdate(result))
	}
	return b
}
