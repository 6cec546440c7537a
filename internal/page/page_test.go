package page_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/page"
)

func setup() *page.Sealer { return page.NewSealer([32]byte{1, 2, 3}) }

func TestSealer_RoundTrip(t *testing.T) {
	t.Parallel()
	s := setup()
	rapid.Check(t, func(t *rapid.T) {
		scope := rapid.String().Draw(t, "scope")
		var k page.Key
		for _, b := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 40), 0, 5).Draw(t, "values") {
			k.Values = append(k.Values, string(b)) // sort keys are no UTF-8
		}
		cursor := s.Seal(scope, k)
		got, err := s.Open(scope, cursor)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(k, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		if s.Seal(scope, k) != cursor {
			t.Fatal("equal keys give different cursors")
		}
	})
}

func TestSealer_OpenRefuses(t *testing.T) {
	t.Parallel()
	s := setup()
	cursor := s.Seal("events", page.Key{Values: []string{"2026", "a"}})
	wrong := map[string]string{"": "empty", cursor + "A": "longer", cursor[1:]: "shorter", cursor + "\n": "line end"}
	for i := range cursor { // every single changed character
		c := byte('A')
		if cursor[i] == c {
			c = 'B'
		}
		wrong[cursor[:i]+string(c)+cursor[i+1:]] = "changed at " + strconv.Itoa(i)
	}
	for altered, how := range wrong {
		if _, err := s.Open("events", altered); !errors.Is(err, page.ErrCursor) {
			t.Errorf("%s: %v", how, err)
		}
	}
	if _, err := s.Open("residents", cursor); !errors.Is(err, page.ErrCursor) {
		t.Errorf("another scope: %v", err)
	}
	if _, err := page.NewSealer([32]byte{9}).Open("events", cursor); fault.KindOf(err) != fault.Invalid {
		t.Errorf("another key: %v", err)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{-5: 50, 0: 50, 1: 1, 50: 50, 200: 200, 201: 200, 1 << 40: 200} {
		if got := page.Limit(n); got != want {
			t.Errorf("Limit(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	key := func(n int) page.Key { return page.Key{Values: []string{strconv.Itoa(n)}} }
	for _, tc := range []struct {
		items []int
		want  page.List[int]
	}{
		{nil, page.List[int]{}},
		{[]int{1, 2}, page.List[int]{Items: []int{1, 2}}},
		{[]int{1, 2, 3}, page.List[int]{Items: []int{1, 2}, Next: &page.Key{Values: []string{"2"}}}},
	} {
		if diff := cmp.Diff(tc.want, page.Cut(tc.items, 2, key)); diff != "" {
			t.Errorf("%v: %s", tc.items, diff)
		}
	}
}

func FuzzSealer_Open(f *testing.F) {
	s := setup()
	f.Add("events", s.Seal("events", page.Key{Values: []string{"a", "b"}}))
	f.Add("", "AAAA")
	f.Fuzz(func(t *testing.T, scope, cursor string) {
		k, err := s.Open(scope, cursor)
		if err != nil {
			if !errors.Is(err, page.ErrCursor) {
				t.Fatal(err)
			}
			return
		}
		if s.Seal(scope, k) != cursor {
			t.Error("two cursors for one key")
		}
	})
}
