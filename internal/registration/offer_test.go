package registration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/sunday-with-the-people/sunday/internal/calendar"
	"github.com/sunday-with-the-people/sunday/internal/registration"
)

func terms(now, until calendar.Instant, as registration.State) registration.Command {
	return registration.Command{Op: registration.OpTerms, Terms: registration.Terms{Now: now, As: as, Until: until}}
}

func night(now, until calendar.Instant) registration.Command {
	return terms(now, until, registration.Offered)
}

// A place that is freed at night is held for the first who fits, goes to the
// next when they do not answer, and stays free when nobody does.
func TestRoll_Apply_Offers(t *testing.T) {
	t.Parallel()
	r := rollOf(5)
	mustApply(t, r, register(1, 5), register(2, 4), register(3, 2), pend(4, 1), register(5, 2))
	mustApply(t, r, night(10, 20), do(registration.OpResize, 1, 3))
	wantStates(t, r, registration.Registered, registration.Waitlisted, registration.Offered, registration.Waitlisted, registration.Waitlisted)
	if seat, _, _ := r.Find(reg(3)); seat.Until != 20 || seat.FreedBy != registration.OpResize || r.NextAt != 20 {
		t.Errorf("%+v, next at %d", seat, r.NextAt)
	}
	places, err := r.Places()
	must(t, err)
	if d := cmp.Diff([]registration.Place{{Slot: "s1", Capacity: 5, Taken: 5, Waiting: 7}}, places); d != "" {
		t.Error(d)
	}

	changes := mustApply(t, r, night(20, 30)) // an offer ends at its end
	wantStates(t, r, registration.Registered, registration.Waitlisted, registration.Waitlisted, registration.Waitlisted, registration.Offered)
	if len(changes) != 2 || !changes[0].Expired || changes[0].Seat.Registration != reg(3) || !changes[1].Promoted || changes[1].Seat.FreedBy != registration.OpExpire {
		t.Errorf("changes %+v", changes)
	}
	mustApply(t, r, night(31, 40)) // nobody is left who was not asked, but for one who cannot be told
	wantStates(t, r, registration.Registered, registration.Waitlisted, registration.Waitlisted, registration.Waitlisted, registration.Waitlisted)
	if r.NextAt != 0 {
		t.Errorf("looks again at %d", r.NextAt)
	}
	mustApply(t, r, night(32, 41), do(registration.OpConfirm, 4, 0)) // now there is a way to tell them
	wantStates(t, r, registration.Registered, registration.Waitlisted, registration.Waitlisted, registration.Offered, registration.Waitlisted)

	mustApply(t, r, terms(50, 0, registration.Registered)) // by day it goes on in the order of the line
	wantStates(t, r, registration.Registered, registration.Waitlisted, registration.Registered, registration.Waitlisted, registration.Waitlisted)
}

