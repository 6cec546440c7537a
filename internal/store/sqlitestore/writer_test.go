package sqlitestore_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

// TestWriter_OneFails: an op that fails inside a group takes no other with it.
func TestWriter_OneFails(t *testing.T) {
	t.Parallel()
	name, faults := registerFaults(t)
	set := MustOpen(t, sqlitestore.Options{Path: newPath(t), Driver: name}).Set()
	faults.fail("survey_answers")

	const callers = 200
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			if i%50 == 7 {
				if err := set.Boxes.PutAnswer(t.Context(), survey.Answer{ID: fmt.Sprint(i), Event: "e"}); err == nil {
					t.Errorf("answer %d: no error from a statement that failed", i)
				}
				return
			}
			if err := set.Contacts.Create(t.Context(), contactOf(i)); err != nil {
				t.Errorf("contact %d: %v", i, err)
			}
		})
	}
	group.Wait()
	for i := range callers {
		_, err := set.Contacts.Get(t.Context(), contactOf(i).ID)
		if want := i%50 != 7; (err == nil) != want {
			t.Errorf("contact %d: %v", i, err)
		}
	}
}

func contactOf(i int) *contact.Contact {
	return &contact.Contact{Head: record.Head{ID: fmt.Sprintf("c%04d", i)}, Kind: contact.Email}
}

// TestWriter_UniqueInGroup: a unique key that is hit by an update fails that
// update alone.
func TestWriter_UniqueInGroup(t *testing.T) {
	t.Parallel()
	set := MustOpen(t, sqlitestore.Options{Path: newPath(t)}).Set()
	const accounts = 20
	for i := range accounts {
		a := account.Account{Head: record.Head{ID: fmt.Sprintf("a%02d", i)}, Login: fmt.Sprint(i)}
		if err := set.Accounts.Create(t.Context(), &a); err != nil {
			t.Fatal(err)
		}
	}
	won := make([]bool, accounts)
	var group sync.WaitGroup
	for i := range accounts {
		group.Go(func() {
			_, err := set.Accounts.Update(t.Context(), fmt.Sprintf("a%02d", i), func(a *account.Account) error {
				a.Login = "wanted"
				return nil
			})
			if won[i] = err == nil; err != nil && !errors.Is(err, record.ErrExists) {
				t.Errorf("Update: %v", err)
			}
		})
	}
	group.Wait()
	n := 0
	for _, w := range won {
		if w {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d accounts have one login", n)
	}
}

// TestFullDisk: writes fail as away while the file cannot grow, reads go on,
// and writes work again once it can.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	set := openFull(t)
	big := contact.Contact{Head: record.Head{ID: "big"}, Sealed: bytes.Repeat([]byte{1}, 1<<20)}
	if err := set.Contacts.Create(t.Context(), contactOf(1)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := set.Contacts.Create(t.Context(), &big); !errors.Is(err, record.ErrAway) {
			t.Fatalf("error on a full disk = %v, want %v", err, record.ErrAway)
		}
	}
	err := set.Holds.Hold(t.Context(), notifications.Hold{Unit: "u", Reason: string(bytes.Repeat([]byte{'x'}, 1<<20))})
	if !errors.Is(err, record.ErrAway) || !errors.Is(err, notifications.ErrUnavailable) {
		t.Errorf("error of a hold = %v, want both sentinels", err)
	}
	_, err = set.Jobs.SwapJob(t.Context(), scheduler.JobState{}, scheduler.JobState{Name: "j", Gen: 1, LastError: string(bytes.Repeat([]byte{'x'}, 1<<20))})
	if !errors.Is(err, record.ErrAway) || !errors.Is(err, scheduler.ErrUnavailable) {
		t.Errorf("error of a job = %v, want both sentinels", err)
	}
	if _, err := set.Contacts.Get(t.Context(), contactOf(1).ID); err != nil {
		t.Errorf("read on a full disk: %v", err)
	}
	if err := set.Contacts.Create(t.Context(), contactOf(2)); err != nil {
		t.Errorf("what fits: %v", err)
	}
}

// openFull opens a store whose file may not grow beyond 1 MiB.
func openFull(t *testing.T) *store.Set {
	t.Helper()
	name, faults := registerFaults(t)
	faults.onOpen = "PRAGMA max_page_count = 256"
	return MustOpen(t, sqlitestore.Options{Path: newPath(t), Driver: name}).Set()
}

