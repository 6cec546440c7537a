package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

func testMark(t *testing.T, set *store.Set) {
	o := newOccurrence()
	rows := o.insert(t, set, 6, func(i int, r *notifications.Row) {
		r.Due = notifications.Millis(now - i)
		switch i {
		case 4:
			r.Due = now + 1
		case 5:
			r.State = notifications.Expired
		}
	})
	all := append(slices.Clone(rows), o.row(99))
	var want []notifications.Row
	m := notifications.Mark{Batch: "b1", Fence: 3, Now: now, At: now + 5}
	for _, r := range rows {
		if r.State == notifications.Planned && r.Due <= now {
			want = append(want, r.Marked(m))
		}
	}
	diff(t, "what is planned and due", o.mark(t, set, "b1", 3, all...), want)
	diff(t, "the same batch again", o.mark(t, set, "b1", 3, all...), want)
	diff(t, "another batch", o.mark(t, set, "b2", 4, all...), []notifications.Row(nil))
	other := (o.part + 1) % notifications.Parts
	got := get[[]notifications.Row](t)(set.Ledger.Mark(t.Context(), other, all, notifications.Mark{Batch: "b3", Now: now + 9}))
	diff(t, "another part", got, []notifications.Row(nil))
	stored := o.stored(t, set)
	for _, r := range want {
		diff(t, "marked once", stored[r.ID], r)
	}
}

// testTwoMarks: of workers that mark the same rows at once, each row is one
// worker's.
func testTwoMarks(t *testing.T, a, b *store.Set) {
	const workers, each = 6, 40
	o := newOccurrence()
	rows := o.insert(t, a, each, nil)
	taken := make([][]notifications.Row, workers)
	var group sync.WaitGroup
	for w := range workers {
		set := []*store.Set{a, b}[w%2]
		group.Go(func() {
			m := notifications.Mark{Batch: fmt.Sprint("worker ", w), Fence: int64(w), Now: now, At: now}
			var err error
			taken[w], err = set.Ledger.Mark(t.Context(), o.part, rows, m)
			if err != nil {
				t.Errorf("Mark: %v", err)
			}
		})
	}
	group.Wait()
	owner := map[string]int{}
	for w, rows := range taken {
		for _, r := range rows {
			if other, twice := owner[r.ID]; twice {
				t.Errorf("workers %d and %d both have row %s", other, w, r.ID)
			}
			owner[r.ID] = w
		}
	}
	if len(owner) != each {
		t.Errorf("%d of %d rows were marked", len(owner), each)
	}
	for _, r := range o.stored(t, a) {
		if want := fmt.Sprint("worker ", owner[r.ID]); r.Batch != want || r.Gen != 2 {
			t.Errorf("row of %q, gen %d, want %q, 2", r.Batch, r.Gen, want)
		}
	}
}

func testGiveBack(t *testing.T, set *store.Set) {
	o := newOccurrence()
	rows := o.insert(t, set, 4, func(i int, r *notifications.Row) {
		r.WasUnknown, r.Error, r.Try = i == 1, "old", 2
		r.Wish = notifications.Millis(now - i*100)
		r.Due = r.Wish
	})
	marked := o.mark(t, set, "b", 1, rows...)
	backs := []notifications.Back{
		{ID: marked[0].ID, Batch: "b", NotBefore: now + 60, Reason: notifications.ReasonFactsMoved},
		{ID: marked[1].ID, Batch: "b", NotBefore: 5, Reason: notifications.ReasonBackoff, TryMore: true, Error: "451 later",
			Lane: notifications.Lane{Class: notifications.Urgent, Channel: "sms"}},
		{ID: marked[2].ID, Batch: "other", NotBefore: 7},
		{ID: newHash(), Batch: "b"},
	}
	want := map[string]notifications.Row{}
	for i, r := range marked {
		if i < 2 {
			r = r.GivenBack(backs[i])
		}
		want[r.ID] = r
	}
	must(t, set.Ledger.GiveBack(t.Context(), o.part, backs))
	diff(t, "given back", o.stored(t, set), want)
	must(t, set.Ledger.GiveBack(t.Context(), o.part, backs))
	diff(t, "given back again", o.stored(t, set), want)
}

