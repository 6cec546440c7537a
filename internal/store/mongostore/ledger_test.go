package mongostore_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

const part = 7

var lane = notifications.Lane{Class: notifications.Normal, Channel: "smtp"}

// aRow is a planned row that is due at 1,000; n tells rows apart.
func aRow(n int) notifications.Row {
	k := notifications.Key{Rule: "reminder", Occurrence: "occurrence", Recipient: fmt.Sprintf("resident:%04d", n)}
	return notifications.Row{
		ID: k.ID(), Part: part, Key: k, Unit: "unit", Lane: lane, State: notifications.Planned,
		Due: 1000, Wish: 1000, Until: 9000, Group: k.ID(), MainContact: "$main", Gen: 1,
	}
}

func idsOf(rows []notifications.Row) []string {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
}

func byID(tb testing.TB, l notifications.Ledger) map[string]notifications.Row {
	tb.Helper()
	rows := must[[]notifications.Row](tb)(l.BySubject(tb.Context(), part, "occurrence", nil))
	found := map[string]notifications.Row{}
	for _, r := range rows {
		found[r.ID] = r
	}
	return found
}

type portCase struct {
	name string
	run  func(*testing.T, *store.Set)
}

func ledgerCases() []portCase {
	return []portCase{
		{"Insert", caseLedgerInsert},
		{"Change", caseLedgerChange},
		{"Mark", caseLedgerMark},
		{"Settle", caseLedgerSettle},
		{"Settle_crossedBatches", caseLedgerSettleCrossedBatches},
		{"GiveBack", caseLedgerGiveBack},
		{"Sweep", caseLedgerSweep},
		{"Report", caseReport},
		{"Holds", caseHolds},
	}
}

func TestLedger(t *testing.T) {
	t.Parallel()
	for _, c := range ledgerCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, setup(t))
		})
	}
}

