package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPI_BadInput(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e, person := b.mustPublished(t), b.mustResident(t)
	at := "/api/v1/events/" + e
	with := func(name string, value any) fields {
		d := draft()
		d[name] = value
		return d
	}
	tests := []struct {
		name, method, path string
		body               any
		status             int
		code, field        string // field is the first refused, if any
	}{
		{"malformed JSON", "POST", "/api/v1/events", `{"unit": `, 400, "body.malformed", ""},
		{"two values", "POST", "/api/v1/events", `{} {}`, 400, "body.malformed", ""},
		{"no body", "POST", "/api/v1/events", nil, 400, "body.missing", ""},
		{"unknown field", "POST", "/api/v1/events", with("titel", "x"), 422, "invalid", "titel"},
		{"unknown field inside", "POST", "/api/v1/events", with("place", fields{"name": "x", "lat": 1}), 422, "invalid", "place.lat"},
		{"a field that is a phone", "POST", "/api/v1/events", with(plantedPhone, "x"), 422, "invalid", "body"},
		{"a field that is a token", "POST", "/api/v1/events", with("AbcdefGhijkLmnopqRstuv", "x"), 422, "invalid", "body"},
		{"missing field", "POST", "/api/v1/events", fields{"unit": blao}, 422, "invalid", "local_end"},
		{"wrong type", "POST", "/api/v1/events", with("title", 7), 422, "invalid", "title"},
		{"over-long title", "POST", "/api/v1/events", with("title", strings.Repeat("x", 201)), 422, "invalid", "title"},
		{"unknown type", "POST", "/api/v1/events", with("type", "party"), 422, "invalid", "type"},
		{"end before start", "POST", "/api/v1/events", with("local_end", "2026-11-29T06:00"), 422, "invalid", "local_end"},
		{"no such day", "POST", "/api/v1/events", with("local_start", "2026-02-30T06:00"), 422, "invalid", "local_start"},
		{"too large", "POST", "/api/v1/events", with("about", strings.Repeat("x", 1<<20)), 413, "body.too_large", ""},
		{"bad e-mail", "POST", "/api/v1/residents", fields{"unit": blao, "contacts": []fields{{"kind": "email", "value": "a@b\r\nBcc: x"}}}, 422, "invalid", "contacts"},
		{"bad phone", "POST", "/api/v1/residents", fields{"unit": blao, "contacts": []fields{{"kind": "phone", "value": "12"}}}, 422, "invalid", "contacts"},
		{"unknown parameter", "GET", "/api/v1/units?colour=red", nil, 422, "invalid", "colour"},
		{"limit", "GET", "/api/v1/units?limit=1000", nil, 422, "invalid", "limit"},
		{"limit of letters", "GET", "/api/v1/units?limit=many", nil, 422, "invalid", "limit"},
		{"cursor", "GET", "/api/v1/units?after=AAAA", nil, 422, "page.cursor", ""},
		{"unit required", "GET", "/api/v1/audit", nil, 422, "invalid", "unit"},
		{"bad instant", "GET", "/api/v1/events?unit=" + blao + "&from=yesterday", nil, 422, "invalid", "from"},
		{"no such id", "GET", "/api/v1/events/x", nil, 404, "absent", ""},
		{"id of a person", "GET", "/api/v1/events/" + person, nil, 404, "absent", ""},
		{"unknown route", "GET", "/api/v1/evnts", nil, 404, "no_route", ""},
		{"wrong method", "DELETE", "/api/v1/events", nil, 405, "no_method", ""},
		{"wrong state", "POST", at + "/submit", nil, 409, "event.state", ""},
		{"too early", "POST", at + "/close", nil, 409, "event.not_started", ""},
		{"no note", "POST", at + "/cancel", fields{"note": " "}, 422, "invalid", "note"},
		{"own approval", "POST", at + "/approve", nil, 403, "role_missing", ""},
		{"party", "POST", at + "/registrations", fields{"resident": person, "party": 0}, 422, "invalid", "party"},
	}
	for _, tt := range tests {
		r := b.do(t, b.organizer, tt.method, tt.path, tt.body)
		if r.status != tt.status || r.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d %s %s, want %d", tt.name, r.status, r.header.Get("Content-Type"), r.body, tt.status)
			continue
		}
		if got := r.text(t, "code"); got != tt.code {
			t.Errorf("%s: got the code %q, want %q: %s", tt.name, got, tt.code, r.body)
		}
		if r.text(t, "detail") == "" || r.text(t, "title") == "" {
			t.Errorf("%s says nothing: %s", tt.name, r.body)
		}
		if tt.field == "" {
			continue
		}
		if got := r.text(t, "errors", 0, "field"); !strings.HasPrefix(got, tt.field) || r.text(t, "errors", 0, "message") == "" {
			t.Errorf("%s: the field is %q, want %q: %s", tt.name, got, tt.field, r.body)
		}
	}
	b.noLeak(t)
}

