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
// of it is not what the mail is news to; what a call told before is. What nobody
// knows to have come may have come.
func TestToldBefore(t *testing.T) {
	t.Parallel()
	of := func(rule string, start notifications.Millis) notifications.Row {
		r := notifications.Row{
			Key:  notifications.Key{Rule: rule, Occurrence: "e", Recipient: outreach.RecipientOf("r")},
			Told: notifications.Told{Status: "published", Seat: outreach.SeatRegistered, Start: start, Ver: int64(start)},
		}
		r.ID = r.Key.ID()
		return r
	}
	var f oracle.Facts
	f.Resident.ID = "r"
	for _, tt := range []struct {
		name         string
		confirmed    oracle.Outcome
		called, want notifications.Millis
	}{
		{"called of this change", oracle.Accepted, 30, 10},
		{"called of one before it", oracle.Accepted, 20, 20},
		{"confirmed without an answer", oracle.Lost, 30, 10},
		{"never confirmed", oracle.RefusedForGood, 30, 0},
	} {
		handed := []oracle.HandOver{{Row: of(outreach.RuleConfirmation, 10), Outcome: tt.confirmed}}
		called := of(outreach.ChangeBy(paper.Channel), tt.called)
		calls := []oracle.Call{{Row: called.ID, Outcome: paper.Reached, Counted: true}}
		got := weeks.ToldBefore(of(outreach.RuleChange, 30), f, handed, []oracle.Print{{Row: called}}, calls)
		if got != tt.want {
			t.Errorf("%s: told of %d before, want %d", tt.name, got, tt.want)
		}
	}
}

// TestOpenSince: a refusal is noted once its row has ended, or goes elsewhere; until
// then it is under its mark, or in doubt.
func TestOpenSince(t *testing.T) {
	t.Parallel()
	then := notifications.Row{State: notifications.Sending, Batch: "b"}
	for _, tt := range []struct {
		name string
		now  notifications.Row
		want bool
	}{
		{"marked", then, true},
		{"swept", notifications.Row{State: notifications.Unknown, WasUnknown: true}, true},
		{"to go again", notifications.Row{State: notifications.Planned, WasUnknown: true}, true},
		{"refused", notifications.Row{State: notifications.Dead, WasUnknown: true}, false},
		{"to go elsewhere", notifications.Row{State: notifications.Planned}, false},
		{"going elsewhere", notifications.Row{State: notifications.Sending, Batch: "c"}, false},
	} {
		if got := weeks.OpenSince(tt.now, then); got != tt.want {
			t.Errorf("%s: open %v, want %v", tt.name, got, tt.want)
		}
	}
}