// TestErase: what was removed is nowhere in the file.
func TestErase(t *testing.T) {
	t.Parallel()
	const secret, gone = "a-value-that-must-go", "another-one-of-a-deleted-record"
	path := newPath(t)
	s := MustOpen(t, sqlitestore.Options{Path: path})
	set := s.Set()
	var ids []string
	for i := range 50 {
		c := contactOf(i)
		c.FixedFor, c.Sealed = secret, bytes.Repeat([]byte{7}, 3000)
		r := registration.Registration{Head: record.Head{ID: c.ID}, Form: gone}
		if err := errors.Join(set.Contacts.Create(t.Context(), c), set.Registrations.Create(t.Context(), &r)); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	err := set.Registrations.Delete(t.Context(), ids)
	if holds(t, path, gone) || holds(t, path+"-wal", gone) {
		t.Error("a deleted record is still in the files of an open store")
	}
	for _, id := range ids {
		_, failed := set.Contacts.Update(t.Context(), id, func(c *contact.Contact) error {
			c.FixedFor, c.Sealed = "", nil
			return nil
		})
		err = errors.Join(err, failed)
	}
	if err = errors.Join(err, s.Close()); err != nil { // the last close empties the log
		t.Fatal(err)
	}
	if holds(t, path, secret) {
		t.Error("an erased value is still in the file")
	}
}

// TestErase_Open: what a living store erased is in none of its files, although
// the log had been emptied before and the file had the value.
func TestErase_Open(t *testing.T) {
	t.Parallel()
	const name, sealed = "a-name-that-must-go", "a-sealed-value-that-must-go"
	path := newPath(t)
	set := MustOpen(t, sqlitestore.Options{Path: path}).Set()
	c, r := contactOf(1), resident.Resident{Head: record.Head{ID: "1"}, Name: name}
	c.Sealed = []byte(sealed)
	err := errors.Join(
		set.Contacts.Create(t.Context(), c), set.Residents.Create(t.Context(), &r),
		set.Registrations.Create(t.Context(), &registration.Registration{Head: record.Head{ID: "1"}}),
		set.Registrations.Delete(t.Context(), []string{"1"}), // empties the log
	)
	if !holds(t, path, name) || !holds(t, path, base64.StdEncoding.EncodeToString([]byte(sealed))) {
		t.Error("the name is not in the file yet: the test shows nothing")
	}
	_, blanked := set.Residents.Update(t.Context(), "1", func(r *resident.Resident) error {
		r.Name, r.ErasedAt = "", 1
		return nil
	})
	nowhere(t, path, name)
	_, forgotten := set.Contacts.Update(t.Context(), c.ID, func(c *contact.Contact) error {
		c.Sealed = nil
		return nil
	})
	nowhere(t, path, base64.StdEncoding.EncodeToString([]byte(sealed)))
	if err := errors.Join(err, blanked, forgotten); err != nil {
		t.Fatal(err)
	}
}

func nowhere(t *testing.T, path, value string) {
	t.Helper()
	if holds(t, path, value) || holds(t, path+"-wal", value) {
		t.Errorf("%q is still in the files of an open store", value)
	}
}

func holds(t *testing.T, path, value string) bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(data, []byte(value))
}

// TestWriter_Stops: what was queued before Close is written.
func TestWriter_Stops(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := MustOpen(t, sqlitestore.Options{Path: path})
	set := s.Set()
	results := make([]error, 100)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() { results[i] = set.Contacts.Create(context.Background(), contactOf(i)) })
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	again := MustOpen(t, sqlitestore.Options{Path: path}).Set()
	for i, acknowledged := range results {
		_, err := again.Contacts.Get(t.Context(), contactOf(i).ID)
		if acknowledged == nil && err != nil {
			t.Errorf("contact %d was acknowledged: %v", i, err)
		}
		if acknowledged != nil && !errors.Is(acknowledged, record.ErrAway) {
			t.Errorf("contact %d: %v", i, acknowledged)
		}
	}
}

// TestWriter_Soon: steps wait for no disk, and the last write of a thing does.
func TestWriter_Soon(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var levels []string
	trace := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasPrefix(text, "PRAGMA synchronous") || text == "COMMIT" {
			levels = append(levels, text)
		}
	}
	for sync, want := range map[string][]string{
		"FULL": {
			"PRAGMA synchronous = NORMAL", "COMMIT", "COMMIT", "PRAGMA synchronous = FULL", "COMMIT", "COMMIT",
			"PRAGMA synchronous = NORMAL", "COMMIT",
		},
		"OFF": {"COMMIT", "COMMIT", "COMMIT", "COMMIT", "COMMIT"},
	} {
		path := newPath(t)
		set := MustOpen(t, sqlitestore.Options{Path: path, Sync: sync, Trace: trace}).Set()
		other := MustOpen(t, sqlitestore.Options{Path: path}).Set()
		levels = nil
		for i, soon := range []bool{true, true, false, false, true} {
			ctx := t.Context()
			if soon {
				ctx = record.Soon(ctx)
			}
			if err := set.Contacts.Create(ctx, contactOf(i)); err != nil {
				t.Fatal(err)
			}
			if _, err := other.Contacts.Get(t.Context(), contactOf(i).ID); err != nil {
				t.Errorf("%s, contact %d is not there for everybody: %v", sync, i, err)
			}
		}
		mu.Lock()
		if diff := cmp.Diff(want, levels); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sync, diff)
		}
		mu.Unlock()
	}
}
