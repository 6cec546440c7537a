package app_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/sunday-with-the-people/sunday/internal/app"
)

// hostile is a program with one published event, and people who mean it ill.
type hostile struct {
	*story
	logs  *logged
	asked int
}

// newHostile plans an event; every request seems to come from another address,
// since whoever is limited is not looked at.
func newHostile(t *testing.T) *hostile {
	t.Helper()
	logs := &logged{}
	log := slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w := startLogged(t, "sqlite", sunday.AddDate(0, 0, -14), log, "SUNDAY_TRUSTED_PROXIES=127.0.0.1/32")
	h := &hostile{story: &story{world: w, residents: map[string]string{}, regs: map[string]string{}}, logs: logs}
	h.account("organizer", "24848", "organizer", "checkin")
	h.account("approver", "68", "approver")
	h.account("stranger", "24787", "organizer", "admin", "checkin")
	h.unit = h.call("organizer", "GET", "/units/by-code/24848", nil, 200).str("id")
	h.event = h.plan("Làm đường thôn", 6)
	return h
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request from a new address, to a page or, with a token, to the API.
func (h *hostile) ask(method, path, token, lang, body string) reply {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.ctx, method, h.app.BaseURL()+path, strings.NewReader(body))
	h.must(err)
	h.asked++
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", h.asked/250, h.asked%250))
	req.Header.Set("Accept-Language", lang)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultTransport.RoundTrip(req) // follows nothing
	h.must(err)
	data, err := io.ReadAll(res.Body)
	h.must(errBoth(err, res.Body.Close()))
	return reply{res.StatusCode, res.Header, string(data)}
}

// rows counts what every table holds, but for what the program itself does.
func (h *hostile) rows() map[string]int {
	h.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(h.config.DataDir, "sunday.db")+"?_pragma=query_only(1)")
	h.must(err)
	defer func() { h.must(db.Close()) }()
	names, err := readColumn(h.ctx, db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('leases', 'jobs', 'settings')")
	h.must(err)
	out := map[string]int{}
	for name := range strings.FieldsSeq(string(names)) {
		var n int
		h.must(db.QueryRowContext(h.ctx, `SELECT count(*) FROM "`+name+`"`).Scan(&n))
		out[name] = n
	}
	return out
}

// unchanged wants that f leaves every table but one as it was.
func (h *hostile) unchanged(but string, f func()) {
	h.t.Helper()
	before := h.rows()
	f()
	after := h.rows()
	if but != "" {
		after[but] = before[but]
	}
	if diff := cmp.Diff(before, after); diff != "" {
		h.t.Errorf("something was written (-before +after):\n%s", diff)
	}
}

// silent wants that the log has none of the words.
func (h *hostile) silent(words ...string) {
	h.t.Helper()
	all := h.logs.bytes()
	for _, w := range words {
		if bytes.Contains(all, []byte(w)) {
			h.t.Errorf("the log has %q", w)
		}
	}
}

