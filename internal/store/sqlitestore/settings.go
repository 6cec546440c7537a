package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/store"
)

const (
	selectSetting = "SELECT value FROM settings WHERE key = ?"
	upsertSetting = "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)

type settingStore struct{ *Store }

var _ store.Settings = settingStore{}

func (s settingStore) Setting(ctx context.Context, key string) (string, error) {
	found, err := list(ctx, s.Store, column[string], selectSetting, key)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

func (s settingStore) SetSetting(ctx context.Context, key, seen, value string) (bool, error) {
	if seen == "" {
		return s.did(ctx, "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value = ''", key, value)
	}
	return s.did(ctx, "UPDATE settings SET value = ? WHERE key = ? AND value = ?", value, key, seen)
}
