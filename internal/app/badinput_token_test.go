package app_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBadInput_Tokens: a token altered in one letter, or used for another
// purpose, opens nothing, and its answer tells nothing.
func TestBadInput_Tokens(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	h.enter(h.resident("Trần Thị Lan", "vi", "lan@example.org"), 2, "registered")
	h.register(h.event, "vi", url.Values{"party": {"1"}, "email": {"ann@example.org"}, "form": {"form-0000000000000030"}}, 200)
	h.at(h.clock.Now())
	got := h.mails()
	lan, ann := got["lan@example.org"][0], got["ann@example.org"][0]
	good := map[string]string{"/r/": tokenOf(link(lan, "/r/")), "/o/": tokenOf(link(lan, "/o/")), "/c/": tokenOf(link(ann, "/c/"))}
	own := link(lan, "/r/")
	code := checkInCode.FindString(words(h.page(own, 200)))
	nothing, survey := h.ask("GET", "/r/AAAAAAAAAAAAAAAAAAAAAA", "", "en", ""), h.ask("GET", "/s/"+h.event+"/AAAAAAAAAAAAAAAAAAAAAA", "", "en", "")
	alike := func(what, path string) {
		t.Helper()
		wrong := nothing
		if strings.HasPrefix(path, "/s/") {
			wrong = survey
		}
		for _, body := range []string{"", "choice=yes&stop=yes&act=cancel&List-Unsubscribe=One-Click&form=form-0000000000000031"} {
			method := "GET"
			if body != "" {
				method = "POST"
			}
			if r := h.ask(method, path, "", "en", body); r.status != 404 || r.body != wrong.body {
				t.Errorf("%s %s: %d, want 404 and the words of any wrong link: %s", method, what, r.status, cmp.Diff(wrong.body, r.body))
			}
		}
	}
	h.unchanged("", func() {
		for at, token := range good {
			for i := range token {
				alike(fmt.Sprintf("%s with letter %d altered", at, i), at+altered(token, i))
			}
			for other := range good {
				if other != at {
					alike(at+" token at "+other, other+token)
				}
			}
			alike("check-in code at "+at, at+url.PathEscape(code))
			alike("its token at "+at, at+code[22:])
			alike("too long", at+token+"A")
			alike("padded", at+token+"==")
			alike("survey with it", "/s/"+h.event+"/"+token)
			if r := h.ask("GET", "/api/v1/events", token, "en", ""); r.status != 401 {
				t.Errorf("the token of %s opens the API: %d", at, r.status)
			}
		}
		for i := range h.tokens["organizer"] {
			if r := h.ask("GET", "/api/v1/units", altered(h.tokens["organizer"], i), "en", ""); r.status != 401 {
				t.Errorf("the API token with letter %d altered: %d", i, r.status)
			}
			if r := h.ask("GET", "/r/"+h.tokens["organizer"], "", "en", ""); r.status != 404 {
				t.Errorf("the API token opens a page: %d", r.status)
			}
		}
	})
	h.page(own, 200)
	for _, token := range append([]string{code, code[22:]}, good["/r/"], good["/o/"], good["/c/"], h.tokens["organizer"]) {
		h.silent(token)
	}
}

// altered changes the lowest bit that the letter stands for.
func altered(token string, i int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	b := []byte(token)
	b[i] = letters[strings.IndexByte(letters, b[i])^1]
	return string(b)
}
