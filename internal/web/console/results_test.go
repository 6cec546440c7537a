package console_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/web/console"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

func TestReadResults(t *testing.T) {
	t.Parallel()
	for form, want := range map[string][]paper.Entry{
		"":               nil,
		"form=x&line-2=": nil,
		"line-10=reached&form=x&line-9=never_again": {{Number: 9, Outcome: paper.NeverAgain}, {Number: 10, Outcome: paper.Reached}},
		"line-200=not_reached":                      {{Number: 200, Outcome: paper.NotReached}},
	} {
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		got, err := console.ReadResults(values)
		if err != nil {
			t.Errorf("%q: %v", form, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", form, diff)
		}
	}
	for _, form := range []string{
		"line-1=perhaps", "line-0=reached", "line-201=reached", "line-01=reached", "line-+1=reached", "line-=reached",
		"line-x=reached", "line-1=reached&line-1=never_again",
	} {
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := console.ReadResults(values); err == nil {
			t.Errorf("%q is read as %v", form, got)
		}
	}
}

// FuzzReadResults: what is read is in the order of the lines, each once, and
// says something.
func FuzzReadResults(f *testing.F) {
	for _, seed := range []string{"line-1=reached&line-2=not_reached", "line-1=&form=x", "line-01=reached", "line-1=a&line-1=b", "line-%31=reached"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, form string) {
		values, err := url.ParseQuery(form)
		if err != nil {
			return
		}
		entries, err := console.ReadResults(values)
		if err != nil {
			return
		}
		last := 0
		for _, e := range entries {
			if e.Number <= last || e.Number > paper.MaxLines || !e.Outcome.Valid() {
				t.Errorf("%q is read as %v", form, entries)
			}
			last = e.Number
		}
	})
}

func TestReadSaved(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]struct {
		saved int
		look  []string
	}{
		"":                           {},
		"saved=3&look=2,10":          {3, []string{"2", "10"}},
		"saved=-1&look=0,x,,201,007": {0, []string{"7"}},
		"saved=201":                  {},
		"saved=1&saved=2":            {1, nil},
	} {
		if saved, look := console.ReadSaved(values(t, query)); saved != want.saved || !cmp.Equal(look, want.look) {
			t.Errorf("%q: %d, %q", query, saved, look)
		}
	}
}

// FuzzReadSaved: a link speaks of no more lines than a sheet has, by their numbers
// alone.
func FuzzReadSaved(f *testing.F) {
	for _, seed := range []string{"saved=3&look=1,2", "saved=%2b1&look=%2c,%2b2", "look=1" + strings.Repeat(",1", 300), "saved=99999999999999999999&look=<b>"} {
		f.Add(seed)
	}
	number := regexp.MustCompile(`^[1-9][0-9]{0,2}$`)
	f.Fuzz(func(t *testing.T, query string) {
		typed, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		saved, look := console.ReadSaved(typed)
		if saved < 0 || saved > paper.MaxLines || len(look) > paper.MaxLines || slices.ContainsFunc(look, func(n string) bool { return !number.MatchString(n) }) {
			t.Errorf("%q: %d, %q", query, saved, look)
		}
	})
}
