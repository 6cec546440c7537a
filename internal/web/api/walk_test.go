package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/account"
)

// openapi is what the tests read of the description.
type openapi struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		OperationID string                `json:"operationId"`
		Summary     string                `json:"summary"`
		Security    []map[string][]string `json:"security"`
		RequestBody *struct {
			Content map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				} `json:"schema"`
			} `json:"content"`
		} `json:"requestBody"`
		Responses map[string]any `json:"responses"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]struct {
			AdditionalProperties any `json:"additionalProperties"`
		} `json:"schemas"`
	} `json:"components"`
}

func (b *bundle) mustDescription(t testing.TB) openapi {
	t.Helper()
	var d openapi
	if err := json.Unmarshal([]byte(b.must(t, 200, "", "GET", "/openapi.json", nil).body), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Paths) < 40 {
		t.Fatalf("only %d paths are described", len(d.Paths))
	}
	return d
}

// route is one operation with what fills its path and body.
type route struct{ id, method, path string }

func (d openapi) routes() []route {
	var all []route
	for path, ops := range d.Paths {
		for method, op := range ops {
			all = append(all, route{op.OperationID, strings.ToUpper(method), path})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].id < all[j].id })
	return all
}

// theirs is a whole world of blao, which the stranger has no business with.
type theirs struct {
	event, resident, registration, rule, entry, account, card, sheet string
}

func (b *bundle) mustTheirs(t testing.TB) theirs {
	t.Helper()
	w := theirs{event: b.mustPublished(t), resident: b.mustResident(t), entry: "01939f2e7c1a7c309f5e0242ac120002", card: "0123456789abcdef0123456789abcdef"}
	at := "/api/v1/events/" + w.event
	w.registration = b.must(t, 201, b.organizer, "POST", at+"/registrations", fields{"resident": w.resident, "party": 1}).text(t, "id")
	w.rule = b.must(t, 200, b.organizer, "GET", at+"/reminders", nil).text(t, "items", 0, "id")
	w.account = b.must(t, 201, b.organizer, "POST", "/api/v1/accounts", fields{"login": "theirs", "name": plantedName, "unit": blao}).text(t, "id")
	b.mustOnPaper(t, w.event, w.resident)
	w.sheet = b.must(t, 201, b.organizer, "POST", "/api/v1/units/"+blao+"/sheets", fields{"kind": "calls", "urgent": true}).text(t, "id")
	b.must(t, 200, b.organizer, "PUT", at+"/survey", fields{"items": []fields{{"key": "overall"}}})
	return w
}

// fill puts theirs into a path and gives a body that is right in form.
func (w theirs) fill(r route) (path string, body any) {
	id := w.event
	switch {
	case strings.Contains(r.path, "/residents/"):
		id = w.resident
	case strings.Contains(r.path, "/accounts/"):
		id = w.account
	case strings.Contains(r.path, "/sheets/"):
		id = w.sheet
	case strings.Contains(r.path, "/units/"):
		id = blao
	case strings.Contains(r.path, "/scorecards/"):
		id = w.card
	}
	rid := w.registration
	if strings.Contains(r.path, "/reminders/") {
		rid = w.rule
	}
	path = strings.NewReplacer("{id}", id, "{rid}", rid, "{entry}", w.entry, "{unit}", blao, "{code}", "24829", "{criterion}", "held").Replace(r.path)
	query := map[string]string{
		"list-residents": "?unit=" + blao, "list-events": "?unit=" + blao, "list-accounts": "?unit=" + blao,
		"list-scorecards": "?unit=" + blao, "list-audit": "?unit=" + blao, "verify-audit": "?unit=" + blao,
	}
	return path + query[r.id], w.bodies()[r.id]
}

func (w theirs) bodies() map[string]any {
	choice := fields{"purpose": "reminders", "given": true, "text": w.card, "source": "paper"}
	return map[string]any{
		"create-unit":          fields{"kind": "village", "parent": blao, "names": fields{"vi": "Thôn 9"}},
		"rename-unit":          fields{"names": fields{"vi": "Tên khác"}},
		"close-unit":           fields{"at": "2027-01-01T00:00:00Z", "successors": []string{dran}},
		"create-account":       fields{"login": "intruder", "name": "X", "unit": blao},
		"grant-role":           fields{"role": "admin", "unit": blao},
		"revoke-role":          fields{"role": "checkin", "unit": blao},
		"issue-token":          fields{"label": "x", "scopes": []string{"events:read"}},
		"give-account-address": fields{"address": "x@example.org"},
		"create-resident":      fields{"unit": blao, "name": "X"},
		"edit-resident":        fields{"name": "X"},
		"declare-household":    fields{"residents": []string{w.resident, w.resident}},
		"search-residents":     fields{"unit": blao, "query": "pham"},
		"merge-residents":      fields{"into": w.account},
		"log-consents":         fields{"choices": []fields{choice}},
		"create-event":         draft(),
		"edit-event":           fields{"title": "Khác"},
		"copy-event":           fields{"local_start": "2026-12-06T07:00", "local_end": "2026-12-06T10:00"},
		"reschedule-event":     fields{"local_start": "2026-12-06T07:00", "local_end": "2026-12-06T10:00"},
		"try-timeline":         fields{"act": "cancel"},
		"return-event":         fields{"note": "x"},
		"postpone-event":       fields{"note": "x"},
		"cancel-event":         fields{"note": "x"},
		"report-event":         fields{"households": 1, "villages": 1, "officials": 1, "summary": "x"},
		"add-notice":           fields{"kind": "poster"},
		"create-reminder":      fields{"minutes_before": 60},
		"replace-reminder":     fields{"minutes_before": 60},

		"create-unit-reminder":  fields{"minutes_before": 60},
		"replace-unit-reminder": fields{"minutes_before": 60},
		"enter-registration":    fields{"resident": w.resident, "party": 1},
		"count-attendance":      fields{"scans": []fields{{"id": w.entry, "source": "tally", "people": 1}}},
		"put-survey":            fields{"items": []fields{{"key": "overall"}}},
		"set-hold":              fields{"unit": blao, "reason": "x"},
		"print-sheet":           fields{"kind": "calls"},
		"enter-results":         fields{"form": "f", "results": []fields{{"number": 1, "outcome": "reached"}}},
		"undo-result":           fields{"form": "f", "number": 1},
	}
}

// open are the operations that answer anybody with a token: units are public,
// consent texts are words, and a list of holds shows one's own.
var open = []string{"list-units", "get-unit", "get-unit-by-code", "list-consent-texts", "list-holds"}

// TestAPI_Stranger walks every route with a valid token of another unit that
// has every role there and every scope: nothing of blao may come out or change.
func TestAPI_Stranger(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.mustTheirs(t)
	before := b.must(t, 200, b.organizer, "GET", "/api/v1/events/"+w.event, nil).body
	for _, r := range b.mustDescription(t).routes() {
		path, body := w.fill(r)
		got := b.do(t, b.stranger, r.method, path, body)
		if slices.Contains(open, r.id) {
			if got.status != 200 {
				t.Errorf("%s: got %d", r.id, got.status)
			}
			continue
		}
		if got.status != http.StatusNotFound && got.status != http.StatusForbidden {
			t.Errorf("%s %s (%s): got %d: %s", r.method, r.path, r.id, got.status, got.body)
		}
		if got.status == http.StatusForbidden && got.text(t, "code") != "role_missing" && got.text(t, "code") != "account.grant_self" {
			t.Errorf("%s: refused with %s", r.id, got.body)
		}
		for _, planted := range []string{plantedName, plantedEmail, plantedPhone, w.resident} {
			if strings.Contains(got.body, planted) {
				t.Errorf("%s tells of a person: %s", r.id, got.body)
			}
		}
	}
	if after := b.must(t, 200, b.organizer, "GET", "/api/v1/events/"+w.event, nil).body; after != before {
		t.Errorf("the stranger changed the event:\n%s\n%s", before, after)
	}
}

// TestAPI_Nobody walks every route without a token, and with a wrong one.
func TestAPI_Nobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.mustTheirs(t)
	altered := b.organizer[:len(b.organizer)-1] + "0"
	if strings.HasSuffix(b.organizer, "0") {
		altered = b.organizer[:len(b.organizer)-1] + "1"
	}
	for _, r := range b.mustDescription(t).routes() {
		path, body := w.fill(r)
		for _, token := range []string{"", "x", altered} {
			got := b.do(t, token, r.method, path, body)
			if got.status != 401 || got.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: got %d with %q", r.id, got.status, got.header.Get("WWW-Authenticate"))
			}
		}
	}
}

// TestAPI_Scopes: each route asks for the scope that it is described with, and
// says so before it looks anything up.
func TestAPI_Scopes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.mustTheirs(t)
	// A token of an account that has a role, with one scope, for each scope.
	b.must(t, 200, b.organizer, "POST", "/api/v1/accounts/"+w.account+"/grants", fields{"role": "viewer", "unit": blao})
	without := map[string]string{}
	for _, scope := range account.Scopes() {
		others := slices.DeleteFunc(account.Scopes(), func(s string) bool { return s == scope })
		without[scope] = b.mustScopes(t, w.account, others...)
	}
	d := b.mustDescription(t)
	for _, r := range d.routes() {
		security := d.Paths[r.path][strings.ToLower(r.method)].Security
		if len(security) != 1 || len(security[0]["bearer"]) != 1 {
			t.Errorf("%s: security is %v", r.id, security)
			continue
		}
		scope := security[0]["bearer"][0]
		token, ok := without[scope]
		if !ok {
			t.Errorf("%s: no token can have the scope %q", r.id, scope)
			continue
		}
		path, body := w.fill(r)
		got := b.do(t, token, r.method, path, body)
		if got.status != 403 || got.text(t, "code") != "scope_missing" || !strings.Contains(got.text(t, "detail"), scope) {
			t.Errorf("%s without %s: got %d %s", r.id, scope, got.status, got.body)
		}
	}
}

func TestAPI_Description(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := b.mustDescription(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("the description is of version %s", d.OpenAPI)
	}
	seen := map[string]bool{}
	for path, ops := range d.Paths {
		for method, op := range ops {
			name := fmt.Sprintf("%s %s", method, path)
			if op.OperationID == "" || op.Summary == "" || seen[op.OperationID] {
				t.Errorf("%s: id %q, summary %q", name, op.OperationID, op.Summary)
			}
			seen[op.OperationID] = true
			for _, status := range []string{"400", "401", "403", "404", "422", "429", "431", "500", "503"} {
				if op.Responses[status] == nil {
					t.Errorf("%s: %s is not described", name, status)
				}
			}
			if op.RequestBody == nil {
				continue
			}
			ref := op.RequestBody.Content["application/json"].Schema.Ref
			schema, ok := d.Components.Schemas[ref[strings.LastIndexByte(ref, '/')+1:]]
			if !ok || schema.AdditionalProperties != false {
				t.Errorf("%s: unknown fields are not refused by %q", name, ref)
			}
		}
	}
}

// TestAPI_Nulls holds the description to what is taken: null for what may be
// left out, and for nothing else.
func TestAPI_Nulls(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := draft()
	body["zone"], body["village"] = nil, nil
	b.must(t, 201, b.organizer, "POST", "/api/v1/events", body)
	body["title"] = nil
	b.must(t, 422, b.organizer, "POST", "/api/v1/events", body)

	d := b.must(t, 200, "", "GET", "/openapi.json", nil)
	at := func(name string) any { return d.json(t, "components", "schemas", "EventInput", "properties", name) }
	for name, want := range map[string]any{"zone": []any{"string", "null"}, "title": "string"} {
		if diff := cmp.Diff(want, at(name).(map[string]any)["type"]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := d.json(t, "components", "schemas", "Event", "properties", "zone", "type"); got != "string" {
		t.Errorf("an answer may have %v", got)
	}
}
