package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const patience = 60 * time.Second

const (
	// codeAlreadyInitialized is the answer to a second replSetInitiate,
	// codeUnauthorized to a second user made without signing in.
	codeAlreadyInitialized = 23
	codeUnauthorized       = 13
)

type server struct {
	mode           string // replica, standalone or auth
	port           int
	user, password string
}

func main() {
	var s server
	flag.StringVar(&s.mode, "mode", "replica", "replica, standalone or auth")
	flag.IntVar(&s.port, "port", 0, "port on 127.0.0.1")
	flag.StringVar(&s.user, "user", "", "user to create in mode auth")
	flag.StringVar(&s.password, "password", "", "that user's password")
	flag.Parse()

	if err := s.prepare(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "mongo-prepare:", err)
		os.Exit(1)
	}
	fmt.Println(s.uri())
}

func (s server) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(s.direct()))
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(context.WithoutCancel(ctx)) }()

	admin := client.Database("admin")
	if err := untilDone(ctx, func() error { return run(ctx, admin, bson.D{{Key: "hello", Value: 1}}) }); err != nil {
		return fmt.Errorf("waiting for the server: %w", err)
	}
	if s.mode != "standalone" {
		if err := s.awaitPrimary(ctx, admin); err != nil {
			return fmt.Errorf("initiating the replica set: %w", err)
		}
	}
	if s.mode == "auth" {
		if err := s.createUser(ctx, admin); err != nil {
			return fmt.Errorf("creating the user: %w", err)
		}
	}
	return nil
}

// awaitPrimary initiates a replica set where there is none. A server that says it is writable has one already.
func (s server) awaitPrimary(ctx context.Context, admin *mongo.Database) error {
	member := bson.D{{Key: "_id", Value: 0}, {Key: "host", Value: fmt.Sprintf("127.0.0.1:%d", s.port)}}
	config := bson.D{{Key: "_id", Value: "rs0"}, {Key: "members", Value: bson.A{member}}}
	return untilDone(ctx, func() error {
		var hello struct {
			Set      string `bson:"setName"`
			Writable bool   `bson:"isWritablePrimary"`
		}
		if err := admin.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
			return err
		}
		if hello.Set != "" && hello.Writable {
			return nil
		}
		if hello.Set == "" {
			if err := run(ctx, admin, bson.D{{Key: "replSetInitiate", Value: config}}); err != nil && !code(err, codeAlreadyInitialized) {
				return err
			}
		}
		return errors.New("no primary yet")
	})
}

// createUser uses the localhost exception: the first user may be made from this machine without signing in.
// A server that was started again has that user.
func (s server) createUser(ctx context.Context, admin *mongo.Database) error {
	err := run(ctx, admin, bson.D{
		{Key: "createUser", Value: s.user},
		{Key: "pwd", Value: s.password},
		{Key: "roles", Value: bson.A{"root"}},
	})
	if code(err, codeUnauthorized) {
		return nil
	}
	return err
}

func (s server) direct() string {
	return fmt.Sprintf("mongodb://127.0.0.1:%d/?directConnection=true&serverSelectionTimeoutMS=2000", s.port)
}

func (s server) uri() string {
	switch s.mode {
	case "auth":
		return fmt.Sprintf("mongodb://%s:%s@127.0.0.1:%d/?authSource=admin", s.user, s.password, s.port)
	default:
		return fmt.Sprintf("mongodb://127.0.0.1:%d/", s.port)
	}
}

func run(ctx context.Context, db *mongo.Database, command bson.D) error {
	return db.RunCommand(ctx, command).Err()
}

func code(err error, want int) bool {
	var answer mongo.ServerError
	return errors.As(err, &answer) && answer.HasErrorCode(want)
}

// untilDone repeats step until it succeeds; it gives its last error when ctx ends first.
func untilDone(ctx context.Context, step func() error) error {
	for {
		err := step()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}
