package event_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/event"
)

// allowed is every move, written out apart from the code's own table.
var allowed = map[string]event.State{
	"draft submit":         event.Submitted,
	"draft cancel":         event.Cancelled,
	"submitted approve":    event.Approved,
	"submitted return":     event.Returned,
	"submitted withdraw":   event.Draft,
	"submitted cancel":     event.Cancelled,
	"returned submit":      event.Submitted,
	"returned cancel":      event.Cancelled,
	"approved publish":     event.Published,
	"approved reschedule":  event.Approved,
	"approved cancel":      event.Cancelled,
	"published reschedule": event.Published,
	"published postpone":   event.Postponed,
	"published cancel":     event.Cancelled,
	"published close":      event.Done,
	"postponed reschedule": event.Postponed,
	"postponed resume":     event.Published,
	"postponed cancel":     event.Cancelled,
	"done report":          event.Reported,
}

func TestNext(t *testing.T) {
	t.Parallel()
	for _, state := range event.States() {
		for _, act := range event.Acts() {
			if state == event.Cancelled && act == event.Restore {
				continue // TestNext/restore
			}
			got, err := event.Next(state, event.Published, act)
			want, ok := allowed[fmt.Sprintf("%s %s", state, act)]
			if got != want || ok != (err == nil) || !ok && !errors.Is(err, event.ErrState) {
				t.Errorf("Next(%s, %s) = %q, %v, want %q", state, act, got, err, want)
			}
		}
	}
}

func TestNext_Restore(t *testing.T) {
	t.Parallel()
	cancellable := map[event.State]bool{
		event.Draft: true, event.Submitted: true, event.Returned: true,
		event.Approved: true, event.Published: true, event.Postponed: true,
	}
	for _, former := range event.States() {
		got, err := event.Next(event.Cancelled, former, event.Restore)
		if cancellable[former] != (err == nil) || err == nil && got != former {
			t.Errorf("restore to %s = %q, %v", former, got, err)
		}
	}
}

func TestEvent_Allowed(t *testing.T) {
	t.Parallel()
	got := event.Event{State: event.Cancelled, Former: event.Draft}.Allowed()
	if d := cmp.Diff([]event.Act{event.Restore}, got); d != "" {
		t.Error(d)
	}
	if got := (event.Event{State: event.Reported}).Allowed(); got != nil {
		t.Errorf("a reported event allows %v", got)
	}
}

const minute = 60_000

func TestEvent_Take_EditsBoundOneNotice(t *testing.T) {
	t.Parallel()
	e := event.Event{State: event.Published, PublishedAt: 1, EndAt: 1 << 40, ApprovedAt: 1}
	take := func(act event.Act, at int64) {
		t.Helper()
		if err := e.Take(act, "a", "why", instant(at)); err != nil {
			t.Fatal(err)
		}
	}
	take(event.Postpone, 100*minute)
	take(event.Resume, 104*minute) // within 5 minutes: the same notice
	if e.FirstEditAt != 100*minute || e.LastEditAt != 104*minute || e.Revision != 2 {
		t.Errorf("edits %d to %d, revision %d", e.FirstEditAt, e.LastEditAt, e.Revision)
	}
	take(event.Postpone, 110*minute) // the notice has gone
	if e.FirstEditAt != 110*minute {
		t.Errorf("first edit at %d, want a new count", e.FirstEditAt)
	}
	if e.PlanVer != 3 || !e.Dirty {
		t.Errorf("plan_ver %d, dirty %v: the planner would not look", e.PlanVer, e.Dirty)
	}
}

func TestEvent_Take_CancelAndRestoreAreCounted(t *testing.T) {
	t.Parallel()
	e := event.Event{State: event.Draft, EndAt: 1 << 40}
	for i, act := range []event.Act{
		event.Cancel, event.Restore, event.Submit, event.Approve, event.Cancel, event.Restore, event.Cancel,
	} {
		if err := e.Take(act, "a", "why", instant(int64(i+1))); err != nil {
			t.Fatal(err)
		}
		if act == event.Approve {
			if e.CancelCount != 0 || !e.Uncounted {
				t.Errorf("a cancelled draft was counted: %d", e.CancelCount)
			}
			e.Uncounted = false
		}
	}
	if e.CancelCount != 2 || !e.Uncounted || e.Former != event.Approved || e.FirstEditAt != 0 {
		t.Errorf("count %d, uncounted %v, former %s, first edit %d", e.CancelCount, e.Uncounted, e.Former, e.FirstEditAt)
	}
}

func TestEvent_Take_Clock(t *testing.T) {
	t.Parallel()
	for act, state := range map[event.Act]event.State{
		event.Submit: event.Draft, event.Approve: event.Submitted, event.Publish: event.Approved, event.Resume: event.Postponed,
	} {
		over := event.Event{State: state, StartAt: 5, EndAt: 10}
		if err := over.Take(act, "a", "", 10); !errors.Is(err, event.ErrOver) || over.State != state {
			t.Errorf("%s of what is over: %v", act, err)
		}
		if err := over.Take(act, "a", "", 9); err != nil {
			t.Errorf("%s of what has begun: %v", act, err)
		}
	}
	for _, act := range []event.Act{event.Return, event.Withdraw, event.Cancel} {
		over := event.Event{State: event.Submitted, EndAt: 10}
		if err := over.Take(act, "a", "why", 10); err != nil {
			t.Errorf("%s of what is over: %v", act, err)
		}
	}
	early := event.Event{State: event.Published, StartAt: 10, EndAt: 20}
	if err := early.Take(event.Close, "a", "", 9); !errors.Is(err, event.ErrEarly) {
		t.Errorf("closing what has not begun: %v", err)
	}
}
