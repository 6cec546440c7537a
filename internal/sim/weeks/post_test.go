package weeks_test

import (
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/outreach"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/sim/weeks"
	"github.com/sunday-with-the-people/sunday/notifications"
	"github.com/sunday-with-the-people/sunday/notifications/paper"
)

// TestToldBefore: an urgent change goes by mail and by a call. What the call told
// of it is not what the mail is news to; what a call told before is.
func TestToldBefore(t *testing.T) {
	t.Parallel()
	of := func(rule string, round int, start notifications.Millis) notifications.Row {
		r := notifications.Row{
			Key:  notifications.Key{Rule: rule, Occurrence: "e", Recipient: outreach.RecipientOf("r"), Round: round},
			Told: notifications.Told{Status: "published", Seat: outreach.SeatRegistered, Start: start, Ver: int64(start)},
		}
		r.ID = r.Key.ID()
		return r
	}
	var f oracle.Facts
	f.Resident.ID = "r"
	told := []oracle.HandOver{{Row: of(outreach.RuleConfirmation, 0, 10), Outcome: oracle.Accepted}}
	byCall := outreach.ChangeBy(paper.Channel)
	for name, tt := range map[string]struct{ called, want notifications.Millis }{
		"called of this change":   {30, 10},
		"called of one before it": {20, 20},
	} {
		called := of(byCall, 0, tt.called)
		lines := []oracle.Print{{Row: called}}
		calls := []oracle.Call{{Row: called.ID, Outcome: paper.Reached, Counted: true}}
		if got := weeks.ToldBefore(of(outreach.RuleChange, 0, 30), f, told, lines, calls); got != tt.want {
			t.Errorf("%s: told of %d before, want %d", name, got, tt.want)
		}
	}
}
