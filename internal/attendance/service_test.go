package attendance_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/attendance"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/fault"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/record"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/store/sqlitestore"
)

const day = 24 * time.Hour

type bundle struct {
	*attendance.Service
	set   *store.Set
	keys  *secret.Keys
	ids   id.Source
	now   calendar.Instant
	event event.Event
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// setup has an event on the morning of 2026-11-29 in Da Lat, and the clock there.
func setup(t *testing.T) *bundle {
	t.Helper()
	file, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: filepath.Join(t.TempDir(), "s.db"), Sync: "OFF"})
	must(t, err)
	t.Cleanup(func() { must(t, file.Close()) })
	keys, err := secret.Open(strings.Repeat("only for tests ", 3))
	must(t, err)
	b := &bundle{set: file.Set(), keys: keys, ids: id.Seeded(1)}
	const zone = "Asia/Ho_Chi_Minh"
	start, _, err := calendar.Resolve("2026-11-29T07:00", zone, calendar.Reject)
	must(t, err)
	b.now = start
	b.event = event.Event{
		Unit: "u", Scope: []string{"u", "p"}, State: event.Published, PublishedAt: 1, StartAt: start, EndAt: start.Add(4 * time.Hour),
		LocalStart: "2026-11-29T07:00", LocalEnd: "2026-11-29T11:00", Zone: zone, Slots: []event.Slot{{ID: "s1"}, {ID: "s2"}},
	}
	b.event.ID = b.ids.New(0)
	b.event.Part = id.Part(b.event.ID)
	must(t, b.set.Events.Create(t.Context(), &b.event))
	b.Service = attendance.NewService(attendance.Ports{
		Entries: b.set.Attendance, Events: b.set.Events, Registrations: b.set.Registrations,
		Rolls: b.set.Rolls, Keys: keys,
		Now: func() calendar.Instant { return b.now },
	})
	return b
}

// registration of a party of 3 in the slot s2.
func (b *bundle) registration(t *testing.T) registration.Registration {
	t.Helper()
	r := registration.Registration{Event: b.event.ID, Unit: "u", Slot: "s2", Party: 3, State: registration.Registered}
	r.ID, r.Part = id.Hash(b.ids.New(0)), b.event.Part
	r.LinkHash, r.ConfirmHash = id.Hash("l", r.ID), id.Hash("c", r.ID)
	must(t, b.set.Registrations.Create(t.Context(), &r))
	return r
}

func (b *bundle) scan() string { return id.Hash("scan", b.ids.New(0)) }

func (b *bundle) door() actor.Actor {
	return actor.Staff("d", []actor.Grant{{Role: actor.CheckIn, Unit: "u"}}, actor.AllScopes)
}

func (b *bundle) count(t *testing.T, scans ...attendance.Scan) []attendance.Counted {
	t.Helper()
	out, err := b.Count(t.Context(), b.door(), b.event.ID, scans)
	must(t, err)
	return out
}

func (b *bundle) totals(t *testing.T) attendance.Totals {
	t.Helper()
	totals, err := b.Totals(t.Context(), b.door(), b.event.ID)
	must(t, err)
	return totals
}

func (b *bundle) state(t *testing.T, r registration.Registration) registration.State {
	t.Helper()
	r, err := b.set.Registrations.Get(t.Context(), r.ID)
	must(t, err)
	return r.State
}

func TestService_Count(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r, s := b.registration(t), b.registration(t)
	scans := []attendance.Scan{
		{ID: b.scan(), Source: attendance.QR, Code: registration.CodeOf(b.keys, r)},
		{ID: b.scan(), Source: attendance.QR, Code: registration.CodeOf(b.keys, r)}, // at the other door
		{ID: b.scan(), Source: attendance.Name, Registration: s.ID, People: 2},
		{ID: b.scan(), Source: attendance.Tally, People: 4, Village: "v"},
		{ID: b.scan(), Source: attendance.Paper, People: 30, Slot: "s1", Village: "w"},
		{ID: b.scan(), Source: attendance.QR, Code: "no code at all"},
	}
	want := attendance.Totals{
		People: 40, Registered: 5, Villages: 2,
		BySource: map[attendance.Source]int{attendance.QR: 3, attendance.Name: 2, attendance.Tally: 5, attendance.Paper: 30},
		BySlot:   map[string]int{"s2": 5, "s1": 30, "": 5},
	}
	for try := range 2 { // a device that got no answer sends all again
		got := b.count(t, scans...)
		for i, c := range got {
			if c.Fresh != (try == 0 && i != 1) || c.Again != (i == 1) || c.Known != (i != 5) {
				t.Errorf("try %d, scan %d: %+v", try, i, c)
			}
		}
		if d := cmp.Diff(want, b.totals(t)); d != "" {
			t.Errorf("try %d: %s", try, d)
		}
	}
	if b.state(t, r) != registration.Attended || b.state(t, s) != registration.Attended {
		t.Error("who came is not recorded")
	}
}

