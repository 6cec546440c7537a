package sim_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/sim/gate"
	"github.com/sunday-with-the-people/sunday/internal/sim/oracle"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// outage refuses calls while it lasts.
type outage struct {
	lasts atomic.Bool
	// of chooses the calls that are refused.
	of func(call string) bool
}

var _ gate.Gate = (*outage)(nil)

func (o *outage) Before(call string) error {
	if o.lasts.Load() && o.of(call) {
		return record.ErrAway
	}
	return nil
}

func (*outage) After(string) error { return nil }

func every(string) bool { return true }

// toPeople are the calls of a mail server.
func toPeople(call string) bool { return call == "Channel.Open" }

// TestOutage: a store that is away, a disk that is full and a mail server that
// is away let the process live; it says what is wrong, and catches up.
func TestOutage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		of   func(call string) bool
		// fails is whether the worker's steps fail, ready whether /readyz does not.
		fails, ready bool
	}{
		{"the store is away", every, true, false},
		{"the disk is full", gate.Writes, true, false},
		{"the mail server is away", toPeople, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := &outage{of: tt.of}
			w := startOutage(t, o)
			o.lasts.Store(true)
			for minute := range 5 {
				w.clock.set(monday.Add(time.Duration(minute) * time.Minute))
				if _, err := w.process.Step(t.Context()); errors.Is(err, record.ErrAway) != tt.fails {
					t.Errorf("minute %d: %v, want it to fail: %t", minute, err, tt.fails)
				}
			}
			if got := w.isReady(t); got != tt.ready {
				t.Errorf("ready is %t, want %t", got, tt.ready)
			}
			if len(w.post.handed) != 0 {
				t.Fatalf("%d messages went out", len(w.post.handed))
			}
			o.lasts.Store(false)
			w.catchUp(t)
		})
	}
}

// served is a world with one process that answers requests, and works when it
// is told to.
type served struct {
	*world

	process *app.App
	address string
}

// startOutage opens a process behind the outage on the prepared scene.
func startOutage(t *testing.T, o *outage) *served {
	t.Helper()
	l := onSQLite(t)
	c, err := l.fresh(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	c.Addr = "127.0.0.1:0"
	w := &world{scene: l.scene, config: c, clock: &clock{at: monday}}
	w.post = &post{now: w.clock.millis, events: l.scene.parts(), keys: &l.scene.keys}
	listeners, err := app.Listen(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	process, err := app.Open(t.Context(), app.Options{
		Config: c, Listeners: listeners, Clock: w.clock.clock(), SyncOff: true,
		Wrap:     func(set store.Set) store.Set { return gate.Wrap(set, o) },
		Channels: []notifications.Channel{gate.Channel(w.post, o)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := process.Release(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	w.post.store = process.Store()
	ended := make(chan error, 1)
	go func() { ended <- process.Serve(t.Context()) }()
	t.Cleanup(func() { // the test's context is done by now
		if err := errors.Join(<-ended, process.Close()); err != nil {
			t.Error(err)
		}
	})
	return &served{world: w, process: process, address: listeners.Pages.Addr().String()}
}

// catchUp lets the process work on, and looks for everything that was due.
func (w *served) catchUp(t *testing.T) {
	t.Helper()
	for minute := range 5 {
		w.clock.set(monday.Add(time.Duration(10+minute) * time.Minute))
		if _, err := w.process.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if w.post.failed != nil {
		t.Fatal(w.post.failed)
	}
	got := map[string]int{}
	for _, o := range w.post.handed {
		got[nameOf(w.scene.people, o.Facts.Resident.ID)+" "+o.Row.Rule]++
	}
	want := map[string]int{
		"lan confirmation": 3, "hung confirmation": 2, "leaver confirmation": 2, "waiting confirmation": 2,
		"mother confirmation": 1, "child confirmation": 1, "confirmer pending": 1, "dreamer pending": 1,
	}
	diff(t, "messages", want, got)
	for _, v := range oracle.Check(oracle.History{HandOvers: w.post.handed}) {
		t.Error(v)
	}
	// the report of before is given again for a second of wall time
	w.clock.set(w.clock.now().Add(time.Minute))
	if !w.isReady(t) {
		t.Error("not ready after it is over")
	}
}

// isReady asks /readyz.
func (w *served) isReady(t *testing.T) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.address+"/readyz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body struct {
		Ready bool `json:"ready"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if body.Ready != (answer.StatusCode == http.StatusOK) {
		t.Errorf("ready is %t with status %d", body.Ready, answer.StatusCode)
	}
	return body.Ready
}
