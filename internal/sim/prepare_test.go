package sim_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/mongostore"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
)

// prepare lays the scene into a new database and closes it.
func prepare(t *testing.T, c config.Config) (*scene, config.Config) {
	t.Helper()
	s := &scene{events: map[string]string{}, people: map[string]string{}, ids: id.Seeded(1)}
	w := &world{scene: s, config: c, clock: &clock{at: monday}, post: &post{}}
	skipUnits(t, c)
	office, err := w.open(t.Context(), 1, nil, w.post)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.lay(t.Context(), office); err != nil {
		t.Fatal(err)
	}
	if err := office.Close(); err != nil {
		t.Fatal(err)
	}
	return s, c
}

// skipUnits says that the state's 3,355 units are laid: the scene needs two.
func skipUnits(t *testing.T, c config.Config) {
	t.Helper()
	set, err := openStore(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := set.Settings.SetSetting(t.Context(), "state_units", "", "few"); err != nil {
		t.Fatal(err)
	}
	if err := set.Health.Close(); err != nil {
		t.Fatal(err)
	}
}

func openStore(ctx context.Context, c config.Config) (*store.Set, error) {
	if c.MongoURI != "" {
		return mongostore.Open(ctx, mongostore.Options{URI: string(c.MongoURI), Database: c.MongoDatabase, IDs: id.Random()})
	}
	st, err := sqlitestore.Open(ctx, sqlitestore.Options{Path: filepath.Join(c.DataDir, "sunday.db"), Sync: "OFF"})
	if err != nil {
		return nil, err
	}
	return st.Set(), nil
}
