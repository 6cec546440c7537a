package storetest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sunday-with-the-people/sunday/internal/audit"
	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/contact"
	"github.com/sunday-with-the-people/sunday/internal/event"
	"github.com/sunday-with-the-people/sunday/internal/id"
	"github.com/sunday-with-the-people/sunday/internal/page"
	"github.com/sunday-with-the-people/sunday/internal/registration"
	"github.com/sunday-with-the-people/sunday/internal/resident"
	"github.com/sunday-with-the-people/sunday/internal/secret"
	"github.com/sunday-with-the-people/sunday/internal/store"
	"github.com/sunday-with-the-people/sunday/internal/unit"
)

// testSeats runs the registration service over the store, with everybody
// coming at once.
func testSeats(t *testing.T, set *store.Set) {
	t.Run("Rush", func(t *testing.T) { testRush(t, set) })
	t.Run("TwoDesks", func(t *testing.T) { testTwoDesks(t, set) })
	t.Run("WaitingBeforeNewcomer", func(t *testing.T) { testWaitingBeforeNewcomer(t, set) })
}

// countedRolls counts the attempts to write a roll.
type countedRolls struct {
	registration.Rolls
	swaps atomic.Int64
}

func (c *countedRolls) SwapRoll(ctx context.Context, r *registration.Roll) error {
	c.swaps.Add(1)
	return c.Rolls.SwapRoll(ctx, r)
}

// desk is the service with the clock at now.
func desk(t *testing.T, set *store.Set, rolls registration.Rolls) *registration.Service {
	t.Helper()
	keys := get[*secret.Keys](t)(secret.Open(strings.Repeat("only for tests ", 3)))
	clock := func() calendar.Instant { return now }
	log := audit.NewService(set.Audit, clock, source)
	contacts := contact.NewService(set.Contacts, resident.Holders{Residents: set.Residents}, keys, clock)
	residents := resident.NewService(resident.Ports{
		Residents: set.Residents, Texts: set.Texts, Contacts: contacts, Units: set.Units, Log: log, Now: clock, IDs: source,
	})
	return registration.NewService(registration.Ports{
		Registrations: set.Registrations, Rolls: rolls, Forms: set.Forms, Events: set.Events, People: set.Residents,
		Residents: residents, Contacts: contacts, Log: log, Keys: keys, Now: clock, IDs: source,
	})
}

// published is an event with one slot that starts in three days.
func published(t *testing.T, set *store.Set, capacity int) event.Event {
	t.Helper()
	const day = 24 * 60 * 60 * 1000
	u := unit.Unit{Kind: unit.Commune, Names: map[string]string{"vi": "Xã Thử"}, Zone: "Asia/Ho_Chi_Minh"}
	u.ID = newID()
	must(t, set.Units.Create(t.Context(), &u))
	e := event.Event{
		Unit: u.ID, Scope: []string{u.ID}, Title: "Chủ nhật xanh", State: event.Published, PublishedAt: now,
		StartAt: now + 3*day, EndAt: now + 3*day + day/6, LocalStart: "2026-12-02T07:00", LocalEnd: "2026-12-02T11:00", Zone: u.Zone,
		Slots: []event.Slot{{ID: "s1", Capacity: capacity}}, HasRoll: true,
	}
	e.ID = newID()
	e.Part = id.Part(e.ID)
	must(t, set.Events.Create(t.Context(), &e))
	return e
}

func join(t *testing.T, s *registration.Service, e event.Event, party int) registration.Receipt {
	t.Helper()
	return get[registration.Receipt](t)(s.RegisterPublic(t.Context(), registration.Form{Event: e.ID, ID: newHash(), Party: party}))
}

