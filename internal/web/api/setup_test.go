package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/account"
	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/i18n"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/survey"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/internal/web"
	"github.com/sunday-with-the-people/sunday/internal/web/api"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// What must never be seen outside of the record it was typed into.
const (
	plantedPhone = "+84912345678"
	plantedEmail = "planted.person@example.org"
	plantedName  = "Phạm Thị Kín"
)

// start is Monday 23 November 2026, 03:00 in Vietnam.
const start = calendar.Instant(1_795_377_600_000)

var (
	province = unit.StateID("68")
	blao     = unit.StateID("24829")
	dran     = unit.StateID("24934")
)

// bundle is the real server over a fresh SQLite file.
type bundle struct {
	handler  http.Handler
	services api.Services
	set      *store.Set
	now      *clock
	logs     *logs
	post     post
	texts    *i18n.Catalogue

	// organizer serves blao in every role but those of an approver, approver the
	// province, stranger dran in every role; all have every scope.
	organizer, approver, stranger string
}

type clock struct {
	mu sync.Mutex
	at calendar.Instant
}

func (c *clock) now() calendar.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at calendar.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// logs keeps what was logged.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func setup(t testing.TB) *bundle {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "sunday.db"), Sync: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := secret.Open("a secret that is long enough to be one")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.Open()
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{set: s.Set(), now: &clock{at: start}, logs: &logs{}, texts: texts}
	b.serve(t, keys)
	b.people(t)
	return b
}

