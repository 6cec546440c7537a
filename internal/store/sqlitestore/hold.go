package sqlitestore

import (
	"context"
	"encoding/json"

	"github.com/sunday-with-the-people/sunday/notifications"
)

type holdStore struct{ *Store }

var _ notifications.Holds = holdStore{}

func (s holdStore) Hold(ctx context.Context, h notifications.Hold) error {
	doc, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = s.did(ctx, "INSERT INTO holds (unit, doc) VALUES (?, ?) ON CONFLICT DO NOTHING", h.Unit, string(doc))
	return forNotifications(err)
}

func (s holdStore) Release(ctx context.Context, unit string) (bool, error) {
	did, err := s.did(ctx, "DELETE FROM holds WHERE unit = ?", unit)
	return did, forNotifications(err)
}

func (s holdStore) List(ctx context.Context) ([]notifications.Hold, error) {
	found, err := list(ctx, s.Store, scanDoc[notifications.Hold], "SELECT doc FROM holds ORDER BY unit")
	return found, forNotifications(err)
}
