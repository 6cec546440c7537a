package mongostore_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
)

// The servers that scripts/mongo-for-tests gives.
const (
	replica    = "MONGODB_URI"
	standalone = "SUNDAY_TEST_MONGODB_URI_STANDALONE"
	withAuth   = "SUNDAY_TEST_MONGODB_URI_AUTH"
)

const patience = time.Minute

// mustURI returns the server's address, with all of a test's patience: many make
// their databases at once, and none asks how long a busy server takes to answer.
// Without one the test fails: scripts/test leaves this package out where there is
// no server.
func mustURI(tb testing.TB, variable string) string {
	tb.Helper()
	uri := os.Getenv(variable)
	if uri == "" {
		tb.Fatalf("no MongoDB: %s is not set; run scripts/mongo-for-tests run --all -- go test ./..., or scripts/test", variable)
	}
	sign := "&"
	if !strings.Contains(uri, "?") {
		uri, sign = strings.TrimSuffix(uri, "/"), "/?"
	}
	return fmt.Sprintf("%s%sserverSelectionTimeoutMS=%d", uri, sign, patience.Milliseconds())
}

// mustDatabase returns the name of a database of the test's own, dropped at its end.
func mustDatabase(tb testing.TB, uri string) string {
	tb.Helper()
	name := "sunday-" + strings.ReplaceAll(id.Random().New(0)[14:], "-", "")
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := mustClient(tb, uri).Database(name).Drop(ctx); err != nil {
			tb.Errorf("drop %s: %v", name, err)
		}
	})
	return name
}

func mustClient(tb testing.TB, uri string) *mongo.Client {
	tb.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client
}

// mustOpen opens a database and closes it at the test's end.
func mustOpen(tb testing.TB, o mongostore.Options) *store.Set {
	tb.Helper()
	o.IDs = id.Random()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	set, err := mongostore.Open(ctx, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := set.Health.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return set
}

// setup opens a fresh database of the replica set.
func setup(tb testing.TB) *store.Set {
	tb.Helper()
	return setupOn(tb, replica, nil)
}

func setupOn(tb testing.TB, variable string, monitor *event.CommandMonitor) *store.Set {
	tb.Helper()
	uri := mustURI(tb, variable)
	return mustOpen(tb, mongostore.Options{URI: uri, Database: mustDatabase(tb, uri), Monitor: monitor})
}

func must[T any](tb testing.TB) func(T, error) T {
	tb.Helper()
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func same[T comparable](tb testing.TB, what string, got, want T) {
	tb.Helper()
	if got != want {
		tb.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func at(uri, database string) mongostore.Options {
	return mongostore.Options{URI: uri, Database: database}
}

func calendarAt(n int) calendar.Instant { return calendar.Instant(n) }
