package console_test

import (
	"net/url"
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
