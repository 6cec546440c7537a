package sqlitestore_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/scheduler"
)

func pair(n int) []notifications.Row {
	rows := make([]notifications.Row, 2)
	for i := range rows {
		key := notifications.Key{Rule: "r", Occurrence: fmt.Sprint("o", n), Recipient: fmt.Sprint("p", i)}
		rows[i] = notifications.Row{ID: key.ID(), Key: key, State: notifications.Planned, Group: key.ID(), Due: 1}
	}
	return rows
}

func query(t *testing.T, path, text string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got string
	if err := db.QueryRowContext(t.Context(), text).Scan(&got); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return got
}

// TestBackup_NoRest: a backup holds everything once. What SQLite leaves in the
// unused room of pages would outlive an erasure in the restored database.
func TestBackup_NoRest(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	set := MustOpen(t, sqlitestore.Options{Path: path}).Set()
	const settings = 400
	for n := range settings {
		value := "MARK" + strings.Repeat("x", 200+n*37%900)
		if done, err := set.Settings.SetSetting(t.Context(), id.Hash("setting", strconv.Itoa(n)), "", value); err != nil || !done {
			t.Fatal(done, err)
		}
	}
	file := filepath.Join(t.TempDir(), "backup.db")
	if _, err := (sqlitestore.Backup{Path: path, File: file}).Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(text, []byte("MARK")); got != settings {
		t.Errorf("%d settings stand in the backup, want %d", got, settings)
	}
}

