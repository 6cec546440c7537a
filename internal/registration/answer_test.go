package registration_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sunday-with-the-people/sunday/internal/actor"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/secret"
)

// "I am coming" is kept, may be said again, and is asked anew when time or
// place change. It changes no seat.
func TestService_ComingOwn(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 5} {
		b := setup(t)
		e := b.event(t, capacity, 96*hour)
		r := b.register(t, b.form(e, "", 2))
		form := b.formID()
		own, err := b.ComingOwn(t.Context(), r.Own, form)
		must(t, err)
		if !own.Answered || own.Open || own.Registration.Answer != registration.Coming || own.Registration.AnsweredAt != b.now {
			t.Errorf("capacity %d: %+v", capacity, own)
		}
		ver := b.of(t, r).Ver
		for _, again := range []string{form, b.formID()} {
			_, err = b.ComingOwn(t.Context(), r.Own, again)
			must(t, err)
		}
		if got := b.of(t, r); got.Ver != ver || got.State != registration.Registered || got.Party != 2 {
			t.Errorf("said again: %+v", got)
		}
		_, err = b.set.Events.Update(t.Context(), e.ID, func(e *event.Event) error { e.Revision++; return nil })
		must(t, err)
		own, err = b.Own(t.Context(), r.Own)
		must(t, err)
		if own.Answered || !own.Open {
			t.Error("whoever answered for the old time is not asked for the new one")
		}
		own, err = b.CancelOwn(t.Context(), r.Own, form) // the other button of the same page
		must(t, err)
		if got := own.Registration; got.State != registration.Cancelled || got.Answer != registration.NotAnswered || got.AnsweredAt != 0 {
			t.Errorf("given up: %+v", got)
		}
		if _, err := b.ComingOwn(t.Context(), r.Own, b.formID()); !errors.Is(err, registration.ErrGone) {
			t.Errorf("coming after all: %v", err)
		}
	}
}

func TestService_ComingOwn_Refused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 2, 96*hour)
	holder := b.register(t, b.form(e, "", 2))
	waiting := b.register(t, b.form(e, "", 1))
	if _, err := b.ComingOwn(t.Context(), waiting.Own, b.formID()); !errors.Is(err, registration.ErrOfferOver) {
		t.Errorf("who waits: %v", err)
	}
	if _, err := b.ComingOwn(t.Context(), holder.Own, ""); err == nil {
		t.Error("a form without an id was taken")
	}
	if _, err := b.ComingOwn(t.Context(), "nobody's", b.formID()); !errors.Is(err, registration.ErrLink) {
		t.Errorf("a wrong link: %v", err)
	}
	b.now = e.StartAt
	if _, err := b.ComingOwn(t.Context(), holder.Own, b.formID()); !errors.Is(err, registration.ErrClosed) {
		t.Errorf("after the start: %v", err)
	}
}

// at is the wall time on the clocks of the tests' unit.
func (b *bundle) at(t *testing.T, local string) {
	t.Helper()
	b.now = when(t, local, dalat)
}

// A place that is given up at night is offered; the offer lapses to the next,
// who takes it.
func TestService_Offers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.at(t, "2026-11-26T20:00")
	e := b.event(t, 2, 59*hour) // Sunday at 7
	holder := b.register(t, b.form(e, "", 2))
	first, second := b.register(t, b.form(e, "", 2)), b.register(t, b.form(e, "", 1))
	b.at(t, "2026-11-26T22:00")
	_, err := b.CancelOwn(t.Context(), holder.Own, b.formID())
	must(t, err)
	got := b.of(t, first)
	if got.State != registration.Offered || got.HoldUntil != when(t, "2026-11-27T11:00", dalat) || !got.Dirty {
		t.Errorf("the first: %+v", got)
	}
	wantState(t, "the second", b.of(t, second).State, registration.Waitlisted)
	if n, err := b.Offers(t.Context(), b.now, 10); n != 0 || err != nil {
		t.Errorf("before its end: %d, %v", n, err)
	}

	b.at(t, "2026-11-27T11:00")
	if n, err := b.Offers(t.Context(), b.now, 10); n != 1 || err != nil {
		t.Fatalf("at its end: %d, %v", n, err)
	}
	wantState(t, "by day, the second", b.of(t, second).State, registration.Registered)
	wantState(t, "the first", b.of(t, first).State, registration.Waitlisted)
	if got := b.of(t, first); got.HoldUntil != 0 {
		t.Errorf("an offer that is over: %+v", got)
	}
	if n, err := b.Offers(t.Context(), b.now, 10); n != 0 || err != nil {
		t.Errorf("once more: %d, %v", n, err)
	}
	if _, err := b.ComingOwn(t.Context(), first.Own, b.formID()); !errors.Is(err, registration.ErrOfferOver) {
		t.Errorf("too late: %v", err)
	}
}

