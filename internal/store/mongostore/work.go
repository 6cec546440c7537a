package mongostore

import (
	"context"
	"encoding/hex"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// work keeps leases and the states of jobs.
type work struct {
	d            *db
	leases, jobs *mongo.Collection
}

var (
	_ scheduler.Leases = (*work)(nil)
	_ scheduler.Jobs   = (*work)(nil)
)

func (w *work) ListLeases(ctx context.Context, prefix string) ([]scheduler.LeaseRow, error) {
	rows, err := list[scheduler.LeaseRow](ctx, w.leases, where(is("_id", prefixBounds(prefix))), ascending("_id"), 0)
	return rows, forScheduler(err)
}

// leaseDoc is a stored lease. Op names the write that made it: a bulk gives
// only counts, and the op tells which of its swaps were applied.
type leaseDoc struct {
	scheduler.LeaseRow `bson:",inline"`
	Op                 string `bson:"op"`
}

// SwapLeases writes all in one bulk, and reads back where some were missed.
func (w *work) SwapLeases(ctx context.Context, swaps []scheduler.LeaseSwap) ([]bool, error) {
	if len(swaps) == 0 {
		return nil, nil
	}
	name := hex.EncodeToString(w.d.ids.Nonce(opBytes))
	models := make([]mongo.WriteModel, len(swaps))
	for i, s := range swaps {
		models[i] = swapModel(s, name)
	}
	res, err := w.leases.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	if _, err := duplicates(ctx, "swap leases", err); err != nil {
		return nil, forScheduler(err)
	}
	if res.InsertedCount+res.MatchedCount+res.DeletedCount == int64(len(swaps)) {
		return allTrue(len(swaps)), nil
	}
	done, err := w.swapped(ctx, swaps, name, res.DeletedCount > 0)
	return done, forScheduler(err)
}

func swapModel(s scheduler.LeaseSwap, name string) mongo.WriteModel {
	seen := where(is("_id", s.Seen.Name), is("owner", s.Seen.Owner), is("fence", s.Seen.Fence), is("beat", s.Seen.Beat))
	next := leaseDoc{LeaseRow: s.Next, Op: name}
	switch {
	case s.Seen.Fence == 0:
		return mongo.NewInsertOneModel().SetDocument(next)
	case s.Next.Fence == 0:
		return mongo.NewDeleteOneModel().SetFilter(seen)
	default:
		return mongo.NewReplaceOneModel().SetFilter(seen).SetReplacement(next)
	}
}

// swapped tells which swaps were applied. Where some rows were removed, one
// that is gone counts as removed by this call.
func (w *work) swapped(ctx context.Context, swaps []scheduler.LeaseSwap, name string, removed bool) ([]bool, error) {
	names := make([]string, len(swaps))
	for i, s := range swaps {
		names[i] = s.Seen.Name
	}
	rows, err := list[leaseDoc](ctx, w.leases, where(in("_id", names)), ascending("_id"), 0)
	if err != nil {
		return nil, err
	}
	ops := map[string]string{}
	for _, r := range rows {
		ops[r.Name] = r.Op
	}
	done := make([]bool, len(swaps))
	for i, s := range swaps {
		op, there := ops[s.Seen.Name]
		if s.Next.Fence == 0 {
			done[i] = removed && !there
		} else {
			done[i] = there && op == name
		}
	}
	return done, nil
}

func allTrue(n int) []bool {
	done := make([]bool, n)
	for i := range done {
		done[i] = true
	}
	return done
}

func (w *work) JobState(ctx context.Context, name string) (scheduler.JobState, error) {
	state := scheduler.JobState{Name: name}
	err := translate(ctx, "job", w.jobs.FindOne(ctx, where(is("_id", name))).Decode(&state))
	if errors.Is(err, record.ErrAbsent) {
		return scheduler.JobState{Name: name}, nil
	}
	return state, forScheduler(err)
}

func (w *work) SwapJob(ctx context.Context, seen, next scheduler.JobState) (bool, error) {
	if seen.Gen == 0 {
		_, err := w.jobs.InsertOne(ctx, next)
		if err = translate(ctx, "swap job", err); errors.Is(err, record.ErrExists) {
			return false, nil
		}
		return err == nil, forScheduler(err)
	}
	res, err := w.jobs.ReplaceOne(ctx, where(is("_id", seen.Name), is("gen", seen.Gen)), next)
	if err != nil {
		return false, forScheduler(translate(ctx, "swap job", err))
	}
	return res.MatchedCount == 1, nil
}

func (w *work) ListJobs(ctx context.Context) ([]scheduler.JobState, error) {
	states, err := list[scheduler.JobState](ctx, w.jobs, bson.D{}, ascending("_id"), 0)
	return states, forScheduler(err)
}
