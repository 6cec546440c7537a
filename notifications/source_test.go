package notifications_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sunday-with-the-people/sunday/notifications"
)

func TestDispatcher_SourceFails(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"panics", "answers another row", "decides nothing"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			row := w.plan("r", nil)
			k := w.worker(-1, false)
			d := k.dispatcher(func(o *notifications.Options) { o.Source = badSource{name} })
			_, err := d.RunOnce(t.Context(), w.now())
			if err == nil || !strings.Contains(err.Error(), "decide rows") {
				t.Errorf("RunOnce() = %v, want an error of the source", err)
			}
			got := w.row(row.ID)
			if got.State != notifications.Planned || got.Due != w.domain+minute || got.Try != 0 {
				t.Errorf("row = %+v, want it planned in a minute", got)
			}
		})
	}
}

// One row that cannot be decided holds up no other, however often it comes.
func TestDispatcher_SourceFailsForOneRow(t *testing.T) {
	t.Parallel()
	w := newWorld()
	bad := w.plan("bad", nil)
	var good []notifications.Row
	for _, name := range []string{"a", "b", "c"} {
		good = append(good, w.plan(name, nil))
	}
	w.decide = func(r notifications.Row) notifications.Verdict {
		if r.ID == bad.ID {
			panic("its template")
		}
		return notifications.Verdict{Do: notifications.DoSend}
	}
	k := w.worker(-1, false)
	mustRun(t, k.dispatcher(nil), w)
	for _, r := range good {
		if got := w.row(r.ID); got.State != notifications.Sent {
			t.Errorf("%s is %s, want it sent", got.Recipient, got.State)
		}
	}
	if got := w.row(bad.ID); got.State != notifications.Planned || got.Due != w.domain+minute || got.Try != 0 {
		t.Errorf("row = %+v, want it planned in a minute", got)
	}
}

// A store that is away is not asked for every row again.
func TestDispatcher_SourceUnavailable(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.plan("a", nil)
	w.plan("b", nil)
	k := w.worker(-1, false)
	away := &awaySource{}
	if _, err := k.dispatcher(func(o *notifications.Options) { o.Source = away }).RunOnce(t.Context(), w.now()); !errors.Is(err, notifications.ErrUnavailable) {
		t.Errorf("RunOnce() = %v", err)
	}
	if away.asked != 1 {
		t.Errorf("asked %d times, want once", away.asked)
	}
}

type awaySource struct{ asked int }

func (a *awaySource) Decide(context.Context, notifications.Millis, []notifications.Row) ([]notifications.Verdict, error) {
	a.asked++
	return nil, fmt.Errorf("read facts: %w", notifications.ErrUnavailable)
}

func (*awaySource) Exhausted(context.Context, []notifications.Row) error { return nil }

func (*awaySource) Refused(context.Context, notifications.Millis, []notifications.Row, string) ([]notifications.Lane, error) {
	return nil, nil
}

type badSource struct{ how string }

func (b badSource) Decide(context.Context, notifications.Millis, []notifications.Row) ([]notifications.Verdict, error) {
	switch b.how {
	case "panics":
		panic("template")
	case "answers another row":
		return []notifications.Verdict{{RowID: "another", Do: notifications.DoSend}}, nil
	default:
		return nil, nil
	}
}

func (badSource) Exhausted(context.Context, []notifications.Row) error { return nil }

func (badSource) Refused(context.Context, notifications.Millis, []notifications.Row, string) ([]notifications.Lane, error) {
	return nil, nil
}
