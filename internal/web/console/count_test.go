package console_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/web/console"
)

func TestReadCounts(t *testing.T) {
	t.Parallel()
	villages := []string{"v1", "v2"}
	read := func(form string) []attendance.Scan {
		t.Helper()
		got, err := console.ReadCounts(values(t, form), villages)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := read("form=f&people-v1=12&people-v2=&people-v3=9&people-elsewhere= 3 ")
	want := []attendance.Scan{{Source: attendance.Paper, Village: "v1", People: 12}, {Source: attendance.Paper, People: 3}}
	for i := range got {
		if got[i].ID == "" {
			t.Errorf("entry %d has no id", i)
		}
		got[i].ID = ""
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if again := read("form=f&people-v1=12"); again[0].ID != read("form=f&people-v1=13")[0].ID || again[0].ID == read("form=g&people-v1=12")[0].ID {
		t.Error("an entry's id follows from the form and the village")
	}
	for form, field := range map[string]string{
		"people-v1=1": "form", "form=f": "people-elsewhere", "form=f&people-v1=0": "people-elsewhere",
		"form=f&people-v1=-1": "people-v1", "form=f&people-v2=5001": "people-v2", "form=f&people-v1=1.5": "people-v1",
	} {
		_, err := console.ReadCounts(values(t, form), villages)
		if err == nil || !strings.Contains(err.Error(), "("+field+"=") {
			t.Errorf("%q: %v, want a fault of %s", form, err, field)
		}
	}
}

// FuzzReadCounts: what is read says how many came to villages that there are,
// or elsewhere, each once and nobody counted below none.
func FuzzReadCounts(f *testing.F) {
	for _, seed := range []string{"form=f&people-v1=1", "form=f&people-v1=1&people-v1=2&source=walkins", "form=&people-elsewhere=%2b5", "form=f&people-v2=99999999999999999999", "people-v1=%00"} {
		f.Add(seed)
	}
	villages := []string{"v1", "v2"}
	f.Fuzz(func(t *testing.T, form string) {
		typed, err := url.ParseQuery(form)
		if err != nil {
			return
		}
		scans, err := console.ReadCounts(typed, villages)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", form, err)
			}
			return
		}
		seen := map[string]bool{}
		for _, s := range scans {
			if s.People < 1 || s.People > attendance.MaxPeople || seen[s.Village] || s.Village != "" && !slices.Contains(villages, s.Village) {
				t.Errorf("%q is read as %v", form, scans)
			}
			seen[s.Village] = true
		}
		if len(scans) == 0 {
			t.Errorf("%q is read as nobody, and not refused", form)
		}
	})
}