func testSettle(t *testing.T, set *store.Set) {
	o := newOccurrence()
	results := []notifications.Result{
		{State: notifications.Sent, At: now + 9},
		{State: notifications.Dead, Reason: notifications.ReasonRefused, Error: "550 no", At: now + 9},
		{State: notifications.Unknown, Reason: notifications.ReasonNoReply, At: now + 9},
		{State: notifications.Unknown, Reason: notifications.ReasonLeft, At: now + 9},
		{State: notifications.Suppressed, Reason: notifications.ReasonOptedOut, At: now + 9},
		{State: notifications.Expired, Reason: notifications.ReasonLate, At: now + 9},
		{State: notifications.Sent, Batch: "other", At: now + 9},
	}
	rows := o.insert(t, set, len(results), func(_ int, r *notifications.Row) { r.Contact, r.Error = "old", "old" })
	marked := o.mark(t, set, "b", 1, rows...)
	want := map[string]notifications.Row{}
	for i, r := range marked {
		results[i].ID = r.ID
		if results[i].Batch == "" {
			results[i].Batch = "b"
			r = r.Settled(results[i])
		}
		want[r.ID] = r
	}
	must(t, set.Ledger.Settle(t.Context(), o.part, results))
	diff(t, "settled", o.stored(t, set), want)
	must(t, set.Ledger.Settle(t.Context(), o.part, nil))

	// A second answer: final rows stay, an unknown one takes what is known now.
	late := make([]notifications.Result, len(marked))
	for i, r := range marked {
		late[i] = notifications.Result{ID: r.ID, Batch: "b", State: notifications.Sent, At: now + 20}
		if stored := want[r.ID]; stored.CanSettle(late[i]) {
			want[r.ID] = stored.Settled(late[i])
		}
	}
	must(t, set.Ledger.Settle(t.Context(), o.part, late))
	diff(t, "a late answer", o.stored(t, set), want)
}

// testSettleBeatsSweep: a row that a sweep planned again takes the answer of
// its hand-over; one that was given back does not.
func testSettleBeatsSweep(t *testing.T, set *store.Set) {
	o := newOccurrence()
	rows := o.insert(t, set, 3, func(i int, r *notifications.Row) {
		r.Resend, r.Until = i != 2, now+1<<40
	})
	marked := o.mark(t, set, "b", 1, rows...)
	must(t, set.Ledger.GiveBack(t.Context(), o.part, []notifications.Back{{ID: marked[0].ID, Batch: "b", NotBefore: now}}))
	sweep := notifications.Sweep{FenceBelow: 2, Now: now + 50, RetryAfter: 100, MaxUnknowns: 2, Limit: 50}
	if n := get[int](t)(set.Ledger.Sweep(t.Context(), o.part, sweep)); n != 2 {
		t.Errorf("Sweep moved %d rows, want 2", n)
	}
	want := map[string]notifications.Row{}
	var results []notifications.Result
	for i, r := range marked {
		res := notifications.Result{ID: r.ID, Batch: "b", State: notifications.Sent, At: now + 60}
		results = append(results, res)
		if i == 0 {
			r = r.GivenBack(notifications.Back{NotBefore: now})
		} else {
			r = r.Swept(sweep).Settled(res)
		}
		want[r.ID] = r
	}
	must(t, set.Ledger.Settle(t.Context(), o.part, results))
	diff(t, "late answers", o.stored(t, set), want)
}

// testLateAnswer: a row that was swept, and whose answer came after all, is no
// longer taken by whoever saw it planned.
func testLateAnswer(t *testing.T, set *store.Set) {
	o := newOccurrence()
	rows := o.insert(t, set, 2, func(_ int, r *notifications.Row) { r.Resend, r.Until = true, now+1<<40 })
	o.mark(t, set, "b", 1, rows...)
	sweep := notifications.Sweep{FenceBelow: 2, Now: now, RetryAfter: 100, MaxUnknowns: 2, Limit: 50}
	get[int](t)(set.Ledger.Sweep(t.Context(), o.part, sweep))
	due := get[[]notifications.Row](t)(set.Ledger.Due(t.Context(), o.part, o.lane(), now+100, 9))
	if len(due) != 2 {
		t.Fatalf("%d rows are due again, want 2", len(due))
	}
	must(t, set.Ledger.Settle(t.Context(), o.part, []notifications.Result{{ID: rows[0].ID, Batch: "b", State: notifications.Sent, At: now + 60}}))
	m := notifications.Mark{Batch: "c", Fence: 3, Now: now + 200, At: now + 5}
	got := get[[]notifications.Row](t)(set.Ledger.Mark(t.Context(), o.part, due, m))
	if len(got) != 1 || got[0].ID != rows[1].ID {
		t.Errorf("marked %v, want only the row without an answer", got)
	}
}

// sentOne is a new row of the occurrence that counts for a budget, marked and sent.
func (o occurrence) sentOne(t *testing.T, set *store.Set, rule, batch string) notifications.Row {
	t.Helper()
	r := o.row(0)
	r.Rule, r.Contact, r.MainContact, r.Budget, r.Resend = rule, "c"+o.id, "c"+o.id, true, true
	r.MessageID = rule + o.id
	r.ID = r.Key.ID()
	r.Group = r.ID
	get[[]bool](t)(set.Ledger.Insert(t.Context(), []notifications.Row{r}))
	r = o.mark(t, set, batch, 1, r)[0]
	res := notifications.Result{ID: r.ID, Batch: batch, State: notifications.Sent, At: now + 9}
	must(t, set.Ledger.Settle(t.Context(), o.part, []notifications.Result{res}))
	return r.Settled(res)
}

