package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
)

// ledgerName is the ledger's collection.
const ledgerName = "rows"

// rawSuffix names the database beside the measured one.
const rawSuffix = "-raw"

type rawMongo struct {
	client   *mongo.Client
	from, to *mongo.Collection
	drop     func() error
	now      func() time.Duration
}

// rawClient writes as durably as the program.
func rawClient(uri string) (*mongo.Client, error) {
	journal := true
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}))
	if err != nil {
		return nil, errors.New("the MongoDB URI is malformed")
	}
	return client, nil
}

// openRawMongo has the program make the database with its indexes.
func openRawMongo(ctx context.Context, b *bench) (*rawMongo, error) {
	name := b.conf.MongoDatabase + rawSuffix
	made, err := mongostore.Open(ctx, mongostore.Options{URI: b.opt.MongoURI, Database: name, IDs: id.Random()})
	if err != nil {
		return nil, err
	}
	if err := made.Health.Close(); err != nil {
		return nil, err
	}
	client, err := rawClient(b.opt.MongoURI)
	if err != nil {
		return nil, err
	}
	return &rawMongo{
		client: client, now: b.now, drop: func() error { return dropDatabase(b.opt.MongoURI, name) },
		from: client.Database(b.conf.MongoDatabase).Collection(ledgerName), to: client.Database(name).Collection(ledgerName),
	}, nil
}

func (r *rawMongo) close() error {
	return errors.Join(r.client.Disconnect(context.Background()), r.drop())
}

func (r *rawMongo) copy(ctx context.Context, event string) (int, time.Duration, error) {
	found, err := r.from.Find(ctx, bson.D{{Key: "occurrence", Value: event}})
	if err != nil {
		return 0, 0, err
	}
	var all []any
	for found.Next(ctx) {
		all = append(all, append(bson.Raw(nil), found.Current...))
	}
	if err := errors.Join(found.Err(), found.Close(ctx)); err != nil {
		return 0, 0, err
	}
	began := r.now()
	for at := 0; at < len(all); at += rawCommit {
		some := all[at:min(at+rawCommit, len(all))]
		if _, err := r.to.InsertMany(ctx, some, options.InsertMany().SetOrdered(false)); err != nil {
			return 0, 0, fmt.Errorf("insert many: %w", err)
		}
	}
	return len(all), r.now() - began, nil
}