func wantStates(t *testing.T, r *registration.Roll, want ...registration.State) {
	t.Helper()
	got := make([]registration.State, len(want))
	for i := range want {
		got[i] = stateOf(t, r, i+1)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestRoll_Apply_Accept(t *testing.T) {
	t.Parallel()
	accept := func(n int) registration.Command { return do(registration.OpAccept, n, 0) }
	r := rollOf(2)
	mustApply(t, r, register(1, 2), register(2, 2), register(3, 1), night(10, 20), do(registration.OpCancel, 1, 0))
	if c := mustApply(t, r, night(19, 25), accept(2)); c[0].Refused != "" || stateOf(t, r, 2) != registration.Registered {
		t.Errorf("accepted: %+v", c)
	}
	if c := mustApply(t, r, night(21, 25), accept(2)); !c[0].Same {
		t.Errorf("accepted again: %+v", c)
	}
	mustApply(t, r, night(22, 30), do(registration.OpCancel, 2, 0))
	c := mustApply(t, r, night(30, 40), accept(3)) // a moment too late
	if got := c[len(c)-1]; got.Refused != registration.RefusedOver || stateOf(t, r, 3) != registration.Waitlisted {
		t.Errorf("too late: %+v", c)
	}
	if c := mustApply(t, r, night(31, 40), accept(1)); c[0].Refused != registration.RefusedGone {
		t.Errorf("who gave it up: %+v", c)
	}
}

// In the last hour nobody is moved up; whoever comes may have what is free.
func TestRoll_Apply_TooLateToAsk(t *testing.T) {
	t.Parallel()
	r := rollOf(2)
	mustApply(t, r, register(1, 2), register(2, 2), terms(10, 0, registration.Waitlisted), do(registration.OpCancel, 1, 0), register(3, 1))
	wantStates(t, r, registration.Cancelled, registration.Waitlisted, registration.Registered)
}

// A free place that waits for the morning has the roll looked at then.
func TestRoll_Apply_NextAt(t *testing.T) {
	t.Parallel()
	r := rollOf(2)
	quiet := registration.Command{Op: registration.OpTerms, Terms: registration.Terms{Now: 10, As: registration.Offered, Until: 20, Next: 15}}
	mustApply(t, r, register(1, 2), pend(2, 2), quiet, do(registration.OpCancel, 1, 0))
	if r.NextAt != 15 {
		t.Errorf("next at %d, want 15", r.NextAt)
	}
	mustApply(t, r, terms(15, 0, registration.Registered))
	if seat, _, _ := r.Find(reg(2)); seat.State != registration.Pending || seat.FreedBy != registration.OpTerms || r.NextAt != 0 {
		t.Errorf("%+v, next at %d", seat, r.NextAt)
	}
}

// liner is a person as the plain model of offers has them.
type liner struct {
	n, party int
	state    registration.State
	until    calendar.Instant
	passed   bool
}

type liners struct {
	capacity int
	now      calendar.Instant
	terms    registration.Terms
	queue    []liner
}

func (m *liners) free() int {
	free := m.capacity
	for _, p := range m.queue {
		if p.state != registration.Waitlisted {
			free -= p.party
		}
	}
	return free
}

func (m *liners) fill() {
	for i := range m.queue {
		p := &m.queue[i]
		asked := m.terms.As == registration.Registered || m.terms.As == registration.Offered && !p.passed
		if p.state == registration.Waitlisted && asked && p.party <= m.free() {
			p.state, p.until, p.passed = m.terms.As, m.terms.Until, false
		}
	}
}

// at draws the terms of the next moment and ends the offers that are over.
func (m *liners) at(t *rapid.T) registration.Command {
	m.now += calendar.Instant(rapid.IntRange(0, 9).Draw(t, "later"))
	m.terms = registration.Terms{Now: m.now, As: rapid.SampledFrom([]registration.State{
		registration.Registered, registration.Offered, registration.Offered, registration.Waitlisted,
	}).Draw(t, "terms")}
	if m.terms.As == registration.Offered {
		m.terms.Until = m.now + 5
	}
	for i := 0; i < len(m.queue); {
		p := m.queue[i]
		if p.state != registration.Offered || p.until > m.now {
			i++
			continue
		}
		p.state, p.until, p.passed = registration.Waitlisted, 0, true
		m.queue = append(append(m.queue[:i:i], m.queue[i+1:]...), p)
		m.fill()
	}
	m.fill()
	return registration.Command{Op: registration.OpTerms, Terms: m.terms}
}

func (m *liners) step(t *rapid.T) registration.Command {
	n, party := rapid.IntRange(1, 10).Draw(t, "who"), rapid.IntRange(1, 4).Draw(t, "party")
	i := -1
	for at, p := range m.queue {
		if p.n == n {
			i = at
		}
	}
	op := rapid.SampledFrom([]registration.Op{registration.OpRegister, registration.OpCancel, registration.OpAccept}).Draw(t, "op")
	switch {
	case op == registration.OpRegister && i < 0:
		p := liner{n: n, party: party, state: registration.Waitlisted}
		if party <= m.free() {
			p.state = registration.Registered
		}
		m.queue = append(m.queue, p)
	case op == registration.OpCancel && i >= 0:
		m.queue = append(m.queue[:i:i], m.queue[i+1:]...)
		m.fill()
	case op == registration.OpAccept && i >= 0 && m.queue[i].state == registration.Offered:
		m.queue[i].state, m.queue[i].until = registration.Registered, 0
	}
	c := do(op, n, party)
	c.Slot = "s1"
	return c
}

// TestRoll_Apply_OffersAsTheModel: never more people than places, the first who
// fits first, nobody lost, and no offer that is over stands.
func TestRoll_Apply_OffersAsTheModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, r := &liners{capacity: 8}, rollOf(8)
		for range rapid.IntRange(1, 25).Draw(t, "batches") {
			batch := []registration.Command{m.at(t)}
			for range rapid.IntRange(0, 4).Draw(t, "size") {
				batch = append(batch, m.step(t))
			}
			before := *r
			if _, err := r.Apply(batch...); err != nil {
				t.Fatal(err)
			}
			m.compare(t, r)
			checkSeqs(t, before, *r)
		}
	})
}

func (m *liners) compare(t *rapid.T, r *registration.Roll) {
	seats, err := registration.Unpack(r.Seats)
	if err != nil {
		t.Fatal(err)
	}
	var got []liner
	var next calendar.Instant
	for _, s := range seats {
		for n := 1; n <= 10 && s.State != registration.Cancelled; n++ {
			if s.Registration == reg(n) {
				got = append(got, liner{n: n, party: s.Party, state: s.State, until: s.Until, passed: s.Passed})
			}
		}
		if s.State == registration.Offered && (next == 0 || s.Until < next) {
			next = s.Until
		}
	}
	if d := cmp.Diff(m.queue, got, cmp.AllowUnexported(liner{}), cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("roll (-model +roll):\n%s", d)
	}
	if m.free() < 0 || r.NextAt != next {
		t.Fatalf("%d places free, next at %d, want %d", m.free(), r.NextAt, next)
	}
}