// noLeak looks through all that was logged.
func (b *bundle) noLeak(t *testing.T) {
	t.Helper()
	logged := b.logs.String()
	for _, planted := range []string{plantedPhone, plantedEmail, plantedName, b.organizer, b.stranger, "Bcc", "127.0.0.1", "192.0.2.1"} {
		if strings.Contains(logged, planted) {
			t.Errorf("the log has %q", planted)
		}
	}
	if !strings.Contains(logged, "route=/api/v1/events") {
		t.Error("the log names no route")
	}
}

// TestAPI_Leak plants a phone number, an address and a token everywhere that a
// request has, and looks for them, and for what a program says of itself, in
// every answer and in the log.
func TestAPI_Leak(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.mustTheirs(t)
	planted := plantedEmail + plantedPhone + b.organizer
	for _, r := range b.mustDescription(t).routes() {
		right, body := w.fill(r)
		var answers []reply
		for _, path := range []string{right + "?x=" + url.QueryEscape(planted), w.planted(r, planted)} {
			answers = append(answers, b.do(t, b.organizer, r.method, path, body, "Idempotency-Key", planted, "If-Match", planted))
		}
		for _, body := range []string{`"` + planted + `"`, `{"` + planted + `": 1}`, planted, `{"unit": {"a": "` + planted + `"}, "note": 7, "names": "` + planted + `"}`} {
			answers = append(answers, b.do(t, b.organizer, r.method, right, body))
		}
		for _, a := range answers {
			if a.status >= 500 {
				t.Errorf("%s: %d %s", r.id, a.status, a.body)
			}
			if a.status < 400 {
				continue // a body that the route does not take is not read
			}
			for _, leak := range []string{plantedPhone, plantedEmail, b.organizer, ".go:", "sql:", "goroutine", "SQL", "huma"} {
				if strings.Contains(a.body, leak) {
					t.Errorf("%s tells %q: %s", r.id, leak, a.body)
				}
			}
		}
	}
	b.noLeak(t)
}

func (w theirs) planted(r route, s string) string {
	return strings.NewReplacer("{id}", s, "{rid}", s, "{entry}", s, "{unit}", s, "{code}", s, "{criterion}", s).Replace(r.path)
}

func TestAPI_Languages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := map[string]string{
		"vi": "Không tìm thấy", "pl": "Nie znaleziono", "en": "Not found", "fr, pl;q=0.5": "Nie znaleziono", "": "Không tìm thấy",
	}
	for accept, title := range want {
		r := b.do(t, b.organizer, "GET", "/api/v1/events/x", nil, "Accept-Language", accept)
		if got := r.text(t, "title"); got != title {
			t.Errorf("%q: got %q, want %q", accept, got, title)
		}
	}
	r := b.do(t, b.organizer, "GET", "/api/v1/events/x?lang=pl", nil)
	if r.text(t, "title") != "Nie znaleziono" || r.header.Get("Content-Language") != "pl" {
		t.Errorf("?lang=pl gives %s", r.body)
	}
}