func TestBadInput_API(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	theirs := h.call("stranger", "GET", "/units/by-code/24787", nil, 200).str("id")
	person := h.call("stranger", "POST", "/residents", object{"unit": theirs, "name": "Người Khác"}, 201).str("id")
	mine := h.resident("Trần Thị Lan", "vi", "")
	other := h.call("stranger", "POST", "/events", draftOf(theirs), 201)
	tests := []struct {
		name, method, path string
		body               any // an object, or text as it is
		status             int
		field              string
	}{
		{"malformed", "POST", "/events", `{"unit":`, 400, ""},
		{"not UTF-8", "POST", "/events", "{\"unit\": \"\xff\xfe\"}", 422, ""},
		{"a list", "POST", "/events", `[]`, 422, ""},
		{"unknown field", "POST", "/events", with(draftOf(h.unit), "titel", "x"), 422, "titel"},
		{"in a gap of the clock", "POST", "/events", with(havana(h.unit), "local_start", "2027-03-14T00:30"), 422, "local_start"},
		{"end in a gap", "POST", "/events", with(havana(h.unit), "local_end", "2027-03-14T00:30"), 422, "local_end"},
		{"no such zone", "POST", "/events", with(draftOf(h.unit), "zone", "Mars/Base"), 422, "zone"},
		{"end before start", "POST", "/events", with(draftOf(h.unit), "local_end", "2026-11-29T06:59"), 422, "local_end"},
		{"end is start", "POST", "/events", with(draftOf(h.unit), "local_end", "2026-11-29T07:00"), 422, "local_end"},
		{"no such minute", "POST", "/events", with(draftOf(h.unit), "local_start", "2026-11-29T25:61"), 422, "local_start"},
		{"long title", "POST", "/events", with(draftOf(h.unit), "title", strings.Repeat("Đ", 201)), 422, "title"},
		{"title of controls alone", "POST", "/events", with(draftOf(h.unit), "title", "\u202e\u200b\u2066"), 422, "title"},
		{"negative capacity", "POST", "/events", with(draftOf(h.unit), "slots", []object{{"id": "a", "name": "A", "capacity": -1}}), 422, "slots"},
		{"two slots of one id", "POST", "/events", with(draftOf(h.unit), "slots", []object{{"id": "a", "name": "A"}, {"id": "a", "name": "B"}}), 422, "slots"},
		{"another's unit", "POST", "/events", draftOf(theirs), 403, ""},
		{"wrong state", "POST", "/events/" + h.event + "/submit", nil, 409, ""},
		{"before its time", "POST", "/events/" + h.event + "/report", object{"households": 1, "villages": 1, "officials": 1, "summary": "x"}, 409, ""},
		{"moved into a gap", "POST", "/events/" + h.event + "/reschedule", object{"zone": "America/Havana", "local_start": "2027-03-14T00:30", "local_end": "2027-03-14T03:00"}, 422, "local_start"},
		{"another's event", "POST", "/events/" + other.str("id") + "/submit", nil, 404, ""},
		{"another's resident", "GET", "/residents/" + person, nil, 404, ""},
		{"another's resident registered", "POST", "/events/" + h.event + "/registrations", object{"resident": person, "slot": h.slot, "party": 1}, 404, ""},
		{"a slot of nobody", "POST", "/events/" + h.event + "/registrations", object{"resident": mine, "slot": "x", "party": 1}, 422, "slot"},
		{"a party too large", "POST", "/events/" + h.event + "/registrations", object{"resident": mine, "slot": h.slot, "party": 7}, 422, "party"},
		{"a party of a fraction", "POST", "/events/" + h.event + "/registrations", object{"resident": mine, "slot": h.slot, "party": 1.5}, 422, "party"},
		{"another's village", "POST", "/residents", object{"unit": h.unit, "village": theirs}, 422, "village"},
		{"a good address with a bad village", "POST", "/residents", object{"unit": h.unit, "village": theirs, "contacts": []object{{"kind": "email", "value": "evil@example.net"}}}, 422, "village"},
		{"a good number with a bad address", "POST", "/residents", object{"unit": h.unit, "contacts": []object{{"kind": "phone", "value": "0912345678"}, {"kind": "email", "value": "evil@"}}}, 422, "contacts"},
		{"long name", "POST", "/residents", object{"unit": h.unit, "name": strings.Repeat("n", 121)}, 422, "name"},
		{"consent to no text", "POST", "/residents", object{"unit": h.unit, "consents": []object{{"purpose": "reminders", "given": true, "text": "x", "source": "paper"}}}, 422, "consents"},
	}
	for _, contact := range badContacts {
		tests = append(tests, struct {
			name, method, path string
			body               any
			status             int
			field              string
		}{contact.value, "POST", "/residents", object{"unit": h.unit, "name": "Người Thử", "contacts": []object{{"kind": contact.kind, "value": contact.value}}}, 422, "contacts"})
	}
	h.unchanged("tokens", func() { // each test has one of its own, lest it be limited
		for _, tt := range tests {
			body, isText := tt.body.(string)
			if !isText && tt.body != nil {
				data, err := json.Marshal(tt.body)
				h.must(err)
				body = string(data)
			}
			h.refusedInAll(tt.name, tt.method, "/api/v1"+tt.path, body, tt.status, tt.field)
		}
	})
	h.silent("Người Thử", "Người Khác", "evil", "example.net", "0912345678", "+84912345678", "198.51")
}

// badContacts are addresses and numbers that no mail and no call may go to.
var badContacts = []struct{ kind, value string }{
	{"email", "a@example.org\r\nBcc: evil@example.net"}, {"email", "a@example.org\nBcc: evil@example.net"},
	{"email", "a%0d%0aBcc:evil@example.net@"}, {"email", "\"a\r\n\"@example.org"}, {"email", "evil@example.net, b@example.net"},
	{"email", "evil@example.net b@example.net"}, {"email", "Evil <evil@example.net>"}, {"email", "a@"}, {"email", "@example.org"},
	{"email", "a\x00@example.org"}, {"email", strings.Repeat("a", 250) + "@example.org"}, {"email", "a@exam\u202eple.org"},
	{"email", "a@example.org\u2028Bcc: evil@example.net"}, {"email", ""},
	{"phone", "12"}, {"phone", "không số"}, {"phone", "+84912"}, {"phone", "0912345678901234567890"}, {"phone", "+999123456789"},
	{"fax", "0912345678"},
}

