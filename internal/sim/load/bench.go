package load

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/id"
)

// Options of every measurement.
type Options struct {
	// MongoURI is the server to make a database on; empty for SQLite in a
	// temporary folder.
	MongoURI string
	Log      *slog.Logger
	// Progress is told what is done, of how many; nil for nobody.
	Progress func(what string, done, of int)
}

// bench is one measurement's own database.
type bench struct {
	opt   Options
	clock app.Clock // the real one, for what is measured
	conf  config.Config
	drop  func() error
}

// newBench makes a folder, and names a database that nobody has.
func newBench(opt Options) (*bench, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Progress == nil {
		opt.Progress = func(string, int, int) {}
	}
	dir, err := os.MkdirTemp("", "sunday-bench-")
	if err != nil {
		return nil, fmt.Errorf("no temporary folder can be made: %w", err)
	}
	b := &bench{opt: opt, clock: app.RealClock(), drop: func() error { return os.RemoveAll(dir) }}
	environ := []string{"SUNDAY_DATA=" + dir, "SUNDAY_LOG_LEVEL=warn"}
	if opt.MongoURI != "" {
		name := "sunday-bench-" + hex.EncodeToString(id.Random().Nonce(6))
		environ = append(environ, "SUNDAY_MONGODB_URI="+opt.MongoURI, "SUNDAY_MONGODB_DATABASE="+name,
			"SUNDAY_SECRET="+hex.EncodeToString(id.Random().Nonce(32)))
		b.drop = func() error { return errors.Join(os.RemoveAll(dir), dropDatabase(opt.MongoURI, name)) }
	}
	if b.conf, err = config.Load(environ); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return b, nil
}

func dropDatabase(uri, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return errors.New("the MongoDB URI is malformed")
	}
	return errors.Join(client.Database(name).Drop(ctx), client.Disconnect(ctx))
}

// open opens the program at an instant of domain time, which then stands still.
// What is only laid need not outlive a power cut; what is measured has to.
func (b *bench) open(ctx context.Context, at time.Time, o app.Options) (*app.App, *app.HandClock, error) {
	clock := app.NewHandClock(at)
	if o.Config.DataDir == "" {
		o.Config = b.conf
	}
	o.Clock, o.Log, o.Version = clock.Clock(), b.opt.Log, "bench"
	a, err := app.Open(ctx, o)
	return a, clock, err
}

// now is process time.
func (b *bench) now() time.Duration { return b.clock.Process() }

func (b *bench) store() string {
	if b.opt.MongoURI != "" {
		return "mongodb"
	}
	return "sqlite"
}
