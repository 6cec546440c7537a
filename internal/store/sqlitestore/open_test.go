package sqlitestore_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	t.Run("OwnerOnly", func(t *testing.T) {
		t.Parallel()
		path := newPath(t)
		s := MustOpen(t, sqlitestore.Options{Path: path})
		if err := s.Set().Health.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{path, path + "-wal", path + "-shm"} {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if mode := info.Mode().Perm(); mode != 0o600 {
				t.Errorf("%s has mode %o, want 600", filepath.Base(name), mode)
			}
		}
	})
	t.Run("StrangePath", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "Đạ Huoai ?a=b&c#d%41.db")
		MustOpen(t, sqlitestore.Options{Path: path})
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	})
	t.Run("NoFolder", func(t *testing.T) {
		t.Parallel()
		_, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "none", "x.db")})
		if !errors.Is(err, record.ErrAway) {
			t.Errorf("error = %v, want %v", err, record.ErrAway)
		}
	})
	t.Run("AllAtOnce", func(t *testing.T) {
		t.Parallel()
		path := newPath(t)
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Sync: "OFF"})
				if err != nil {
					t.Errorf("Open: %v", err)
					return
				}
				if err := errors.Join(s.Set().Health.Ping(t.Context()), s.Close()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	})
	t.Run("Closed", func(t *testing.T) {
		t.Parallel()
		s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: newPath(t), Sync: "OFF"})
		if err != nil {
			t.Fatal(err)
		}
		set := s.Set()
		for range 2 {
			if err := set.Health.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		if _, err := set.Holds.Release(t.Context(), ""); !errors.Is(err, record.ErrAway) {
			t.Errorf("a write after Close: %v, want %v", err, record.ErrAway)
		}
	})
}

func TestOpen_Newer(t *testing.T) {
	t.Parallel()
	for lowest, want := range map[int]error{1: nil, 999: sqlitestore.ErrNewer} {
		t.Run(fmt.Sprint(lowest), func(t *testing.T) {
			t.Parallel()
			path := newPath(t)
			if err := MustOpen(t, sqlitestore.Options{Path: path}).Close(); err != nil {
				t.Fatal(err)
			}
			run(t, path, "PRAGMA user_version = 1000", fmt.Sprintf("UPDATE settings SET value = '%d' WHERE key = 'lowest_version'", lowest))
			s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Sync: "OFF"})
			if !errors.Is(err, want) {
				t.Errorf("error = %v, want %v", err, want)
			}
			if err == nil {
				err = s.Close()
			}
			if want == nil && err != nil {
				t.Error(err)
			}
		})
	}
}

// TestIdentity: a copied file is another database, a reopened one is not.
func TestIdentity(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	identity := func(path string) string {
		t.Helper()
		s := MustOpen(t, sqlitestore.Options{Path: path})
		got, err := s.Set().Health.Identity(t.Context())
		if err = errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		return got
	}
	first := identity(path)
	if again := identity(path); again != first {
		t.Errorf("reopened: %q, was %q", again, first)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := newPath(t)
	if err := os.WriteFile(copied, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := identity(copied); got == first {
		t.Errorf("a copy has the identity %q of its original", got)
	}
}

func run(t *testing.T, path string, texts ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, text := range texts {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
}
