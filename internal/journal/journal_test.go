package journal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/journal"
)

const at = int64(1_795_917_600_123)

func now() int64 { return at }

func mustOpen(t *testing.T, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path, now)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Errorf("Close: %v", err)
		}
	})
	return j
}

func mustAppend(t *testing.T, j *journal.Journal, notes ...journal.Note) {
	t.Helper()
	if err := j.Append(notes...); err != nil {
		t.Fatalf("Append: %v", err)
	}
}

func note(thing, state string) journal.Note {
	return journal.Note{Thing: thing, State: json.RawMessage(state)}
}

// lines reads a file as "N thing state".
func lines(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	err = journal.Read(bytes.NewReader(text), func(l journal.Line) error {
		out = append(out, fmt.Sprintf("%d %s %s", l.N, l.Thing, l.State))
		return nil
	})
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return out
}

func TestJournal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	j := mustOpen(t, path)
	mustAppend(t, j, note("contact:a", `{"out": 1}`), note("contact:b", `{"out":2}`))
	mustAppend(t, j, note("contact:a", `{"out":1}`)) // as it is already
	mustAppend(t, j, note("contact:a", `{}`))
	mustAppend(t, j, note("contact:a", `{"out":1}`))
	want := []string{`1 contact:a {"out":1}`, `2 contact:b {"out":2}`, `3 contact:a {}`, `4 contact:a {"out":1}`}
	if diff := cmp.Diff(want, lines(t, path)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if !j.Stands("contact:b") || j.Stands("contact:c") {
		t.Error("what stands in the journal is not what was written")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v; want 0600", info.Mode(), err)
	}
	again := mustOpen(t, path)
	mustAppend(t, again, note("contact:b", `{"out":2}`), note("resident:c", `{}`))
	if got := lines(t, path); len(got) != 5 {
		t.Errorf("after a second start: %q", got)
	}
}

// TestJournal_Shared: two processes append to one file, and each sees what the
// other wrote.
func TestJournal_Shared(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	both := []*journal.Journal{mustOpen(t, path), mustOpen(t, path)}
	const each = 40
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			for i := range each {
				if err := both[w%2].Append(note(fmt.Sprintf("contact:%d-%d", w, i), `{"out":1}`)); err != nil {
					t.Errorf("Append: %v", err)
				}
			}
		})
	}
	group.Wait()
	mustAppend(t, both[1], note("contact:0-0", `{"out":1}`)) // the other wrote it
	if got := lines(t, path); len(got) != 8*each {
		t.Errorf("%d lines, want %d", len(got), 8*each)
	}
}

// TestJournal_Torn: whatever was written of a last line when the machine
// stopped, the lines before it are read and the next one follows them.
// TestJournal_PutAway: a journal that is moved away, or removed, while it is open
// is let go of by all who have it open, and nothing is written to it any more.
func TestJournal_PutAway(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	one, other := mustOpen(t, path), mustOpen(t, path)
	mustAppend(t, one, note("contact:a", `{"out":1}`))
	away := path + ".1"
	if err := os.Rename(path, away); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, one, note("contact:b", `{"out":1}`))
	mustAppend(t, other, note("contact:a", `{"out":1}`), note("contact:c", `{"out":1}`))
	if diff := cmp.Diff([]string{`1 contact:a {"out":1}`}, lines(t, away)); diff != "" {
		t.Errorf("put away (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`1 contact:b {"out":1}`, `2 contact:a {"out":1}`, `3 contact:c {"out":1}`}, lines(t, path)); diff != "" {
		t.Errorf("begun anew (-want +got):\n%s", diff)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, other, note("contact:d", `{"out":1}`))
	if diff := cmp.Diff([]string{`1 contact:d {"out":1}`}, lines(t, path)); diff != "" {
		t.Errorf("begun once more (-want +got):\n%s", diff)
	}
}

func TestJournal_Torn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	j := mustOpen(t, whole)
	mustAppend(t, j, note("contact:a", `{"out":1}`), note("contact:b", `{"out":2}`))
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(text, '\n') + 1
	for _, tail := range []string{"", "{", string(text[first : len(text)-1]), "\x00\x00\x00\x00"} {
		path := filepath.Join(dir, fmt.Sprintf("torn-%d", len(tail)))
		if err := os.WriteFile(path, append(text[:first:first], tail...), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := lines(t, path); len(got) != 1 {
			t.Errorf("torn at %q: %q, want the first line", tail, got)
		}
		mustAppend(t, mustOpen(t, path), note("contact:c", `{"out":3}`))
		want := []string{`1 contact:a {"out":1}`, `2 contact:c {"out":3}`}
		if diff := cmp.Diff(want, lines(t, path)); diff != "" {
			t.Errorf("torn at %q, lines (-want +got):\n%s", tail, diff)
		}
	}
}

// TestJournal_Damaged: every change in the middle is found, with its line.
func TestJournal_Damaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	j := mustOpen(t, whole)
	for _, thing := range []string{"contact:a", "contact:b", "contact:c"} {
		mustAppend(t, j, note(thing, `{"out":1}`))
	}
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	three := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
	three[2] += "\n"
	tests := []struct {
		name, text string
		line       int64
	}{
		{"a byte changed", three[0] + strings.Replace(three[1], `"out":1`, `"out":2`, 1) + three[2], 2},
		{"a line gone", three[0] + three[2], 2},
		{"the first line gone", three[1] + three[2], 1},
		{"lines swapped", three[1] + three[0] + three[2], 1},
		{"a line twice", three[0] + three[1] + three[1], 3},
		{"an empty line", three[0] + "\n" + three[1], 2},
		{"zeros", three[0] + "\x00\x00\n" + three[1], 2},
		{"another text", "hello\n", 1},
	}
	for i, tt := range tests {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := journal.Open(path, now)
		damage, ok := errors.AsType[*journal.Damage](err)
		if !ok || damage.Line != tt.line {
			t.Errorf("%s: %v, want damage in line %d", tt.name, err, tt.line)
		}
		if left, _ := os.ReadFile(path); string(left) != tt.text {
			t.Errorf("%s: a damaged file was changed", tt.name)
		}
	}
}

// TestJournal_Shorter: an open journal that lost lines is not written on.
func TestJournal_Shorter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	j := mustOpen(t, path)
	mustAppend(t, j, note("contact:a", `{"out":1}`))
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, ok := errors.AsType[*journal.Damage](j.Append(note("contact:b", `{}`))); !ok {
		t.Error("lines that are gone were not noticed")
	}
}

func FuzzRead(f *testing.F) {
	path := filepath.Join(f.TempDir(), "journal")
	j, err := journal.Open(path, now)
	if err != nil {
		f.Fatal(err)
	}
	for _, n := range []journal.Note{note("contact:a", `{"out":1}`), note("resident:b", `[]`)} {
		if err := j.Append(n); err != nil {
			f.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:len(text)-3])
	f.Add(append([]byte("x"), text...))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := int64(0)
		err := journal.Read(bytes.NewReader(b), func(l journal.Line) error {
			if n++; l.N != n || l.Thing == "" || !json.Valid(l.State) {
				t.Errorf("line %d is %+v", n, l)
			}
			return nil
		})
		if damage, ok := errors.AsType[*journal.Damage](err); err != nil && (!ok || damage.Line != n+1) {
			t.Errorf("after %d lines: %v", n, err)
		}
	})
}