func TestService_Count_CodeIsForTheDay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.registration(t)
	code := registration.CodeOf(b.keys, r)
	b.now = b.now.Add(-8 * time.Hour) // the evening before
	if c := b.count(t, attendance.Scan{ID: b.scan(), Source: attendance.QR, Code: code})[0]; c.Known || c.Entry.Source != attendance.Tally {
		t.Errorf("the evening before: %+v", c)
	}
	start := b.event.StartAt
	b.now = start.Add(2 * day) // a device that was offline on the day
	if c := b.count(t, attendance.Scan{ID: b.scan(), Source: attendance.QR, Code: code, DeviceAt: start})[0]; !c.Known || !c.Fresh {
		t.Errorf("late, of the day: %+v", c)
	}
	forged := code[:22] + registration.CodeOf(b.keys, b.registration(t))[22:]
	if c := b.count(t, attendance.Scan{ID: b.scan(), Source: attendance.QR, Code: forged, DeviceAt: start})[0]; c.Known {
		t.Errorf("a code with another's token: %+v", c)
	}
}

func TestService_Count_Refused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	good := attendance.Scan{ID: b.scan(), Source: attendance.Tally}
	for name, c := range map[string]struct {
		scan attendance.Scan
		want string
	}{
		"id":     {attendance.Scan{ID: "x", Source: attendance.Tally}, "scans.1.id=attendance.scan_id"},
		"source": {attendance.Scan{ID: b.scan(), Source: "guess"}, "scans.1.source=attendance.source"},
		"people": {attendance.Scan{ID: b.scan(), Source: attendance.Paper, People: 5001}, "scans.1.people=number.range"},
	} {
		_, err := b.Count(t.Context(), b.door(), b.event.ID, []attendance.Scan{good, c.scan})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "("+c.want+")") {
			t.Errorf("%s: %v, want %s alone", name, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		a    actor.Actor
		want error
	}{
		"stranger":    {actor.Staff("x", []actor.Grant{{Role: actor.CheckIn, Unit: "other"}}, actor.AllScopes), record.ErrAbsent},
		"from above":  {actor.Staff("x", []actor.Grant{{Role: actor.CheckIn, Unit: "p"}}, actor.AllScopes), attendance.ErrRole},
		"small token": {actor.Staff("x", []actor.Grant{{Role: actor.CheckIn, Unit: "u"}}, attendance.ScopeRead), actor.ErrScope},
	} {
		if _, err := b.Count(t.Context(), c.a, b.event.ID, []attendance.Scan{good}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if got := b.totals(t); got.People != 0 {
		t.Errorf("%d people were counted", got.People)
	}
}

func TestService_Undo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.registration(t)
	scan := attendance.Scan{ID: b.scan(), Source: attendance.Name, Registration: r.ID}
	b.count(t, scan)
	for range 2 {
		back, err := b.Undo(t.Context(), b.door(), b.event.ID, scan.ID)
		if err != nil || back.People != -3 || back.Undoes != scan.ID {
			t.Errorf("counter-entry %+v, %v", back, err)
		}
		if _, err := b.Undo(t.Context(), b.door(), b.event.ID, back.ID); !errors.Is(err, attendance.ErrUndo) {
			t.Errorf("undoing the counter-entry: %v", err)
		}
	}
	if got := b.totals(t); got.People != 0 || got.Registered != 0 || b.state(t, r) != registration.Registered {
		t.Errorf("after it %+v", got)
	}
	again := b.count(t, attendance.Scan{ID: b.scan(), Source: attendance.Name, Registration: r.ID})[0]
	if got := b.totals(t); !again.Fresh || got.People != 3 {
		t.Errorf("counted anew: %+v, %+v", again, got)
	}
}

func TestService_Undo_GivesTheStateBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := map[string]struct {
		set  func(*registration.Registration)
		want registration.State
	}{
		"given up": {func(r *registration.Registration) {
			r.State, r.Reason, r.Confirmed = registration.Cancelled, registration.ReasonSelf, true
		}, registration.Cancelled},
		"pending": {func(r *registration.Registration) {
			r.State, r.HoldUntil = registration.Pending, b.now.Add(time.Hour)
		}, registration.Pending},
		"waiting": {func(r *registration.Registration) {
			r.State, r.Confirmed = registration.Waitlisted, true
		}, registration.Waitlisted},
		"registered": {func(r *registration.Registration) { r.Confirmed = true }, registration.Registered},
	}
	roll := registration.Roll{Part: b.event.Part, Unit: "u", Slots: []registration.RollSlot{{ID: "s2", Capacity: 3}}}
	roll.ID = b.event.ID
	regs := map[string]registration.Registration{}
	for _, name := range []string{"registered", "waiting", "given up", "pending"} {
		r := b.registration(t)
		var err error
		r, err = b.set.Registrations.Update(t.Context(), r.ID, func(r *registration.Registration) error {
			cases[name].set(r)
			return nil
		})
		must(t, err)
		regs[name] = r
		if r.Confirmed && r.Reason == "" {
			_, err := roll.Apply(registration.Command{Op: registration.OpRegister, Registration: r.ID, Slot: "s2", Party: 3})
			must(t, err)
		}
	}
	must(t, b.set.Rolls.CreateRoll(t.Context(), &roll))
	_, err := b.set.Events.Update(t.Context(), b.event.ID, func(e *event.Event) error {
		e.HasRoll = true
		return nil
	})
	must(t, err)
	for name, r := range regs {
		counted := b.count(t, attendance.Scan{ID: b.scan(), Source: attendance.Name, Registration: r.ID})
		_, err := b.Undo(t.Context(), b.door(), b.event.ID, counted[0].Entry.ID)
		must(t, err)
		if got := b.state(t, r); got != cases[name].want {
			t.Errorf("%s is %s after the undo", name, got)
		}
	}
}

