package resident_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzPost sends anything to every form: none fails on the server's side, and
// no word comes back that could run.
func FuzzPost(f *testing.F) {
	w := setup(f)
	e := w.publish(f, input())
	paths := []string{
		"/e/" + e.ID + "/register", w.join(f, e, "2"), w.pending(f, e, "an@example.org"),
		w.optOutLink(f, "binh@example.org", false), w.surveyed(f)[0],
	}
	f.Add(0, "form=0123456789abcdef&party=2&email=a%0d%0ab@example.org&name=%e2%80%ae")
	f.Add(1, "form=0123456789abcdef&act=change&party=-9999999999999999999999")
	f.Add(2, "form=0123456789abcdef&choice=no")
	f.Add(3, "List-Unsubscribe=One-Click")
	f.Add(4, "form=x&items=4&levels.0=5&text=%00<script>")
	f.Add(4, "form=x&items=99999999999999&levels.0=&%zz")
	f.Fuzz(func(t *testing.T, which int, body string) {
		r := httptest.NewRequest(http.MethodPost, paths[uint(which)%uint(len(paths))], strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		got := w.send(r)
		if got.status >= http.StatusInternalServerError || strings.Contains(got.body, "<script") {
			t.Errorf("%d: %s", got.status, got.body)
		}
	})
}

// FuzzGet asks for every public page with any query, and says anything of what
// is kept and which language is read: none fails on the server's side, and a
// calendar is "as you have it" only to who names it.
func FuzzGet(f *testing.F) {
	w := setup(f)
	e := w.publish(f, input())
	const feed = "/calendars/commune.ics"
	paths := []string{"/", "/units", "/data", "/k/" + e.Short, "/k/", "/e/" + e.ID, "/e/" + e.ID + "/event.ics", feed}
	tag := w.get(feed).header.Get("ETag")
	for i, seed := range [][3]string{
		{"unit=commune&after=AAAA", "", "pl,vi;q=0.5"}, {"q=%ff%00&after=x", "", "*"}, {"lang=de&lang=vi", "", "x-klingon"},
		{"lang=%e2%80%ae", "", ",,;q="}, {"code=CDF+HJKM", "", ""}, {"lang=en", "", "en;q=2"}, {"", `"x"`, ""}, {"lang=pl", `W/"x", ` + tag, "vi"},
	} {
		f.Add(i, seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, which int, query, kept, languages string) {
		path := paths[uint(which)%uint(len(paths))]
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.URL.RawQuery = query
		r.Header.Set("If-None-Match", kept)
		r.Header.Set("Accept-Language", languages)
		got := w.send(r)
		if got.status >= http.StatusInternalServerError || strings.Contains(got.body, "<script") {
			t.Errorf("%s?%s: %d %s", path, query, got.status, got.body)
		}
		if is := got.header.Get("ETag"); got.status == http.StatusNotModified && !strings.Contains(kept, is) && !strings.Contains(kept, "*") {
			t.Errorf("%q has the calendar of the tag %s", kept, is)
		}
	})
}
