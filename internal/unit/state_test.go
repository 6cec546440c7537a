package unit_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/sunday-with-the-people/sunday/internal/unit"
)

func mustStateUnits(tb testing.TB) []unit.StateUnit {
	tb.Helper()
	list, err := unit.StateUnits()
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

func TestStateUnits(t *testing.T) {
	t.Parallel()
	count := map[unit.Kind]int{}
	for _, u := range mustStateUnits(t) {
		count[u.Kind]++
		if !norm.NFC.IsNormalString(u.Name) {
			t.Errorf("%s: its name is not in NFC", u.Code)
		}
	}
	want := map[unit.Kind]int{unit.Province: 28, unit.City: 6, unit.Commune: 2621, unit.Ward: 687, unit.SpecialZone: 13}
	for kind, n := range want {
		if count[kind] != n {
			t.Errorf("%s: got %d, want %d", kind, count[kind], n)
		}
	}
	if len(count) != len(want) {
		t.Errorf("got kinds %v", count)
	}
}

func TestInProvince(t *testing.T) {
	t.Parallel()
	lamDong := unit.InProvince(mustStateUnits(t), "68")
	if len(lamDong) != 125 || lamDong[0].Code != "68" || lamDong[0].Parent != "" {
		t.Fatalf("got %d units, first %s", len(lamDong), lamDong[0].Code)
	}
	for _, u := range lamDong[1:] {
		if u.Parent != unit.StateID("68") || !slices.Equal(u.Ancestors, []string{u.Parent}) {
			t.Errorf("%s: got parent %s, ancestors %v", u.Code, u.Parent, u.Ancestors)
		}
	}
	if none := unit.InProvince(mustStateUnits(t), "00"); len(none) != 0 {
		t.Errorf("got %d units of no province", len(none))
	}
}

func TestReadStateUnits_refused(t *testing.T) {
	t.Parallel()
	const head = "code,name,kind,parent\n"
	for name, list := range map[string]string{
		"empty":            "",
		"other heading":    "name,code,kind,parent\n",
		"a column too few": head + "01,Hà Nội,city\n",
		"no code":          head + ",Hà Nội,city,\n",
		"long code":        head + strings.Repeat("1", 17) + ",Hà Nội,city,\n",
		"no name":          head + "01,,city,\n",
		"invisible name":   head + "01,\u200b,city,\n",
		"no kind":          head + "01,Hà Nội,,\n",
		"twice":            head + "01,Hà Nội,city,\n01,Hà Nội,city,\n",
		"unknown parent":   head + "00004,Ba Đình,ward,01\n",
		"its own parent":   head + "01,Hà Nội,city,01\n",
		"open quote":       head + "01,\"Hà Nội,city,\n",
	} {
		if units, err := unit.ReadStateUnits(strings.NewReader(list)); !unit.ErrList.Is(err) {
			t.Errorf("%s: got %v, %v", name, units, err)
		}
	}
}

func FuzzReadStateUnits(f *testing.F) {
	f.Add("code,name,kind,parent\n01,Hà Nội,city,\n00004,Ba Đình,ward,01\n")
	f.Add("code,name,kind,parent\r\n\"24829\",\"Phường B'Lao\",ward,\n")
	f.Fuzz(func(t *testing.T, list string) {
		units, err := unit.ReadStateUnits(strings.NewReader(list))
		if err != nil {
			if !unit.ErrList.Is(err) {
				t.Errorf("got %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, u := range units {
			if u.Code == "" || u.Name == "" || u.Kind == "" || seen[u.Code] || u.Parent != "" && !seen[u.Parent] {
				t.Errorf("a wrong row was taken: %q", u)
			}
			seen[u.Code] = true
		}
	})
}