// seatsOf gives the seats that are not cancelled, in the order in which they
// were entered, after the registrations were found to say the same.
func seatsOf(t *testing.T, set *store.Set, e event.Event) []registration.Seat {
	t.Helper()
	r := get[registration.Roll](t)(set.Rolls.Roll(t.Context(), e.ID))
	seats := get[[]registration.Seat](t)(registration.Unpack(r.Seats))
	seats = slices.DeleteFunc(seats, func(s registration.Seat) bool { return s.State == registration.Cancelled })
	slices.SortFunc(seats, func(a, b registration.Seat) int { return compare(a.Entered, b.Entered) })
	states := map[string]registration.State{}
	request := page.Request{Limit: page.MaxLimit}
	for {
		list := get[page.List[registration.Registration]](t)(set.Registrations.Page(t.Context(), registration.Filter{Event: e.ID}, request))
		for _, one := range list.Items {
			if one.State != registration.Cancelled { // those leave the roll when they were copied
				states[one.ID] = one.State
			}
		}
		if list.Next == nil {
			break
		}
		request.After = list.Next
	}
	if len(states) != len(seats) {
		t.Errorf("%d registrations for %d seats", len(states), len(seats))
	}
	for _, s := range seats {
		if states[s.Registration] != s.State {
			t.Errorf("a registration is %q, its seat %q", states[s.Registration], s.State)
		}
	}
	return seats
}

// wantFair replays the arrivals: whoever fitted when they came has a seat.
func wantFair(t *testing.T, seats []registration.Seat, capacity int) {
	t.Helper()
	free := capacity
	for i, s := range seats {
		want := registration.Waitlisted
		if s.Party <= free {
			want = registration.Registered
			free -= s.Party
		}
		if s.State != want {
			t.Errorf("arrival %d, a party of %d: %s, want %s", i, s.Party, s.State, want)
		}
	}
}

// rush has n clients register at once, parties of 1 to 4, at the desks in turn.
func rush(t *testing.T, e event.Event, n int, desks ...*registration.Service) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			form := registration.Form{Event: e.ID, ID: newHash(), Party: 1 + i%4}
			r, err := desks[i%len(desks)].RegisterPublic(context.WithoutCancel(t.Context()), form)
			if err != nil || r.Party != form.Party || r.Own == "" {
				t.Errorf("client %d: party %d, %v", i, r.Party, err)
			}
		})
	}
	wg.Wait()
}

func testRush(t *testing.T, set *store.Set) {
	const clients, capacity = 200, 50
	rolls := &countedRolls{Rolls: set.Rolls}
	e := published(t, set, capacity)
	rush(t, e, clients, desk(t, set, rolls))
	seats := seatsOf(t, set, e)
	if len(seats) != clients {
		t.Fatalf("%d seats and waiting, want %d", len(seats), clients)
	}
	wantFair(t, seats, capacity)
	// Without combining, 200 clients took 5,826 attempts.
	if got := rolls.swaps.Load(); got > clients {
		t.Errorf("%d attempts to write the roll, want at most %d", got, clients)
	}
}

// testTwoDesks: two processes write one roll.
func testTwoDesks(t *testing.T, set *store.Set) {
	const clients, capacity = 80, 50
	e := published(t, set, capacity)
	rush(t, e, clients, desk(t, set, set.Rolls), desk(t, set, set.Rolls))
	seats := seatsOf(t, set, e)
	if len(seats) != clients {
		t.Fatalf("%d seats and waiting, want %d", len(seats), clients)
	}
	wantFair(t, seats, capacity)
}

// testWaitingBeforeNewcomer: 4 wait, then 2, when 3 places are freed while a
// newcomer of 2 asks. The waiting 2 get them.
func testWaitingBeforeNewcomer(t *testing.T, set *store.Set) {
	s := desk(t, set, set.Rolls)
	e := published(t, set, 6)
	leaving := join(t, s, e, 3)
	join(t, s, e, 3)
	join(t, s, e, 4)
	join(t, s, e, 2)
	var wg sync.WaitGroup
	wg.Go(func() { join(t, s, e, 2) })
	wg.Go(func() {
		if _, err := s.CancelOwn(context.WithoutCancel(t.Context()), leaving.Own, newHash()); err != nil {
			t.Errorf("cancelling: %v", err)
		}
	})
	wg.Wait()
	var got []registration.State
	for _, seat := range seatsOf(t, set, e) {
		got = append(got, seat.State)
	}
	want := []registration.State{
		registration.Registered, registration.Waitlisted, registration.Registered, registration.Waitlisted,
	}
	diff(t, "states in order of arrival of those who did not leave", got, want)
}
