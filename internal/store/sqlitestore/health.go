package sqlitestore

import (
	"context"

	"github.com/sunday-with-the-people/sunday/internal/store"
)

const pingKey = "ping"

type healthStore struct{ *Store }

var _ store.Health = healthStore{}

// Ping reads one setting and writes another value to it.
func (s healthStore) Ping(ctx context.Context) error {
	if _, err := list(ctx, s.Store, column[string], selectSetting, pingKey); err != nil {
		return err
	}
	_, err := s.did(ctx, upsertSetting, pingKey, s.nonce())
	return err
}

// Identity is the file's device and inode.
func (s healthStore) Identity(context.Context) (string, error) {
	identity, err := fileIdentity(s.options.Path)
	return identity, translate(err)
}
