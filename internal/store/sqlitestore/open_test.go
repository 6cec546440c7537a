package sqlitestore_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/notifications"
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

// TestOpen_OlderLedger: the ledger of a file from before rows were found by their
// parts is there afterwards, whole and in its order, and moves on.
func TestOpen_OlderLedger(t *testing.T) {
	t.Parallel()
	var rows []notifications.Row
	for i := range 300 {
		key := notifications.Key{Rule: "r", Occurrence: "e", Recipient: fmt.Sprintf("resident:%03d", i)}
		rows = append(rows, notifications.Row{
			ID: key.ID(), Part: 7, Key: key, Group: key.ID(), State: notifications.Planned, Resend: true,
			Lane: notifications.Lane{Class: notifications.Normal, Channel: "smtp"}, Due: 1, Wish: 1, Until: 9,
		})
	}
	now := newPath(t)
	made := MustOpen(t, sqlitestore.Options{Path: now})
	if _, err := made.Set().Ledger.Insert(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	want := get(t)(made.Set().Ledger.BySubject(t.Context(), 7, "e", nil))

	before := mustOlder(t, "0012_account_letters.sql", "ATTACH '"+now+"' AS now; INSERT INTO ledger SELECT "+
		strings.Join(columnsOf(t, now, "ledger", "budget_of"), ", ")+" FROM now.ledger ORDER BY id")

	ledger := MustOpen(t, sqlitestore.Options{Path: before}).Set().Ledger
	if diff := cmp.Diff(want, get(t)(ledger.BySubject(t.Context(), 7, "e", nil))); diff != "" {
		t.Errorf("the ledger of an older file (-want +got):\n%s", diff)
	}
	due := get(t)(ledger.Due(t.Context(), 7, rows[0].Lane, 1, 500))
	if marked := get(t)(ledger.Mark(t.Context(), 7, due, notifications.Mark{Batch: "b", Now: 1})); len(marked) != len(rows) {
		t.Errorf("%d of %d rows were marked", len(marked), len(rows))
	}
}

// People are counted who registered before slot and party had columns.
func TestOpen_OlderRegistrations(t *testing.T) {
	t.Parallel()
	before := mustOlder(t, "0018_ledger_results.sql", `INSERT INTO registrations
		(id, ver, op, doc, part, event, resident, state, link_hash, confirm_hash, hold_until, created_at, dirty, plan_ver)
		SELECT value, 1, 'op', json_object('slot', iif(value < 3, '', 'b'), 'party', value), 1, 'e', '', 'registered', '', '', 0, 0, 0, 1
		FROM json_each('[1, 2, 4]')`)
	registrations := MustOpen(t, sqlitestore.Options{Path: before}).Set().Registrations
	got, err := registrations.Heads(t.Context(), []string{"e"}, registration.HavePlace())
	want := []registration.Heads{{Event: "e", People: 3}, {Event: "e", Slot: "b", People: 4}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Heads() = %v (-want +got):\n%s", err, diff)
	}
}

// What the form held that made somebody is no part of them any more, and the rest
// of what is kept of them stays as it was written.
func TestOpen_OlderForms(t *testing.T) {
	t.Parallel()
	doc := `{"_id":"r","ver":3,"unit":"u","name":"Lê <An> \u0026 \"Bình\"","form_hash":"k.12","created_at":7}`
	before := mustOlder(t, "0019_registrations_heads.sql", `INSERT INTO residents (id, ver, op, doc, unit, village, sort_key, news, dirty, plan_ver)
		VALUES ('r', 3, 'op', '`+doc+`', 'u', '', x'', 0, 0, 1)`)
	MustOpen(t, sqlitestore.Options{Path: before})
	db, err := sql.Open("sqlite", before)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got string
	if err := db.QueryRow("SELECT doc FROM residents").Scan(&got); err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(doc, `"form_hash":"k.12",`, "", 1); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// mustOlder makes a file as it was after a migration, and runs more on it.
func mustOlder(t *testing.T, last string, more ...string) (path string) {
	t.Helper()
	var texts []string
	for _, name := range glob(t, "migrations/*.sql") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if texts = append(texts, string(text)); filepath.Base(name) == last {
			break
		}
	}
	path = newPath(t)
	run(t, path, slices.Concat(texts, []string{fmt.Sprintf("PRAGMA user_version = %d", len(texts))}, more)...)
	return path
}

// get gives the rows that a call returned without an error.
func get(t *testing.T) func([]notifications.Row, error) []notifications.Row {
	return func(rows []notifications.Row, err error) []notifications.Row {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern) // in order
	if err != nil || len(names) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	return names
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

// columnsOf gives the columns of a table, in their order, but for one.
func columnsOf(t *testing.T, path, table, but string) []string {
	t.Helper()
	return texts(t, path, "SELECT name FROM pragma_table_info(?) WHERE name <> ?", table, but)
}

// texts reads the one column that a query has.
func texts(t *testing.T, path, query string, args ...any) []string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// What counted for a budget before contacts had numbers counts on.
func TestOpen_OlderBudgets(t *testing.T) {
	t.Parallel()
	now := newPath(t)
	made := MustOpen(t, sqlitestore.Options{Path: now}).Set()
	var rows []notifications.Row
	for i, contact := range []string{"k.b", "k.a", "k.b", ""} {
		key := notifications.Key{Rule: "r", Occurrence: "e", Recipient: fmt.Sprintf("resident:%03d", i)}
		rows = append(rows, notifications.Row{
			ID: key.ID(), Part: 7, Key: key, Group: key.ID(), State: notifications.Sent, EndedAt: 5, Budget: true, MainContact: contact,
			Lane: notifications.Lane{Class: notifications.Normal, Channel: "smtp"}, Due: 1, Wish: 1, Until: 9,
		})
	}
	if _, err := made.Ledger.Insert(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	before := mustOlder(t, "0020_sent_forms.sql", `INSERT INTO contacts (id, ver, op, doc, optout_hash) VALUES ('k.b', 1, 'o', '{"_id":"k.b"}', ''), ('k.a', 1, 'o', '{"_id":"k.a"}', '')`,
		"ATTACH '"+now+"' AS now; INSERT INTO ledger SELECT "+strings.Join(columnsOf(t, now, "ledger", "budget_of"), ", ")+" FROM now.ledger ORDER BY id")
	ledger := MustOpen(t, sqlitestore.Options{Path: before}).Set().Ledger
	found, err := ledger.Handed(t.Context(), notifications.HandedQuery{Contacts: []string{"k.a", "k.b"}})
	if err != nil {
		t.Fatal(err)
	}
	var of []string
	for _, h := range found {
		of = append(of, h.MainContact)
	}
	if want := []string{"k.a", "k.b", "k.b"}; !slices.Equal(of, want) {
		t.Errorf("counted: %q, want %q", of, want)
	}
}
