package notifications_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/notifications"
)

func mustRun(t *testing.T, d *notifications.Dispatcher, w *world) notifications.Stats {
	t.Helper()
	stats, err := d.RunOnce(t.Context(), w.now())
	if err != nil {
		t.Fatalf("RunOnce() = %v", err)
	}
	return stats
}

func TestDispatcher_RunOnce(t *testing.T) {
	t.Parallel()
	lateness := notifications.Verdict{Do: notifications.DoExpire, Reason: notifications.ReasonQuiet}
	tests := []struct {
		name    string
		change  func(*notifications.Row)
		verdict notifications.Verdict
		answer  answer
		want    func(w *world, r *notifications.Row)
	}{
		{name: "accepted", want: func(w *world, r *notifications.Row) {
			r.State, r.EndedAt, r.Contact = notifications.Sent, w.domain, "contact:r"
		}},
		{name: "refused for now", answer: refusesForNow, want: func(w *world, r *notifications.Row) {
			r.State, r.Reason, r.Error, r.Try = notifications.Planned, notifications.ReasonBackoff, "later", 1
			r.NotBefore = w.domain + notifications.Backoff(r.Group, 1)
			r.Due = r.NotBefore
		}},
		{
			name: "refused for now too often", answer: refusesForNow,
			change: func(r *notifications.Row) { r.Try = notifications.MaxTries - 1 },
			want: func(w *world, r *notifications.Row) {
				r.State, r.Reason, r.Error = notifications.Dead, notifications.ReasonExhausted, "later"
				r.EndedAt, r.Contact = w.domain, "contact:r"
			},
		},
		{name: "dropped before the end", answer: drops, want: func(w *world, r *notifications.Row) {
			r.State, r.Reason, r.Error = notifications.Planned, notifications.ReasonBackoff, "dropped"
			r.NotBefore = w.domain + minute
			r.Due = r.NotBefore
		}},
		{name: "recipient refused", answer: refusesRecipient, want: func(w *world, r *notifications.Row) {
			r.State, r.Reason, r.Error = notifications.Dead, notifications.ReasonRefused, "unknown"
			r.EndedAt, r.Contact = w.domain, "contact:r"
		}},
		{name: "message refused", answer: refusesMessage, want: func(w *world, r *notifications.Row) {
			r.State, r.Reason, r.Error = notifications.Dead, notifications.ReasonRefused, "no"
			r.EndedAt, r.Contact = w.domain, "contact:r"
		}},
		{name: "no answer", answer: losesSilently, want: func(w *world, r *notifications.Row) {
			r.State, r.Reason, r.Error = notifications.Unknown, notifications.ReasonNoReply, "no answer"
			r.EndedAt, r.Contact = w.domain, "contact:r"
			r.WasUnknown, r.Unknowns, r.Try = true, 1, 1
		}},
		{
			name: "no answer, not resent", answer: losesSilently,
			change: func(r *notifications.Row) { r.Resend = false },
			want: func(w *world, r *notifications.Row) {
				r.State, r.Reason, r.Error = notifications.Unknown, notifications.ReasonLeft, "no answer"
				r.EndedAt, r.Contact = w.domain, "contact:r"
				r.WasUnknown, r.Unknowns, r.Try = true, 1, 1
			},
		},
		{name: "suppressed", verdict: notifications.Verdict{Do: notifications.DoSuppress, Reason: notifications.ReasonOptedOut}, want: func(w *world, r *notifications.Row) {
			r.State, r.Reason, r.EndedAt = notifications.Suppressed, notifications.ReasonOptedOut, w.domain
		}},
		{name: "expired", verdict: lateness, want: func(w *world, r *notifications.Row) {
			r.State, r.Reason, r.EndedAt = notifications.Expired, notifications.ReasonQuiet, w.domain
		}},
		{
			name: "expired after unknown", verdict: lateness,
			change: func(r *notifications.Row) { r.WasUnknown, r.Unknowns = true, 1 },
			want: func(w *world, r *notifications.Row) {
				r.State, r.Reason, r.EndedAt = notifications.Unknown, notifications.ReasonLeft, w.domain
			},
		},
		{
			name:    "deferred to another lane",
			verdict: notifications.Verdict{Do: notifications.DoDefer, Reason: notifications.ReasonUnsettled, NotBefore: 1_700_000_060_000, Lane: notifications.Lane{Class: notifications.Urgent, Channel: "sms"}},
			want: func(_ *world, r *notifications.Row) {
				r.State, r.Reason, r.NotBefore = notifications.Planned, notifications.ReasonUnsettled, 1_700_000_060_000
				r.Due, r.Lane = r.NotBefore, notifications.Lane{Class: notifications.Urgent, Channel: "sms"}
			},
		},
		{
			name:    "deferred to the past",
			verdict: notifications.Verdict{Do: notifications.DoDefer, Reason: notifications.ReasonUnsettled, NotBefore: 5},
			want: func(w *world, r *notifications.Row) {
				r.State, r.Reason, r.NotBefore = notifications.Planned, notifications.ReasonUnsettled, w.domain+minute
				r.Due = r.NotBefore
			},
		},
		{
			name: "past its last instant", verdict: notifications.Verdict{Do: notifications.DoSend},
			change: func(r *notifications.Row) { r.Until = r.Due - 1 },
			want: func(w *world, r *notifications.Row) {
				r.State, r.Reason, r.EndedAt = notifications.Expired, notifications.ReasonLate, w.domain
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			row := w.plan("r", tt.change)
			w.answer = func(notifications.Row, int) answer { return tt.answer }
			if tt.verdict.Do != 0 {
				w.decide = func(notifications.Row) notifications.Verdict { return tt.verdict }
			}
			mustRun(t, w.worker(-1, false).dispatcher(nil), w)
			want := row
			want.Batch, want.Fence, want.SendingAt = "batch-1", 1, w.process
			want.Gen = 3
			tt.want(w, &want)
			if diff := cmp.Diff(want, w.row(row.ID)); diff != "" {
				t.Errorf("row after one run (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDispatcher_RefusedContactIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.plan("r", nil)
	w.answer = func(notifications.Row, int) answer { return refusesRecipient }
	mustRun(t, w.worker(-1, false).dispatcher(nil), w)
	if got, want := w.refused["contact:r"], 1; got != want {
		t.Errorf("Refused was called %d times, want %d", got, want)
	}
}

// A refused row that has a next reach goes there at once, by the same row and
// without a try; after the last reach it is dead.
func TestDispatcher_RefusedRowGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld()
	one, other := w.plan("r", nil), w.plan("s", nil)
	w.answer = func(notifications.Row, int) answer { return refusesRecipient }
	left := 2
	w.next = func(rows []notifications.Row) []notifications.Lane {
		lanes := make([]notifications.Lane, len(rows))
		for i, r := range rows {
			switch {
			case r.Recipient == "s":
				lanes[i] = notifications.Lane{Class: r.Class, Channel: "paper"}
			case left > 0:
				left--
				lanes[i] = r.Lane
			}
		}
		return lanes
	}
	mustRun(t, w.worker(-1, false).dispatcher(nil), w)
	r, s := w.row(one.ID), w.row(other.ID)
	if r.State != notifications.Dead || r.Reason != notifications.ReasonRefused || r.Try != 0 || len(w.handed[r.ID]) != 3 {
		t.Errorf("handed over %d times in one lane, then %s(%s) with %d tries", len(w.handed[r.ID]), r.State, r.Reason, r.Try)
	}
	if s.State != notifications.Planned || s.Channel != "paper" || s.Try != 0 || s.Due != w.domain || s.Error == "" || len(w.handed[s.ID]) != 1 {
		t.Errorf("the other is %s in %s, due %d, after %d hand-overs", s.State, s.Channel, s.Due, len(w.handed[s.ID]))
	}
}

func TestDispatcher_GivenUpRowsAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.plan("r", func(r *notifications.Row) { r.Try = notifications.MaxTries - 1 })
	w.answer = func(notifications.Row, int) answer { return refusesForNow }
	mustRun(t, w.worker(-1, false).dispatcher(nil), w)
	if w.gaveUp != 1 {
		t.Errorf("told of %d rows, want 1", w.gaveUp)
	}
}

func TestDispatcher_HeldUnits(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.holds = []notifications.Hold{{Unit: "held"}}
	for i := range 1200 {
		w.plan(fmt.Sprint("held", i), func(r *notifications.Row) { r.Unit, r.Due = "held", r.Due-minute })
	}
	free := w.plan("free", nil)
	k := w.worker(-1, false)
	stats := mustRun(t, k.dispatcher(nil), w)
	if diff := cmp.Diff(notifications.Stats{Sent: 1, Held: 1200}, stats); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	if got := w.row(free.ID).State; got != notifications.Sent {
		t.Errorf("the free row behind the held ones is %s, want sent", got)
	}
	held := w.list(func(r notifications.Row) bool { return r.Unit == "held" })[0]
	if held.State != notifications.Planned || held.Reason != notifications.ReasonHeld || held.Due != w.domain+10*minute || held.Try != 0 {
		t.Errorf("held row = %+v, want it planned in 10 minutes with no try", held)
	}
	w.holds = nil
	w.pass(10 * minute)
	if got := mustRun(t, k.dispatcher(nil), w).Sent; got != 1200 {
		t.Errorf("after the release %d were sent, want 1200", got)
	}
}

func TestDispatcher_SystemHold(t *testing.T) {
	t.Parallel()
	for _, halted := range []bool{false, true} {
		w := newWorld()
		w.plan("r", nil)
		if !halted {
			w.holds = []notifications.Hold{{Unit: ""}}
		}
		d := w.worker(-1, false).dispatcher(func(o *notifications.Options) { o.Halted = func() bool { return halted } })
		if diff := cmp.Diff(notifications.Stats{}, mustRun(t, d, w)); diff != "" {
			t.Errorf("halted %v: stats (-want +got):\n%s", halted, diff)
		}
		if slices.Contains(w.calls, "Mark") {
			t.Errorf("halted %v: rows were marked", halted)
		}
	}
}

func TestDispatcher_ChannelDown(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.unopened = true
	urgent := w.plan("u", func(r *notifications.Row) { r.Class = notifications.Urgent })
	normal := w.plan("n", nil)
	stats := mustRun(t, w.worker(-1, false).dispatcher(nil), w)
	if diff := cmp.Diff(notifications.Stats{Down: []string{"smtp"}}, stats); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]notifications.Row{urgent, normal}, []notifications.Row{w.row(urgent.ID), w.row(normal.ID)}); diff != "" {
		t.Errorf("rows changed (-want +got):\n%s", diff)
	}
	if w.opens != 1 || slices.Contains(w.calls, "Due normal") {
		t.Errorf("the channel was opened %d times and asked again: %v", w.opens, w.calls)
	}
}

func TestDispatcher_UrgentFirst(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var order []string
	for _, class := range []notifications.Class{notifications.Normal, notifications.Reply, notifications.Urgent} {
		w.plan(string(class), func(r *notifications.Row) { r.Class = class })
	}
	w.answer = func(r notifications.Row, _ int) answer {
		order = append(order, r.Recipient)
		return accepts
	}
	mustRun(t, w.worker(-1, false).dispatcher(nil), w)
	if diff := cmp.Diff([]string{"urgent", "reply", "normal"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// TestDispatcher_SlowServer has hand-overs of 3 seconds: nothing is begun more
// than 5 seconds after its mark, and marks shrink.
func TestDispatcher_SlowServer(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.sendTakes = 3 * second
	for i := range 10 {
		w.plan(fmt.Sprint("r", i), nil)
	}
	var late []notifications.Millis
	marked := 0
	w.answer = func(r notifications.Row, _ int) answer {
		if since := w.process - r.SendingAt; since > 5*second {
			late = append(late, since)
		}
		marked = max(marked, len(w.list(func(r notifications.Row) bool { return r.State == notifications.Sending })))
		return accepts
	}
	stats := mustRun(t, w.worker(-1, false).dispatcher(nil), w)
	if diff := cmp.Diff(notifications.Stats{Sent: 10, Returned: 2}, stats); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	if len(late) > 0 || marked > 4 {
		t.Errorf("hand-overs began %v after their mark, with up to %d rows marked", late, marked)
	}
}

// TestDispatcher_SlowServerOutlivesUntil: a round that lasts goes by the time of
// each mark, and hands nothing over that is late by then.
func TestDispatcher_SlowServerOutlivesUntil(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 6 {
		w.plan(fmt.Sprint("r", i), func(r *notifications.Row) { r.Until = r.Due + 10*second })
	}
	w.sendTakes = 4 * second
	w.answer = func(r notifications.Row, _ int) answer {
		if w.domain > r.Until+5*second {
			t.Errorf("row %s was handed over %d ms after its end", r.ID, w.domain-r.Until)
		}
		w.domain += 4 * second
		return accepts
	}
	stats := mustRun(t, w.worker(-1, false).dispatcher(nil), w)
	if stats.Expired == 0 || stats.Sent+stats.Expired != 6 {
		t.Errorf("%d were sent and %d expired, want some of the 6 expired and none left", stats.Sent, stats.Expired)
	}
}

func TestDispatcher_OneMarkedWhereUnknownIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 5 {
		w.plan(fmt.Sprint("r", i), func(r *notifications.Row) { r.Resend, r.Due = i%2 == 1, r.Due-notifications.Millis(i) })
	}
	w.answer = func(r notifications.Row, _ int) answer {
		if n := len(w.list(func(r notifications.Row) bool { return r.State == notifications.Sending })); n != 1 {
			t.Errorf("%d rows are sending beside %s, want 1", n, r.Recipient)
		}
		return accepts
	}
	mustRun(t, w.worker(-1, false).dispatcher(nil), w)
}

// TestDispatcher_StoppedInBetween gives back what was marked and not begun.
func TestDispatcher_StoppedInBetween(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 4 {
		w.plan(fmt.Sprint("r", i), func(r *notifications.Row) { r.NotBefore = 7 })
	}
	ctx, cancel := context.WithCancel(t.Context())
	w.answer = func(_ notifications.Row, _ int) answer {
		cancel()
		return accepts
	}
	stats, err := w.worker(-1, false).dispatcher(nil).RunOnce(ctx, w.now())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("RunOnce() = %v, want canceled", err)
	}
	if diff := cmp.Diff(notifications.Stats{Sent: 1, Returned: 3}, stats); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	planned := w.list(func(r notifications.Row) bool {
		return r.State == notifications.Planned && r.Try == 0 && r.NotBefore == 7 && r.Due == r.Wish
	})
	if len(planned) != 3 {
		t.Errorf("%d rows are planned as before, want 3: %+v", len(planned), w.rows)
	}
}

// TestDispatcher_KeepsResults has the store fail when a result is stored: the
// next run stores it, and nobody gets a second mail.
func TestDispatcher_KeepsResults(t *testing.T) {
	t.Parallel()
	w := newWorld()
	row := w.plan("r", nil)
	k := w.worker(-1, false)
	w.answer = func(notifications.Row, int) answer {
		k.left = 0 // the next call, Settle, fails
		return accepts
	}
	d := k.dispatcher(nil)
	if _, err := d.RunOnce(t.Context(), w.now()); !errors.Is(err, errKilled) {
		t.Fatalf("RunOnce() = %v, want the store's error", err)
	}
	k.left, k.dead = -1, false
	mustRun(t, d, w)
	if got := w.row(row.ID).State; got != notifications.Sent || len(w.handed[row.ID]) != 1 {
		t.Errorf("row is %s after %d hand-overs, want sent after 1", got, len(w.handed[row.ID]))
	}
}

func TestDispatcher_LateAnswerBeatsSweep(t *testing.T) {
	t.Parallel()
	w := newWorld()
	row := w.plan("r", nil)
	first, second := w.worker(-1, false), w.worker(-1, false)
	other := second.dispatcher(nil)
	w.answer = func(notifications.Row, int) answer {
		w.process += 11 * minute // a hand-over that hangs while another worker sweeps
		swept := w.rows[row.ID].Swept(notifications.Sweep{Now: w.domain, RetryAfter: minute, MaxUnknowns: notifications.MaxResends})
		w.rows[row.ID] = swept
		return accepts
	}
	mustRun(t, first.dispatcher(nil), w)
	w.pass(hour)
	mustRun(t, other, w)
	if got := w.row(row.ID); got.State != notifications.Sent || got.Unknowns != 1 || len(w.handed[row.ID]) != 1 {
		t.Errorf("row = %+v after %d hand-overs, want sent after 1", got, len(w.handed[row.ID]))
	}
}

// A database may do what a worker asked of it after that worker died: its part has
// not been swept for good by the first look.
func TestDispatcher_LateMark(t *testing.T) {
	t.Parallel()
	w := newWorld()
	row := w.plan("r", func(r *notifications.Row) { r.Due += hour })
	old, k := w.worker(-1, false), w.worker(-1, false)
	k.orphan = true
	d := k.dispatcher(nil)
	for _, tt := range []struct {
		after notifications.Millis
		marks bool
		swept int
		over  bool
	}{{0, false, 0, false}, {5 * second, true, 1, false}, {5*second - 1, false, 0, false}, {1, false, 0, true}} {
		w.process += tt.after
		if tt.marks {
			w.rows[row.ID] = row.Marked(notifications.Mark{Batch: "old", Fence: old.fence, At: w.process})
		}
		if got := mustRun(t, d, w).Swept; got != tt.swept || k.swept != tt.over {
			t.Errorf("after %d ms more %d rows were swept, and %v is said, want %d and %v", tt.after, got, k.swept, tt.swept, tt.over)
		}
	}
}

func TestDispatcher_Takeover(t *testing.T) {
	t.Parallel()
	w := newWorld()
	row := w.plan("r", nil)
	old := w.worker(-1, false)
	w.rows[row.ID] = row.Marked(notifications.Mark{Batch: "old", Fence: old.fence, At: w.process})
	d := w.worker(-1, false).dispatcher(nil)
	mustRun(t, d, w)
	w.process += 89 * second
	if got := mustRun(t, d, w).Swept; got != 0 {
		t.Errorf("89 s after the take %d rows were swept, want 0", got)
	}
	w.process += 1 * second
	if got := mustRun(t, d, w).Swept; got != 1 {
		t.Errorf("90 s after the take %d rows were swept, want 1", got)
	}
	if got := w.row(row.ID); got.State != notifications.Planned || !got.WasUnknown || got.Due <= w.domain {
		t.Errorf("row = %+v, want it planned for later after an unknown", got)
	}
}

// TestDispatcher_TakeoverOfTheDead: where the owner before is known to be over,
// nothing is waited for.
func TestDispatcher_TakeoverOfTheDead(t *testing.T) {
	t.Parallel()
	w := newWorld()
	old := w.worker(-1, false)
	mark := notifications.Mark{Batch: "old", Fence: old.fence, At: w.process}
	for i := range 4 {
		r := w.plan(fmt.Sprint("r", i), nil)
		w.rows[r.ID] = r.Marked(mark)
	}
	k := w.worker(-1, false)
	k.orphan = true
	if got := mustRun(t, k.dispatcher(nil), w); got.Swept != 4 || got.Sent != 2 {
		t.Errorf("at the take %d rows were swept and %d sent, want 4 and the 2 that were not begun", got.Swept, got.Sent)
	}
	w.pass(3 * minute)
	if got := mustRun(t, k.dispatcher(nil), w).Sent; got != 2 {
		t.Errorf("after the wait %d rows were sent, want the 2 that may have been begun", got)
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for try := 1; try < 20; try++ {
		plain := min(2*minute<<min(try-1, 10), 4*hour)
		got := notifications.Backoff("group", try)
		if got < plain*3/4 || got > plain*5/4 {
			t.Errorf("Backoff(%d) = %d ms, want %d give or take a quarter", try, got, plain)
		}
		if again := notifications.Backoff("group", try); again != got {
			t.Errorf("Backoff(%d) = %d, then %d", try, got, again)
		}
	}
	if notifications.Backoff("group", 1) == notifications.Backoff("other", 1) {
		t.Error("Backoff gives two groups the same time")
	}
}