func (b *bundle) serve(t testing.TB, keys *secret.Keys) {
	t.Helper()
	st, now, ids := b.set, b.now.now, id.Seeded(7)
	sv := &b.services
	sv.Audit = audit.NewService(st.Audit, now, ids)
	sv.Units = unit.NewService(st.Units, now, ids)
	sv.Accounts = account.NewService(st.Accounts, st.Credentials, st.Units, now, ids)
	sv.Access = account.NewAccess(account.AccessPorts{
		Accounts: st.Accounts, Credentials: st.Credentials, Sessions: st.Sessions, Units: st.Units, Log: sv.Audit, Keys: keys,
		Hasher: account.NewHasher(account.HashCost{MemoryKiB: 64, Passes: 1}), Post: &b.post, Now: now, Wall: now, IDs: ids,
	})
	contacts := contact.NewService(st.Contacts, resident.Holders{Residents: st.Residents}, keys, now)
	sv.Residents = resident.NewService(resident.Ports{
		Residents: st.Residents, Texts: st.Texts, Contacts: contacts, Units: st.Units, Log: sv.Audit, Now: now, IDs: ids,
	})
	sv.Registrations = registration.NewService(registration.Ports{
		Registrations: st.Registrations, Rolls: st.Rolls, Forms: st.Forms, Events: st.Events, People: st.Residents,
		Residents: sv.Residents, Contacts: contacts, Log: sv.Audit, Keys: keys, Now: now, IDs: ids,
	})
	sv.Attendance = attendance.NewService(attendance.Ports{
		Entries: st.Attendance, Events: st.Events, Registrations: st.Registrations, Rolls: st.Rolls, Keys: keys, Now: now,
	})
	sv.Reminders = reminder.NewService(reminder.Ports{Rules: st.Rules, Events: st.Events, Units: st.Units, Now: now, IDs: ids})
	sv.Events = event.NewService(event.Ports{
		Events: st.Events, Units: st.Units, Reminders: sv.Reminders, Seats: sv.Registrations, Door: sv.Attendance, Now: now, IDs: ids,
	})
	sv.Surveys = survey.NewService(survey.Ports{Surveys: st.Surveys, Boxes: st.Boxes, Events: st.Events, Now: now, IDs: ids})
	sv.Emulation = emulation.NewService(emulation.Ports{
		Facts: st.Emulation, Cards: st.Cards, Events: st.Events, Attendance: sv.Attendance, Surveys: st.Surveys, Units: st.Units, Now: now,
	})
	if err := sv.Residents.EnsureTexts(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.desk(contacts, ids)
	h, err := web.New(web.Options{
		API: api.Options{
			Services: *sv, Ledger: st.Reports, Holds: st.Holds, Sheets: st.Sheets, Explainer: b.explainer(), Cursors: page.NewSealer(keys.Cursor()), Now: now,
			Version: "test", BaseURL: "http://sunday.test",
		},
		Texts: b.texts, Process: func() time.Time { return b.now.now().Time() },
		Log:    slog.New(slog.NewTextHandler(b.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Limits: web.Limits{Failures: web.Rate{Burst: 10_000, Every: time.Second}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.handler = h
}

func (b *bundle) people(t testing.TB) {
	t.Helper()
	list, err := unit.StateUnits()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.services.Units.EnsureMany(t.Context(), actor.System("start"), unit.InProvince(list, "68")); err != nil {
		t.Fatal(err)
	}
	all := actor.Roles()
	b.organizer = b.mustToken(t, "organizer", blao, slices.DeleteFunc(slices.Clone(all), func(r actor.Role) bool { return r == actor.Approver })...)
	b.approver = b.mustToken(t, "approver", province, actor.Approver)
	b.stranger = b.mustToken(t, "stranger", dran, all...)
}

func (b *bundle) mustToken(t testing.TB, login, on string, roles ...actor.Role) string {
	t.Helper()
	cli, s := actor.System("command line"), b.services.Accounts
	a, err := s.Create(t.Context(), cli, account.Draft{Login: login, Name: login, Unit: on})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range roles {
		if _, err := s.Grant(t.Context(), cli, a.ID, actor.Grant{Role: r, Unit: on}); err != nil {
			t.Fatal(err)
		}
	}
	return b.mustScopes(t, a.ID, account.Scopes()...)
}

func (b *bundle) mustScopes(t testing.TB, accountID string, scopes ...string) string {
	t.Helper()
	token, _, err := b.services.Accounts.IssueToken(t.Context(), actor.System("command line"), account.TokenDraft{
		Account: accountID, Label: "test", Scopes: scopes,
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// reply is an answer, read.
type reply struct {
	status int
	header http.Header
	body   string
}

// json gives the value at a path such as "errors.0.field".
func (r reply) json(t testing.TB, path ...any) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no %q in %s", p, r.body)
			}
			v = m[p]
		case int:
			l, ok := v.([]any)
			if !ok || p >= len(l) {
				t.Fatalf("no item %d in %s", p, r.body)
			}
			v = l[p]
		}
	}
	return v
}

func (r reply) text(t testing.TB, path ...any) string {
	t.Helper()
	s, ok := r.json(t, path...).(string)
	if !ok {
		t.Fatalf("no text at %v of %s", path, r.body)
	}
	return s
}

// do sends a request; headers are pairs. A body that is no string is sent as JSON.
func (b *bundle) do(t testing.TB, token, method, path string, body any, headers ...string) reply {
	t.Helper()
	var sent io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(body)
	default:
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		sent = bytes.NewReader(data)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, sent)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept-Language", "en")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return reply{status: w.Code, header: w.Result().Header, body: w.Body.String()}
}

// must is do that has to answer with the status.
func (b *bundle) must(t testing.TB, status int, token, method, path string, body any, headers ...string) reply {
	t.Helper()
	r := b.do(t, token, method, path, body, headers...)
	if r.status != status {
		t.Fatalf("%s %s: got %d, want %d: %s", method, path, r.status, status, r.body)
	}
	return r
}

type fields = map[string]any

// draft is an event of blao on Sunday 29 November 2026.
func draft() fields {
	return fields{
		"unit": blao, "type": "volunteer", "title": "Làm sạch bờ hồ", "place": fields{"name": "Nhà văn hóa thôn 3"},
		"local_start": "2026-11-29T07:00", "local_end": "2026-11-29T10:00",
		"slots": []fields{{"id": "all", "name": "Tất cả", "capacity": 5}},
	}
}

// mustPublished makes an event that residents see and gives its id.
func (b *bundle) mustPublished(t testing.TB) string {
	t.Helper()
	e := b.must(t, 201, b.organizer, "POST", "/api/v1/events", draft()).text(t, "id")
	at := "/api/v1/events/" + e
	b.must(t, 200, b.organizer, "POST", at+"/submit", nil)
	b.must(t, 200, b.approver, "POST", at+"/approve", nil)
	b.must(t, 200, b.organizer, "POST", at+"/publish", nil)
	return e
}

// mustResident enters one with a planted name, phone and address.
func (b *bundle) mustResident(t testing.TB) string {
	t.Helper()
	return b.must(t, 201, b.organizer, "POST", "/api/v1/residents", fields{
		"unit": blao, "name": plantedName, "contacts": []fields{
			{"kind": "email", "value": plantedEmail}, {"kind": "phone", "value": plantedPhone},
		},
	}).text(t, "id")
}

// mustRows puts one row of each ending into the ledger of an event.
func (b *bundle) mustRows(t testing.TB, eventID string) {
	t.Helper()
	e, err := b.set.Events.Get(t.Context(), eventID)
	if err != nil {
		t.Fatal(err)
	}
	var rows []notifications.Row
	for i, end := range []struct {
		state  notifications.State
		reason notifications.Reason
	}{
		{notifications.Planned, ""}, {notifications.Sent, ""}, {notifications.Suppressed, notifications.ReasonNoConsent},
		{notifications.Dead, notifications.ReasonRefused},
	} {
		k := notifications.Key{Rule: "confirmation", Occurrence: e.ID, Recipient: "resident:" + id.Hash(eventID, string(end.state))}
		rows = append(rows, notifications.Row{
			ID: k.ID(), Part: e.Part, Key: k, Unit: e.Unit, Lane: notifications.Lane{Class: notifications.Normal, Channel: "smtp"},
			State: end.state, Reason: end.reason, Error: "550 no such user " + plantedEmail, Due: notifications.Millis(start),
			Until: notifications.Millis(e.EndAt), Contact: "hash-of-contact", Group: k.ID(), Try: max(0, i-1), EndedAt: notifications.Millis(i),
		})
	}
	if _, err := b.set.Ledger.Insert(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
}
