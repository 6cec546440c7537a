package sqlitestore_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
)

// childEnv makes the test binary a writer that is to be killed: its value is
// the file to write to.
const childEnv = "SQLITESTORE_TEST_WRITE_TO"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		log.Fatal(writeForEver(path, os.Stdout))
	}
	m.Run()
}

// writeForEver writes by many callers and prints each id that was
// acknowledged; it ends with the first error of all callers.
func writeForEver(path string, out io.Writer) error {
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, sqlitestore.Options{Path: path})
	if err != nil {
		return err
	}
	contacts, ids := s.Set().Contacts, id.Random()
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for {
				c := contact.Contact{Head: record.Head{ID: ids.New(0)}, Kind: contact.Email}
				if err := contacts.Create(ctx, &c); err != nil {
					return
				}
				mu.Lock()
				fmt.Fprintln(out, c.ID)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return nil
}

// TestKill kills a writing process twice and looks for what it acknowledged.
func TestKill(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	var acknowledged []string
	for range 2 {
		acknowledged = append(acknowledged, writeAndKill(t, path, 300)...)
	}

	s := MustOpen(t, sqlitestore.Options{Path: path})
	for _, id := range acknowledged {
		if _, err := s.Set().Contacts.Get(t.Context(), id); err != nil {
			t.Errorf("acknowledged contact %s: %v", id, err)
		}
	}
	if got := integrity(t, path); got != "ok" {
		t.Errorf("integrity_check: %s", got)
	}
}

// writeAndKill lets a child write until n ids came, kills it, and returns all
// whole lines that it printed.
func writeAndKill(t *testing.T, path string, n int) []string {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	const idBytes = 36
	var ids []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if len(lines.Text()) == idBytes {
			ids = append(ids, lines.Text())
		}
		if len(ids) == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(ids) < n {
		t.Fatalf("the child ended by itself after %d ids: %v", len(ids), err)
	}
	return ids
}

func integrity(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var result string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&result); err != nil {
		t.Fatal(err)
	}
	return result
}
