package notifications_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	. "github.com/sunday-with-the-people/sunday/notifications"
)

func TestRow_Swept(t *testing.T) {
	t.Parallel()
	s := Sweep{FenceBelow: 5, SendingBefore: 1000, Now: 2000, RetryAfter: 100, MaxUnknowns: 2, Limit: 1}
	sending := Row{State: Sending, Fence: 4, SendingAt: 5000, Resend: true, Until: 9000, Wish: 10, Due: 10, Gen: 3}
	tests := []struct {
		name   string
		change func(*Row)
		want   Row
	}{
		{"resent", func(*Row) {}, Row{
			State: Planned, Reason: ReasonBackoff, Wish: 10, NotBefore: 2100, Due: 2100, WasUnknown: true, Unknowns: 1, Try: 1,
		}},
		{"resent for the second time", func(r *Row) { r.WasUnknown, r.Unknowns, r.Try = true, 1, 4 }, Row{
			State: Planned, Reason: ReasonBackoff, Wish: 10, NotBefore: 2200, Due: 2200, WasUnknown: true, Unknowns: 2, Try: 5,
		}},
		{"not a third time", func(r *Row) { r.WasUnknown, r.Unknowns = true, 2 }, Row{
			State: Unknown, Reason: ReasonLeft, Wish: 10, Due: 10, WasUnknown: true, Unknowns: 3, Try: 1,
		}},
		{"not past its last instant", func(r *Row) { r.Until = 2099 }, Row{
			State: Unknown, Reason: ReasonLeft, Wish: 10, Due: 10, WasUnknown: true, Unknowns: 1, Try: 1,
		}},
		{"never", func(r *Row) { r.Resend = false }, Row{
			State: Unknown, Reason: ReasonLeft, Wish: 10, Due: 10, WasUnknown: true, Unknowns: 1, Try: 1,
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
	s := Sweep{FenceBelow: 5, SendingBefore: 1000}
	for _, tt := range []struct {
		row  Row
		want bool
	}{
		{Row{State: Sending, Fence: 5, SendingAt: 1000}, false},
		{Row{State: Sending, Fence: 4, SendingAt: 1000}, true},
		{Row{State: Sending, Fence: 5, SendingAt: 999}, true},
		{Row{State: Unknown, Reason: ReasonNoReply, Fence: 5, SendingAt: 1000}, true},
		{Row{State: Unknown, Reason: ReasonLeft}, false},
		{Row{State: Planned}, false},
		{Row{State: Sent}, false},
	} {
		if got := tt.row.IsSwept(s); got != tt.want {
			t.Errorf("IsSwept(%+v) = %v, want %v", tt.row, got, tt.want)
		}
	}
}

func TestRow_CanSettle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		state      State
		wasUnknown bool
		batch      string
		result     State
		want       bool
	}{
		{Sending, false, "b", Sent, true},
		{Sending, false, "b", Unknown, true},
		{Sending, false, "other", Sent, false},
		{Unknown, true, "b", Sent, true},
		{Unknown, true, "b", Unknown, false},
		{Planned, true, "b", Dead, true},
		{Planned, false, "b", Sent, false},
		{Suppressed, true, "b", Sent, false},
		{Sent, false, "b", Dead, false},
	} {
		row := Row{ID: "r", State: tt.state, WasUnknown: tt.wasUnknown, Batch: tt.batch}
		if got := row.CanSettle(Result{ID: "r", Batch: "b", State: tt.result}); got != tt.want {
			t.Errorf("%+v: CanSettle() = %v, want %v", tt, got, tt.want)
		}
	}
}

func TestKey_ID(t *testing.T) {
	t.Parallel()
	keys := []Key{
		{"rule", "event", "resident:1", 0}, {"rule", "event", "resident:1", 1},
		{"rulee", "vent", "resident:1", 0}, {"rule", "eventresident", ":1", 0},
	}
	seen := map[string]Key{}
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
