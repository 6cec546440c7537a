package secret_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/secret"
)

const (
	oldText = "an old secret of at least 32 bytes"
	newText = "a newer secret of at least 32 bytes"
)

func mustOpen(tb testing.TB, current string, older ...string) *secret.Keys {
	tb.Helper()
	k, err := secret.Open(current, older...)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func TestOpen_Refuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		current string
		older   []string
		want    error
	}{
		{"", nil, secret.ErrTooShort},
		{strings.Repeat("x", 31) + "   ", nil, secret.ErrTooShort},
		{newText, []string{"short"}, secret.ErrTooShort},
		{newText, []string{oldText, newText + "\n"}, secret.ErrTwice},
		{newText, []string{oldText, ""}, nil},
	} {
		if _, err := secret.Open(tc.current, tc.older...); !errors.Is(err, tc.want) {
			t.Errorf("Open(%q, %q): got %v, want %v", tc.current, tc.older, err, tc.want)
		}
	}
}

// What is derived is stored: none of these values may ever change.
func TestKeys_Golden(t *testing.T) {
	t.Parallel()
	k := mustOpen(t, oldText)
	got := []string{
		k.ID(), k.Check(), k.ContactHash("email", "lan@example.org"), k.Link(secret.LinkOwn, "r1", 1),
		fmt.Sprintf("%x", k.Cursor()), k.FormHashes("form", "2", "An")[0],
	}
	want := []string{
		"05f574c1", "4a452a1b1e720b97c7447df009f37c75", "05f574c1.c5ce58b330950b5f02a9f42237e781e5", "GHMUZgoxMrHp4q5WpvohrQ",
		"73fe05f9ddca99a9066ec514b9f789416aa219ef6bf1dfb3109cade0478b0be5",
		"05f574c1.60db779b13f24b80d6284c21709256a8",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestKeys_OnePerPurpose(t *testing.T) {
	t.Parallel()
	a, b := mustOpen(t, oldText), mustOpen(t, newText)
	if a.ID() == b.ID() || a.Check() == b.Check() || a.Cursor() == b.Cursor() {
		t.Error("two secrets give one key")
	}
	values := []string{
		a.ContactHash("email", "x"), a.ContactHash("phone", "x"), a.ContactHash("emai", "lx"), b.ContactHash("email", "x"),
		a.Link("own", "s", 1), a.Link("own", "s", 2), a.Link("own", "s1", 1), a.Link("optout", "s", 1), b.Link("own", "s", 1),
		a.FormHashes("email", "x")[0], a.FormHashes("emai", "lx")[0], b.FormHashes("email", "x")[0],
	}
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v] {
			t.Errorf("%q twice", v)
		}
		seen[v] = true
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}\.[0-9a-f]{32}$`).MatchString(values[0]) || !strings.HasPrefix(values[0], a.ID()+".") {
		t.Errorf("contact hash %q", values[0])
	}
}

func TestKeys_Rotation(t *testing.T) {
	t.Parallel()
	before, after := mustOpen(t, oldText), mustOpen(t, newText, oldText)
	hashes := after.ContactHashes("phone", "+84912345678")
	if len(hashes) != 2 || hashes[0] != after.ContactHash("phone", "+84912345678") ||
		hashes[1] != before.ContactHash("phone", "+84912345678") {
		t.Errorf("hashes %v", hashes)
	}
	if links := after.Links(secret.LinkOwn, "r", 1); len(links) != 2 || links[1] != before.Link(secret.LinkOwn, "r", 1) {
		t.Errorf("links %v", links)
	}
	if checks := after.Checks(); len(checks) != 2 || checks[0] != after.Check() || checks[1] != before.Check() {
		t.Errorf("checks %v", checks)
	}
	old, err := before.Seal("contact", "c1", []byte("0912"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := after.OpenSeal("contact", "c1", old); err != nil || string(plain) != "0912" {
		t.Errorf("older seal: %q, %v", plain, err)
	}
	fresh, err := after.Seal("contact", "c1", []byte("0912"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := mustOpen(t, newText).OpenSeal("contact", "c1", fresh); err != nil || string(plain) != "0912" {
		t.Errorf("sealed with an older key: %v", err)
	}
	if _, err := before.OpenSeal("contact", "c1", fresh); !errors.Is(err, secret.ErrSeal) {
		t.Errorf("opened with another secret: %v", err)
	}
}

func TestKeys_Seal(t *testing.T) {
	t.Parallel()
	k := mustOpen(t, newText)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "plain")
		context := rapid.String().Draw(t, "context")
		sealed, err := k.Seal("contact", context, plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.OpenSeal("contact", context, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%q, %v", got, err)
		}
		if _, err := k.OpenSeal("contact", context+"x", sealed); !errors.Is(err, secret.ErrSeal) {
			t.Fatalf("another context: %v", err)
		}
		if _, err := k.OpenSeal("name", context, sealed); !errors.Is(err, secret.ErrSeal) {
			t.Fatalf("another purpose: %v", err)
		}
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(t, "at")] ^= 1
		if _, err := k.OpenSeal("contact", context, sealed); !errors.Is(err, secret.ErrSeal) {
			t.Fatalf("altered: %v", err)
		}
	})
}

func TestKeys_Concurrent(t *testing.T) {
	t.Parallel()
	k := mustOpen(t, newText)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			purpose := fmt.Sprint("p", i%2)
			sealed, err := k.Seal(purpose, "", []byte("x"))
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := k.OpenSeal(purpose, "", sealed); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestKeys_PrintNoKey(t *testing.T) {
	t.Parallel()
	k := mustOpen(t, newText)
	want := "secret.Keys(" + k.ID() + ")"
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, k); got != want {
			t.Errorf("%s prints %q", format, got)
		}
	}
}

func TestLinkForm(t *testing.T) {
	t.Parallel()
	k := mustOpen(t, newText)
	token := k.Link(secret.LinkConfirm, "r", 3)
	if len(token) != 22 || !secret.LinkForm(token) || len(secret.LinkHash(token)) != 64 {
		t.Errorf("token %q", token)
	}
	for _, s := range []string{"", token[1:], token + "A", token[:21] + "=", token[:21] + "\n", strings.Repeat("_", 22)} {
		if secret.LinkForm(s) {
			t.Errorf("%q has the form of a token", s)
		}
	}
}

func FuzzLinkForm(f *testing.F) {
	f.Add("AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("AAAAAAAAAAAAAAAAAAAAAB")
	f.Fuzz(func(t *testing.T, s string) {
		if secret.LinkForm(s) && !regexp.MustCompile(`^[A-Za-z0-9_-]{21}[AQgw]$`).MatchString(s) {
			t.Errorf("%q passes", s)
		}
	})
}

func FuzzKeys_OpenSeal(f *testing.F) {
	k := mustOpen(f, newText)
	sealed, err := k.Seal("contact", "c", []byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, b []byte) {
		if plain, err := k.OpenSeal("contact", "c", b); err == nil && string(plain) != "x" {
			t.Errorf("%x opens, though nobody sealed it", b)
		}
	})
}

func TestLoadOrMake(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	texts := make([]string, 8)
	var wg sync.WaitGroup
	for i := range texts {
		wg.Go(func() {
			var err error
			if texts[i], err = secret.LoadOrMake(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, text := range texts {
		if text != texts[0] || len(text) != 43 {
			t.Fatalf("processes that start at once have different secrets: %d", len(text))
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != fs.FileMode(0o600) {
		t.Errorf("mode %v", info.Mode())
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".secret*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestLoadOrMake_Refuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string, mode fs.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tc := range []struct {
		path string
		want error
	}{
		{write("open", newText, 0o644), secret.ErrFileMode},
		{write("empty", "\n", 0o600), secret.ErrTooShort},
		{filepath.Join(dir, "no", "such", "folder"), fs.ErrNotExist},
		{write("good", newText+"\n", 0o600), nil},
	} {
		text, err := secret.LoadOrMake(tc.path)
		if !errors.Is(err, tc.want) || (err == nil) != (text == newText) {
			t.Errorf("%s: %q, %v", filepath.Base(tc.path), text, err)
		}
	}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	a, b := secret.Generate(), secret.Generate()
	if a == b || len(a) != 43 {
		t.Error("not a fresh secret of 43 characters")
	}
}
