package id_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/id"
)

func TestSource_NewCarriesTheTime(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]id.Source{"random": id.Random(), "seeded": id.Seeded(1)} {
		rapid.Check(t, func(t *rapid.T) {
			ms := rapid.Int64Range(0, 1<<48-1).Draw(t, "ms")
			s := source.New(ms)
			u, err := uuid.Parse(s)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if u.Version() != 7 || u.Variant() != uuid.RFC4122 || u.String() != s || !id.Valid(s) {
				t.Fatalf("%s: %q is no UUIDv7 in its usual form", name, s)
			}
			var got int64
			for _, b := range u[:6] {
				got = got<<8 | int64(b)
			}
			if got != ms {
				t.Fatalf("%s: carries %d, want %d", name, got, ms)
			}
		})
	}
}

func TestSeeded_Repeats(t *testing.T) {
	t.Parallel()
	a, b, other := id.Seeded(7), id.Seeded(7), id.Seeded(8)
	for range 5 {
		x, y := a.New(5), b.New(5)
		if x != y || x == other.New(5) {
			t.Fatalf("%q, %q", x, y)
		}
	}
	if n := a.Nonce(20); len(n) != 20 || !bytes.Equal(n, b.Nonce(20)) {
		t.Error("nonces differ")
	}
}

func TestSource_ConcurrentIDsDiffer(t *testing.T) {
	t.Parallel()
	for _, source := range []id.Source{id.Random(), id.Seeded(1)} {
		var wg sync.WaitGroup
		var seen sync.Map
		for range 8 {
			wg.Go(func() {
				for range 200 {
					if _, twice := seen.LoadOrStore(source.New(1), true); twice {
						t.Error("an id came twice")
					}
				}
			})
		}
		wg.Wait()
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	// Ids of stored records: this value must never change.
	if got, want := id.Hash("event", "resident"), "0cf4b1925004179e4014e9af63c76f56"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(rapid.StringN(0, 3, -1), 0, 4).Draw(t, "a")
		b := rapid.SliceOfN(rapid.StringN(0, 3, -1), 0, 4).Draw(t, "b")
		same := len(a) == len(b)
		for i := 0; same && i < len(a); i++ {
			same = a[i] == b[i]
		}
		if got := id.Hash(a...) == id.Hash(b...); got != same {
			t.Fatalf("%q, %q: equal %v", a, b, got)
		}
		if !id.Valid(id.Hash(a...)) {
			t.Fatal("not valid")
		}
	})
}

func TestPart_IsEven(t *testing.T) {
	t.Parallel()
	var counts [id.Parts]int
	source := id.Seeded(3)
	for range 6400 {
		counts[id.Part(source.New(0))]++
	}
	for part, n := range counts {
		if n < 50 || n > 160 {
			t.Errorf("part %d has %d of 6400", part, n)
		}
	}
	if got, want := id.Part("occurrence"), 8; got != want { // stored with each row
		t.Errorf("part %d, want %d", got, want)
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	good := "0190a5b4-0000-7000-8000-0123456789ab"
	for s, want := range map[string]bool{
		good: true, strings.ReplaceAll(good, "-", ""): true, strings.ToUpper(good): false,
		"": false, good + " ": false, strings.ReplaceAll(good, "-", "0"): false,
		strings.Repeat("g", 32): false, strings.Repeat("-", 36): false, "0190a5b4-0000-7000-8000-0123456789a/": false,
	} {
		if got := id.Valid(s); got != want {
			t.Errorf("Valid(%q) = %v", s, got)
		}
	}
}

func FuzzValid(f *testing.F) {
	f.Add("0190a5b4-0000-7000-8000-0123456789ab")
	f.Add("0cf4b1925004179e4014e9af63c76f56")
	f.Fuzz(func(t *testing.T, s string) {
		if !id.Valid(s) {
			return
		}
		if len(strings.Trim(s, "0123456789abcdef-")) != 0 {
			t.Errorf("%q passes", s)
		}
		if _, err := uuid.Parse(s); err != nil {
			t.Errorf("%q passes: %v", s, err)
		}
	})
}
