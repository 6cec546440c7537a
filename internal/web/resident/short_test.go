package resident_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/outreach"
)

func TestShort(t *testing.T) {
	t.Parallel()
	w := setup(t)
	e := w.publish(t, input())
	short := outreach.ShortPath + e.Short
	// 30 signs with a host of 20
	if n := utf8.RuneCountInString("chunhat1.example.org" + short); n > 30 || strings.ContainsAny(e.Short, "0O1ILZ2S5B8G6UVQ") {
		t.Errorf("%s has %d signs", short, n)
	}
	for _, typed := range []string{e.Short, strings.ToLower(e.Short), e.Short[:3] + "-" + e.Short[3:], "%20" + e.Short} {
		for _, path := range []string{outreach.ShortPath + typed, outreach.ShortPath + "?code=" + typed} {
			if got := w.get(path); got.status != http.StatusFound || got.location != "/e/"+e.ID {
				t.Errorf("%s: %d to %q", path, got.status, got.location)
			}
		}
	}
	if got := w.get(short + "?lang=pl"); got.location != "/e/"+e.ID+"?lang=pl" {
		t.Errorf("the language is lost: %q", got.location)
	}
	draft, err := w.events.Create(t.Context(), staff(actor.Organizer), "", input())
	must(t, err)
	if draft.Short == "" || draft.Short == e.Short {
		t.Errorf("the code of a draft is %q", draft.Short)
	}
	for _, typed := range []string{"", draft.Short, "CDFHJKM", "x", "%00", strings.Repeat("C", 500)} {
		got := w.get(outreach.ShortPath+typed).has(t, http.StatusNotFound, "Không có mã này", `name="code"`)
		checkPage(t, typed, w.get(outreach.ShortPath+typed+"?lang=vi"), "vi")
		if strings.Contains(got.body, "Làm đường") {
			t.Errorf("%s shows an event", typed)
		}
	}
}

func FuzzShortCode(f *testing.F) {
	f.Add("k7m-cp4x")
	f.Add("CDFHJKM")
	f.Add("ſ\u00a0K")
	f.Fuzz(func(t *testing.T, typed string) {
		code := event.ShortCode(typed)
		if code != "" && (len(code) != 7 || event.ShortCode(code) != code || event.ShortCode(strings.ToLower(code)) != code) {
			t.Errorf("%q gives %q", typed, code)
		}
	})
}