// In the last 12 hours a place is offered for 2 hours; whoever takes it has it.
// In the last two it stays free.
func TestService_Offers_Late(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.at(t, "2026-11-28T12:00")
	e := b.event(t, 2, 7*hour)
	holder := b.register(t, b.form(e, "", 2))
	first, second := b.register(t, b.form(e, "", 2)), b.register(t, b.form(e, "", 2))
	_, err := b.CancelOwn(t.Context(), holder.Own, b.formID())
	must(t, err)
	form := b.formID()
	own, err := b.ComingOwn(t.Context(), first.Own, form)
	must(t, err)
	if r := own.Registration; r.State != registration.Registered || r.Answer != registration.Coming || r.HoldUntil != 0 {
		t.Errorf("taken: %+v", r)
	}
	again, err := b.ComingOwn(t.Context(), first.Own, form)
	must(t, err)
	if d := cmp.Diff(own.Registration, again.Registration); d != "" {
		t.Errorf("the same form again: %s", d)
	}
	b.at(t, "2026-11-28T17:30")
	_, err = b.CancelOwn(t.Context(), first.Own, b.formID())
	must(t, err)
	wantState(t, "an hour and a half before", b.of(t, second).State, registration.Waitlisted)
}

// A process that dies after the roll's write leaves an offer that nobody sees:
// Settle copies it, and its end comes nevertheless.
func TestService_Offers_SurviveACrash(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.at(t, "2026-11-26T20:00")
	e := b.event(t, 2, 59*hour)
	holder := b.register(t, b.form(e, "", 2))
	first := b.register(t, b.form(e, "", 2))
	b.at(t, "2026-11-26T22:00")
	away := &failing{Store: b.set.Registrations, Rolls: b.set.Rolls, update: true}
	ports := b.ports
	ports.Registrations = away
	dying := registration.NewService(ports)
	if _, err := dying.CancelOwn(t.Context(), holder.Own, b.formID()); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	wantState(t, "not copied", b.of(t, first).State, registration.Waitlisted)
	settled := registration.NewService(b.ports)
	_, err := settled.Settle(t.Context(), b.now, 10)
	must(t, err)
	wantState(t, "copied", b.of(t, first).State, registration.Offered)
	wantState(t, "who gave it up", b.of(t, holder).State, registration.Cancelled)

	b.at(t, "2026-11-27T11:00")
	if _, err := dying.Offers(t.Context(), b.now, 10); err != nil {
		t.Fatal(err) // what cannot be copied now is left to Settle
	}
	_, err = settled.Settle(t.Context(), b.now, 10)
	must(t, err)
	wantState(t, "nobody else waits, and it is day", b.of(t, first).State, registration.Registered)
}

// What happened to a seat that nobody asked for is in the log with its reason.
func TestService_Offers_AreLogged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.at(t, "2026-11-26T22:00")
	e := b.event(t, 2, 57*hour)
	holder := b.register(t, b.form(e, "", 2))
	first, second := b.register(t, b.form(e, "", 2)), b.register(t, b.form(e, "", 2))
	_, err := b.CancelOwn(t.Context(), holder.Own, b.formID())
	must(t, err)
	b.now = b.of(t, first).HoldUntil
	_, err = b.Offers(t.Context(), b.now, 10)
	must(t, err)
	acts := func(r registration.Receipt) (acts []string) {
		for _, e := range b.of(t, r).Outbox {
			acts = append(acts, e.Actor+" "+e.Act)
		}
		return acts
	}
	if d := cmp.Diff([]string{
		"resident registration.register", "resident registration.register",
		"job:roll registration.offer.cancel", "job:roll registration.expire",
	}, acts(first)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"resident registration.register", "resident registration.register", "job:roll registration.promote.expire",
	}, acts(second)); d != "" {
		t.Error(d)
	}
}

