package unit_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

const now = calendar.Instant(1_795_000_000_000)

var (
	lamDong = unit.StateID("68")
	system  = actor.System("demo")
)

func setup(t *testing.T) *unit.Service {
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
	service := unit.NewService(s.Set().Units, func() calendar.Instant { return now }, id.Seeded(1))
	if err := service.EnsureMany(t.Context(), system, unit.InProvince(mustStateUnits(t), "68")); err != nil {
		t.Fatal(err)
	}
	return service
}

func admin(of string, scopes ...string) actor.Actor {
	return actor.Staff("a1", []actor.Grant{{Role: actor.Admin, Unit: of}}, scopes...)
}

func village(names map[string]string) unit.Draft {
	return unit.Draft{Kind: unit.Village, Parent: unit.StateID("24829"), Names: names}
}

func same(t *testing.T, what string, err error, want *fault.Error) {
	t.Helper()
	if want == nil && err != nil || want != nil && !want.Is(err) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

func fields(err error) map[string]string {
	got := map[string]string{}
	if e, ok := errors.AsType[*fault.Error](err); ok {
		for _, f := range e.Fields {
			got[f.Name] = f.Code
		}
	}
	return got
}

func TestService_EnsureMany_twice(t *testing.T) {
	t.Parallel()
	s := setup(t)
	before, err := s.Get(t.Context(), actor.Anonymous(), lamDong)
	same(t, "get", err, nil)
	if err := s.EnsureMany(t.Context(), system, unit.InProvince(mustStateUnits(t), "68")); err != nil {
		t.Fatal(err)
	}
	after, err := s.ByCode(t.Context(), actor.Anonymous(), "68")
	same(t, "by code", err, nil)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	count := 0
	for r := (page.Request{Limit: 50}); ; {
		list, err := s.Page(t.Context(), actor.Anonymous(), unit.Filter{Ancestor: lamDong}, r)
		if err != nil {
			t.Fatal(err)
		}
		count += len(list.Items)
		if r.After = list.Next; r.After == nil {
			break
		}
	}
	if count != 124 {
		t.Errorf("got %d units, want 124", count)
	}
	found, err := s.Page(t.Context(), actor.Anonymous(), unit.Filter{Prefix: "blao"}, page.Request{})
	if err != nil || len(found.Items) != 1 || found.Items[0].Code != "24829" {
		t.Errorf("B'Lao is not found by its name: %d units, %v", len(found.Items), err)
	}
	same(t, "by staff", s.EnsureMany(t.Context(), admin(lamDong, actor.AllScopes), nil), unit.ErrRole)
}

func TestService_Create(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for name, test := range map[string]struct {
		act  actor.Actor
		want *fault.Error
	}{
		"administrator of the parent": {admin(unit.StateID("24829"), actor.AllScopes), nil},
		"administrator above":         {admin(lamDong, unit.ScopeWrite), nil},
		"the program":                 {system, nil},
		"administrator elsewhere":     {admin(unit.StateID("24934"), actor.AllScopes), unit.ErrRole},
		"token that only reads":       {admin(lamDong, unit.ScopeRead), actor.ErrScope},
		"organizer": {actor.Staff("a", []actor.Grant{{Role: actor.Organizer, Unit: lamDong}}, actor.AllScopes),
			unit.ErrRole},
		"over since now": {actor.Staff("a", []actor.Grant{{Role: actor.Admin, Unit: lamDong, Until: int64(now)}},
			actor.AllScopes), unit.ErrRole},
		"anybody": {actor.Anonymous(), actor.ErrScope},
	} {
		_, err := s.Create(t.Context(), test.act, village(map[string]string{"vi": "Thôn 1"}))
		same(t, name, err, test.want)
	}
	_, err := s.Create(t.Context(), admin(lamDong, actor.AllScopes), unit.Draft{Kind: "bank", Names: map[string]string{"vi": "Ngân hàng"}})
	same(t, "at the top", err, unit.ErrRole)
}

func TestService_Create_normal(t *testing.T) {
	t.Parallel()
	s := setup(t)
	in := village(map[string]string{"vi": "  Buo\u0302n\u200b  Đạ\u202e Nghịt ", "en": "Da Nghit village"})
	in.ID = id.Hash("form")
	made, err := s.Create(t.Context(), system, in)
	same(t, "create", err, nil)
	if got, want := made.Name("pl"), "Buôn Đạ Nghịt"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if diff := cmp.Diff([]string{unit.StateID("24829"), lamDong}, made.Ancestors); diff != "" {
		t.Error(diff)
	}
	if made.Zone != unit.DefaultZone || len(made.Outbox) != 1 || made.Outbox[0].Actor != "job:demo" {
		t.Errorf("got zone %s, entries %+v", made.Zone, made.Outbox)
	}
	again, err := s.Create(t.Context(), system, in)
	if err != nil || again.ID != made.ID {
		t.Errorf("a replay gave %s, %v", again.ID, err)
	}
	for _, query := range []string{"da ngh", "NGHỊT", "nghit buon"} {
		found, err := s.Page(t.Context(), actor.Anonymous(), unit.Filter{Prefix: query}, page.Request{})
		if err != nil || len(found.Items) != 1 || found.Items[0].ID != made.ID {
			t.Errorf("%q found %d, %v", query, len(found.Items), err)
		}
	}
}

func TestService_Create_refused(t *testing.T) {
	t.Parallel()
	s := setup(t)
	_, err := s.Create(t.Context(), system, unit.Draft{
		Kind: "Big Thing", Parent: "absent", Code: "a b", Zone: "Mars/Base",
		Names: map[string]string{"vi": "một\nhai", "x": "y"}, Line: string(make([]rune, 99)) + "line line line line line line line line",
	})
	want := map[string]string{
		"kind": "unit.kind", "parent": "absent", "code": "unit.code", "zone": calendar.ErrZone.Code,
		"names.vi": "text.one_line", "names": "locale.unknown", "line": "text.too_long",
	}
	if diff := cmp.Diff(want, fields(err)); diff != "" {
		t.Error(diff)
	}
	_, err = s.Create(t.Context(), system, unit.Draft{Kind: unit.Village, Parent: lamDong, Names: map[string]string{"en": "Village"}})
	if diff := cmp.Diff(map[string]string{"names.vi": "required"}, fields(err)); diff != "" {
		t.Error(diff)
	}
	_, err = s.Create(t.Context(), system, unit.Draft{Kind: unit.Ward, Parent: lamDong, Code: "24829", Names: map[string]string{"vi": "B'Lao"}})
	same(t, "a code twice", err, record.ErrExists)
}

func TestService_Rename(t *testing.T) {
	t.Parallel()
	s := setup(t)
	blao := unit.StateID("24829")
	u, err := s.Rename(t.Context(), admin(lamDong, actor.AllScopes), blao, 1, map[string]string{"vi": "Phường Bảo Lộc"})
	same(t, "rename", err, nil)
	if u.Ver != 2 || u.Name("vi") != "Phường Bảo Lộc" || cmp.Diff([]string{"phuong", "bao", "loc"}, u.Words) != "" {
		t.Errorf("got %+v", u)
	}
	if !u.Dirty || u.PlanVer != 1 {
		t.Errorf("events do not follow the new name: dirty %v, plan_ver %d", u.Dirty, u.PlanVer)
	}
	u, err = s.Rename(t.Context(), system, blao, 2, map[string]string{"vi": "Phường Bảo Lộc", "en": "Bao Loc Ward"})
	same(t, "another name in English", err, nil)
	if u.PlanVer != 1 {
		t.Error("events are to follow a name that orders none")
	}
	_, err = s.Rename(t.Context(), system, blao, 1, map[string]string{"vi": "X"})
	same(t, "a version too old", err, unit.ErrVersion)
	_, err = s.Rename(t.Context(), admin(unit.StateID("24934"), actor.AllScopes), blao, 0, map[string]string{"vi": "X"})
	same(t, "a stranger", err, unit.ErrRole)
	_, err = s.Rename(t.Context(), system, "absent", 0, map[string]string{"vi": "X"})
	same(t, "the absent", err, record.ErrAbsent)
}

func TestService_Close(t *testing.T) {
	t.Parallel()
	s := setup(t)
	blao, dran := unit.StateID("24829"), unit.StateID("24934")
	for name, to := range map[string][]string{"itself": {blao}, "twice": {dran, dran}, "absent": {"absent"}} {
		if _, err := s.Close(t.Context(), system, blao, 0, now, to); len(fields(err)) != 1 {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for range 2 {
		u, err := s.Close(t.Context(), system, blao, 0, now, []string{dran})
		same(t, "close", err, nil)
		if u.Open(now) || u.Ver != 2 {
			t.Errorf("got %+v", u)
		}
	}
	_, err := s.Close(t.Context(), system, blao, 0, now+1, []string{dran})
	same(t, "again, otherwise", err, unit.ErrClosed)
	_, err = s.Close(t.Context(), system, dran, 0, now, []string{blao})
	if diff := cmp.Diff(map[string]string{"successors": "unit.closed"}, fields(err)); diff != "" {
		t.Error(diff)
	}
	_, err = s.Create(t.Context(), system, village(map[string]string{"vi": "Thôn 1"}))
	if diff := cmp.Diff(map[string]string{"parent": "unit.closed"}, fields(err)); diff != "" {
		t.Error(diff)
	}
}

func TestService_Scope(t *testing.T) {
	t.Parallel()
	s := setup(t)
	blao, dran := unit.StateID("24829"), unit.StateID("24934")
	got, err := s.Scope(t.Context(), blao, dran)
	same(t, "scope", err, nil)
	if diff := cmp.Diff([]string{blao, lamDong, dran}, got); diff != "" {
		t.Error(diff)
	}
	_, err = s.Scope(t.Context(), "absent", "absent too")
	if diff := cmp.Diff(map[string]string{"unit": "absent", "co_units": "absent"}, fields(err)); diff != "" {
		t.Error(diff)
	}
}
