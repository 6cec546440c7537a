package emulation_test

import (
	"errors"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/emulation"
)

// TestNextCard tries every step in every state.
func TestNextCard(t *testing.T) {
	t.Parallel()
	allowed := map[emulation.CardState]map[emulation.Step]emulation.CardState{
		"draft":            {"self_score": "self_scored"},
		"self_scored":      {"submit": "submitted"},
		"submitted":        {"begin": "under_appraisal"},
		"under_appraisal":  {"return": "returned", "appraise": "appraised"},
		"returned":         {"resubmit": "under_appraisal"},
		"appraised":        {"review": "cluster_reviewed"},
		"cluster_reviewed": {"approve": "approved"},
		"approved":         {"publish": "published"},
		"published":        {"appeal": "appealed", "lock": "locked"},
		"appealed":         {"decide": "decided"},
		"decided":          {"lock": "locked"},
	}
	refused := 0
	for _, state := range emulation.CardStates() {
		for _, step := range emulation.Steps() {
			want, ok := allowed[state][step]
			got, err := emulation.NextCard(state, step)
			if got != want || ok != (err == nil) || !ok && !errors.Is(err, emulation.ErrCardState) {
				t.Errorf("%s in %s gives %q, %v; want %q", step, state, got, err, want)
			}
			if err != nil {
				refused++
			}
		}
	}
	if want := 12*12 - 13; refused != want {
		t.Errorf("%d steps are refused, want %d", refused, want)
	}
}

func TestMayStep(t *testing.T) {
	t.Parallel()
	grant := func(role actor.Role, unit string) actor.Grant { return actor.Grant{Role: role, Unit: unit} }
	tests := []struct {
		name   string
		grants []actor.Grant
		step   emulation.Step
		want   error
	}{
		{"own reviewer submits", []actor.Grant{grant(actor.Reviewer, "commune")}, emulation.StepSubmit, nil},
		{"own viewer does not", []actor.Grant{grant(actor.Viewer, "commune")}, emulation.StepSubmit, emulation.ErrStep},
		{"reviewer above does not", []actor.Grant{grant(actor.Reviewer, "province")}, emulation.StepSelfScore, emulation.ErrStep},
		{"appraiser above appraises", []actor.Grant{grant(actor.Appraiser, "province")}, emulation.StepAppraise, nil},
		{"own appraiser does not", []actor.Grant{grant(actor.Appraiser, "commune")}, emulation.StepAppraise, emulation.ErrOwnUnit},
		{"who serves both does not", []actor.Grant{grant(actor.Appraiser, "province"), grant(actor.CheckIn, "commune")}, emulation.StepAppraise, emulation.ErrOwnUnit},
		{"stranger does not", []actor.Grant{grant(actor.Appraiser, "elsewhere")}, emulation.StepAppraise, emulation.ErrStep},
		{"appraiser does not approve", []actor.Grant{grant(actor.Appraiser, "province")}, emulation.StepApprove, emulation.ErrStep},
		{"approver above approves", []actor.Grant{grant(actor.Approver, "province")}, emulation.StepApprove, nil},
		{"own approver does not", []actor.Grant{grant(actor.Approver, "commune")}, emulation.StepApprove, emulation.ErrOwnUnit},
		{"grant that ended", []actor.Grant{{Role: actor.Appraiser, Unit: "province", Until: 5}}, emulation.StepAppraise, emulation.ErrStep},
	}
	for _, tt := range tests {
		err := emulation.MayStep(actor.Staff("s", tt.grants), 10, tt.step, who)
		if !errors.Is(err, tt.want) || (tt.want == nil) != (err == nil) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestMayStep_NobodyAppraisesTheirOwn: with any role on the unit, no step of
// those above it is open, whatever else one holds.
func TestMayStep_NobodyAppraisesTheirOwn(t *testing.T) {
	t.Parallel()
	own := map[emulation.Step]bool{
		emulation.StepSelfScore: true, emulation.StepSubmit: true, emulation.StepResubmit: true, emulation.StepAppeal: true,
	}
	for _, role := range actor.Roles() {
		act := actor.Staff("s", []actor.Grant{
			{Role: role, Unit: "commune"}, {Role: actor.Appraiser, Unit: "province"}, {Role: actor.Approver, Unit: "province"},
		})
		for _, step := range emulation.Steps() {
			if err := emulation.MayStep(act, 10, step, who); !own[step] && !errors.Is(err, emulation.ErrOwnUnit) {
				t.Errorf("%s of the unit may %s: %v", role, step, err)
			}
		}
	}
}
