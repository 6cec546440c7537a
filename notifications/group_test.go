package notifications_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/notifications"
)

// family is a Source that joins rows of one group: what was once unknown with
// those that it went with, or not at all.
type family struct{ k *worker }

func (f family) Decide(_ context.Context, _ notifications.Millis, rows []notifications.Row) (verdicts []notifications.Verdict, err error) {
	err = f.k.call("Decide", func() error {
		leads := map[string]string{}
		for _, r := range rows {
			v := notifications.Verdict{RowID: r.ID, Do: notifications.DoSend, Message: notifications.Message{MessageID: r.ID, Contact: "contact"}}
			key := r.Group
			if r.WasUnknown && r.MessageID != "" {
				key = r.MessageID
				v.Message.MessageID = r.MessageID
			}
			if lead := leads[key]; lead != "" {
				v = notifications.Verdict{RowID: r.ID, Do: notifications.DoJoin, Lead: lead}
			} else {
				leads[key] = r.ID
			}
			verdicts = append(verdicts, v)
		}
		return nil
	})
	return verdicts, err
}

func (family) Exhausted(context.Context, []notifications.Row) error { return nil }

func (f family) Refused(ctx context.Context, now notifications.Millis, rows []notifications.Row, contact string) ([]notifications.Lane, error) {
	return source(f).Refused(ctx, now, rows, contact)
}

// families plans n groups of the size.
func families(w *world, n, size int, change func(*notifications.Row)) {
	for g := range n {
		for m := range size {
			w.plan(fmt.Sprintf("g%d.%d", g, m), func(r *notifications.Row) {
				r.Group = fmt.Sprintf("group %03d", g)
				if change != nil {
					change(r)
				}
			})
		}
	}
}

func (k *worker) families() *notifications.Dispatcher {
	return k.dispatcher(func(o *notifications.Options) { o.Source = family{k} })
}

// sharing lists the rows by the Message-ID that they have stored.
func (w *world) sharing() map[string][]notifications.Row {
	by := map[string][]notifications.Row{}
	for _, r := range w.list(func(notifications.Row) bool { return true }) {
		by[r.MessageID] = append(by[r.MessageID], r)
	}
	return by
}

func TestDispatcher_OneMailForAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld()
	families(w, 3, 4, nil)
	stats := mustRun(t, w.worker(-1, false).families(), w)
	if diff := cmp.Diff(notifications.Stats{Sent: 12}, stats); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	if len(w.handed) != 3 {
		t.Errorf("%d mails, want 3", len(w.handed))
	}
	for id, rows := range w.sharing() {
		if len(rows) != 4 || len(w.handed[id]) != 1 {
			t.Errorf("mail %q is on %d rows and was handed over %d times, want 4 and once", id, len(rows), len(w.handed[id]))
		}
	}
	bind, send := slices.Index(w.calls, "Bind"), slices.Index(w.calls, "Send")
	if bind < 0 || bind > send {
		t.Errorf("the Message-IDs were stored at call %d, the first hand-over was %d", bind, send)
	}
}

// A mark takes whole groups, however large, and the list of what is due is cut
// between two of them.
func TestDispatcher_MarksWholeGroups(t *testing.T) {
	t.Parallel()
	for _, size := range []int{3, 5, 40, 200} {
		w := newWorld()
		families(w, 1200/size, size, nil)
		stats := mustRun(t, w.worker(-1, false).families(), w)
		if stats.Sent != 1200/size*size || len(w.handed) != 1200/size {
			t.Errorf("groups of %d: %d rows in %d mails", size, stats.Sent, len(w.handed))
		}
	}
}

// One whose unknown is left goes by itself, but never without its group.
func TestDispatcher_MarksWholeGroupsThatAreLeft(t *testing.T) {
	t.Parallel()
	w := newWorld()
	families(w, 4, 3, func(r *notifications.Row) { r.Resend = false })
	most := 0
	w.answer = func(notifications.Row, int) answer {
		most = max(most, len(w.list(func(r notifications.Row) bool { return r.State == notifications.Sending })))
		return accepts
	}
	if stats := mustRun(t, w.worker(-1, false).families(), w); stats.Sent != 12 || len(w.handed) != 4 || most != 3 {
		t.Errorf("%d rows in %d mails, up to %d marked at once", stats.Sent, len(w.handed), most)
	}
}

