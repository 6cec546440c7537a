package mongostore

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/sunday-with-the-people/sunday/internal/store"
)

// Inspect asks the server for its time, and each collection for its indexes.
// Whether its files are whole is the server's own affair.
func (h *health) Inspect(ctx context.Context) (store.Inspection, error) {
	in := store.Inspection{Engine: "mongodb", Wants: len(migrations())}
	var hello struct {
		LocalTime time.Time `bson:"localTime"`
	}
	asked := h.d.mongo.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}})
	if err := translate(ctx, "hello", asked.Decode(&hello)); err != nil {
		return in, err
	}
	in.ServerTime = hello.LocalTime
	var err error
	if in.Schema, err = h.d.number(ctx, versionKey); err != nil {
		return in, err
	}
	for _, c := range Schema() {
		has, err := indexesOf(ctx, h.d.mongo.Collection(c.Name))
		if err != nil {
			return in, err
		}
		for _, want := range c.Indexes {
			if !has[want.Name] {
				in.MissingIndexes = append(in.MissingIndexes, c.Name+"."+want.Name)
			}
		}
	}
	return in, nil
}

func indexesOf(ctx context.Context, c *mongo.Collection) (map[string]bool, error) {
	specs, err := c.Indexes().ListSpecifications(ctx)
	if err != nil {
		return nil, translate(ctx, "list indexes", err)
	}
	names := make(map[string]bool, len(specs))
	for _, s := range specs {
		names[s.Name] = true
	}
	return names, nil
}
