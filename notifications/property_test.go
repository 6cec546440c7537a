package notifications_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// TestDispatcher_Killed kills workers at every kind of call, before and after
// it was applied, and holds what is left to the ledger's rules.
func TestDispatcher_Killed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		w.sendTakes = notifications.Millis(rapid.SampledFrom([]int{0, 5, 700, 3000}).Draw(t, "send takes"))
		drawRows(t, w)
		for range rapid.IntRange(0, 5).Draw(t, "kills") {
			k := w.worker(rapid.IntRange(0, 60).Draw(t, "calls"), rapid.Bool().Draw(t, "after"))
			_, _ = k.dispatcher(nil).RunOnce(context.Background(), w.now()) // killed
			w.pass(notifications.Millis(rapid.SampledFrom([]int{1, 60, 700, 4000}).Draw(t, "pause")) * second)
		}
		finish(t, w)
		check(t, w)
	})
}

func drawRows(t *rapid.T, w *world) {
	answers := map[string][]answer{}
	for i := range rapid.IntRange(1, 12).Draw(t, "rows") {
		name := fmt.Sprint("r", i)
		drawn := rapid.SliceOfN(rapid.IntRange(int(accepts), int(refusesMessage)), 1, 6).Draw(t, name)
		r := w.plan(name, func(r *notifications.Row) {
			r.Resend = rapid.Bool().Draw(t, "resend")
			r.Class = rapid.SampledFrom([]notifications.Class{notifications.Reply, notifications.Urgent, notifications.Normal}).Draw(t, "class")
			r.Until = w.domain + notifications.Millis(rapid.SampledFrom([]int{1, 10, 600, 6000}).Draw(t, "until"))*minute
		})
		for _, a := range drawn {
			answers[r.ID] = append(answers[r.ID], answer(a))
		}
	}
	w.answer = func(r notifications.Row, n int) answer {
		list := answers[r.ID]
		return list[min(n, len(list)-1)]
	}
	suppressed := rapid.IntRange(0, 3).Draw(t, "suppressed after")
	w.decide = func(r notifications.Row) notifications.Verdict {
		if r.Try > suppressed && r.Class == notifications.Urgent {
			return notifications.Verdict{Do: notifications.DoSuppress, Reason: notifications.ReasonCancelled}
		}
		return notifications.Verdict{Do: notifications.DoSend}
	}
}

// finish lets a worker live until nothing is open.
func finish(t *rapid.T, w *world) {
	k := w.worker(-1, false)
	d := k.dispatcher(nil)
	for range 500 {
		if _, err := d.RunOnce(context.Background(), w.now()); err != nil {
			t.Fatalf("RunOnce() = %v", err)
		}
		open := w.list(func(r notifications.Row) bool { return !r.Closed() })
		if len(open) == 0 {
			return
		}
		w.pass(20 * minute)
	}
	t.Fatalf("rows are open for ever: %+v", w.list(func(r notifications.Row) bool { return !r.Closed() }))
}

func check(t *rapid.T, w *world) {
	for _, fault := range w.faults {
		t.Error(fault)
	}
	for _, r := range w.rows {
		perhaps, accepted := 0, 0
		for i, a := range w.handed[r.ID] {
			if !a.surelyNot() {
				perhaps++
			}
			if a == accepts || a == acceptsSilently {
				accepted++
			}
			if i > 0 && (w.handed[r.ID][i-1] == refusesRecipient || w.handed[r.ID][i-1] == refusesMessage) && !r.WasUnknown {
				t.Errorf("row %s was handed over after a permanent refusal", r.Recipient)
			}
		}
		most := 1
		if r.Resend {
			most += notifications.MaxResends
		}
		if perhaps > most {
			t.Errorf("row %s: %d hand-overs without refusal, want at most %d: %v", r.Recipient, perhaps, most, w.handed[r.ID])
		}
		if perhaps > r.Unknowns+1 {
			t.Errorf("row %s: %d hand-overs without refusal and %d unknowns: %v", r.Recipient, perhaps, r.Unknowns, w.handed[r.ID])
		}
		switch {
		case r.State == notifications.Sent && accepted == 0:
			t.Errorf("row %s is sent, but the server took nothing: %v", r.Recipient, w.handed[r.ID])
		case (r.State == notifications.Suppressed || r.State == notifications.Expired) && perhaps > 0:
			t.Errorf("row %s is %s, but may have been received: %v", r.Recipient, r.State, w.handed[r.ID])
		case r.State == notifications.Dead && r.Reason == notifications.ReasonRefused && r.Error == "":
			t.Errorf("row %s is dead without a text", r.Recipient)
		}
	}
}

// TestDispatcher_KilledAtEveryCall goes through one fixed run call by call.
func TestDispatcher_KilledAtEveryCall(t *testing.T) {
	t.Parallel()
	scene := func() *world {
		w := newWorld()
		for i := range 6 {
			w.plan(fmt.Sprint("r", i), func(r *notifications.Row) { r.Resend = i != 5 })
		}
		w.answer = func(r notifications.Row, n int) answer {
			if n > 0 {
				return accepts
			}
			return map[string]answer{"r1": refusesForNow, "r2": losesSilently, "r3": refusesRecipient}[r.Recipient]
		}
		return w
	}
	whole := scene()
	finishT(t, whole)
	for n := range len(whole.calls) {
		for _, after := range []bool{false, true} {
			w := scene()
			_, _ = w.worker(n, after).dispatcher(nil).RunOnce(context.Background(), w.now()) // killed
			w.pass(15 * minute)
			finishT(t, w)
			for _, r := range w.list(func(notifications.Row) bool { return true }) {
				got := len(w.handed[r.ID])
				want := map[string]int{"r1": 2, "r2": 2}[r.Recipient]
				want = max(want, 1)
				if got < want && !r.Left() || got > want+1 || (r.Recipient == "r5" && got > 1) {
					t.Errorf("kill at %d (%s), after %v: row %s was handed over %d times and is %s(%s)",
						n, whole.calls[n], after, r.Recipient, got, r.State, r.Reason)
				}
			}
		}
	}
}

func finishT(t *testing.T, w *world) {
	t.Helper()
	d := w.worker(-1, false).dispatcher(nil)
	var open []notifications.Row
	for range 100 {
		if _, err := d.RunOnce(t.Context(), w.now()); err != nil {
			t.Fatalf("RunOnce() = %v", err)
		}
		open = w.list(func(r notifications.Row) bool { return !r.Closed() })
		if len(open) == 0 {
			return
		}
		w.pass(20 * minute)
	}
	t.Fatalf("rows are open for ever: %+v", open)
}