// testTwoLook: whatever one process settled the other sees at once, however it looks.
func testTwoLook(t *testing.T, a, b *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	all := notifications.Filter{Part: o.part, Occurrence: o.id}
	sent := all
	sent.States = []notifications.State{notifications.Sent}
	of := func(rows []notifications.Row, value func(notifications.Row) string) (values []string) {
		for _, r := range rows {
			values = append(values, value(r))
		}
		return values
	}
	looks := map[string]func(want []notifications.Row) ([]notifications.Row, error){
		"BySubject": func([]notifications.Row) ([]notifications.Row, error) {
			return b.Ledger.BySubject(ctx, o.part, o.id, nil)
		},
		"Sharing": func(want []notifications.Row) ([]notifications.Row, error) {
			return b.Ledger.Sharing(ctx, o.part, of(want, func(r notifications.Row) string { return r.MessageID }))
		},
		"Rows": func([]notifications.Row) ([]notifications.Row, error) { return b.Reports.Rows(ctx, all, "", 9) },
		"Sent": func([]notifications.Row) ([]notifications.Row, error) { return b.Reports.Rows(ctx, sent, "", 9) },
		"Many": func(want []notifications.Row) ([]notifications.Row, error) {
			return b.Paper.Many(ctx, o.part, of(want, func(r notifications.Row) string { return r.ID }))
		},
	}
	byID := func(x, y notifications.Row) int { return cmp.Compare(x.ID, y.ID) }
	var want []notifications.Row
	for name, look := range looks {
		want = append(want, o.sentOne(t, a, name, "batch "+name))
		got := get[[]notifications.Row](t)(look(want))
		slices.SortFunc(got, byID)
		slices.SortFunc(want, byID)
		diff(t, name, got, want)
	}
}

// testTwoSettle: what one process settled both take for settled.
func testTwoSettle(t *testing.T, a, b *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	o.sentOne(t, a, "Counts", "b1")
	for _, c := range get[[]notifications.Count](t)(b.Reports.Counts(ctx, o.part, o.id)) {
		if c.State != notifications.Sent {
			t.Errorf("Counts: %+v", c)
		}
	}
	o.sentOne(t, a, "Handed", "b2")
	for _, h := range get[[]notifications.Handed](t)(b.Ledger.Handed(ctx, notifications.HandedQuery{Contacts: []string{"c" + o.id}, Since: now})) {
		if h.State != notifications.Sent || h.EndedAt != now+9 {
			t.Errorf("Handed: %+v", h)
		}
	}
	silent := o.sentOne(t, a, "Unknown", "b4")
	must(t, a.Ledger.Settle(ctx, o.part, []notifications.Result{{ID: silent.ID, Batch: "b4", State: notifications.Unknown, Reason: notifications.ReasonNoReply, At: now + 9}}))
	last := o.sentOne(t, a, "Sweep", "b3")
	sweep := notifications.Sweep{FenceBelow: 9, SendingBefore: now + 99, Now: now + 50, MaxUnknowns: 2, Limit: 50}
	if n := get[int](t)(b.Ledger.Sweep(ctx, o.part, sweep)); n != 0 {
		t.Errorf("Sweep moved %d settled rows", n)
	}
	must(t, a.Ledger.GiveBack(ctx, o.part, []notifications.Back{{ID: last.ID, Batch: "b3", NotBefore: now}}))
	must(t, a.Ledger.Bind(ctx, o.part, []notifications.Bind{{ID: last.ID, Batch: "b3", MessageID: "late"}}))
	diff(t, "settled before it was given back", o.stored(t, b)[last.ID], last)
}

func testSweep(t *testing.T, set *store.Set) {
	ctx := t.Context()
	o := newOccurrence()
	rows := o.insert(t, set, 13, func(i int, r *notifications.Row) {
		r.Resend = i%2 == 0
		r.Unknowns = i % 4
		r.WasUnknown = r.Unknowns > 0
		if r.Until = 0; i == 4 {
			r.Until = now + 60
		}
	})
	old := o.mark(t, set, "old", 1, rows[:4]...)
	o.mark(t, set, "older", 2, rows[8:13]...)
	young := o.mark(t, set, "young", 5, rows[4:7]...)
	silent := notifications.Result{ID: old[0].ID, Batch: "old", State: notifications.Unknown, Reason: notifications.ReasonNoReply, At: now}
	left := notifications.Result{ID: young[0].ID, Batch: "young", State: notifications.Unknown, Reason: notifications.ReasonLeft, At: now}
	must(t, set.Ledger.Settle(ctx, o.part, []notifications.Result{silent, left}))

	sweep := notifications.Sweep{FenceBelow: 5, SendingBefore: now + 5, Now: now + 50, RetryAfter: 1000, MaxUnknowns: 2, Limit: 3}
	model := o.stored(t, set)
	for _, want := range []int{9, 0} {
		sweepModel(model, sweep)
		if n := get[int](t)(set.Ledger.Sweep(ctx, o.part, sweep)); n != want {
			t.Errorf("Sweep moved %d, want %d", n, want)
		}
		diff(t, "swept", o.stored(t, set), model)
	}
	sweep.SendingBefore = now + 6 // marked at now + 5
	sweepModel(model, sweep)
	if n := get[int](t)(set.Ledger.Sweep(ctx, o.part, sweep)); n != 2 {
		t.Errorf("Sweep by age moved %d, want 2", n)
	}
	diff(t, "swept by age", o.stored(t, set), model)
}
