package mongostore

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store"
)

// closeTimeout bounds how long Close waits for commands under way.
const closeTimeout = 10 * time.Second

const pingKey = "ping"

type health struct{ d *db }

var _ store.Health = (*health)(nil)

func newHealth(d *db) *health { return &health{d: d} }

func (h *health) Ping(ctx context.Context) error {
	_, err := h.d.mongo.Collection(settingsName).UpdateOne(ctx,
		where(is("_id", pingKey)), where(inc("n", 1)), options.UpdateOne().SetUpsert(true))
	if err = translate(ctx, "ping", err); err != nil && !errors.Is(err, record.ErrExists) {
		return err
	}
	_, err = newSettings(h.d).Setting(ctx, pingKey)
	return err
}

// Identity is the UUID that the server gave the settings collection when it
// was created: a dump that is restored elsewhere gets another one.
func (h *health) Identity(ctx context.Context) (string, error) {
	specs, err := h.d.mongo.ListCollectionSpecifications(ctx, where(is("name", settingsName)))
	if err != nil {
		return "", translate(ctx, "identity", err)
	}
	if len(specs) != 1 || specs[0].UUID == nil || len(specs[0].UUID.Data) == 0 {
		return "", errStore
	}
	return "mongodb:" + hex.EncodeToString(specs[0].UUID.Data), nil
}

func (h *health) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return translate(ctx, "close", h.d.client.Disconnect(ctx))
}
