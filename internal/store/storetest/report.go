package storetest

import (
	"slices"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func testReports(t *testing.T, set *store.Set) {
	t.Run("Backlog", func(t *testing.T) { testBacklog(t, set) }) // first, as it counts all rows
	t.Run("Rows", func(t *testing.T) { testReportRows(t, set) })
	t.Run("Counts", func(t *testing.T) { testCounts(t, set) })
	t.Run("Forget", func(t *testing.T) { testForget(t, set) })
	t.Run("Erase", func(t *testing.T) { testErase(t, set) })
	t.Run("Doubt", func(t *testing.T) { testDoubt(t, set) })
}

func testBacklog(t *testing.T, set *store.Set) {
	ctx := t.Context()
	due, oldest, err := set.Reports.Backlog(ctx, now)
	must(t, err)
	if due != 0 || oldest != 0 {
		t.Errorf("an empty ledger has %d due since %d", due, oldest)
	}
	for lane := range 3 {
		newOccurrence().insert(t, set, 4, func(i int, r *notifications.Row) {
			r.Due = notifications.Millis(now - 10*lane + i - 1)
			if i == 0 {
				r.State = notifications.Suppressed
			}
		})
	}
	// Lanes begin at now, now-10, now-20: one, three and three rows are due.
	due, oldest, err = set.Reports.Backlog(ctx, now)
	must(t, err)
	if due != 7 || oldest != now-20 {
		t.Errorf("%d due since %d, want 7 since %d", due, oldest, now-20)
	}
}

func testReportRows(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o, other := newOccurrence(), newOccurrence()
	states := []notifications.State{notifications.Planned, notifications.Sent, notifications.Dead, notifications.Sending, notifications.Expired}
	rows := o.insert(t, set, 15, func(i int, r *notifications.Row) {
		r.State = states[i%5]
		if i > 4 && r.State != notifications.Sent { // which has none
			r.Reason = []notifications.Reason{notifications.ReasonRefused, notifications.ReasonExhausted}[i%2]
		}
	})
	theirs := other.insert(t, set, 2, nil)
	slices.SortFunc(rows, func(a, b notifications.Row) int { return compare(a.ID, b.ID) })

	read := func(f notifications.Filter, limit int) []notifications.Row {
		t.Helper()
		var all []notifications.Row
		for after := ""; ; {
			found := get[[]notifications.Row](t)(set.Reports.Rows(ctx, f, after, limit))
			if len(found) == 0 {
				return all
			}
			if len(found) > limit {
				t.Fatalf("%d rows, at most %d", len(found), limit)
			}
			all, after = append(all, found...), found[len(found)-1].ID
		}
	}
	of := notifications.Filter{Part: o.part, Occurrence: o.id}
	for _, limit := range []int{1, 2, 9, 20} {
		diff(t, "of an event, by id", read(of, limit), rows)
	}
	of.States = states[1:]
	diff(t, "in states", read(of, 4), slices.DeleteFunc(slices.Clone(rows), func(r notifications.Row) bool {
		return r.State == notifications.Planned
	}))
	for _, of.States = range [][]notifications.State{nil, states[1:]} {
		of.Reasons = []notifications.Reason{notifications.ReasonRefused, notifications.ReasonLate}
		diff(t, "for reasons", read(of, 1), slices.DeleteFunc(slices.Clone(rows), func(r notifications.Row) bool {
			return r.Reason != notifications.ReasonRefused || len(of.States) > 0 && r.State == notifications.Planned
		}))
	}
	of = notifications.Filter{Recipient: rows[0].Recipient, Reasons: []notifications.Reason{notifications.ReasonLate}}
	diff(t, "of a person for a reason", len(read(of, 5)), 0)
	of = notifications.Filter{Part: o.part, Occurrence: o.id, Recipient: theirs[0].Recipient}
	if got := read(of, 5); len(got) != 1 || got[0].Recipient != theirs[0].Recipient || got[0].Occurrence != o.id {
		t.Errorf("of a person and an event: %d rows", len(got))
	}
	person := read(notifications.Filter{Recipient: theirs[0].Recipient}, 5)
	if !slices.ContainsFunc(person, func(r notifications.Row) bool { return r.ID == theirs[0].ID }) {
		t.Error("a person's rows lack one")
	}
}

func testCounts(t *testing.T, set *store.Set) {
	o := newOccurrence()
	o.insert(t, set, 6, func(i int, r *notifications.Row) {
		switch i {
		case 0, 1:
			r.State, r.Reason = notifications.Suppressed, notifications.ReasonOptedOut
		case 2:
			r.State, r.Reason = notifications.Suppressed, notifications.ReasonNoContact
		case 3:
			r.Rule = "change"
			r.ID = r.Key.ID()
		}
	})
	got := get[[]notifications.Count](t)(set.Reports.Counts(t.Context(), o.part, o.id))
	slices.SortFunc(got, func(a, b notifications.Count) int {
		return compare(a.Rule+" "+string(a.State)+" "+string(a.Reason), b.Rule+" "+string(b.State)+" "+string(b.Reason))
	})
	diff(t, "counts", got, []notifications.Count{
		{Rule: "change", State: notifications.Planned, Rows: 1},
		{Rule: "remind", State: notifications.Planned, Rows: 2},
		{Rule: "remind", State: notifications.Suppressed, Reason: notifications.ReasonNoContact, Rows: 1},
		{Rule: "remind", State: notifications.Suppressed, Reason: notifications.ReasonOptedOut, Rows: 2},
	})
}

func testForget(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	states := []notifications.State{notifications.Sent, notifications.Dead, notifications.Suppressed, notifications.Planned, notifications.Sent}
	rows := o.insert(t, set, len(states), func(i int, r *notifications.Row) {
		r.State, r.EndedAt = states[i], 1000
		r.Contact, r.MainContact, r.MessageID = "c", "m", "i"
		if i == 4 {
			r.EndedAt = 2000
		}
	})
	for _, want := range []int{2, 1, 0} {
		if n := get[int](t)(set.Reports.Forget(ctx, 2000, 2)); n != want {
			t.Errorf("Forget took %d rows, want %d", n, want)
		}
	}
	stored := o.stored(t, set)
	for _, r := range rows {
		if r.State != notifications.Planned && r.EndedAt < 2000 {
			r.Recipient, r.Contact, r.MainContact, r.MessageID = "", "", "", ""
			r.Gen++
		}
		diff(t, "after Forget", stored[r.ID], r)
	}
	counts := get[[]notifications.Count](t)(set.Reports.Counts(ctx, o.part, o.id))
	n := 0
	for _, c := range counts {
		n += c.Rows
	}
	if n != len(rows) {
		t.Errorf("counts of %d rows, want %d", n, len(rows))
	}
}

// testErase compares with Row.Erased: rows of one recipient in every state, and
// one of somebody else, which stays.
func testErase(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	const now = notifications.Millis(5000)
	someone := "resident:" + newHash()
	rows := o.insert(t, set, 10, func(i int, r *notifications.Row) {
		r.Recipient = someone
		r.Contact, r.MainContact, r.MessageID = "c", "m", "i"
		switch i {
		case 8:
			r.State, r.WasUnknown = notifications.Planned, true
		case 9:
			r.Recipient = "resident:" + newHash()
		default:
			r.State = states()[i]
		}
	})
	left := 0
	stored := o.stored(t, set)
	for i, r := range rows {
		rows[i] = stored[r.ID]
		if next, done := stored[r.ID].Erased(now); r.Recipient == someone && done {
			rows[i] = next
		} else if r.Recipient == someone {
			left++
		}
	}
	if n := get[int](t)(set.Reports.Erase(ctx, someone, now)); n != left || left != 3 {
		t.Errorf("Erase left %d rows, want %d: those sending, printed and without a reply", n, left)
	}
	stored = o.stored(t, set)
	for _, r := range rows {
		diff(t, "after Erase", stored[r.ID], r)
	}
}

func states() []notifications.State {
	return []notifications.State{
		notifications.Planned, notifications.Sending, notifications.Printed, notifications.Unknown,
		notifications.Sent, notifications.Dead, notifications.Suppressed, notifications.Expired,
	}
}
