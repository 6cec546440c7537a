package outreach_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/reminder"
)

// What the person asked for, or has to know, is free of the budget.
func TestRule_Budgeted(t *testing.T) {
	t.Parallel()
	want := map[string]bool{
		outreach.RulePending: false, outreach.RuleConfirmation: false, outreach.RuleAgain: false, outreach.RuleChange: false,
		outreach.ChangeBy(outreach.Paper): false,
		outreach.RuleSurvey:               true, "a reminder": true,
	}
	one := reminder.Rule{}
	one.ID = "a reminder"
	rules := outreach.Rules([]reminder.Rule{one}, nil)
	if len(rules) != len(want) {
		t.Errorf("%d rules, want %d", len(rules), len(want))
	}
	for _, r := range rules {
		if got := r.Budgeted(); got != want[r.ID] {
			t.Errorf("%s is budgeted: %v, want %v", r.ID, got, want[r.ID])
		}
	}
}