func TestService_FinishAndDissolve(t *testing.T) {
	t.Parallel()
	b := setup(t)
	came, stayed := b.registration(t), b.registration(t)
	scan := attendance.Scan{ID: b.scan(), Source: attendance.Name, Registration: came.ID}
	b.count(t, scan)
	for range 2 {
		must(t, b.Finish(t.Context(), b.event))
	}
	if b.state(t, came) != registration.Attended || b.state(t, stayed) != registration.NotRecorded {
		t.Errorf("%s and %s", b.state(t, came), b.state(t, stayed))
	}
	reported := b.event.EndAt.Add(day)
	_, err := b.set.Events.Update(t.Context(), b.event.ID, func(e *event.Event) error {
		e.State, e.ReportedAt = event.Reported, reported
		return nil
	})
	must(t, err)
	before := b.totals(t)
	for _, c := range []struct {
		at   calendar.Instant
		want int
	}{{reported.Add(14*day) - 1, 0}, {reported.Add(14 * day), 1}, {reported.Add(15 * day), 0}} {
		b.now = c.at
		if n, err := b.Dissolve(t.Context(), c.at, 10); err != nil || n != c.want {
			t.Errorf("dissolved %d, %v, want %d", n, err, c.want)
		}
	}
	if b.state(t, came) != b.state(t, stayed) {
		t.Error("it still shows who came")
	}
	entry, err := b.set.Attendance.Get(t.Context(), scan.ID)
	if err != nil || entry.Registration != "" {
		t.Errorf("the entry names %q, %v", entry.Registration, err)
	}
	if d := cmp.Diff(before, b.totals(t)); d != "" {
		t.Errorf("the counts changed: %s", d)
	}
	late := b.count(t, attendance.Scan{ID: b.scan(), Source: attendance.Name, Registration: came.ID})[0]
	if late.Known || late.Entry.Registration != "" {
		t.Errorf("a late scan ties the person again: %+v", late)
	}
}
