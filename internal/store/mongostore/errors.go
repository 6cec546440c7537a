package mongostore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// ErrNewer says that a newer program has changed the database beyond what this
// one understands.
var ErrNewer = errors.New("mongostore: the database was made by a newer version of the program; start that version")

// errStore is an answer of the server that nothing here expects. Its cause is
// hidden, because a server's text may quote stored values.
var errStore = fault.New(fault.Internal, "store_failed")

// errPart is a programming error: the part of an event, and of what has its
// id, follows from that id.
var errPart = fault.New(fault.Internal, "part_of_another_id")

const codeDuplicate = 11000

// awayCodes are answers after which another try may succeed: no primary, a
// server that steps down or shuts down, a majority that did not answer.
var awayCodes = []int{
	6, 7, 50, 64, 89, 91, 100, 133, 189, 262, 317, 358, 384, 9001,
	10058, 10107, 11600, 11602, 13435, 13436, 24,
}

// translate turns a driver's error into a sentinel by its code.
func translate(ctx context.Context, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("mongostore: %s: %w", what, context.Canceled)
	case errors.Is(err, mongo.ErrNoDocuments):
		return record.ErrAbsent
	case mongo.IsDuplicateKeyError(err):
		return record.ErrExists.Because(err)
	case isAway(err):
		return fmt.Errorf("mongostore: %s: %w", what, record.ErrAway.Because(err))
	default:
		return fmt.Errorf("mongostore: %s: %w", what, errStore.Because(err))
	}
}

func isAway(err error) bool {
	if mongo.IsNetworkError(err) || mongo.IsTimeout(err) || errors.Is(err, mongo.ErrClientDisconnected) {
		return true
	}
	if _, none := errors.AsType[topology.ServerSelectionError](err); none {
		return true
	}
	// A pool that was cleared while the call waited for a connection.
	if r, ok := errors.AsType[interface {
		error
		Retryable() bool
	}](err); ok && r.Retryable() {
		return true
	}
	var answer mongo.ServerError
	if !errors.As(err, &answer) {
		return false
	}
	return slices.ContainsFunc(awayCodes, answer.HasErrorCode) || answer.HasErrorLabel("RetryableWriteError")
}

// forLedger adds the sentinel of the ledger's ports to an outage.
func forLedger(err error) error { return alsoAs(notifications.ErrUnavailable, err) }

// forScheduler adds the sentinel of the scheduler's ports to an outage.
func forScheduler(err error) error { return alsoAs(scheduler.ErrUnavailable, err) }

func alsoAs(sentinel, err error) error {
	if errors.Is(err, record.ErrAway) {
		return fmt.Errorf("%w: %w", sentinel, err)
	}
	return err
}

// duplicates returns the places of the documents of an unordered insert that
// were there already; any other failure stays an error.
func duplicates(ctx context.Context, what string, err error) (map[int]bool, error) {
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) || bulk.WriteConcernError != nil {
		return nil, translate(ctx, what, err)
	}
	there := map[int]bool{}
	for _, w := range bulk.WriteErrors {
		if w.Code != codeDuplicate {
			return nil, translate(ctx, what, err)
		}
		there[w.Index] = true
	}
	return there, nil
}