func TestService_Answers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 6, 96*hour)
	coming := b.register(t, b.form(e, "", 2))
	b.register(t, b.form(e, "", 4))
	b.register(t, b.form(e, "", 3))
	_, err := b.ComingOwn(t.Context(), coming.Own, b.formID())
	must(t, err)
	got, err := b.Answers(t.Context(), b.staff(actor.Organizer), e.ID)
	must(t, err)
	if d := cmp.Diff(registration.Answers{Coming: 2, NotAnswered: 4, Waiting: 3}, got); d != "" {
		t.Error(d)
	}
	if _, err := b.Answers(t.Context(), actor.Staff("other", nil, actor.AllScopes), e.ID); err == nil {
		t.Error("somebody without a role saw them")
	}
}

// Calendars take an entry up again only by a higher number.
func TestService_Turns(t *testing.T) {
	t.Parallel()
	for _, capacity := range []int{0, 5} {
		b := setup(t)
		e := b.event(t, capacity, 96*hour)
		r := b.register(t, b.form(e, "An", 2))
		own := b.keys.Link(secret.LinkOwn, b.of(t, r).ID, 0)
		for want := range 4 {
			if got := b.of(t, r); got.Turns != want {
				t.Errorf("capacity %d, %s: %d turns, want %d", capacity, got.State, got.Turns, want)
			}
			if want%2 == 0 {
				_, err := b.CancelOwn(t.Context(), own, b.formID())
				must(t, err)
				continue
			}
			b.register(t, b.form(e, "An", 2))
		}
	}
}

// Whom a form made that the roll refused is forgotten with the event's others.
func TestService_RefusedFormsAreForgotten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.event(t, 1, 96*hour)
	seats := make([]registration.Seat, registration.MaxEntries)
	for i := range seats {
		seats[i] = registration.Seat{Registration: reg(i), State: registration.Waitlisted, Party: 1, Entered: int64(i + 1), Passed: true}
	}
	seats[0].State = registration.Registered
	packed, err := registration.Pack(seats)
	must(t, err)
	roll := registration.Roll{Unit: b.unit, Slots: []registration.RollSlot{{ID: "s1", Capacity: 1}}, Seats: packed, Seq: int64(len(seats))}
	roll.ID, roll.Part = e.ID, e.Part
	must(t, b.set.Rolls.CreateRoll(t.Context(), &roll))
	form := b.form(e, "An", 1)
	for range 2 { // the same form again is refused again
		if _, err := b.RegisterPublic(t.Context(), form); !errors.Is(err, registration.ErrFull) {
			t.Fatalf("got %v, want full", err)
		}
	}
	who := id.Hash("form", e.ID, form.ID)
	left, err := b.set.Registrations.Get(t.Context(), registration.IDOf(e.ID, who))
	if err != nil || left.State != registration.Cancelled || left.Reason != registration.ReasonRefused {
		t.Errorf("left is %+v, %v", left, err)
	}
	b.now = e.EndAt.Add(91 * day)
	_, err = b.set.Events.Update(t.Context(), e.ID, func(e *event.Event) error { e.State = event.Done; return nil })
	must(t, err)
	if n, err := b.Purge(t.Context(), b.now, 10); n != 1 || err != nil {
		t.Fatalf("purged %d, %v", n, err)
	}
	if gone, err := b.set.Residents.Get(t.Context(), who); err != nil || gone.ErasedAt == 0 || gone.Contact != "" {
		t.Errorf("kept %+v, %v", gone, err)
	}
}
