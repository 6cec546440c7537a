package sqlitestore_test

import (
	"os"
	"path/filepath"
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
	text.WriteString("-- What the migrations make of a new file, in the order in which it was made.\n")
	text.WriteString("-- UPDATE_GOLDEN=1 go test ./internal/store/sqlitestore -run TestSchema writes it.\n")
	for _, one := range texts(t, mustOlder(t, filepath.Base(names[len(names)-1])), "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid") {
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