func TestAPI_IfMatch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := b.must(t, 201, b.organizer, "POST", "/api/v1/events", draft())
	at, tag := "/api/v1/events/"+made.text(t, "id"), made.header.Get("ETag")
	if got := b.must(t, 200, b.organizer, "GET", at, nil).header.Get("ETag"); got != tag {
		t.Fatalf("the ETag is %q, was %q", got, tag)
	}
	b.must(t, 200, b.organizer, "PATCH", at, fields{"title": "Một tên khác"}, "If-Match", tag)
	for _, old := range []string{tag, `"0"`, `"x"`, "7", `W/` + tag, `"99999999999999999999"`} {
		if r := b.do(t, b.organizer, "PATCH", at, fields{"title": "Một tên nữa"}, "If-Match", old); r.status != 412 {
			t.Errorf("If-Match %s: got %d %s", old, r.status, r.body)
		}
	}
	b.must(t, 412, b.organizer, "POST", at+"/submit", nil, "If-Match", tag)
	b.must(t, 200, b.organizer, "POST", at+"/submit", nil, "If-Match", "*")
}

func TestAPI_IdempotencyKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	posts := map[string]any{
		"/api/v1/events":    draft(),
		"/api/v1/residents": fields{"unit": blao, "name": "Bình"},
		"/api/v1/units":     fields{"kind": "village", "parent": blao, "names": fields{"vi": "Thôn 7"}},
		"/api/v1/accounts":  fields{"login": "twice", "name": "X", "unit": blao},
	}
	ids := map[string]bool{}
	for path, body := range posts {
		first := b.must(t, 201, b.organizer, "POST", path, body, "Idempotency-Key", "one")
		again := b.must(t, 201, b.organizer, "POST", path, body, "Idempotency-Key", "one")
		if diff := cmp.Diff(first.body, again.body); diff != "" {
			t.Errorf("%s: the replay differs:\n%s", path, diff)
		}
		if path == "/api/v1/accounts" {
			continue
		}
		other := b.must(t, 201, b.organizer, "POST", path, body, "Idempotency-Key", "two")
		for _, id := range []string{first.text(t, "id"), other.text(t, "id")} {
			if ids[id] {
				t.Errorf("%s: another key or route gave the same id", path)
			}
			ids[id] = true
		}
	}
}

func TestAPI_Paging(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var names []string
	path := "/api/v1/units?parent=" + province + "&limit=50"
	for range 10 {
		r := b.must(t, 200, b.organizer, "GET", path, nil)
		for i := range r.json(t, "items").([]any) {
			names = append(names, r.text(t, "items", i, "id"))
		}
		next, _ := r.json(t, "next").(string)
		link := r.header.Get("Link")
		if next == "" {
			if link != "" {
				t.Errorf("the last page links to %s", link)
			}
			break
		}
		path = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
		if !strings.Contains(path, "parent="+province) || !strings.Contains(path, url.QueryEscape(next)) {
			t.Fatalf("the link is %s", link)
		}
	}
	seen := map[string]bool{}
	for _, n := range names {
		seen[n] = true
	}
	if len(names) != 124 || len(seen) != 124 {
		t.Errorf("%d units in pages, %d of them different, want 124", len(names), len(seen))
	}

	next := b.must(t, 200, b.organizer, "GET", "/api/v1/units?limit=5", nil).text(t, "next")
	b.must(t, 200, b.organizer, "GET", "/api/v1/units?limit=5&after="+next, nil)
	for name, path := range map[string]string{
		"another filter": "/api/v1/units?kind=ward&after=" + next,
		"another list":   "/api/v1/events?unit=" + blao + "&after=" + next,
		"altered":        "/api/v1/units?after=" + next[:len(next)-1] + string(next[len(next)-1]^1),
	} {
		if r := b.do(t, b.organizer, "GET", path, nil); r.status != 422 || r.text(t, "code") != "page.cursor" {
			t.Errorf("%s: got %d %s", name, r.status, r.body)
		}
	}
	if r := b.do(t, b.stranger, "GET", "/api/v1/units?limit=5&after="+next, nil); r.status != 422 {
		t.Errorf("another reader opened the cursor: %d", r.status)
	}
}

