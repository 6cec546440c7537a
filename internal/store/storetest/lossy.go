package storetest

import (
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// testLostReply: a write that was applied and whose reply was lost is
// recognised, or can be called again, and is never applied twice.
func testLostReply(t *testing.T, set *store.Set, lose func()) {
	ctx := t.Context()
	e := eventAt(newID(), now)
	e.StatusNote = ""
	lose()
	must(t, set.Events.Create(ctx, &e))

	lose()
	get[event.Event](t)(set.Events.Update(ctx, e.ID, func(e *event.Event) error {
		e.StatusNote += mark
		return nil
	}))
	got := get[event.Event](t)(set.Events.Get(ctx, e.ID))
	if n := strings.Count(got.StatusNote, mark); n != 1 || got.Ver != 2 {
		t.Errorf("the update was applied %d times, ver %d", n, got.Ver)
	}

	r := newRoll()
	must(t, set.Rolls.CreateRoll(ctx, &r))
	r.Seq = 1
	lose()
	must(t, set.Rolls.SwapRoll(ctx, &r))
	diff(t, "roll", get[registration.Roll](t)(set.Rolls.Roll(ctx, r.ID)), r)
	testLostLedgerReply(t, set, lose)
}

// testLostLedgerReply calls again what failed, as the ledger's users do.
func testLostLedgerReply(t *testing.T, set *store.Set, lose func()) {
	ctx := t.Context()
	o := newOccurrence()
	rows := []notifications.Row{o.row(0), o.row(1)}
	lose()
	if _, err := set.Ledger.Insert(ctx, rows); err != nil {
		get[[]bool](t)(set.Ledger.Insert(ctx, rows))
	}
	m := notifications.Mark{Batch: "b", Fence: 1, Now: now, At: now}
	lose()
	marked, err := set.Ledger.Mark(ctx, o.part, rows, m)
	if err != nil {
		marked = get[[]notifications.Row](t)(set.Ledger.Mark(ctx, o.part, rows, m))
	}
	if len(marked) != 2 || marked[0].Gen != 2 || marked[1].Gen != 2 {
		t.Errorf("marked %d rows, not each once", len(marked))
	}
	results := []notifications.Result{{ID: rows[0].ID, Batch: "b", State: notifications.Sent, At: now}}
	lose()
	if err := set.Ledger.Settle(ctx, o.part, results); err != nil {
		must(t, set.Ledger.Settle(ctx, o.part, results))
	}
	if r := o.stored(t, set)[rows[0].ID]; r.State != notifications.Sent || r.Gen != 3 {
		t.Errorf("settled row is %s, gen %d, want sent, 3", r.State, r.Gen)
	}
}
