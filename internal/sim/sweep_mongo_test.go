package sim_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/id"
)

// mongoLives is how many databases the lives on MongoDB share.
const mongoLives = 2

// TestSweep_Mongo kills the worker at 15 points of the scene, spread evenly over
// those that have to do with messages; at 200 with SWEEP=all.
func TestSweep_Mongo(t *testing.T) {
	t.Parallel()
	l := onMongo(t)
	want, points := l.unharmed(t)
	l.sweep(t, want, chosen(messaging(points), 8, 200), nil)
}

// onMongo gives each life a database of its own, with the documents as they
// were when the scene was laid.
func onMongo(t *testing.T) *lives {
	t.Helper()
	uri := mustURI(t)
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	configs := make([]config.Config, mongoLives)
	laid := make([]documents, mongoLives)
	var s *scene
	for i := range configs {
		c := configOf(t.TempDir())
		c.MongoURI, c.MongoDatabase = config.Secret(uri), "sunday-sweep-"+strings.ReplaceAll(id.Random().New(0)[14:], "-", "")
		t.Cleanup(func() {
			if err := client.Database(c.MongoDatabase).Drop(context.Background()); err != nil {
				t.Errorf("drop: %v", err)
			}
		})
		s, configs[i] = prepare(t, c)
		if laid[i], err = read(t.Context(), client.Database(c.MongoDatabase)); err != nil {
			t.Fatal(err)
		}
	}
	fresh := func(ctx context.Context, at int) (config.Config, error) {
		return configs[at], laid[at].write(ctx, client.Database(configs[at].MongoDatabase))
	}
	return &lives{scene: s, fresh: fresh, alongside: mongoLives}
}

// mustURI is the server that scripts/mongo-for-tests gives.
func mustURI(t *testing.T) string {
	t.Helper()
	uri := os.Getenv("MONGODB_URI")
	if uri == "" {
		t.Fatal("no MongoDB: run scripts/mongo-for-tests run -- go test ./..., or leave this test out with -skip Mongo")
	}
	return uri
}

// documents are all documents of a database by collection.
type documents map[string][]bson.Raw

func read(ctx context.Context, db *mongo.Database) (documents, error) {
	names, err := db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return nil, err
	}
	all := documents{}
	for _, name := range names {
		cursor, err := db.Collection(name).Find(ctx, bson.D{})
		if err != nil {
			return nil, err
		}
		var found []bson.Raw
		if err := cursor.All(ctx, &found); err != nil {
			return nil, err
		}
		all[name] = found
	}
	return all, nil
}

// write puts the documents back in the place of what there is.
func (d documents) write(ctx context.Context, db *mongo.Database) error {
	names, err := db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := db.Collection(name).DeleteMany(ctx, bson.D{}); err != nil {
			return err
		}
		if len(d[name]) == 0 {
			continue
		}
		if _, err := db.Collection(name).InsertMany(ctx, d[name]); err != nil {
			return err
		}
	}
	return nil
}