func TestAPI_Messages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.mustPublished(t)
	at := "/api/v1/events/" + e + "/messages"
	b.mustRows(t, e)
	own := b.must(t, 200, b.organizer, "GET", at+"?limit=2", nil)
	if len(own.json(t, "items").([]any)) != 2 || own.json(t, "next") == nil {
		t.Errorf("the first page is %s", own.body)
	}
	dead := b.must(t, 200, b.organizer, "GET", at+"?state=dead", nil)
	want := fields{"reason": "refused", "reason_text": "The mail server refused for good.", "state_text": "Could not be sent", "tries": 2.0}
	for k, v := range want {
		if got := dead.json(t, "items", 0, k); got != v {
			t.Errorf("%s is %v, want %v", k, got, v)
		}
	}
	if strings.Contains(dead.body, plantedEmail) || strings.Contains(dead.body, "hash-of-contact") {
		t.Errorf("a row tells of a contact: %s", dead.body)
	}
	above := b.must(t, 200, b.approver, "GET", at, nil)
	if len(above.json(t, "items").([]any)) != 0 || len(above.json(t, "counts").([]any)) == 0 {
		t.Errorf("above the unit: %s", above.body)
	}
}

func TestAPI_Docs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.must(t, 200, "", "GET", "/docs", nil)
	for _, refused := range []string{"http://", "https://", "<script>", "style=", "onload="} {
		if strings.Contains(page.body, refused) {
			t.Errorf("the page has %s", refused)
		}
	}
	for _, path := range []string{"/docs/init.js", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"} {
		if !strings.Contains(page.body, `"`+path+`"`) {
			t.Errorf("the page does not load %s", path)
		}
		if got := b.must(t, 200, "", "GET", path, nil); len(got.body) < 100 {
			t.Errorf("%s has %d bytes", path, len(got.body))
		}
	}
	csp := page.header.Get("Content-Security-Policy")
	if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("the policy is %q", csp)
	}
}

// FuzzAPI_Query sends any query to a list: never more than a 422, and no echo.
func FuzzAPI_Query(f *testing.F) {
	for _, seed := range []string{"limit=5", "after=AAAA", "limit=-1&after=%00", "kind=ward&kind=x", "q=%ff", "lang=pl&limit=1e9", "%zz", "after=" + strings.Repeat("A", 3000)} {
		f.Add(seed)
	}
	b := setup(f)
	f.Fuzz(func(t *testing.T, query string) {
		path := "/api/v1/units?" + query
		if !sendable(query) {
			return
		}
		r := b.do(t, b.organizer, "GET", path, nil)
		if r.status != 200 && r.status != 422 {
			t.Errorf("got %d %s", r.status, r.body)
		}
		if r.status == 422 && r.text(t, "detail") == "" {
			t.Errorf("a refusal says nothing: %s", r.body)
		}
	})
}

// sendable tells whether a client could send the query at all.
func sendable(query string) bool {
	return !strings.ContainsFunc(query, func(r rune) bool { return r <= ' ' || r > '~' || r == '#' })
}

// FuzzAPI_Headers sends any token, version and key.
func FuzzAPI_Headers(f *testing.F) {
	b := setup(f)
	e := b.must(f, 201, b.organizer, "POST", "/api/v1/events", draft()).text(f, "id")
	f.Add("Bearer x", `"1"`, "key")
	f.Add("bearer  "+b.organizer, `W/"1"`, "")
	f.Add("Basic eA==", `"18446744073709551616"`, strings.Repeat("k", 300))
	f.Fuzz(func(t *testing.T, authorization, match, key string) {
		for _, token := range []string{authorization, "Bearer " + b.organizer} {
			r := b.do(t, "", "PATCH", "/api/v1/events/"+e, fields{"title": "Một tên khác"},
				"Authorization", token, "If-Match", match, "Idempotency-Key", key)
			if r.status != 200 && r.status != 401 && r.status != 412 && r.status != 422 {
				t.Errorf("got %d %s", r.status, r.body)
			}
		}
	})
}