func TestDispatcher_GroupEndsAlike(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer answer
		state  notifications.State
		reason notifications.Reason
	}{
		"refused for now":   {refusesForNow, notifications.Planned, notifications.ReasonBackoff},
		"dropped":           {drops, notifications.Planned, notifications.ReasonBackoff},
		"refused":           {refusesMessage, notifications.Dead, notifications.ReasonRefused},
		"without an answer": {losesSilently, notifications.Unknown, notifications.ReasonNoReply},
	} {
		w := newWorld()
		families(w, 1, 3, nil)
		for id, r := range w.rows { // one of them was refused alone, before
			r.Try = len(w.rows) - 1
			w.rows[id] = r
			break
		}
		w.answer = func(notifications.Row, int) answer { return tt.answer }
		mustRun(t, w.worker(-1, false).families(), w)
		rows := w.list(func(notifications.Row) bool { return true })
		for _, r := range rows {
			if r.State != tt.state || r.Reason != tt.reason || r.Due != rows[0].Due || r.MessageID != rows[0].MessageID {
				t.Errorf("%s: %s is %s(%s) due %d, want %s(%s) like the first", name, r.Recipient, r.State, r.Reason, r.Due, tt.state, tt.reason)
			}
		}
	}
}

func TestDispatcher_RefusesAJoinWithoutALead(t *testing.T) {
	t.Parallel()
	w := newWorld()
	row := w.plan("r", nil)
	w.decide = func(notifications.Row) notifications.Verdict {
		return notifications.Verdict{Do: notifications.DoJoin, Lead: "nobody"}
	}
	if _, err := w.worker(-1, false).dispatcher(nil).RunOnce(t.Context(), w.now()); err == nil {
		t.Error("RunOnce() = nil, want an error of the source")
	}
	if got := w.row(row.ID); got.State != notifications.Planned {
		t.Errorf("row is %s, want it planned", got.State)
	}
}

// TestDispatcher_GroupKilled kills workers at any call: whatever was handed over
// together stays together, under one Message-ID.
func TestDispatcher_GroupKilled(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		families(w, rapid.IntRange(1, 6).Draw(t, "groups"), rapid.IntRange(1, 4).Draw(t, "size"), nil)
		w.answer = func(notifications.Row, int) answer {
			return answer(rapid.IntRange(int(accepts), int(drops)).Draw(t, "answer"))
		}
		for range rapid.IntRange(0, 4).Draw(t, "kills") {
			k := w.worker(rapid.IntRange(0, 40).Draw(t, "calls"), rapid.Bool().Draw(t, "after"))
			_, _ = k.families().RunOnce(context.Background(), w.now()) // killed
			w.pass(notifications.Millis(rapid.SampledFrom([]int{1, 60, 700}).Draw(t, "pause")) * second)
		}
		d := w.worker(-1, false).families()
		for range 300 {
			if _, err := d.RunOnce(context.Background(), w.now()); err != nil {
				t.Fatalf("RunOnce() = %v", err)
			}
			w.pass(20 * minute)
		}
		for id, rows := range w.sharing() {
			for _, r := range rows {
				if !r.Closed() || r.State != rows[0].State {
					t.Errorf("of mail %s row %s is %s(%s), and the first is %s", id, r.Recipient, r.State, r.Reason, rows[0].State)
				}
				if r.Group != r.ID && r.MessageID == "" {
					t.Errorf("row %s went without its mail's Message-ID", r.Recipient)
				}
			}
		}
		for _, fault := range w.faults {
			t.Error(fault)
		}
	})
}

// Where a message goes to another contact than its row was planned for, the row
// knows before the hand-over: a kill then leaves it sendable to the same place.
func TestDispatcher_BindsTheContact(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.plan("r", func(r *notifications.Row) { r.Contact = "refused" })
	var known string
	w.answer = func(r notifications.Row, _ int) answer {
		known = r.Contact
		return accepts
	}
	mustRun(t, w.worker(-1, false).dispatcher(nil), w)
	if known != "contact:r" {
		t.Errorf("at the hand-over the row was of contact %q, want the one it went to", known)
	}
}
