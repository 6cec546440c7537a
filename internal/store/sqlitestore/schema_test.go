package sqlitestore_test

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A new file has what a file has that went through every migration, to the order
// of columns. UPDATE_GOLDEN=1 writes schema.sql after a new migration.
func TestSchema(t *testing.T) {
	t.Parallel()
	names := glob(t, "migrations/*.sql")
	var text strings.Builder
	text.WriteString("-- What the migrations make of a new file, in the order in which it was made.\n-- UPDATE_GOLDEN=1 go test ./internal/store/sqlitestore -run TestSchema writes it.\n")
	for _, one := range madeIn(t, mustOlder(t, names[len(names)-1][len("migrations/"):])) {
		text.WriteString(one + ";\n")
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile("schema.sql", []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	has, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text.String(), string(has)); diff != "" {
		t.Errorf("schema.sql is not what the migrations make; write it with UPDATE_GOLDEN=1 (-want +got):\n%s", diff)
	}
}

// madeIn gives the statements that made a file's tables and indexes.
func madeIn(t *testing.T, path string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var made []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		made = append(made, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return made
}
