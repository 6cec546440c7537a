package actor_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/actor"
)

func TestActor_Holds(t *testing.T) {
	t.Parallel()
	a := actor.Staff("a1", []actor.Grant{
		{Role: actor.Organizer, Unit: "ward"},
		{Role: actor.Approver, Unit: "province", From: 100, Until: 200},
		{Role: actor.Admin},
	})
	for _, tc := range []struct {
		name  string
		now   int64
		role  actor.Role
		units []string
		want  bool
	}{
		{"on the unit", 0, actor.Organizer, []string{"ward"}, true},
		{"another unit", 0, actor.Organizer, []string{"other"}, false},
		{"another role", 0, actor.Approver, []string{"ward"}, false},
		{"on an ancestor", 150, actor.Approver, []string{"ward", "province"}, true},
		{"before it begins", 99, actor.Approver, []string{"province"}, false},
		{"as it begins", 100, actor.Approver, []string{"province"}, true},
		{"last moment", 199, actor.Approver, []string{"province"}, true},
		{"as it ends", 200, actor.Approver, []string{"province"}, false},
		{"no unit asked", 150, actor.Approver, nil, false},
		{"a grant without a unit is none", 150, actor.Admin, []string{""}, false},
	} {
		if got := a.HoldsAbove(tc.now, tc.role, tc.units...); got != tc.want {
			t.Errorf("%s: got %v", tc.name, got)
		}
	}
	if !a.Any(0, "ward", actor.Approver, actor.Organizer) || a.Any(0, "ward", actor.Approver) || a.Any(0, "ward") {
		t.Error("Any is not any of Holds")
	}
	if !a.Is(actor.KindStaff) || a.Is(actor.KindSystem) {
		t.Error("kind")
	}
}

func TestActor_OnlyStaffHold(t *testing.T) {
	t.Parallel()
	grants := []actor.Grant{{Role: actor.Admin, Unit: "u"}}
	for _, a := range []actor.Actor{actor.System("plan"), actor.Resident(), actor.Anonymous(), {}} {
		a.Grants = grants
		if a.Holds(1, actor.Admin, "u") {
			t.Errorf("%s holds a role", a.Kind)
		}
	}
}

func TestActor_Scoped(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a    actor.Actor
		want bool
	}{
		{actor.Staff("a", nil, "events:read"), true},
		{actor.Staff("a", nil, actor.AllScopes), true},
		{actor.Staff("a", nil, "events:write"), false},
		{actor.Staff("a", nil), false},
		{actor.System("plan"), true},
		{actor.Resident(), false},
		{actor.Anonymous(), false},
	} {
		if got := tc.a.Scoped("events:read"); got != tc.want {
			t.Errorf("%v %v: got %v", tc.a.Kind, tc.a.Scopes, got)
		}
	}
}

func TestGrant_JSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := actor.Grant{
			Role: rapid.SampledFrom(actor.Roles()).Draw(t, "role"), Unit: rapid.String().Draw(t, "unit"),
			From: rapid.Int64().Draw(t, "from"), Until: rapid.Int64().Draw(t, "until"),
		}
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got actor.Grant
		if err := json.Unmarshal(b, &got); err != nil || got != want {
			t.Fatalf("%v, %v", got, err)
		}
	})
}

func TestRole_Valid(t *testing.T) {
	t.Parallel()
	if len(actor.Roles()) != 10 {
		t.Errorf("%d roles, want 10", len(actor.Roles()))
	}
	if !actor.VillageHead.Valid() || actor.Role("").Valid() || actor.Role("Admin").Valid() {
		t.Error("Valid")
	}
}
