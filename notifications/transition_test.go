package notifications_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/notifications"
)

func TestRow_Swept(t *testing.T) {
	t.Parallel()
	s := notifications.Sweep{FenceBelow: 5, SendingBefore: 1000, Now: 2000, RetryAfter: 100, MaxUnknowns: 2, Limit: 1}
	sending := notifications.Row{State: notifications.Sending, Fence: 4, SendingAt: 5000, Resend: true, Until: 9000, Wish: 10, Due: 10, Gen: 3}
	tests := []struct {
		name   string
		change func(*notifications.Row)
		want   notifications.Row
	}{
		{"resent", func(*notifications.Row) {}, notifications.Row{
			State: notifications.Planned, Reason: notifications.ReasonBackoff, Wish: 10, NotBefore: 2100, Due: 2100, WasUnknown: true, Unknowns: 1, Try: 1,
		}},
		{"resent for the second time", func(r *notifications.Row) { r.WasUnknown, r.Unknowns, r.Try = true, 1, 4 }, notifications.Row{
			State: notifications.Planned, Reason: notifications.ReasonBackoff, Wish: 10, NotBefore: 2200, Due: 2200, WasUnknown: true, Unknowns: 2, Try: 5,
		}},
		{"not a third time", func(r *notifications.Row) { r.WasUnknown, r.Unknowns = true, 2 }, notifications.Row{
			State: notifications.Unknown, Reason: notifications.ReasonLeft, Wish: 10, Due: 10, WasUnknown: true, Unknowns: 3, Try: 1,
		}},
		{"not past its last instant", func(r *notifications.Row) { r.Until = 2099 }, notifications.Row{
			State: notifications.Unknown, Reason: notifications.ReasonLeft, Wish: 10, Due: 10, WasUnknown: true, Unknowns: 1, Try: 1,
		}},
		{"not after the last try", func(r *notifications.Row) { r.Try = notifications.MaxTries - 1 }, notifications.Row{
			State: notifications.Unknown, Reason: notifications.ReasonLeft, Wish: 10, Due: 10, WasUnknown: true, Unknowns: 1, Try: notifications.MaxTries,
		}},
		{"never", func(r *notifications.Row) { r.Resend = false }, notifications.Row{
			State: notifications.Unknown, Reason: notifications.ReasonLeft, Wish: 10, Due: 10, WasUnknown: true, Unknowns: 1, Try: 1,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			row := sending
			tt.change(&row)
			want := tt.want
			want.Fence, want.SendingAt, want.EndedAt, want.Gen = 4, 5000, 2000, 4
			want.Resend, want.Until = row.Resend, row.Until
			if diff := cmp.Diff(want, row.Swept(s)); diff != "" {
				t.Errorf("Swept() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRow_IsSwept(t *testing.T) {
	t.Parallel()
	s := notifications.Sweep{FenceBelow: 5, SendingBefore: 1000}
	for _, tt := range []struct {
		row  notifications.Row
		want bool
	}{
		{notifications.Row{State: notifications.Sending, Fence: 5, SendingAt: 1000}, false},
		{notifications.Row{State: notifications.Sending, Fence: 4, SendingAt: 1000}, true},
		{notifications.Row{State: notifications.Sending, Fence: 5, SendingAt: 999}, true},
		{notifications.Row{State: notifications.Unknown, Reason: notifications.ReasonNoReply, Fence: 5, SendingAt: 1000}, true},
		{notifications.Row{State: notifications.Unknown, Reason: notifications.ReasonLeft}, false},
		{notifications.Row{State: notifications.Planned}, false},
		{notifications.Row{State: notifications.Sent}, false},
	} {
		if got := tt.row.IsSwept(s); got != tt.want {
			t.Errorf("IsSwept(%+v) = %v, want %v", tt.row, got, tt.want)
		}
	}
}

func TestMayHaveBegun(t *testing.T) {
	t.Parallel()
	row := func(batch string, due notifications.Millis, group, id string) notifications.Row {
		return notifications.Row{ID: id, Batch: batch, Due: due, Group: group}
	}
	for _, tt := range []struct {
		name string
		rows []notifications.Row
		want map[string]bool
	}{
		{"none", nil, map[string]bool{}},
		{"the first two by due, then id", []notifications.Row{
			row("b", 3, "c", "c"), row("b", 2, "z", "z"), row("b", 2, "a", "a"), row("b", 3, "b", "b"),
		}, map[string]bool{"a": true, "z": true}},
		{"of each batch", []notifications.Row{row("b", 1, "b", "b"), row("a", 2, "a", "a")}, map[string]bool{"a": true, "b": true}},
		{"a group is one hand-over", []notifications.Row{
			row("b", 1, "g", "1"), row("b", 1, "g", "2"), row("b", 1, "h", "3"), row("b", 1, "i", "4"), row("b", 2, "h", "5"),
		}, map[string]bool{"1": true, "2": true, "3": true, "5": true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, notifications.MayHaveBegun(tt.rows)); diff != "" {
				t.Errorf("MayHaveBegun() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRow_CanSettle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		state      notifications.State
		wasUnknown bool
		batch      string
		result     notifications.State
		want       bool
	}{
		{notifications.Sending, false, "b", notifications.Sent, true},
		{notifications.Sending, false, "b", notifications.Unknown, true},
		{notifications.Sending, false, "other", notifications.Sent, false},
		{notifications.Unknown, true, "b", notifications.Sent, true},
		{notifications.Unknown, true, "b", notifications.Unknown, false},
		{notifications.Planned, true, "b", notifications.Dead, true},
		{notifications.Planned, false, "b", notifications.Sent, false},
		{notifications.Suppressed, true, "b", notifications.Sent, false},
		{notifications.Sent, false, "b", notifications.Dead, false},
	} {
		row := notifications.Row{ID: "r", State: tt.state, WasUnknown: tt.wasUnknown, Batch: tt.batch}
		if got := row.CanSettle(notifications.Result{ID: "r", Batch: "b", State: tt.result}); got != tt.want {
			t.Errorf("%+v: CanSettle() = %v, want %v", tt, got, tt.want)
		}
	}
}

func TestKey_ID(t *testing.T) {
	t.Parallel()
	keys := []notifications.Key{
		{"rule", "event", "resident:1", 0}, {"rule", "event", "resident:1", 1},
		{"rulee", "vent", "resident:1", 0}, {"rule", "eventresident", ":1", 0},
	}
	seen := map[string]notifications.Key{}
	for _, k := range keys {
		id := k.ID()
		if len(id) != 32 {
			t.Errorf("ID of %+v is %q, want 32 hex digits", k, id)
		}
		if other, twice := seen[id]; twice {
			t.Errorf("%+v and %+v have the same id", k, other)
		}
		seen[id] = k
	}
}

// Ids order rows by what they are about, then by whom they are for: rows that are
// handed over one after another are neighbours in a store.
func TestKey_ID_Neighbours(t *testing.T) {
	t.Parallel()
	var ids []string
	of := map[string]notifications.Key{}
	for _, occurrence := range []string{"one", "two", "three"} {
		for n := range 40 {
			for _, rule := range []string{"confirmation", "reminder"} {
				k := notifications.Key{Rule: rule, Occurrence: occurrence, Recipient: fmt.Sprintf("resident:%d", n)}
				ids = append(ids, k.ID())
				of[k.ID()] = k
			}
		}
	}
	slices.Sort(ids)
	runs := 1
	for i, id := range ids[1:] {
		if of[id].Occurrence != of[ids[i]].Occurrence {
			runs++
		}
		if i%2 == 0 && of[id].Recipient != of[ids[i]].Recipient {
			t.Errorf("rows of %s and %s lie between each other", of[id].Recipient, of[ids[i]].Recipient)
		}
	}
	if runs != 3 {
		t.Errorf("rows of three occurrences stand in %d runs", runs)
	}
}
