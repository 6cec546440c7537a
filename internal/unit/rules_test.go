package unit_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

func of(id string, ancestors ...string) unit.Unit {
	return unit.Unit{Head: record.Head{ID: id}, Ancestors: ancestors}
}

func TestScope(t *testing.T) {
	t.Parallel()
	lead := of("commune", "province", "nation")
	for name, test := range map[string]struct {
		others []unit.Unit
		want   []string
	}{
		"alone":            {nil, []string{"commune", "province", "nation"}},
		"a sister":         {[]unit.Unit{of("ward", "province", "nation")}, []string{"commune", "province", "nation", "ward"}},
		"its own ancestor": {[]unit.Unit{of("province", "nation")}, []string{"commune", "province", "nation"}},
		"itself":           {[]unit.Unit{lead}, []string{"commune", "province", "nation"}},
		"another tree":     {[]unit.Unit{of("bank")}, []string{"commune", "province", "nation", "bank"}},
	} {
		if diff := cmp.Diff(test.want, unit.Scope(lead, test.others...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestScope_properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		units := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) unit.Unit {
			names := rapid.SliceOfNDistinct(rapid.IntRange(0, 9), 1, 5, rapid.ID[int]).Draw(t, "line")
			u := of(strconv.Itoa(names[0]))
			for _, n := range names[1:] {
				u.Ancestors = append(u.Ancestors, strconv.Itoa(n))
			}
			return u
		}), 1, 5).Draw(t, "units")
		scope := unit.Scope(units[0], units[1:]...)
		if !slices.Equal(scope[:len(units[0].Above())], units[0].Above()) {
			t.Fatalf("the lead's line is not first: %v", scope)
		}
		if sorted := slices.Sorted(slices.Values(scope)); len(slices.Compact(sorted)) != len(scope) {
			t.Fatalf("twice in %v", scope)
		}
		for _, u := range units {
			for _, above := range u.Above() {
				if !slices.Contains(scope, above) {
					t.Fatalf("%s is missing in %v", above, scope)
				}
			}
		}
	})
}

func TestUnit_Open(t *testing.T) {
	t.Parallel()
	u := unit.Unit{ValidFrom: 10, ValidUntil: 20}
	for now, want := range map[calendar.Instant]bool{9: false, 10: true, 19: true, 20: false} {
		if got := u.Open(now); got != want {
			t.Errorf("at %d: got %v, want %v", now, got, want)
		}
	}
	if !(unit.Unit{}).Open(1) {
		t.Error("a unit without bounds is closed")
	}
}