// refusedInAll wants the refusal in every language, with words that differ.
func (h *hostile) refusedInAll(name, method, path, body string, status int, field string) {
	h.t.Helper()
	token, err := h.app.AddToken(h.ctx, app.NewToken{Login: "organizer", Label: "test", Days: 90})
	h.must(err)
	said := map[string]bool{}
	for _, lang := range []string{"vi", "en", "pl"} {
		r := h.ask(method, path, token, lang, body)
		var p struct {
			Title  string `json:"title"`
			Detail string `json:"detail"`
			Errors []struct {
				Field   string `json:"field"`
				Message string `json:"message"`
			} `json:"errors"`
		}
		if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.status != status || r.header.Get("Content-Language") != lang {
			h.t.Errorf("%s in %s: %d %s, want %d: %s (%v)", name, lang, r.status, r.header.Get("Content-Language"), status, r.body, err)
			return
		}
		words := p.Detail
		if field != "" && (len(p.Errors) == 0 || !strings.HasPrefix(p.Errors[0].Field, field)) {
			h.t.Errorf("%s names no field %s: %s", name, field, r.body)
			return
		}
		for _, e := range p.Errors {
			words += e.Message
		}
		if said[words] || p.Title == "" || len(words) < 15 {
			h.t.Errorf("%s says nothing in %s: %s", name, lang, r.body)
		}
		said[words] = true
	}
}

func draftOf(unit string) object {
	return object{
		"unit": unit, "type": "volunteer", "title": "Dọn suối", "place": object{"name": "Suối"},
		"local_start": "2026-11-29T07:00", "local_end": "2026-11-29T11:00",
		"slots": []object{{"id": "all", "name": "Tham gia", "capacity": 5}},
	}
}

// havana puts its clocks forward at midnight: on 14 March 2027 there is no half
// past twelve.
func havana(unit string) object {
	return maps.Clone(with(with(with(draftOf(unit), "zone", "America/Havana"), "local_start", "2027-03-13T22:00"), "local_end", "2027-03-14T03:00"))
}

func with(o object, key string, value any) object {
	c := maps.Clone(o)
	c[key] = value
	return c
}

// TestBadInput_Text: what people type is kept in one form, and shows nothing
// that it is not.
func TestBadInput_Text(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	const typed, want = "\u202eNguye\u0302\u0303n Thi\u0323\u200b Ho\u0300a\u2069", "Nguyễn Thị Hòa"
	person := h.call("organizer", "POST", "/residents", object{"unit": h.unit, "name": typed}, 201)
	if got := h.call("organizer", "GET", "/residents/"+person.str("id"), nil, 200).str("name"); got != want {
		t.Errorf("the name is %+q, want %+q", got, want)
	}
	e := h.call("organizer", "POST", "/events", with(draftOf(h.unit), "title", typed), 201)
	if e.str("title") != want {
		t.Errorf("the title is %+q, want %+q", e.str("title"), want)
	}
	found := h.call("organizer", "POST", "/residents/search", object{"unit": h.unit, "query": "Nguye\u0302\u0303n ho"}, 200)
	if len(found.list("items")) != 1 {
		t.Errorf("a search in decomposed letters finds %v", found["items"])
	}
	h.register(h.event, "vi", url.Values{"party": {"1"}, "name": {typed}, "form": {"form-0000000000000001"}}, 303)
	page := h.call("organizer", "GET", "/events/"+h.event+"/registrations", nil, 200).list("items")
	if got := h.call("organizer", "GET", "/residents/"+page[0].str("resident"), nil, 200).str("name"); got != want {
		t.Errorf("the name from the form is %+q, want %+q", got, want)
	}
}

// register sends the public form.
func (h *hostile) register(event, lang string, form url.Values, want int) reply {
	h.t.Helper()
	r := h.ask("POST", "/e/"+event+"/register", "", lang, form.Encode())
	if r.status != want {
		h.t.Errorf("the form %v: %d, want %d: %s", form, r.status, want, r.body)
	}
	return r
}

