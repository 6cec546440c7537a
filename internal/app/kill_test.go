//go:build unix

package app_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/app"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/config"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/unit"
	"github.com/sunday-with-the-people/sunday/notifications"
)

// childEnv makes the test binary a worker process that is to be killed: its
// value is when the test began and the domain time then.
const childEnv = "APP_TEST_WORKER_CLOCK"

// The connections of each worker, and how many times faster than the machine's its
// domain time is: what waits minutes for another try must not take minutes.
const (
	killConnections = 10
	killSpeed       = 60
)

// size is how much a kill test does: each of people gets a message of each of
// events.
type size struct{ events, people, kills int }

func (s size) messages() int { return s.events * s.people }

// sizeOn is 20,000 messages and 30 kills with KILL=all, as in `make kill`: they
// take minutes. Otherwise it is a part of that.
func sizeOn(store string) size {
	switch {
	case os.Getenv("KILL") == "all":
		return size{20, 1000, 30}
	case store == "mongodb":
		return size{10, 300, 10}
	}
	return size{20, 300, 15}
}

func TestMain(m *testing.M) {
	if began := os.Getenv(childEnv); began != "" {
		if err := workUntilStopped(began); err != nil {
			log.Fatal(err)
		}
		return
	}
	m.Run()
}

// workUntilStopped is the program's worker with a fast domain clock.
func workUntilStopped(began string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	clock, err := killClock(began)
	if err != nil {
		return err
	}
	c, err := config.Load(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "SUNDAY_TEST_") }))
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, app.Options{
		Config: c, Clock: clock, Locks: true, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel})),
	})
	if err != nil {
		return err
	}
	return errors.Join(a.Work(ctx), a.Close())
}

// killClock gives every process of one test the same domain time.
func killClock(began string) (app.Clock, error) {
	var wall, domain int64
	if _, err := fmt.Sscanf(began, "%d %d", &wall, &domain); err != nil {
		return app.Clock{}, err
	}
	passed := time.Since(time.UnixMilli(wall))
	return app.ClockAt(time.UnixMilli(domain).Add(passed*killSpeed), killSpeed), nil
}

// TestKill has two worker processes send messages and kills one of them again
// and again at random moments, with a restart of the mail server in between.
func TestKill(t *testing.T) { testKill(t, "sqlite") }

// TestKill_Mongo is the same on MongoDB.
func TestKill_Mongo(t *testing.T) { testKill(t, "mongodb") }

func testKill(t *testing.T, store string) {
	k := newKilling(t, store)
	k.fill()
	k.lap("filled")
	workers := []*exec.Cmd{k.worker(), k.worker()}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range k.size.kills {
		k.waitFor((n*k.size.messages() + random.IntN(k.size.messages())) / k.size.kills)
		if n == k.size.kills/2 {
			k.sink.stop(t)
			k.sink.start(t)
		}
		one := random.IntN(len(workers))
		k.end(workers[one], syscall.SIGKILL)
		workers[one] = k.worker()
	}
	k.lap("killed")
	k.settle()
	k.lap("settled")
	for _, w := range workers {
		k.end(w, syscall.SIGTERM)
	}
	k.check((k.size.kills + 2) * 2 * killConnections) // a cut server is a kill of both
}

// TestKill_MongoRestarts stops the database in the middle and starts it again on
// its port with what it has: the workers go on, and nothing is lost.
func TestKill_MongoRestarts(t *testing.T) {
	server := startMongo(t)
	t.Setenv("MONGODB_URI", server.uri)
	k := newKilling(t, "mongodb")
	k.size.people /= 3
	k.fill()
	workers := []*exec.Cmd{k.worker(), k.worker()}
	k.waitFor(k.size.messages() / 3)
	server.restart(t)
	k.lap("restarted")
	k.settle()
	k.lap("settled")
	for _, w := range workers {
		k.end(w, syscall.SIGTERM)
	}
	k.check(len(workers) * 2 * killConnections)
}

