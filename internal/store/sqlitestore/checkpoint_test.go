package sqlitestore_test

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// The log is copied into the file while the program runs, long before it is so
// long that a commit would have to do it; and what is erased meanwhile still
// leaves the log.
func TestCheckpoint(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	set := MustOpen(t, sqlitestore.Options{Path: path, Sync: "FULL"}).Set()
	before := sizeOf(t, path)
	var group sync.WaitGroup
	for i := range 600 {
		group.Go(func() {
			if err := set.Contacts.Create(t.Context(), contactOf(i)); err != nil {
				t.Errorf("contact %d: %v", i, err)
			}
		})
	}
	group.Wait()
	awaitCopy(t, path, before)
	_, err := set.Contacts.Update(t.Context(), contactOf(1).ID, func(c *contact.Contact) error {
		c.Sealed, c.Failures = nil, 1 // forgotten: the log is emptied
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if log := sizeOf(t, path+"-wal"); log != 0 {
		t.Errorf("after a contact was forgotten, the log has %d bytes", log)
	}
}

// A few long lists fill the log as many writes do, and are copied as soon.
func TestCheckpoint_Lists(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	set := MustOpen(t, sqlitestore.Options{Path: path, Sync: "FULL"}).Set()
	before := sizeOf(t, path)
	for list := range 4 {
		rows := make([]notifications.Row, 1000)
		for i := range rows {
			key := notifications.Key{Rule: "r", Occurrence: fmt.Sprint(list), Recipient: fmt.Sprint(i)}
			rows[i] = notifications.Row{ID: key.ID(), Key: key, Group: key.ID(), State: notifications.Planned}
		}
		if _, err := set.Ledger.Insert(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
	}
	awaitCopy(t, path, before)
}

// awaitCopy waits until the file is longer than it was.
func awaitCopy(t *testing.T, path string, before int64) {
	t.Helper()
	if log := sizeOf(t, path+"-wal"); log == 0 {
		t.Fatal("there is no log to copy")
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(10 * time.Second); sizeOf(t, path) <= before; {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("the file still has %d bytes: nobody copies the log", before)
		}
	}
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