func caseLedgerInsert(t *testing.T, set *store.Set) {
	l := set.Ledger
	rows := []notifications.Row{aRow(1), aRow(2)}
	got := must[[]bool](t)(l.Insert(t.Context(), rows))
	if diff := cmp.Diff([]bool{true, true}, got); diff != "" {
		t.Error(diff)
	}
	changed := aRow(2)
	changed.Unit = "other"
	got = must[[]bool](t)(l.Insert(t.Context(), []notifications.Row{aRow(3), changed, aRow(4), aRow(4)}))
	if diff := cmp.Diff([]bool{true, false, true, false}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(aRow(2), byID(t, l)[aRow(2).ID]); diff != "" {
		t.Errorf("a row that was there was written over: %s", diff)
	}
}

func caseLedgerChange(t *testing.T, set *store.Set) {
	l := set.Ledger
	must[[]bool](t)(l.Insert(t.Context(), []notifications.Row{aRow(1), aRow(2), aRow(3)}))
	moved := func(n int, gen int64, state notifications.State) notifications.Change {
		r := aRow(n)
		r.Due, r.Wish, r.MainContact = 5000, 5000, ""
		return notifications.Change{SeenGen: gen, SeenState: state, Row: r}
	}
	got := must[[]bool](t)(l.Change(t.Context(), []notifications.Change{
		moved(1, 1, notifications.Planned), moved(2, 2, notifications.Planned),
		moved(3, 1, notifications.Sending), moved(9, 1, notifications.Planned),
	}))
	if diff := cmp.Diff([]bool{true, false, false, false}, got); diff != "" {
		t.Error(diff)
	}
	want := moved(1, 1, notifications.Planned).Row
	want.Gen = 2
	rows := byID(t, l)
	if diff := cmp.Diff(want, rows[want.ID]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(aRow(2), rows[aRow(2).ID]); diff != "" {
		t.Error(diff)
	}
}

func caseLedgerMark(t *testing.T, set *store.Set) {
	l := set.Ledger
	late, first := aRow(1), aRow(2)
	late.Due = 1001
	first.Due = 500
	rows := []notifications.Row{late, first, aRow(3)}
	must[[]bool](t)(l.Insert(t.Context(), rows))
	due := must[[]notifications.Row](t)(l.Due(t.Context(), part, lane, 1000, 10))
	same(t, "due", fmt.Sprint(idsOf(due)), fmt.Sprint([]string{first.ID, aRow(3).ID}))

	m := notifications.Mark{Batch: "$batch", Fence: 3, Now: 1000, At: 77}
	want := []notifications.Row{first.Marked(m), aRow(3).Marked(m)}
	for range 2 {
		got := must[[]notifications.Row](t)(l.Mark(t.Context(), part, rows, m))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	other := must[[]notifications.Row](t)(l.Mark(t.Context(), part, rows, notifications.Mark{Batch: "b2", Now: 1000}))
	same(t, "rows of a second batch", len(other), 0)
}

// begun are rows in every state that a late answer may meet.
func begun() []notifications.Row {
	m := notifications.Mark{Batch: "batch", Fence: 1, Now: 1000, At: 50}
	sweep := notifications.Sweep{FenceBelow: 9, Now: 2000, RetryAfter: 100, MaxUnknowns: 2}
	marked := aRow(0).Marked(m)
	marked.Contact = "$planned"
	resent := marked
	resent.Resend = true
	return []notifications.Row{
		marked, resent, marked.Swept(sweep), resent.Swept(sweep),
		marked.GivenBack(notifications.Back{Batch: "batch", NotBefore: 1500, Reason: notifications.ReasonHeld}),
		marked.Settled(notifications.Result{State: notifications.Unknown, Reason: notifications.ReasonNoReply, At: 1}),
		marked.Settled(notifications.Result{State: notifications.Dead, Reason: notifications.ReasonRefused, At: 1}),
		aRow(0),
	}
}

func endings() []notifications.Result {
	return []notifications.Result{
		{State: notifications.Sent, At: 3000, Batch: "batch"},
		{State: notifications.Sent, At: 3001, Batch: "batch"},
		{State: notifications.Sent, At: 3002, Batch: "other"},
		{State: notifications.Dead, Reason: notifications.ReasonRefused, Error: "$550", At: 3003, Batch: "batch"},
		{State: notifications.Unknown, Reason: notifications.ReasonNoReply, At: 3004, Batch: "batch"},
		{State: notifications.Unknown, Reason: notifications.ReasonLeft, At: 3005, Batch: "batch"},
		{State: notifications.Suppressed, Reason: notifications.ReasonErased, At: 3006, Batch: "batch"},
		{State: notifications.Expired, Reason: notifications.ReasonOver, At: 3007, Batch: "other"},
	}
}

// Every ending meets every state in one call, and each row ends as the pure
// rules say.
func caseLedgerSettle(t *testing.T, set *store.Set) {
	l := set.Ledger
	var rows []notifications.Row
	var results []notifications.Result
	want := map[string]notifications.Row{}
	for _, r := range begun() {
		for _, res := range endings() {
			fresh := aRow(len(rows))
			r.ID, r.Key, r.Group = fresh.ID, fresh.Key, fresh.Group
			res.ID = r.ID
			rows, results = append(rows, r), append(results, res)
			want[r.ID] = r
			if r.CanSettle(res) {
				want[r.ID] = r.Settled(res)
			}
		}
	}
	must[[]bool](t)(l.Insert(t.Context(), rows))
	for range 2 { // a call whose reply was lost is made again
		check(t, l.Settle(t.Context(), part, results))
		if diff := cmp.Diff(want, byID(t, l)); diff != "" {
			t.Error(diff)
		}
	}
}

// Two batches of one settle: a late answer for a row that another connection
// of the same call holds by now must not end it.
func caseLedgerSettleCrossedBatches(t *testing.T, set *store.Set) {
	l := set.Ledger
	a := aRow(1).Marked(notifications.Mark{Batch: "b"})
	b := aRow(2).Marked(notifications.Mark{Batch: "b"})
	must[[]bool](t)(l.Insert(t.Context(), []notifications.Row{a, b}))
	results := []notifications.Result{
		{ID: a.ID, Batch: "a", State: notifications.Sent, At: 1}, {ID: b.ID, Batch: "b", State: notifications.Sent, At: 2},
	}
	check(t, l.Settle(t.Context(), part, results))
	got := byID(t, l)
	same(t, "row of another batch", got[a.ID].State, notifications.Sending)
	same(t, "row of its batch", got[b.ID].State, notifications.Sent)
}

func caseLedgerGiveBack(t *testing.T, set *store.Set) {
	l := set.Ledger
	back := notifications.Back{
		Batch: "batch", NotBefore: 1700, Reason: notifications.ReasonBackoff, TryMore: true, Error: "$450",
		Lane: notifications.Lane{Class: notifications.Urgent, Channel: "smtp"},
	}
	want := map[string]notifications.Row{}
	var rows []notifications.Row
	var backs []notifications.Back
	for i, r := range begun() {
		fresh := aRow(i)
		r.ID, r.Key, r.Group = fresh.ID, fresh.Key, fresh.Group
		want[r.ID] = r
		if r.State == notifications.Sending {
			want[r.ID] = r.GivenBack(back)
		}
		back.ID = r.ID
		rows, backs = append(rows, r), append(backs, back)
	}
	must[[]bool](t)(l.Insert(t.Context(), rows))
	for range 2 {
		check(t, l.GiveBack(t.Context(), part, backs))
		if diff := cmp.Diff(want, byID(t, l)); diff != "" {
			t.Error(diff)
		}
	}
}

func caseLedgerSweep(t *testing.T, set *store.Set) {
	l := set.Ledger
	s := notifications.Sweep{FenceBelow: 2, SendingBefore: 60, Now: 4000, RetryAfter: 100, MaxUnknowns: 2, Limit: 3}
	want := map[string]notifications.Row{}
	var rows []notifications.Row
	for i, r := range begun() {
		fresh := aRow(i)
		r.ID, r.Key, r.Group = fresh.ID, fresh.Key, fresh.Group
		rows = append(rows, r)
		want[r.ID] = r
		if r.IsSwept(s) {
			want[r.ID] = r.Swept(s)
		}
	}
	must[[]bool](t)(l.Insert(t.Context(), rows))
	swept := 0
	for n := -1; n != 0; swept += n {
		n = must[int](t)(l.Sweep(t.Context(), part, s))
	}
	if diff := cmp.Diff(want, byID(t, l)); diff != "" {
		t.Error(diff)
	}
	same(t, "swept", swept, 3)
}

func caseReport(t *testing.T, set *store.Set) {
	sent := aRow(1).Marked(notifications.Mark{Batch: "b"}).Settled(notifications.Result{State: notifications.Sent, At: 2000})
	waiting := aRow(2)
	must[[]bool](t)(set.Ledger.Insert(t.Context(), []notifications.Row{sent, waiting}))
	reports := set.Reports

	due, oldest, err := reports.Backlog(t.Context(), 1000)
	check(t, err)
	same(t, "backlog", due, 1)
	same(t, "oldest", oldest, 1000)
	counts := must[[]notifications.Count](t)(reports.Counts(t.Context(), part, "occurrence"))
	want := []notifications.Count{{Rule: "reminder", State: "planned", Rows: 1}, {Rule: "reminder", State: "sent", Rows: 1}}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
	same(t, "forgotten", must[int](t)(reports.Forget(t.Context(), 2001, 10)), 1)
	same(t, "forgotten again", must[int](t)(reports.Forget(t.Context(), 2001, 10)), 0)
	rows := must[[]notifications.Row](t)(reports.Rows(t.Context(), notifications.Filter{Part: part, Occurrence: "occurrence", States: []notifications.State{notifications.Sent}}, "", 10))
	same(t, "recipient after forgetting", rows[0].Recipient, "")
	rows = must[[]notifications.Row](t)(reports.Rows(t.Context(), notifications.Filter{Recipient: waiting.Recipient}, "", 10))
	if diff := cmp.Diff([]notifications.Row{waiting}, rows); diff != "" {
		t.Error(diff)
	}
}

func caseHolds(t *testing.T, set *store.Set) {
	holds := set.Holds
	whole := notifications.Hold{Reason: "restored", By: "operator", At: 5}
	check(t, holds.Hold(t.Context(), notifications.Hold{Unit: "unit", At: 6}))
	check(t, holds.Hold(t.Context(), whole))
	check(t, holds.Hold(t.Context(), notifications.Hold{Reason: "again"}))
	got := must[[]notifications.Hold](t)(holds.List(t.Context()))
	if diff := cmp.Diff([]notifications.Hold{whole, {Unit: "unit", At: 6}}, got); diff != "" {
		t.Error(diff)
	}
	same(t, "released", must[bool](t)(holds.Release(t.Context(), "")), true)
	same(t, "released again", must[bool](t)(holds.Release(t.Context(), "")), false)
}