// TestKill_Term has a worker asked to stop in the middle of its work: it ends
// in time, and leaves nothing that nobody knows of.
func TestKill_Term(t *testing.T) {
	k := newKilling(t, "sqlite")
	k.fill()
	for n := range 3 {
		w := k.worker()
		k.waitFor((n + 1) * k.size.messages() / 5)
		k.end(w, syscall.SIGTERM)
		for state, rows := range k.states() {
			if state != notifications.Planned && state != notifications.Sent {
				t.Errorf("after SIGTERM %d rows are %s", rows, state)
			}
		}
	}
	k.check(0)
}

// killing is one database with messages to send, and processes that send them.
type killing struct {
	*testing.T
	env    []string
	sink   *sink
	office *app.App
	events []string
	size   size
	since  time.Time
}

// lap logs how long a part of the test took.
func (k *killing) lap(name string) {
	k.Helper()
	k.Logf("%s after %v", name, time.Since(k.since).Round(100*time.Millisecond))
	k.since = time.Now()
}

func newKilling(t *testing.T, store string) *killing {
	t.Helper()
	k := &killing{T: t, sink: startSink(t), size: sizeOn(store), since: time.Now()}
	env := settings(t, store, k.sink.port(t))
	env = slices.DeleteFunc(env, func(e string) bool { return strings.HasPrefix(e, "SUNDAY_SMTP_URL=") })
	env = append(env, "SUNDAY_BASE_URL=https://sunday.example.org",
		fmt.Sprintf("SUNDAY_SMTP_URL=smtp://%s?tls=none&connections=%d&rate=10000", k.sink.addr, killConnections))
	at := time.Date(2026, 11, 24, 8, 30, 0, 0, time.FixedZone("+07", 7*60*60))
	began := fmt.Sprint(time.Now().UnixMilli(), at.UnixMilli())
	k.env = append(env, childEnv+"="+began)
	c, err := config.Load(env)
	if err != nil {
		t.Fatal(err)
	}
	clock, err := killClock(began)
	if err != nil {
		t.Fatal(err)
	}
	if k.office, err = app.Open(t.Context(), app.Options{Config: c, Clock: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.office.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

// fill makes the messages: staff enter everybody for every event, and each
// entry is confirmed by mail.
func (k *killing) fill() {
	k.Helper()
	ctx, s := k.Context(), k.office.Services
	commune := unit.StateID("24848")
	staff := actor.Staff("organizer", []actor.Grant{{Role: actor.Organizer, Unit: commune}}, actor.AllScopes)
	approver := actor.Staff("approver", []actor.Grant{{Role: actor.Approver, Unit: commune}}, actor.AllScopes)
	text, err := resident.TextFor(resident.ForRegistration, "en")
	k.must(err)
	for range k.size.events {
		e, err := s.Events.Create(ctx, staff, "", event.Input{
			Unit: commune, Type: event.Volunteer, Title: "Green Sunday", Place: event.Place{Name: "House of culture"},
			LocalStart: "2026-11-29T07:00", LocalEnd: calendar.Local("2026-11-29T11:00"), Slots: []event.Slot{{ID: "all", Name: "All"}},
		})
		k.must(err)
		for _, step := range []struct {
			who actor.Actor
			act event.Act
		}{{staff, event.Submit}, {approver, event.Approve}, {staff, event.Publish}} {
			_, err := s.Events.Do(ctx, step.who, e.ID, 0, step.act, "")
			k.must(err)
		}
		k.events = append(k.events, e.ID)
	}
	k.each(k.size.people, func(n int) error {
		r, err := s.Residents.Create(ctx, staff, resident.Draft{
			Unit: commune, Locale: "en", Contacts: []resident.ContactInput{{Kind: contact.Email, Value: fmt.Sprintf("p%d@example.org", n)}},
			Consents: []resident.Choice{{Purpose: resident.ForRegistration, Given: true, Text: text.ID, Source: resident.FromPaper}},
		})
		if err != nil {
			return err
		}
		for _, e := range k.events {
			if _, err := s.Registrations.Enter(ctx, staff, registration.Entry{Event: e, Resident: r.ID, Slot: "all", Party: 1}); err != nil {
				return err
			}
		}
		return nil
	})
}

// each does n things, 32 at a time.
func (k *killing) each(n int, do func(n int) error) {
	k.Helper()
	work := make(chan int)
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for i := range work {
				if err := do(i); err != nil {
					k.Error(err)
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	all.Wait()
}

func (k *killing) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

// worker starts a worker process.
func (k *killing) worker() *exec.Cmd {
	k.Helper()
	self, err := os.Executable()
	k.must(err)
	w := exec.CommandContext(k.Context(), self)
	w.Env = append(slices.Clone(k.env), "SUNDAY_ADDR=")
	w.Stderr = os.Stderr
	k.must(w.Start())
	return w
}

// end sends the signal and waits for the end: in time and well if it was asked for.
func (k *killing) end(w *exec.Cmd, how syscall.Signal) {
	k.Helper()
	k.must(w.Process.Signal(how))
	if err := w.Wait(); err != nil && how != syscall.SIGKILL {
		k.Errorf("a worker ended with %v", err)
	}
}

// waitFor lets the workers go on until n messages were accepted.
func (k *killing) waitFor(n int) {
	k.Helper()
	ctx, cancel := context.WithTimeout(k.Context(), 3*time.Minute)
	defer cancel()
	if err := k.sink.wait(ctx, n); err != nil {
		k.Fatalf("waiting for %d messages: %v; rows: %v", n, err, k.states())
	}
}

// settle lets the workers go on until every row has ended.
func (k *killing) settle() {
	k.Helper()
	deadline := time.After(3 * time.Minute)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for k.open() {
		select {
		case <-tick.C:
		case <-deadline:
			k.Fatalf("rows are open for ever: %v", k.states())
		}
	}
}

// open reports whether a row of any event waits, or is under way.
func (k *killing) open() bool {
	k.Helper()
	for _, e := range k.events {
		f := notifications.Filter{Part: id.Part(e), Occurrence: e, States: []notifications.State{notifications.Planned, notifications.Sending}}
		rows, err := k.office.Store().Reports.Rows(k.Context(), f, "", 1)
		k.must(err)
		if len(rows) > 0 {
			return true
		}
	}
	return false
}

func (k *killing) states() map[notifications.State]int {
	k.Helper()
	states := map[notifications.State]int{}
	for _, e := range k.events {
		counts, err := k.office.Store().Reports.Counts(k.Context(), id.Part(e), e)
		k.must(err)
		for _, c := range counts {
			if c.Rule == "confirmation" {
				states[c.State] += c.Rows
			}
		}
	}
	return states
}

// check holds what arrived against the ledger.
func (k *killing) check(most int) {
	k.Helper()
	messages, again := k.sink.count()
	if len(k.sink.wrong) > 0 {
		k.Errorf("%d mails without a Message-ID, or with that of another's", len(k.sink.wrong))
	}
	unknowns, left, sent, nobody := 0, 0, 0, 0
	for _, e := range k.events {
		rows, err := k.office.Store().Ledger.BySubject(k.Context(), id.Part(e), e, nil)
		k.must(err)
		for _, r := range rows {
			if r.Rule != "confirmation" {
				continue
			}
			got := k.sink.accepted[r.ID+"@sunday.example.org"]
			unknowns += r.Unknowns
			switch {
			case r.State == notifications.Sent:
				sent++
			case r.Left():
				left++
			}
			if got == 0 && r.State != notifications.Planned {
				nobody++
			}
			if got > 1+r.Unknowns || r.State == notifications.Planned && got > r.Unknowns {
				k.Errorf("row %s is %s after %d unknowns, and came %d times", r.ID, r.State, r.Unknowns, got)
			}
		}
	}
	k.Logf("%d messages, %d of them again; %d rows sent, %d left; %d unknowns counted; %v",
		messages+again, again, sent, left, unknowns, slices.Sorted(maps.Keys(k.states())))
	if nobody > 0 {
		k.Errorf("%d people got nothing", nobody)
	}
	if again > most {
		k.Errorf("%d messages came again, want at most %d", again, most)
	}
	if most > 0 && sent+left != k.size.messages() {
		k.Errorf("%d rows sent and %d left, want %d together", sent, left, k.size.messages())
	}
}