// TestBadInput_Form: what is wrong with a form is said at its field, in the
// language asked for, with what was typed still there; nothing is written.
func TestBadInput_Form(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	good := url.Values{"party": {"2"}, "name": {"Đinh Văn Thử"}, "email": {"thu@example.org"}, "form": {"form-0000000000000002"}}
	tests := []struct{ field, value, at string }{
		{"party", "", "party"}, {"party", "0", "party"}, {"party", "21", "party"}, {"party", "7", "party"}, {"party", "-1", "party"},
		{"party", "một", "party"}, {"party", "99999999999999999999", "party"},
		{"name", strings.Repeat("Đ", 121), "name"},
		{"email", "thu@example.org\r\nBcc: evil@example.net", "email"}, {"email", "thu@", "email"}, {"email", "a@b, c@d", "email"},
		{"slot", "x", ""}, {"form", "", ""}, {"form", "'; DROP TABLE residents", ""},
		{"consent.reminders", "x", ""},
	}
	h.unchanged("", func() {
		for _, tt := range tests {
			said := map[string]bool{}
			for _, lang := range []string{"vi", "en", "pl"} {
				form := maps.Clone(good)
				form.Set(tt.field, tt.value)
				r := h.register(h.event, lang, form, 422)
				doc, err := html.Parse(strings.NewReader(r.body))
				h.must(err)
				wrong := wrongAt(doc, tt.at)
				if wrong == "" || said[wrong] {
					t.Errorf("%s=%q in %s: the page says %q", tt.field, tt.value, lang, wrong)
				}
				said[wrong] = true
				if tt.field != "name" && !strings.Contains(r.body, `value="Đinh Văn Thử"`) {
					t.Errorf("%s=%q: what was typed is lost", tt.field, tt.value)
				}
			}
		}
	})
	h.at(h.clock.Now())
	h.received()
	h.silent("Đinh", "thu@", "evil", "198.51")
}

// wrongAt is what the page says is wrong with the field; with none, at its top.
func wrongAt(doc *html.Node, field string) string {
	for n := range doc.Descendants() {
		if field != "" && attr(n, "id") == field+"-wrong" {
			return words(n)
		}
		if field == "" && attr(n, "role") == "alert" {
			return words(n)
		}
	}
	return ""
}

// TestBadInput_Twice: a form sent twice acts once and is answered alike; one
// fixed mail goes to an unverified contact a day, whoever types it how often.
func TestBadInput_Twice(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	second := h.plan("Trồng cây", 6)
	form := url.Values{"party": {"2"}, "email": {"nan-nhan@example.org"}, "form": {"form-0000000000000003"}}
	first := h.register(h.event, "vi", form, 200)
	h.unchanged("", func() {
		if again := h.register(h.event, "vi", form, 200); again.body != first.body {
			t.Errorf("the second answer differs:\n%s", cmp.Diff(first.body, again.body))
		}
	})
	for i, name := range []string{"", "A", "B", "C"} {
		other := url.Values{"party": {"1"}, "email": {"NAN-NHAN@Example.org"}, "name": {name}, "form": {fmt.Sprintf("form-000000000000001%d", i)}}
		h.register(second, "en", other, 200)
	}
	h.at(h.clock.Now())
	h.at(h.clock.Now().Add(time.Hour))
	var all []string
	for to, ms := range h.mails() {
		for _, m := range ms {
			all = append(all, to+": "+m.Subject)
		}
	}
	if len(all) != 1 || !strings.HasPrefix(strings.ToLower(all[0]), "nan-nhan@example.org: ") {
		t.Errorf("the mails of the day are %q, want one", all)
	}
	h.silent("nan-nhan", "NAN-NHAN")
}

var random = regexp.MustCompile(`value="[A-Za-z0-9_-]{24}"|[A-Za-z0-9_-]{44}|data:image/png;base64,[^"]+`)

// TestBadInput_Oracle: the form answers alike whether or not the address, or
// the very person, is registered already.
func TestBadInput_Oracle(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	lan := h.resident("Trần Thị Lan", "vi", "lan@example.org")
	h.enter(lan, 2, "registered")
	send := func(name, email, form string) reply {
		r := h.register(h.event, "vi", url.Values{"party": {"2"}, "name": {name}, "email": {email}, "form": {form}}, 200)
		r.body = random.ReplaceAllString(r.body, "RANDOM")
		for _, k := range []string{"Date", "Content-Length"} {
			r.header.Del(k)
		}
		return r
	}
	unknown := send("Trần Thị Lan", "moi@example.org", "form-0000000000000020")
	for what, known := range map[string]reply{
		"the registered person":  send("Trần Thị Lan", "lan@example.org", "form-0000000000000021"),
		"the person, otherwise":  send("tran thi LAN", "Lan@EXAMPLE.org", "form-0000000000000022"),
		"another at the address": send("Trần Văn Tú", "lan@example.org", "form-0000000000000023"),
	} {
		if diff := cmp.Diff(unknown.body, known.body); diff != "" {
			t.Errorf("%s is told from somebody new (-new +known):\n%s", what, diff)
		}
		if diff := cmp.Diff(unknown.header, known.header); diff != "" {
			t.Errorf("%s has other headers:\n%s", what, diff)
		}
	}
}
