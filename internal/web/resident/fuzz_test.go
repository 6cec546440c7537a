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
