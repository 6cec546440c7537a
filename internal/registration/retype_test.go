package registration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sunday-with-the-people/sunday/internal/registration"
)

// butTheAsking is all of a registration that a form sent again must leave alone.
var butTheAsking = cmpopts.IgnoreFields(registration.Registration{}, "LinkAskedAt", "Head", "Dirt")

// A form for a registration that is there leaves nothing of what was typed, and
// has the link mailed: once a day, or after the person used the last one.
func TestRegisterPublic_AgainAsksForTheLink(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 5} {
		b := setup(t)
		e := b.event(t, capacity, 96*hour)
		first := b.form(e, "An", 2)
		r := b.register(t, first)
		before := b.of(t, r)
		asked := func(f registration.Form) bool {
			t.Helper()
			was := b.of(t, r)
			b.register(t, f)
			now := b.of(t, r)
			moved := now.LinkAskedAt != was.LinkAskedAt
			if moved != (now.PlanVer > was.PlanVer) || moved && (now.LinkAskedAt != b.now || !now.Dirty) {
				t.Errorf("capacity %d: asked at %d, plan_ver %d, dirty %v, at %d", capacity, now.LinkAskedAt, now.PlanVer, now.Dirty, b.now)
			}
			return moved
		}
		b.now = b.now.Add(hour)
		if asked(first) {
			t.Error("the form that made it asked for the link")
		}
		again := b.form(e, "An", 5)
		if !asked(again) || asked(again) || asked(b.form(e, "an", 1)) {
			t.Error("a new form asks once")
		}
		after := b.of(t, r)
		if d := cmp.Diff(before, after, butTheAsking); d != "" {
			t.Errorf("a form was kept that should not be:\n%s", d)
		}
		b.now = b.now.Add(day)
		if !asked(b.form(e, "An", 1)) {
			t.Error("not asked on the next day")
		}
		b.now = b.now.Add(hour)
		b.confirm(t, r)
		b.now = b.now.Add(hour)
		if !asked(b.form(e, "An", 1)) {
			t.Error("not asked after the person used the last link")
		}
	}
}
