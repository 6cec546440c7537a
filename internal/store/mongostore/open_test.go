package mongostore_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// Processes that start together find one complete database, and the index
// that each noun relies on.
func TestOpen_together(t *testing.T) {
	t.Parallel()
	uri := mustURI(t, replica)
	name := mustDatabase(t, uri)
	var wg sync.WaitGroup
	errs := make(chan error, 5)
	for range cap(errs) {
		wg.Go(func() {
			set, err := mongostore.Open(t.Context(), mongostore.Options{URI: uri, Database: name, IDs: id.Random()})
			if err == nil {
				err = set.Health.Close()
			}
			errs <- err
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		check(t, err)
	}
	db := mustClient(t, uri).Database(name)
	for _, c := range mongostore.Schema() {
		cursor, err := db.Collection(c.Name).Indexes().List(t.Context())
		check(t, err)
		var found []bson.D
		check(t, cursor.All(t.Context(), &found))
		// A clustered collection has no index named _id_ of its own.
		if want := len(c.Indexes); len(found) < want {
			t.Errorf("%s has %d indexes, want %d and _id", c.Name, len(found), want)
		}
	}
	set := mustOpen(t, at(uri, name))
	same(t, "schema", must[string](t)(set.Settings.Setting(t.Context(), "schema")), "15")
	leases := must[[]scheduler.LeaseRow](t)(set.Leases.ListLeases(t.Context(), ""))
	same(t, "leases left", len(leases), 0)
}

func TestOpen_newerDatabase(t *testing.T) {
	t.Parallel()
	uri := mustURI(t, replica)
	name := mustDatabase(t, uri)
	set := mustOpen(t, at(uri, name))
	lowest := must[string](t)(set.Settings.Setting(t.Context(), "lowest_version"))
	same(t, "stored", must[bool](t)(set.Settings.SetSetting(t.Context(), "lowest_version", lowest, "99")), true)
	_, err := mongostore.Open(t.Context(), mongostore.Options{URI: uri, Database: name, IDs: id.Random()})
	wantErr(t, "open", err, mongostore.ErrNewer)
}

func TestOpen_malformedURI(t *testing.T) {
	t.Parallel()
	_, err := mongostore.Open(t.Context(), mongostore.Options{URI: "mongodb://user:s3cret@/%zz", Database: "x", IDs: id.Random()})
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

func TestHealth_Identity(t *testing.T) {
	t.Parallel()
	uri := mustURI(t, replica)
	name := mustDatabase(t, uri)
	a, b, other := mustOpen(t, at(uri, name)), mustOpen(t, at(uri, name)), setup(t)
	identity := must[string](t)(a.Health.Identity(t.Context()))
	same(t, "seen by another process", must[string](t)(b.Health.Identity(t.Context())), identity)
	if must[string](t)(other.Health.Identity(t.Context())) == identity {
		t.Error("two databases have one identity")
	}
}

// A server that goes away is told apart from every other failure, by each port
// with its own sentinel, and nothing hangs.
func TestAway(t *testing.T) {
	t.Parallel()
	uri := mustURI(t, replica)
	name := mustDatabase(t, uri)
	p, through := mustProxy(t, uri)
	set := mustOpen(t, at(through+"&serverSelectionTimeoutMS=1500", name))
	p.close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()

	_, err := set.Rules.Get(ctx, "r")
	wantErr(t, "a noun", err, record.ErrAway)
	_, err = set.Ledger.Due(ctx, part, lane, 1, 1)
	wantErr(t, "the ledger", err, notifications.ErrUnavailable)
	wantErr(t, "the ledger", err, record.ErrAway)
	_, err = set.Leases.ListLeases(ctx, "")
	wantErr(t, "leases", err, scheduler.ErrUnavailable)
	wantErr(t, "ping", set.Health.Ping(ctx), record.ErrAway)
}

func TestGivingUp(t *testing.T) {
	t.Parallel()
	set := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := set.Rules.Get(ctx, "r")
	wantErr(t, "get", err, context.Canceled)
	if errors.Is(err, record.ErrAway) {
		t.Error("a caller who gives up looks like an outage")
	}
}