// TestBackup: while others write pairs, a backup has whole pairs only, and all
// that were acknowledged before it began.
func TestBackup(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	set := MustOpen(t, sqlitestore.Options{Path: path}).Set()
	const before = 300
	for n := range before {
		if _, err := set.Ledger.Insert(t.Context(), pair(n)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 3 {
		writers.Go(func() {
			for n := before + w; ctx.Err() == nil; n += 3 {
				if _, err := set.Ledger.Insert(context.WithoutCancel(ctx), pair(n)); err != nil {
					t.Errorf("Insert during a backup: %v", err)
					return
				}
			}
		})
	}
	file := filepath.Join(t.TempDir(), "backup")
	b := sqlitestore.Backup{Path: path, File: file, Settings: map[string]string{"mark": "a backup"}}
	size, err := b.Write(t.Context())
	stop()
	writers.Wait()
	if err != nil {
		t.Fatalf("Write: %v", err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() != size || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has %d bytes and mode %v (%v), want %d and 0600", info.Size(), info.Mode(), err, size)
	}
	if got := query(t, file, "SELECT (count(*) % 2) || ' ' || (count(*) >= 600) FROM ledger"); got != "0 1" {
		t.Errorf("odd rows, all before: %s, want 0 1", got)
	}
	if got := query(t, file, "SELECT value FROM settings WHERE key = 'mark'"); got != "a backup" {
		t.Errorf("marked %q", got)
	}
	if got, err := set.Settings.Setting(t.Context(), "mark"); got != "" || err != nil {
		t.Errorf("the database itself is marked %q, %v", got, err)
	}
	if _, err := b.Write(t.Context()); !errors.Is(err, sqlitestore.ErrThere) {
		t.Errorf("a second backup of the same name: %v", err)
	}
	b.File += "2"
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Write(done); err == nil {
		t.Error("a backup that was given up was written")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

// backedUp is a backup of a database with one row, a lease and a job that are
// held.
func backedUp(t *testing.T) string {
	t.Helper()
	path, file := newPath(t), filepath.Join(t.TempDir(), "backup")
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Sync: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	set := s.Set()
	_, err = set.Ledger.Insert(t.Context(), pair(1))
	var swaps []scheduler.LeaseSwap
	for _, name := range []string{"worker-dead", "part-00"} {
		swaps = append(swaps, scheduler.LeaseSwap{Seen: scheduler.LeaseRow{Name: name}, Next: scheduler.LeaseRow{Name: name, Owner: "dead", Fence: 7, Beat: 9}})
	}
	_, swap := set.Leases.SwapLeases(t.Context(), swaps)
	_, job := set.Jobs.SwapJob(t.Context(), scheduler.JobState{Name: "plan"}, scheduler.JobState{Name: "plan", Owner: "dead", Gen: 1})
	if err := errors.Join(err, swap, job); err != nil {
		t.Fatal(err)
	}
	b := sqlitestore.Backup{Path: path, File: file, Settings: map[string]string{"at": "1"}}
	if _, err := b.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func restoreOf(file, path string) sqlitestore.Restore {
	return sqlitestore.Restore{
		File: file, Path: path, Gone: scheduler.WorkerPrefix,
		Check: func(settings map[string]string) (map[string]string, error) {
			return map[string]string{"at": "", "from": settings["at"]}, nil
		},
		Hold: func() notifications.Hold { return notifications.Hold{Reason: "restored"} },
	}
}

// TestRestore: what comes back is held, and claimed by nobody; what was there
// is kept whole.
func TestRestore(t *testing.T) {
	t.Parallel()
	file, path := backedUp(t), newPath(t)
	r := restoreOf(file, path)
	if err := r.Run(t.Context()); err != nil {
		t.Fatalf("Run: %v", err)
	}
	if err := r.Run(t.Context()); !errors.Is(err, sqlitestore.ErrThere) {
		t.Errorf("restored over a database: %v", err)
	}
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path})
	if err != nil {
		t.Fatalf("open what was restored: %v", err)
	}
	set := s.Set()
	holds, err := set.Holds.List(t.Context())
	if err != nil || len(holds) != 1 || holds[0].Reason != "restored" {
		t.Errorf("held: %v, %v", holds, err)
	}
	leases, err := set.Leases.ListLeases(t.Context(), "")
	if err != nil || len(leases) != 1 || leases[0].Owner != "" || leases[0].Fence != 7 {
		t.Errorf("leases: %v, %v; want that of a part, free, with its fence", leases, err)
	}
	job, err := set.Jobs.JobState(t.Context(), "plan")
	if err != nil || job.Owner != "" || job.Gen != 1 {
		t.Errorf("job: %+v, %v; want it free", job, err)
	}
	if from, err := set.Settings.Setting(t.Context(), "from"); from != "1" || err != nil {
		t.Errorf("from %q, %v", from, err)
	}
	if _, err := set.Ledger.Insert(t.Context(), pair(2)); err != nil {
		t.Fatal(err)
	}
	r.KeepAs = path + ".kept"
	if err := r.Run(t.Context()); !errors.Is(err, sqlitestore.ErrOpen) {
		t.Errorf("restored under an open store: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatalf("Run with KeepAs: %v", err)
	}
	if got := query(t, path, "SELECT count(*) FROM ledger") + query(t, r.KeepAs, "SELECT count(*) FROM ledger"); got != "24" {
		t.Errorf("rows restored and kept: %s, want 2 and 4", got)
	}
}

// TestRestore_Refused: what is no whole backup changes nothing.
func TestRestore_Refused(t *testing.T) {
	t.Parallel()
	file := backedUp(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cut := append([]byte{}, whole[:len(whole)/2]...)
	text := []byte("this is no database, and long enough to look like the first page of one: " + string(make([]byte, 4096)))
	errCheck := errors.New("another secret")
	tests := []struct {
		name  string
		bytes []byte
		check error
		want  error
	}{
		{"half of it", cut, nil, sqlitestore.ErrDamaged},
		{"a text", text, nil, sqlitestore.ErrDamaged},
		{"nothing", nil, nil, sqlitestore.ErrDamaged},
		{"refused by the check", whole, errCheck, errCheck},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		from, path := filepath.Join(t.TempDir(), "file"), filepath.Join(dir, "sunday.db")
		if err := os.WriteFile(from, tt.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		r := restoreOf(from, path)
		r.Check = func(map[string]string) (map[string]string, error) { return nil, tt.check }
		if err := r.Run(t.Context()); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
			t.Errorf("%s left %v", tt.name, left)
		}
	}
}
